"""Line endings of a checkout on a machine where Git converts them (`core.autocrlf=true`, as on Windows)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sandboxes.settings import ROOT

FILES = (
    "slipway",
    ".ci/run",
    "labs/01-flask/lab.ipynb",
    "labs/01-flask/lab.toml",
    "checks/dev/template/lab/Dockerfile",
    "tests/snapshots/01-flask/second.sh",
    "tests/snapshots/01-flask/solved.json",
    "site/assets/slipway.png",
)


def git(folder: Path, *arguments: str) -> None:
    """Run git in `folder` with `core.autocrlf=true` and without the settings of the user."""
    command = ["git", "-c", "core.autocrlf=true", "-c", "core.safecrlf=false", "-c", "user.name=x", "-c", "user.email=x@x"]
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run([*command, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the files in question, and with our .gitattributes still to be added."""
    for name in FILES:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    git(tmp_path, "init", "--quiet")
    return tmp_path


def changed_by_checkout(repository: Path) -> list[str]:
    """Commit everything, check it out again, and return the files whose bytes are no longer those of the project."""
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Add the files")
    for name in FILES:
        (repository / name).unlink()
    git(repository, "checkout", "--quiet", "--", ".")
    return [name for name in FILES if (repository / name).read_bytes() != (ROOT / name).read_bytes()]


def test_checkout_keeps_every_byte_where_git_converts_line_endings(repository: Path) -> None:
    shutil.copyfile(ROOT / ".gitattributes", repository / ".gitattributes")
    assert changed_by_checkout(repository) == []


def test_checkout_would_break_the_launcher_without_gitattributes(repository: Path) -> None:
    assert "slipway" in changed_by_checkout(repository)
