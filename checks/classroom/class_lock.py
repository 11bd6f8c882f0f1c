"""The lock of a class: one run writes to its store at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_lock

FILE = ".grading.lock"


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the lock of the class in `folder`. Raise SlipwayError where another run has it. A killed run leaves none behind."""
    try:
        descriptor = open_lock(folder / FILE)
    except OSError as error:
        raise SlipwayError(
            f"{folder / FILE} cannot be opened ({error.strerror}).", "Check the permissions of the folder."
        ) from error
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SlipwayError("Another run is grading this class.", "Wait until it has ended.") from error
