"""What a season of work leaves in a folder: recordings of the tide gauge, a secret, the history of all versions."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings" / "gauge.csv"
HOUR = "".join(f"{minute:02}:{second:02},{minute % 7}.{second:02}\n" for minute in range(60) for second in range(60))
# Ignore the Git settings of this machine's user.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "keeper"}
GIT |= {"GIT_COMMITTER_NAME": "keeper", "GIT_AUTHOR_EMAIL": "keeper@harbour.example", "GIT_COMMITTER_EMAIL": ""}


def record(hours: int) -> None:
    """A file of recordings, one line for each second. It gets its name when it is complete."""
    part = RECORDINGS.with_suffix(".part")
    RECORDINGS.parent.mkdir(exist_ok=True)
    part.write_text("time,metres\n" + HOUR * hours, encoding="utf-8")
    part.replace(RECORDINGS)


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Git on the folder's own repository, whatever repository is above it."""
    command = ["git", f"--git-dir={HERE / '.git'}", f"--work-tree={HERE}", *words]
    return subprocess.run(command, cwd=HERE, env=os.environ | GIT, capture_output=True, text=True)


def keep_version() -> None:
    """The folder as a Git repository with one version of the application in it."""
    if git("rev-parse", "--quiet", "--verify", "HEAD").returncode == 0:
        return
    for command in ("init --quiet", "add app.py requirements.txt waves.csv", "commit --quiet --message Tide"):
        if (done := git(*command.split())).returncode:
            raise SystemExit(f"git {command}: {done.stderr.strip()}")


if not RECORDINGS.exists():
    record(hours=500)
if not (HERE / ".env").exists():
    (HERE / ".env").write_text(f"TIDE_TABLES_TOKEN={secrets.token_hex(16)}\n", encoding="utf-8")
if shutil.which("git"):
    keep_version()
