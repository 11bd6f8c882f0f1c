"""What a season of work leaves in a folder: recordings of the tide gauge, a secret, the history of all versions."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
HOUR = "".join(f"{minute:02}:{second:02},{minute % 7}.{second:02}\n" for minute in range(60) for second in range(60))
# Nothing of the settings of whoever runs this.
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "keeper"}
GIT |= {"GIT_COMMITTER_NAME": "keeper", "GIT_AUTHOR_EMAIL": "keeper@harbour.example", "GIT_COMMITTER_EMAIL": ""}


def record(hours: int) -> None:
    """A file of recordings, one line for each second."""
    folder = HERE / "recordings"
    folder.mkdir(exist_ok=True)
    (folder / "gauge.csv").write_text("time,metres\n" + HOUR * hours, encoding="utf-8")


def keep_version() -> None:
    """The folder as a Git repository with one version of the application in it."""
    for command in ("init --quiet", "add app.py requirements.txt waves.csv", "commit --quiet --message Tide"):
        subprocess.run(["git", *command.split()], cwd=HERE, env=os.environ | GIT, check=True)


if not (HERE / "recordings").exists():
    record(hours=500)
if not (HERE / ".env").exists():
    (HERE / ".env").write_text(f"TIDE_TABLES_TOKEN={secrets.token_hex(16)}\n", encoding="utf-8")
if shutil.which("git") and not (HERE / ".git").exists():
    keep_version()
