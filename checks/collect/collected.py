"""The facts of a snapshot while they are collected: objects by kind, and the reason for each kind that is missing."""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from checks.clients.base import EngineError
from checks.snapshot import Json


class Facts:
    """Objects by kind and name, and errors by kind. `side` is "engine" or "cluster", for messages."""

    def __init__(self, side: str) -> None:
        self.side = side
        self.objects: dict[str, dict[str, Json]] = {}
        self.errors: dict[str, str] = {}

    def attempt(self, kind: str, job: Future[Any]) -> Any:
        """Return the result of a job; None where it failed, with the reason under the kind's errors."""
        try:
            return job.result()
        except EngineError as error:
            self.errors[kind] = str(error)
        except Exception as error:  # a response that does not follow the API costs the learner no point
            self.errors[kind] = f"the {self.side}'s {kind}s could not be understood ({type(error).__name__}: {error})"
        return None

    def take(self, kind: str, job: Future[Any]) -> None:
        """Keep the objects of a kind, or the reason why there are none."""
        objects = self.attempt(kind, job)
        if objects is not None:
            self.objects[kind] = objects

    def add(self, kind: str, job: Future[Any]) -> None:
        """Keep more objects of a kind of which some were taken; when that fails, the kind as a whole was not collected."""
        more = self.attempt(kind, job)
        if more is None:
            del self.objects[kind]
        else:
            self.objects[kind] |= more


def now() -> str:
    """Return the time of this machine, where the other side has not given its own."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
