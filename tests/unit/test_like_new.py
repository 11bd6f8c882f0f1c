"""The folder of a lab after its reset: byte by byte and mode by mode that of a new copy, and nothing was lost."""

import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checks import catalog
from checks.clients.base import Engine
from checks.dev import folder_diff
from checks.lifecycle import sandbox, workspace, workspace_files
from checks.model import Lab
from sandboxes import settings
from sandboxes.engine.endpoint import Endpoint
from sandboxes.settings import ROOT, Settings


class Ground:
    """A sandbox in which nothing of a lab exists."""

    def identity(self, engine: object) -> str:
        return "this-engine"

    def begin(self, *arguments: object) -> None:
        pass

    def clear(self, *arguments: object) -> tuple[list[str], list[str]]:
        return [], []


@pytest.fixture
def chosen(tiny_labs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(sandbox, "of", lambda lab: Ground())
    return settings.load()


@pytest.fixture
def lab(chosen: Settings) -> Lab:
    return catalog.find("90")


@pytest.fixture
def copy(lab: Lab, chosen: Settings) -> Path:
    workspace.start(lab, Engine(Endpoint()), chosen)
    return workspace.folder(lab, chosen)


def reset(lab: Lab, chosen: Settings) -> list[str]:
    return workspace.reset(lab, None, chosen)[1]


def test_reset_leaves_a_folder_that_is_like_a_new_copy(copy: Path, lab: Lab, chosen: Settings) -> None:
    (copy / "data" / "deep" / "empty").mkdir(parents=True)  # as a bind mount creates it
    (copy / "data" / "rows").write_text("1", encoding="utf-8")
    (copy / "page" / "__pycache__").mkdir()
    (copy / "page" / "__pycache__" / "app.pyc").write_bytes(b"0")
    (copy / ".ipynb_checkpoints").mkdir()
    (copy / ".ipynb_checkpoints" / "lab-checkpoint.ipynb").write_text("{}", encoding="utf-8")
    (copy / "solution").mkdir()
    (copy / "solution" / "mine").write_text("mine", encoding="utf-8")
    (copy / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    (copy / "page" / "index.html").chmod(0o600)
    assert reset(lab, chosen) == []
    assert list(folder_diff.differences(lab, chosen)) == []
    kept = {path.name for path in (chosen.work / ".saved").rglob("*") if path.is_file()}
    assert kept == {"rows", "mine", "Dockerfile"}


def test_the_comparison_finds_what_differs(copy: Path, lab: Lab, chosen: Settings) -> None:
    assert list(folder_diff.differences(lab, chosen)) == []
    (copy / "empty").mkdir()
    (copy / "page" / "index.html").unlink()
    (copy / "Dockerfile").chmod(0o755)
    (copy / "lab.ipynb").write_text("{}", encoding="utf-8")
    assert list(folder_diff.differences(lab, chosen)) == [
        "left in the lab's folder: empty",
        "missing in the lab's folder: page/index.html",
        "Dockerfile in the lab's folder has the mode -rwxr-xr-x, not -rw-r--r--",
        "lab.ipynb in the lab's folder is not as at the start",
    ]


def test_reset_out_of_a_notebook_leaves_the_notebook_as_it_is(copy: Path, lab: Lab, chosen: Settings) -> None:
    (copy / "lab.ipynb").write_text("{}", encoding="utf-8")
    (copy / "lab.ipynb").chmod(0o600)
    workspace.reset(lab, None, chosen, notebook=False)
    assert (copy / "lab.ipynb").read_text(encoding="utf-8") == "{}"
    assert stat.S_IMODE((copy / "lab.ipynb").stat().st_mode) == 0o600


def test_what_a_containers_user_owns_is_named_and_neither_lost_nor_a_fault(
    copy: Path, lab: Lab, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A learner who is not root cannot read what a container wrote as another user. (Tests may run as root.)"""
    (copy / "data").mkdir()
    secret = copy / "data" / "owned"
    secret.write_text("rows", encoding="utf-8")
    real = os.access

    def access(name: str, mode: int, **where: object) -> bool:
        return name != "owned" and real(name, mode, **where)

    monkeypatch.setattr(os, "access", access)
    sentences = reset(lab, chosen)
    assert sentences == [workspace_files.refused(secret, PermissionError(13, "Permission denied"))]
    assert f"sudo rm -r {secret}" in sentences[0] and secret.read_text(encoding="utf-8") == "rows"
    monkeypatch.undo()


def test_lab_02_makes_its_season_again_where_only_folders_are_left(tmp_path: Path) -> None:
    """Desk 4: what an earlier version's reset left was taken for the season itself."""
    start = replace(settings.load(), work=tmp_path, labs=ROOT / "labs")
    copy = workspace.prepare(catalog.find("02", ROOT / "labs"), start)
    for leftover in ("recordings", ".git/refs"):
        (copy / leftover).mkdir(parents=True)
    subprocess.run([sys.executable, "season.py"], cwd=copy, check=True)
    assert (copy / "recordings" / "gauge.csv").stat().st_size > 19_000_000
    first = (copy / ".git" / "refs" / "heads").rglob("*")
    assert any(path.is_file() for path in first)
    again = subprocess.run([sys.executable, "season.py"], cwd=copy, check=True, capture_output=True, text=True)
    assert again.stdout == again.stderr == ""
