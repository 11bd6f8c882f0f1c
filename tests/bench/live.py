"""The time from an event to the published view of a lab, and what the watcher costs while no one or someone is looking.

- `python tests/bench/live.py recorded`: all labs, 20 transitions each, between recorded states. A stand-in engine or API
  server shows them over real sockets; probes answer from the recordings. The clock starts when the event is sent.
- `python tests/bench/live.py visible 01`: the CPU time, memory and requests of `slipway watch` while nothing changes.
- `python tests/bench/live.py engine 01 my-running-app`: a lab on the real engine, started and with its container running,
  which is killed and started again, ten times each. The clock starts with the time that the engine gives its event.

The clock stops when the subscriber has the view. The goals: a median of at most 0.3 s and a 95th percentile of at most
1.0 s; without subscribers, no request; with one, at most 0.5 % of a core and 40 MB.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import recorded  # noqa: E402
from fake_api_server import Authority, authority  # noqa: E402
from played_live import Played, outcomes, played  # noqa: E402

from checks import catalog, registry  # noqa: E402
from checks.clients.base import Engine  # noqa: E402
from checks.live import evaluation  # noqa: E402
from checks.live.subscribers import Subscriber  # noqa: E402
from checks.live.view import View  # noqa: E402
from checks.live.watcher import Watcher  # noqa: E402
from checks.model import Outcome  # noqa: E402
from checks.snapshot import Snapshot  # noqa: E402
from sandboxes import settings  # noqa: E402

TRANSITIONS, ATTEMPTS, ROUNDS = 20, 30, 10
SETTLED = 5.0  # seconds until a state counts as one that changes no live check
IDLE = 60.0  # seconds
MB = 1_000_000


def show(title: str, taken: list[float]) -> None:
    """Print a line: the median, the 95th percentile and the longest time of a series, in seconds."""
    median, late = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
    print(f"{title:<28}{len(taken):>5}{median:>9.3f}{late:>9.3f}{max(taken):>9.3f}", flush=True)


def states(lab_id: str) -> Iterator[Snapshot]:
    """Yield the recorded states of a lab in which a live check differs, again and again, each before the solved one."""
    solved, folder = recorded.state(lab_id), ROOT / "tests" / "snapshots" / lab_id
    names = [path.stem for path in sorted(folder.glob("*.json")) if path.stem not in ("solved", "second")]
    every = [replace(recorded.state(lab_id, name), started=solved.started) for name in names]
    others = [other for other in every if seen(other) != seen(solved)]
    while True:
        for other in others:
            yield other
            yield solved


def seen(snapshot: Snapshot) -> list[Outcome]:
    """Return the outcomes of a live look at a recorded state of a lab that has passed."""
    lab = catalog.find(snapshot.lab)
    live, checks = {probe.id for probe in evaluation.live_probes(lab)}, registry.load(lab)
    hidden = {probe.id: evaluation.NOTE for probe in lab.probes if probe.id not in live}
    probes = {id: result for id, result in snapshot.probes.items() if id in live}
    looked = evaluation.judge(
        lab, checks, replace(snapshot, probes=probes, errors=snapshot.errors | hidden), [check.id for check in checks]
    )
    return [result.outcome for result in looked.report.results]


def lab_series(lab_id: str, ours: Authority) -> list[float]:
    """Return the seconds of each transition of a lab."""
    taken: list[float] = []
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name in ("work", "state"):
            patch.setenv(f"SLIPWAY_{name.upper()}", f"{folder}/{name}")
        with played(lab_id, ours, patch) as shown:
            watcher, subscriber = Watcher(shown.settings), Subscriber()
            with watcher.subscribed(shown.lab, subscriber):
                view = subscriber.take(timeout=30.0)
                assert view is not None
                for snapshot in islice(states(lab_id), ATTEMPTS):
                    view, seconds = transition_of(shown, subscriber, view, snapshot)
                    taken += [seconds] if seconds else []
                    time.sleep(0.6)  # a second burst is no part of the first
                    if len(taken) == TRANSITIONS:
                        break
            watcher.close()
    return taken


def transition_of(shown: Played, subscriber: Subscriber, before: View, snapshot: Snapshot) -> tuple[View, float]:
    """Show a state. Return the view and the seconds until an outcome changed; 0 where none did."""
    view = subscriber.take() or before
    start, moment = outcomes(view), shown.change(snapshot)
    while time.time() - moment < SETTLED:
        view = subscriber.take(timeout=1.0) or view
        if outcomes(view) != start:
            return view, time.time() - moment
    return view, 0.0


def run_recorded(numbers: list[str]) -> None:
    """Print a line for each lab, and one for all."""
    chosen = [catalog.find(number).id for number in numbers] or [lab.id for lab in catalog.labs(ROOT / "labs")]
    print(f"{time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores")
    print(f"{'lab':<28}{'n':>5}{'median':>9}{'p95':>9}{'most':>9}")
    whole: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        ours = authority(Path(folder) / "ca")
        for lab_id in chosen:
            taken = lab_series(lab_id, ours)
            whole += taken
            show(lab_id, taken)
    show("all", whole)


def run_visible(number: str) -> None:
    """Print what a process of `slipway watch` uses in a minute in which nothing changes."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        for name in ("work", "state"):
            patch.setenv(f"SLIPWAY_{name.upper()}", f"{folder}/{name}")
        with played(number, authority(Path(folder) / "ca"), patch) as shown:
            command = [sys.executable, "-m", "checks.cli", "watch", number, "--json"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(IDLE)  # the growing intervals have reached their longest
            requests, busy = len(shown.requests()), processor(process.pid)
            time.sleep(IDLE)
            share = (processor(process.pid) - busy) / IDLE
            print(
                f"{number}: {share:.2%} of a core, {memory(process.pid) / MB:.0f} MB, {len(shown.requests()) - requests} requests"
            )
            process.kill()


def processor(pid: int) -> float:
    """The seconds of CPU time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """The bytes of memory that a process has to itself."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean", "Private_Dirty")))


class Counted:
    """The number of requests that all clients of the engine have sent."""

    def __init__(self) -> None:
        self.requests = 0
        send = Engine.send

        def counted(engine: Engine, *arguments: object) -> object:
            self.requests += 1
            return send(engine, *arguments)  # type: ignore[arg-type]

        Engine.send = counted  # type: ignore[method-assign, assignment]


def event_time(container: str, action: str, since: float) -> float:
    """The time, in seconds since 1970, of the last event of this kind that the engine reports."""
    command = ["docker", "events", "--since", f"{since:.6f}", "--until", f"{time.time():.6f}", "--format", "{{json .}}"]
    filters = ["--filter", f"container={container}", "--filter", f"event={action}"]
    lines = subprocess.run([*command, *filters], capture_output=True, text=True, check=True, timeout=30).stdout.splitlines()
    return int(json.loads(lines[-1])["timeNano"]) / 1e9


def transition(subscriber: Subscriber, before: View, container: str, command: str, action: str) -> tuple[View, float]:
    """Change the state of the container. Return the view that shows it, and the seconds since the engine's event."""
    since = time.time()
    process = subprocess.Popen(["docker", command, container], stdout=subprocess.DEVNULL)
    view = before
    while outcomes(view) == outcomes(before):
        view = subscriber.take(timeout=10.0) or view
        if time.time() - since > 20:
            raise SystemExit(f"docker {command} {container} changed no check: is the lab started, with its container running?")
    seen = time.time()
    process.wait(timeout=30)
    return view, seen - event_time(container, action, since)


def run_engine(number: str, container: str) -> None:
    """Print the times on the real engine, and the requests while someone and no one is looking."""
    lab, counted = catalog.find(number), Counted()
    watcher, subscriber, taken = Watcher(settings.load()), Subscriber(), []
    with watcher.subscribed(lab, subscriber):
        view = subscriber.take(timeout=10.0)
        for _ in range(ROUNDS):
            for command, action in (("kill", "die"), ("start", "start")):
                assert view is not None
                view, seconds = transition(subscriber, view, container, command, action)
                taken.append(seconds)
                time.sleep(1.0)
        requests, busy = counted.requests, time.process_time()
        time.sleep(IDLE)
        visible = counted.requests - requests, (time.process_time() - busy) / IDLE
    time.sleep(2.0)  # a look that had begun may end
    requests = counted.requests
    time.sleep(IDLE)
    show(f"{lab.id}, real engine", taken)
    print(f"visible, nothing changes: {visible[0]} requests in {IDLE:.0f} s, {visible[1]:.2%} of a core (goal: at most 0.50%)")
    print(f"hidden: {counted.requests - requests} requests in {IDLE:.0f} s (goal: 0)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", choices=["recorded", "visible", "engine"])
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    {"recorded": lambda *names: run_recorded(list(names)), "visible": run_visible, "engine": run_engine}[chosen.series](
        *chosen.names
    )


if __name__ == "__main__":
    main()
