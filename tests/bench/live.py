"""The time from an event of the engine to the published view of a lab, and what the watcher asks while no one is looking.

Run it with lab 90 of the tests, or any other lab on Docker, started and with its container running:
`python tests/bench/live.py 90 slipway-tiny`. The container is killed and started again, ten times each. The clock starts
with the time that the engine gives its event, and stops when the subscriber has the view. The goals: a median of at most
0.3 s and a 95th percentile of at most 1.0 s; without subscribers, no request; with one, at most 0.5 % of a core.
"""

import argparse
import json
import statistics
import subprocess
import time
from datetime import datetime

from checks import catalog
from checks.clients.base import Engine
from checks.live.subscribers import Subscriber
from checks.live.view import View
from checks.live.watcher import Watcher
from sandboxes import settings

ROUNDS = 10
IDLE = 30.0  # seconds
GOALS = {"median": 0.3, "95th percentile": 1.0}


class Counted:
    """The number of requests that all clients of the engine have sent."""

    def __init__(self) -> None:
        self.requests = 0
        send = Engine.send

        def counted(engine: Engine, *arguments: object) -> object:
            self.requests += 1
            return send(engine, *arguments)  # type: ignore[arg-type]

        Engine.send = counted  # type: ignore[method-assign, assignment]


def states(view: View) -> list[tuple[str, str]]:
    return [(check["id"], check["outcome"]) for task in view["tasks"] for check in task["checks"]]


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
    while states(view) == states(before):
        view = subscriber.take(timeout=10.0) or view
        if time.time() - since > 20:
            raise SystemExit(f"docker {command} {container} changed no check: is the lab started, with its container running?")
    seen = time.time()
    process.wait(timeout=30)
    return view, seen - event_time(container, action, since)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lab")
    parser.add_argument("container")
    chosen = parser.parse_args()
    lab, counted = catalog.find(chosen.lab), Counted()
    watcher, subscriber, taken = Watcher(settings.load()), Subscriber(), []
    with watcher.subscribed(lab, subscriber):
        view = subscriber.take(timeout=10.0)
        for _ in range(ROUNDS):
            for command, action in (("kill", "die"), ("start", "start")):
                assert view is not None
                view, seconds = transition(subscriber, view, chosen.container, command, action)
                taken.append(seconds)
                time.sleep(1.0)
        time.sleep(1.0)
        requests, busy = counted.requests, time.process_time()
        time.sleep(IDLE)
        visible = counted.requests - requests, (time.process_time() - busy) / IDLE
    time.sleep(2.0)  # a look that had begun may end
    requests = counted.requests
    time.sleep(IDLE)
    found = {"median": statistics.median(taken), "95th percentile": statistics.quantiles(taken, n=20)[-1]}
    print(f"{datetime.now():%Y-%m-%d}, lab {lab.id}: {len(taken)} transitions, seconds from the engine's event to the view")
    for name, seconds in found.items():
        print(f"{name:<16}{seconds:8.3f} (goal: at most {GOALS[name]})")
    print(f"visible, nothing changes: {visible[0]} requests in {IDLE:.0f} s, {visible[1]:.2%} of a core (goal: at most 0.50%)")
    print(f"hidden: {counted.requests - requests} requests in {IDLE:.0f} s (goal: 0)")


if __name__ == "__main__":
    main()
