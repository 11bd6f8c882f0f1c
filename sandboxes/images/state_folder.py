"""The folder for building images, under the project's state folder: logs, locks and its free space."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_lock
from sandboxes.host.resources import free_space
from sandboxes.steps import Progress


def folder() -> Path:
    """Return the folder, and create it if it is missing. Raises SlipwayError where it cannot be created."""
    path = settings.load().state / "images"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SlipwayError(
            f"The folder {path} cannot be created: {error.strerror}.", "Give yourself permission to write there."
        ) from error
    return path


def log(slug: str) -> Path:
    """Return the path of the log of an image's last build."""
    return folder() / f"{slug}.log"


@contextmanager
def lock(slug: str, title: str, progress: Progress) -> Iterator[None]:
    """Hold the lock of one image, and wait visibly while another process holds it. The system frees it if we are killed."""
    with os.fdopen(open_lock(folder() / f"{slug}.lock"), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"Waiting for {title}: another slipway command is downloading or building it"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def require_space(megabytes: int, purpose: str, engine_root: str) -> None:
    """Raise SlipwayError where the disk of this folder, of temporary files or of the engine has too little space."""
    for path in {folder(), Path(os.environ.get("TMPDIR", "/var/tmp")), Path(engine_root or "/")}:
        # The engine's folder may be unreadable or on another machine. The engine then reports a full disk itself.
        free = free_space(path) if os.path.isdir(path) else None
        if free is not None and free < megabytes * 1_000_000:
            raise SlipwayError(
                f"{purpose} needs {megabytes} MB of disk space; {path} has {free // 1_000_000} MB free.",
                "Free some: `docker image prune` removes dangling images, `docker builder prune` the build cache.",
            )


def discard(path: Path) -> None:
    """Remove a file if it exists."""
    with suppress(FileNotFoundError):
        path.unlink()
