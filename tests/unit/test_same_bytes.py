"""The same snapshot gives the same bytes: whatever the hash seed, locale, time zone and release of Python, and under load."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from metamorphic.recorded import LABS, RIGHT, data, names, recorded_verdict, verdict

from checks import backend, grade
from checks.clients.base import Engine
from checks.model import Lab, Outcome, Probe
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.engine.endpoint import Endpoint
from sandboxes.settings import ROOT

# Five environments that share nothing: the hash seed, the locale and the time zone.
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kolkata"},
    {"PYTHONHASHSEED": "42", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    {"PYTHONHASHSEED": "1000", "LC_ALL": "C", "TZ": "Pacific/Auckland"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"},
)
# Their checks compare amounts with the Kubernetes client, which has a compiled part for one release of Python.
COMPILED = (
    "11-pods",
    "15-storage",
    "16-namespaces",
    "16b-resources",
    "20b-on-call",
    "21-autoscaling",
    "23-three-tier",
    "23c-checkpoint-kubernetes",
)
BUSY = 16
MINORS = range(19, 10, -1)
NOWHERE = Engine(Endpoint("unix:///nowhere"))


@cache
def sums(python: str, environment: int) -> list[str]:
    """Return the lines that the program prints in this environment, in which Python chooses no encoding by itself."""
    library = sysconfig.get_paths()["purelib"]
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent), library])
    plain = {"PYTHONPATH": path, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PATH": os.environ["PATH"]}
    command = [python, "-m", "metamorphic.print_reports"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=plain | ENVIRONMENTS[environment], timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def other_python() -> str:
    """Return the newest other release of Python that the project supports, of pyenv or on the PATH; empty without one."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    of_pyenv = [shutil.which(f"python3.{minor}", path=str(folder)) for minor in MINORS for folder in versions.glob("3.*/bin")]
    on_path = [shutil.which(f"python3.{minor}") for minor in MINORS]
    works = (python for python in (*of_pyenv, *on_path) if python and _release(python) not in ((), sys.version_info[:2]))
    return next(works, "")


def _release(python: str) -> tuple[int, ...]:
    """The release of an interpreter; () for one that does not start, such as a wrapper without a version behind it."""
    command = [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else ()


def test_reports_are_the_same_in_every_environment() -> None:
    first = sums(sys.executable, 0)
    assert len(first) > 7 * len(LABS)
    for number, variables in enumerate(ENVIRONMENTS):
        assert sums(sys.executable, number) == first, variables


def test_reports_are_the_same_on_another_release_of_python() -> None:
    """On a machine with one release only, this compares that one with itself in another environment; CI has several."""
    expected = _uncompiled(sums(sys.executable, 0))
    assert _uncompiled(sums(other_python() or sys.executable, 1)) == expected, other_python()


def _uncompiled(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(COMPILED)]


@contextmanager
def load() -> Iterator[None]:
    """Keep 16 processes busy."""
    processes = [subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def test_grading_under_load_gives_the_verdicts_of_an_idle_machine(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes or fails at once does so; what is still starting is waited for, and passes when it has come."""
    shown = [(lab, [RIGHT[0]]) for lab in LABS.values()]
    starting = [(lab, [name, RIGHT[0]]) for lab in LABS.values() if (name := _waiting(lab))]
    assert starting
    states = [(lab, [Snapshot.from_json(data(lab.id, name)) for name in names]) for lab, names in (*shown, *starting)]
    expected = [recorded_verdict(lab.id, RIGHT[0]) for lab, _ in states]
    with load():
        graded = [_graded(lab, snapshots, monkeypatch) for lab, snapshots in states]
    assert [verdict(result.report) for result in graded] == expected


def _waiting(lab: Lab) -> str:
    """The first near miss of a lab in which a check waits; empty where there is none."""
    return next((name for name in names(lab.id) if Outcome.WAITING in dict(recorded_verdict(lab.id, name).values())), "")


def _graded(lab: Lab, snapshots: list[Snapshot], monkeypatch: pytest.MonkeyPatch) -> grade.Graded:
    """Grade what a backend shows: snapshots one after the other, the last one for ever."""

    def collect(lab: Lab, engine: object, context: object, probes: tuple[Probe, ...], started: str) -> Snapshot:
        return snapshots.pop(0) if len(snapshots) > 1 else snapshots[0]

    monkeypatch.setattr(backend, "collector", lambda lab: collect)
    return grade.grade(lab, NOWHERE, settings.load())
