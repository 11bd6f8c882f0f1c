"""How fast a class is graded, against a plain loop over the same submissions; and what hostile ones among them cost.

`python tests/bench/classroom.py --learners 1000` grades all labs of each learner, made of their recordings. The goals, on two
cores: 26,000 submissions in 20 s and 200 MiB of memory for all processes together; one lab of 1,000 learners in 1 s; a hundred
hostile submissions among nine hundred good ones cost at most 10 % more than nine hundred good ones.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from itertools import cycle
from pathlib import Path

import psutil

from checks import catalog, registry
from checks.dev import replay
from checks.dev.paths import places
from checks.evaluate import evaluate
from checks.snapshot import Snapshot
from sandboxes import settings

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "unit"))
import class_cases as cases  # noqa: E402

ONE_LAB = "01-flask"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=100)
    learners = parser.parse_args().learners
    labs = [lab.id for lab in catalog.labs()]
    with tempfile.TemporaryDirectory(prefix="slipway-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        base = Path(folder)
        everything = make(base / "everything", learners, labs)
        loop = plain_loop(everything)
        before = computing()
        took, memory = grade(everything)
        print(f"{learners * len(labs)} submissions: {took:.2f} s, {memory:.0f} MiB (goal for 26,000: 20 s, 200 MiB)")
        print(f"  of computing in all processes: {computing() - before:.2f} s")
        print(f"a plain loop, which verifies and stores nothing: {loop:.2f} s of one core")
        one = make(base / "one", 1000, [ONE_LAB])
        before = computing()
        print(f"1,000 of lab {ONE_LAB}: {grade(one)[0]:.2f} s (goal: 1 s), of computing {computing() - before:.2f} s")
        good, mixed = make(base / "good", 900, [ONE_LAB]), make(base / "mixed", 900, [ONE_LAB])
        hostile(mixed, 100)
        ratio = sorted(cost(mixed) / cost(good) for _ in range(3))[1]
        print(f"900 good and 100 hostile / 900 good: {ratio:.3f} (goal: at most 1.1)")


def make(folder: Path, learners: int, labs: list[str]) -> Path:
    """Create a class with a submission of each learner for each lab."""
    ids = [f"l{number:04}" for number in range(learners)]
    cases.classroom(folder, ids, labs)
    secret = cases.keys.load(folder)
    keys = {id: cases.keys.learner_key(secret, cases.CLASS, id) for id in ids}
    for lab in labs:
        found = catalog.find(lab)
        snapshots = [replay.load(each.path, found) for each in replay.recordings(found, places(settings.load()))]
        bodies = cycle([cases.evidence_of(snapshot) for snapshot in snapshots])
        for id in ids:
            data = cases.signed(folder, id, next(bodies), lab=lab, key=keys[id])
            (folder / "submissions" / f"{lab}-{id}.slipway").write_bytes(data)
    return folder


def hostile(folder: Path, number: int) -> None:
    """Add submissions of every hostile kind: noise, truncated, forged, bombs, evidence that is deep, wide or wrong."""
    body = cases.body("solved")
    kinds = [
        os.urandom(8192),
        cases.signed(folder, "l0000", body)[:-100],
        cases.signed(folder, "l0000", body, key=b"k" * 32),
        cases.signed(folder, "l0000", b"0" * (17 * 2**20)),
        cases.signed(folder, "l0000", b"[" * 200_000),
        cases.signed(folder, "l0000", b"[" + b"0," * 600_000 + b"0]"),
        cases.signed(folder, "l0000", b"{}"),
        b"",
    ]
    for index, content in zip(range(number), cycle(kinds), strict=False):
        # Different bytes each time: what follows the end of a stream makes it another hostile file.
        (folder / "submissions" / f"x{index:03}").write_bytes(content + str(index).encode() * (index // len(kinds)))


def cost(folder: Path) -> float:
    """Return the seconds of computing that it takes to grade a class for the first time."""
    shutil.rmtree(folder / "evidence", ignore_errors=True)
    for path in folder.glob("class.db*"):
        path.unlink()
    before = computing()
    grade(folder)
    return computing() - before


def grade(folder: Path) -> tuple[float, float]:
    """Grade a class in a process of its own. Return the seconds, and the most MiB that all its processes had together."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "checks.cli", "grade", str(folder), "--jobs", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    most = 0.0
    while process.poll() is None:
        most = max(most, memory_of(process.pid))
        time.sleep(0.1)
    took = time.perf_counter() - begun
    print(process.stdout.read().decode().strip())
    return took, most


def computing() -> float:
    """Return the seconds that the processes of this benchmark have computed: a busy machine does not change them."""
    times = os.times()
    return times.children_user + times.children_system


def memory_of(pid: int) -> float:
    """Return the MiB of a process and its children; what they share counts once."""
    total = 0
    try:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            total += process.memory_full_info().pss
    except psutil.Error:
        return 0.0
    return total / 2**20


def plain_loop(folder: Path) -> float:
    """Return the seconds of a loop that decompresses, parses and evaluates each submission, and keeps nothing."""
    labs = {lab.id: (lab, registry.load(lab)) for lab in catalog.labs()}
    begun = time.process_time()
    for path in sorted((folder / "submissions").iterdir()):
        data = json.loads(zlib.decompress(path.read_bytes(), 16 + zlib.MAX_WBITS).partition(b"\n")[2])
        lab, checks = labs[data["lab"]]
        evaluate(lab, checks, Snapshot.from_json(data["snapshot"]), data["course"]).to_json()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
