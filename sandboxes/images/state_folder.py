"""Where the image code keeps its things, all under the project's state folder."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress


def folder() -> Path:
    """The folder of the image code. Raises SlipwayError where it cannot be made."""
    path = settings.load().state / "images"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SlipwayError(
            f"The folder {path} cannot be made: {error.strerror}.", "Give yourself the right to write there."
        ) from error
    return path


def log(slug: str) -> Path:
    """The log of an image's last build."""
    return folder() / f"{slug}.log"


@contextmanager
def lock(slug: str, title: str, progress: Progress) -> Iterator[None]:
    """Hold the lock of one image; where another process holds it, say so and wait. Freed even when we are killed."""
    with (folder() / f"{slug}.lock").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with progress.step(f"Waiting for {title}: another slipway command is getting it"):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def require_space(megabytes: int, purpose: str, engine_root: str) -> None:
    """Raise SlipwayError where the disk of our folder or of the engine has less than `megabytes` free."""
    for path in {folder(), Path(os.environ.get("TMPDIR", "/var/tmp")), Path(engine_root or "/")}:
        try:
            free = shutil.disk_usage(path).free // 1_000_000
        except OSError:
            # The engine's folder may be on another machine, or closed to us: then the engine itself will tell.
            continue
        if free < megabytes:
            raise SlipwayError(
                f"{purpose} needs {megabytes} MB of disk, and {path} has {free} MB free.",
                "Free some: `docker image prune` removes nameless images, `docker builder prune` the build cache.",
            )


def discard(path: Path) -> None:
    """Remove a file that may not be there."""
    with suppress(FileNotFoundError):
        path.unlink()
