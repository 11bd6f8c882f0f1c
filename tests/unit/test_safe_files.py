"""Links, folders, FIFOs and devices in the places of files: nothing that Slipway did not create is followed or replaced."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from checks import catalog, evidence, progress
from checks.clients.base import Engine
from checks.lifecycle import sandbox, workspace
from checks.model import Lab, Probe
from checks.probes import image_files
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import NotAFile, open_lock, read_whole, refuse_target, write_whole
from sandboxes.settings import ROOT, Settings, load


class Ground:
    """An engine's side of a lab that counts what it is asked for."""

    def __init__(self) -> None:
        self.cleared = 0

    def identity(self, engine: object) -> str:
        return "engine"

    def begin(self, *arguments: object) -> None:
        pass

    def go_on(self, *arguments: object) -> None:
        pass

    def clear(self, *arguments: object) -> tuple[list[str], list[str]]:
        self.cleared += 1
        return [], []


@pytest.fixture
def ground(monkeypatch: pytest.MonkeyPatch) -> Ground:
    found = Ground()
    monkeypatch.setattr(sandbox, "of", lambda lab: found)
    return found


@pytest.fixture
def settings(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SLIPWAY_WORK", str(tmp_path / "work"))
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    return load()


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


COMMANDS = {
    "start": lambda lab, settings: workspace.start(lab, Engine(Endpoint()), settings),
    "solve": workspace.solve,
    "reset": lambda lab, settings: workspace.reset(lab, None, settings),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["lab", "folder", "file"])
def test_a_link_in_the_workspace_is_refused_and_what_it_leads_to_stays(
    command: str, place: str, lab: Lab, settings: Settings, ground: Ground, tmp_path: Path
) -> None:
    workspace.start(lab, Engine(Endpoint()), settings)
    precious = tmp_path / "precious"
    precious.mkdir()
    for number in range(3):
        (precious / f"{number}.txt").write_text("mine", encoding="utf-8")
    (precious / "index.html").write_text("mine", encoding="utf-8")
    copy = settings.work / lab.id
    target = {"lab": copy, "folder": copy / "page", "file": copy / "page" / "index.html"}[place]
    target.rename(tmp_path / "aside")
    target.symlink_to(precious / "index.html" if place == "file" else precious)
    before = tree(precious)
    with pytest.raises(SlipwayError, match="is a link") as refused:
        COMMANDS[command](lab, settings)
    assert str(target) in refused.value.message and "mv" in refused.value.fix
    assert tree(precious) == before
    assert ground.cleared == 0
    assert target.is_symlink()


@pytest.mark.parametrize("kind", ["folder", "FIFO"])
def test_what_is_no_file_in_the_place_of_one_is_refused(kind: str, lab: Lab, settings: Settings, ground: Ground) -> None:
    workspace.start(lab, Engine(Endpoint()), settings)
    target = settings.work / lab.id / "Dockerfile"
    target.unlink()
    target.mkdir() if kind == "folder" else os.mkfifo(target)
    for command in COMMANDS.values():
        with pytest.raises(SlipwayError, match=f"is a {kind}"):
            command(lab, settings)
    assert ground.cleared == 0


def test_links_and_fifos_beside_the_labs_files_are_left_alone(
    lab: Lab, settings: Settings, ground: Ground, tmp_path: Path
) -> None:
    workspace.start(lab, Engine(Endpoint()), settings)
    copy = settings.work / lab.id
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (copy / "mine").symlink_to(tmp_path / "mine")
    os.mkfifo(copy / "pipe")
    (copy / "notes").write_text("notes", encoding="utf-8")
    workspace.reset(lab, None, settings)
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert (copy / "mine").is_symlink() and (copy / "pipe").is_fifo()
    assert not (copy / "notes").exists()


def test_copies_of_a_labs_files_can_be_read_by_everyone_whatever_the_umask(lab: Lab, settings: Settings, ground: Ground) -> None:
    before = os.umask(0o077)
    try:
        workspace.start(lab, Engine(Endpoint()), settings)
        workspace.solve(lab, settings)
    finally:
        os.umask(before)
    copy = settings.work / lab.id
    for path in copy.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o755 if path.is_dir() else 0o644), path


def test_two_resets_at_once_are_told_apart(lab: Lab, settings: Settings, ground: Ground) -> None:
    import fcntl

    workspace.start(lab, Engine(Endpoint()), settings)
    other = open_lock(progress.path(settings, lab.id).with_suffix(".reset.lock"))
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(SlipwayError, match="Another reset"):
        workspace.reset(lab, None, settings)
    os.close(other)
    workspace.reset(lab, None, settings)


def test_a_link_as_a_lock_file_is_refused_and_its_target_keeps_its_content(settings: Settings, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    lock = progress.path(settings, "90-tiny").with_suffix(".lock")
    lock.parent.mkdir(parents=True)
    lock.symlink_to(precious)
    with pytest.raises(SlipwayError, match="it is a link"), progress.changing(settings, "90-tiny"):
        pass
    assert precious.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("kind", ["link", "folder", "FIFO", "device", "dangling link"])
def test_an_output_that_is_no_file_is_refused_and_stays(kind: str, tmp_path: Path) -> None:
    target, precious = tmp_path / "out", tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    if kind == "folder":
        target.mkdir()
    elif kind == "FIFO":
        os.mkfifo(target)
    elif kind == "device":
        if os.geteuid() != 0:
            pytest.skip("making a device needs root")
        os.mknod(target, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    else:
        target.symlink_to(precious if kind == "link" else tmp_path / "nowhere")
    before = os.lstat(target)
    for write in (lambda: write_whole(target, "new"), lambda: refuse_target(target)):
        with pytest.raises(SlipwayError, match=f"it is a {kind.removeprefix('dangling ')}"):
            write()
    assert os.lstat(target) == before
    assert precious.read_text(encoding="utf-8") == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"out", "precious"}
    with pytest.raises(SlipwayError):
        evidence.load(target)


@pytest.mark.parametrize("name", ["", "x" * 300])
def test_a_name_that_no_file_can_have_is_refused_in_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(SlipwayError):
        refuse_target(Path(name))
    with pytest.raises(SlipwayError):
        write_whole(tmp_path / name, "new")


def test_a_fifo_in_the_place_of_a_file_that_a_probe_reads_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "compose.yaml")
    probe = Probe("file", "file", {"path": "compose.yaml"})
    result = image_files.workspace_file(probe, tmp_path)
    assert not result["ok"] and "it is a FIFO" in result["error"]


def test_a_fifo_in_the_place_of_a_state_file_does_not_hang(settings: Settings) -> None:
    path = progress.path(settings, "90-tiny")
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    code = "from checks import progress; from sandboxes.settings import load; progress.read(load(), '90-tiny')"
    completed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, capture_output=True, text=True, check=False)
    assert "it is a FIFO" in completed.stderr
    with pytest.raises(NotAFile):
        read_whole(path)


def test_solve_on_a_full_disk_says_so_and_names_where_the_learners_files_are(
    lab: Lab, settings: Settings, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H, 27. The files of the solution do not fit; those of the learner have been kept before."""
    workspace.start(lab, Engine(Endpoint()), settings)
    own = workspace.folder(lab, settings) / "answers.toml"
    own.write_text("mine = 1\n", encoding="utf-8")

    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(workspace.workspace_files, "copy", full)
    with pytest.raises(SlipwayError, match="No space left") as refused:
        workspace.solve(lab, settings)
    assert refused.value.fix and str(settings.work / ".saved") in refused.value.message
    assert own.read_text(encoding="utf-8") == "mine = 1\n"
