"""Proofs: a statement about a lab, and the faults that contradict it."""

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from checks.registry import RegistryError
from sandboxes.errors import SlipwayError


@dataclass(frozen=True)
class Proof:
    """A statement ("solved: all checks pass"), its faults (empty if it is true), and the seconds that the proof took."""

    lab: str
    statement: str
    faults: tuple[str, ...]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether the statement is true."""
        return not self.faults


def prove(lab: str, statement: str, faults: Callable[[], Iterable[str]]) -> Proof:
    """Run one proof. An exception is a fault of the lab; Ctrl-C is not."""
    started = time.monotonic()
    try:
        result = tuple(faults())
    except (SlipwayError, RegistryError) as error:
        result = (str(error),)
    except Exception as error:  # an author's code can fail in any way; the proof says where
        last = traceback.extract_tb(error.__traceback__)[-1]
        result = (f"{type(error).__name__}: {error} ({last.filename}, line {last.lineno})",)
    return Proof(lab, statement, result, time.monotonic() - started)
