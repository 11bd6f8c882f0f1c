"""How fast the live work of a class in one cluster is graded, against shell scripts that call kubectl for each learner.

`python tests/bench/live_class.py --kubectl PATH` grades 500 namespaces with 10 objects each, through the command line and into
the class store. The goals: 2 s and 200 MiB, and at most a hundredth of a script's time. The API server is a decoy on this
machine with real TLS, in a process of its own. A script would take minutes, so its time is calculated from a few calls, each of
which is really made: `kubectl get --raw`, which asks for less than other calls do. Two scripts are calculated: one that makes
a call for each learner and kind, and one that gets by with a single call for each learner.
"""

import argparse
import copy
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "unit")]
import class_cases as cases  # noqa: E402
from class_targets import CONTEXT, FILE, TARGET, SharedCluster  # noqa: E402
from fake_api_server import Reply, authority, decoy  # noqa: E402

from checks import catalog  # noqa: E402
from checks.api_resources import looked_at  # noqa: E402
from checks.classroom import shared_names  # noqa: E402
from checks.snapshot import Snapshot  # noqa: E402

LAB, OBJECTS = "11-pods", 10
RUNS, CALLS = 5, 9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=500)
    parser.add_argument("--kubectl", default="kubectl", help="the kubectl to compare with")
    arguments = parser.parse_args()
    learners = [f"l{number:04}" for number in range(arguments.learners)]
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as place:
        folder = Path(place) / "class"
        make(folder, learners)
        with served(folder, learners):
            before = computing()
            times, memory = zip(*(grade(folder) for _ in range(RUNS)), strict=True)
            computed = (computing() - before) / RUNS
            calls = [call(arguments.kubectl, folder, learners[0]) for _ in range(CALLS)]
    show(len(learners), times, max(memory), computed, calls)


def computing() -> float:
    """Return the seconds that the commands of this benchmark have computed, which a busy machine changes less."""
    times = os.times()
    return times.children_user + times.children_system


def show(learners: int, times: tuple[float, ...], memory: float, computed: float, calls: list[float]) -> None:
    took, one = statistics.median(times), statistics.median(calls)
    kinds = len(looked_at(catalog.find(LAB).scope.kinds, ()))
    print(f"{learners} namespaces with {OBJECTS} objects each, graded and stored: median of {RUNS} runs {took:.2f} s (goal: 2 s)")
    print(f"  least {min(times):.2f} s, most {max(times):.2f} s; of computing {computed:.2f} s; {memory:.0f} MiB (goal: 200 MiB)")
    print(f"one call of kubectl: median of {CALLS} {one:.3f} s; the times of the scripts are calculated from it:")
    for name, number in (
        (f"a call for each learner and each of {kinds} kinds", learners * kinds),
        ("one for each learner", learners),
    ):
        print(f"  {name}: {number} calls, {number * one:.0f} s, {number * one / took:.0f} times as long (goal: 100)")


def work() -> Snapshot:
    """Return the recorded solution with as many objects of its namespace as are wanted."""
    snapshot = copy.deepcopy(cases.snapshot("solved", LAB))
    others = sum(len(items) for kind, items in snapshot.objects.items() if kind not in ("Event", "Node"))
    events = snapshot.objects["Event"]
    snapshot.objects["Event"] = dict(list(events.items())[: OBJECTS - others])
    return snapshot


def make(folder: Path, learners: list[str]) -> None:
    """Create the class."""
    cases.classroom(folder, learners, [LAB])
    rows = "".join(f"{id},Learner {id},{TARGET}\n" for id in learners)
    (folder / "roster.csv").write_text("id,name,target\n" + rows, encoding="utf-8")


class served:  # noqa: N801
    """The API server with the work of all learners, in a process of its own while the block runs."""

    def __init__(self, folder: Path, learners: list[str]) -> None:
        self.ready = multiprocessing.Event()
        self.process = multiprocessing.Process(target=serve, args=(folder, learners, self.ready), daemon=True)

    def __enter__(self) -> None:
        self.process.start()
        self.ready.wait(120)

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.join()


def serve(folder: Path, learners: list[str], ready: "multiprocessing.Event") -> None:
    """Serve the objects until the process is ended. Every answer is put into words once: a real server has them at hand, too."""
    with decoy(authority(folder / "ca")) as server:
        cluster, snapshot = SharedCluster(server, folder), work()
        for learner in learners:
            cluster.add(learner, snapshot)
        answers: dict[str, Reply] = {}

        def choose(method: str, path: str) -> Reply:
            if path not in answers:
                code, body = answer(cluster, method, path)
                answers[path] = code, json.dumps(body).encode()
            return answers[path]

        server.choose = choose
        ready.set()
        while True:
            time.sleep(60)


def answer(cluster: SharedCluster, method: str, path: str) -> Reply:
    """Answer a LIST over all namespaces or over one, and the question for the version."""
    if path == "/version":
        return 200, {"gitVersion": "v1.37.2"}
    if page := cluster.reply(method, path):
        return page
    base, _, rest = path.partition("/namespaces/")
    namespace, _, plural = rest.partition("/")
    items = [item for item in cluster.items[f"{base}/{plural}"] if item["metadata"].get("namespace") == namespace]
    return 200, {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}


def grade(folder: Path) -> tuple[float, float]:
    """Grade the class for the first time, in a process of its own. Return the seconds, and the most MiB that it had."""
    for path in folder.glob("class.db*"):
        path.unlink()
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "checks.cli", "grade", str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
    most = 0.0
    while process.poll() is None:
        most = max(most, memory_of(process.pid))
        time.sleep(0.02)
    took, said = time.perf_counter() - begun, process.stdout.read().decode()
    if process.returncode != 0:
        sys.exit(said)
    return took, most


def memory_of(pid: int) -> float:
    """Return the MiB that a process has, 0 for one that has ended."""
    try:
        return psutil.Process(pid).memory_info().rss / 2**20
    except psutil.NoSuchProcess:
        return 0.0


def call(kubectl: str, folder: Path, learner: str) -> float:
    """Return the seconds that one call of kubectl for the Pods of a learner takes."""
    path = f"/api/v1/namespaces/{shared_names.namespace('c', learner, f'lab-{LAB}')}/pods"
    command = [kubectl, "--kubeconfig", str(folder / FILE), "--context", CONTEXT, "get", "--raw", path]
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
