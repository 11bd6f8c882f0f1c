"""A proof: one statement about a lab, and what speaks against it."""

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from checks.registry import RegistryError
from sandboxes.errors import SlipwayError


@dataclass(frozen=True)
class Proof:
    """A statement ("solved: all checks pass") with its faults, none when it holds, and the seconds that it took."""

    lab: str
    statement: str
    faults: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.faults


def prove(lab: str, statement: str, faults: Callable[[], Iterable[str]]) -> Proof:
    """Run one proof. An error that names its cause is a fault like any other; Ctrl-C is not."""
    started = time.monotonic()
    try:
        found = tuple(faults())
    except (SlipwayError, RegistryError) as error:
        found = (str(error),)
    except Exception as error:  # what an author wrote may fail in any way; the proof says where
        last = traceback.extract_tb(error.__traceback__)[-1]
        found = (f"{type(error).__name__}: {error} ({last.filename}, line {last.lineno})",)
    return Proof(lab, statement, found, time.monotonic() - started)
