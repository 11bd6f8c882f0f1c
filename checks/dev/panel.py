"""The built files of the panel in JupyterLab: made from their sources with Node, as authors and the tests do."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.jupyter.config import PANEL

SOURCE = PANEL.parent
# What the build reads; everything else in the folder is what it writes.
INPUTS = ("package.json", "package-lock.json", "tsconfig.json", "schema", "src", "style")
INSTALL = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
BUILD = ("npm", "run", "build", "--silent")
BUILD_SECONDS = 1500
LAST_LINES = 20


def build(workshop: Path) -> Path:
    """Build the panel in the folder `workshop` and return the folder of the built files in it.

    The packages that the build needs stay in `workshop` for the next build, until the lock file changes. Raise SlipwayError
    without Node, and where a step fails.
    """
    workshop.mkdir(parents=True, exist_ok=True)
    for name in (*INPUTS, PANEL.name, "lib"):
        _remove(workshop / name)
    for name in INPUTS:
        _copy(SOURCE / name, workshop / name)
    installed = workshop / "node_modules" / ".slipway-lock"
    lock = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if not installed.is_file() or installed.read_text(encoding="ascii") != lock:
        _run(INSTALL, workshop)
        installed.write_text(lock, encoding="ascii")
    _run(BUILD, workshop)
    return workshop / PANEL.name


def rebuild(workshop: Path) -> None:
    """Replace the built files in the repository by new ones. Raise SlipwayError as `build` does."""
    built = build(workshop)
    _remove(PANEL)
    shutil.copytree(built, PANEL)


def content(folder: Path) -> dict[str, bytes]:
    """Return the content of each file in a folder, by its relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _run(command: tuple[str, ...], folder: Path) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise SlipwayError(f"{command[0]} is not installed.", "Install Node.js 20 or newer, which includes it.")
    try:
        completed = subprocess.run(
            [program, *command[1:]], cwd=folder, capture_output=True, text=True, errors="replace", timeout=BUILD_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise SlipwayError(f"`{' '.join(command)}` has not ended after {BUILD_SECONDS} seconds.", "Run it again.") from error
    if completed.returncode:
        lines = (completed.stdout + completed.stderr).splitlines()[-LAST_LINES:]
        raise SlipwayError(f"`{' '.join(command)}` failed in {folder}:\n" + "\n".join(lines), "Fix what it reports.")


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
