"""A full disk during start, solve and reset: the message names it, nothing of the learner's is lost, and it works afterwards."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import backend, catalog
from checks.cli.__main__ import main
from checks.clients.base import Engine
from checks.lifecycle import provision, workspace
from checks.model import Lab
from sandboxes import settings

OWN = b"# A line that nobody else has.\n"
FILE = "Dockerfile"
BLOCK = b"x" * 4096
BLOCKS = 256  # of the disk


def _mounts() -> bool:
    """Whether this process may mount a file system."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], capture_output=True, timeout=10).returncode == 0


pytestmark = pytest.mark.skipif(not _mounts(), reason="mounting a disk needs root")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte, which holds the learner's files and Slipway's state."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={BLOCKS * len(BLOCK)}", "tmpfs", str(place)], check=True, timeout=10)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True, timeout=10)


@pytest.fixture
def lab(disk: Path, tiny_labs: Path, docker_client: Engine, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(backend, "connect", lambda lab=None: docker_client)
    # The lab's images are there: no engine of this machine is asked for them.
    monkeypatch.setattr(provision, "get", lambda labs: None)
    monkeypatch.setenv("SLIPWAY_WORK", str(disk / "work"))
    monkeypatch.setenv("SLIPWAY_STATE", str(disk / "state"))
    return catalog.find("90")


def fill(disk: Path) -> Path:
    """Fill the disk and return the file to remove. Never more than the size of the disk is written."""
    assert os.path.ismount(disk)
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            for _ in range(2 * BLOCKS):
                file.write(BLOCK)
        except OSError:
            return filler
    raise AssertionError("the disk has not become full")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_start_on_a_full_disk_says_so_and_works_once_there_is_space(
    lab: Lab, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filler = fill(disk)
    assert main(["start", "90"]) == 2
    refusal = capsys.readouterr().err
    assert "No space left on device" in refusal and "free space" in refusal and "fault in Slipway" not in refusal
    filler.unlink()
    assert main(["start", "90"]) == 0
    assert FILE in contents(workspace.folder(lab, settings.load()))


@pytest.mark.parametrize("command", ["solve", "reset"])
def test_what_the_learner_wrote_survives_a_full_disk(
    command: str, lab: Lab, disk: Path, docker: FakeEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["start", "90"]) == 0
    folder = workspace.folder(lab, settings.load())
    (folder / FILE).write_bytes(OWN)
    before = contents(folder)
    filler = fill(disk)
    capsys.readouterr()
    assert main([command, "90", "--yes"]) == 2
    refusal = capsys.readouterr().err
    assert "No space left on device" in refusal and "they were not changed" in refusal and "Free some space" in refusal
    assert contents(folder) == before
    assert list((disk / "work" / ".saved").iterdir()) == [], "an empty copy looks like one of the learner's files"
    filler.unlink()
    assert main([command, "90", "--yes"]) == 0
    assert OWN in contents(disk / "work" / ".saved").values()
    assert contents(folder) != before
