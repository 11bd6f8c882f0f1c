"""The authors' commands on the real engine: what is right holds, what is wrong is found, nothing is left behind."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs
from sample_lab import INTERRUPTED, NAME, docker, interrupt, slipway

from checks import backend, catalog
from checks.dev import live, replay, resource_diff
from checks.dev.paths import Places, places
from checks.model import Lab
from sandboxes import settings


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, need_images: Callable[[Iterable[str]], None]) -> Lab:
    """A copy of the sample lab, to be spoilt."""
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    lab = catalog.find("90")
    need_images(lab.images)
    return lab


@pytest.fixture
def where(lab: Lab) -> Places:
    return places(settings.load())


def seen() -> resource_diff.World:
    engine = backend.connect()
    try:
        return frozenset(name for name in resource_diff.look(engine) if NAME in name or "someone-elses" in name)
    finally:
        engine.close()


def test_a_right_lab_holds(lab: Lab) -> None:
    before = seen()
    ran = slipway("dev", "check", "90")
    assert ran.code == 0, ran.out
    lines = [line.split()[0] for line in ran.out.splitlines()[1:]]
    assert lines == ["passed"] * 9
    assert seen() == before


def test_a_solution_that_does_not_solve_is_found(lab: Lab) -> None:
    (lab.folder / "solution" / "Dockerfile").write_text("FROM busybox:1.35\nCMD sleep 600\n", encoding="utf-8")
    ran = slipway("dev", "check", "90")
    assert ran.code == 1
    assert "in cell check-run, answers is “not yet”" in ran.out
    assert "FAILED" in next(line for line in ran.out.splitlines() if "solved, every check passes" in line)
    assert not seen()


def test_a_cell_that_fails_is_named_with_its_words(lab: Lab) -> None:
    path = lab.folder / "solution" / "cells" / "work-run.sh"
    path.write_text("echo the shore is near\nfalse\n", encoding="utf-8")
    ran = slipway("dev", "check", "90")
    assert ran.code == 1
    assert "Cell work-run failed" in ran.out
    assert "the shore is near" in ran.out


def test_what_reset_leaves_behind_is_found(lab: Lab) -> None:
    path = lab.folder / "solution" / "cells" / "work-run.sh"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}docker run --detach busybox:1.35 true\n", encoding="utf-8")
    before = set(docker("ps", "--all", "--quiet").split())
    ran = slipway("dev", "check", "90")
    for id in set(docker("ps", "--all", "--quiet").split()) - before:
        docker("rm", "--force", id)
    assert ran.code == 1
    assert "left behind: container" in ran.out


def test_recording_writes_what_holds_and_nothing_else(lab: Lab, where: Places) -> None:
    for path in where.recordings(lab.id).glob("*.json"):
        path.unlink()
    misses = where.misses(lab.id)
    misses.write_text(misses.read_text(encoding="utf-8").replace("wrong way round", "upside down"), encoding="utf-8")
    (where.recordings(lab.id) / "of-yesterday.json").write_text("{}", encoding="utf-8")
    ran = slipway("dev", "record", "90")
    assert ran.code == 1
    assert "answers does not say “upside down”" in ran.out
    kept = {path.stem for path in where.recordings(lab.id).glob("*.json")}
    assert kept == {"untouched", "solved", "second", "other-tag", "ended", "old-image", "no-volume"}
    good = [recording for recording in replay.recordings(lab, where) if recording.name != "ports-swapped"]
    assert [fault for recording in good for fault in replay.faults(recording)] == []
    assert "slipway-trial" not in "".join(path.read_text(encoding="utf-8") for path in where.snapshots.rglob("*.json"))
    assert not seen()


def test_a_lab_in_progress_is_left_alone(lab: Lab) -> None:
    docker("create", "--name", NAME, "busybox:1.35")
    try:
        ran = slipway("dev", "check", "90")
        assert ran.code == 1
        assert f"already taken on this engine: container {NAME}" in ran.out
        docker("inspect", NAME)
    finally:
        docker("rm", NAME)


def test_ctrl_c_in_the_middle_of_a_reset_cleans_up(lab: Lab, where: Places) -> None:
    """Pressed at the moment in which the proof's reset has removed the lab's container."""
    watching = ["docker", "events", "--filter", f"container={NAME}", "--filter", "event=destroy", "--format", "{{.ID}}"]
    with subprocess.Popen(watching, stdout=subprocess.PIPE, text=True) as events:
        pressing = threading.Thread(target=lambda: events.stdout.readline() and os.kill(os.getpid(), signal.SIGINT))
        pressing.start()
        with pytest.raises(KeyboardInterrupt):
            list(live.solved(lab, where))
        events.terminate()
        pressing.join()
    assert not seen()


def test_a_terminated_recording_cleans_up(lab: Lab) -> None:
    ended = interrupt(["dev", "record", "90"], 4.0, signal.SIGTERM)
    assert ended.returncode in (0, *INTERRUPTED)
    assert not seen()


@pytest.mark.parametrize("moment", [2.5, 4.0, 6.5])
def test_ctrl_c_during_the_proofs_cleans_up(lab: Lab, moment: float) -> None:
    ended = interrupt(["dev", "check", "90"], moment)
    assert ended.returncode in (0, *INTERRUPTED)
    assert not seen()
