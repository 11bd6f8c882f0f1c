"""The facts of a snapshot while they are collected: objects by kind, and the reason for each kind that is missing."""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from checks.redact import redact
from checks.snapshot import OUT_OF_MEMORY, Json
from sandboxes.errors import SlipwayError

# Levels of an answer that is kept. Kubernetes' own objects have fewer than thirty.
DEEPEST = 60
# The kind that says which values are secret: without it, nothing tells that another text repeats one.
SECRETS = "Secret"


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
        except SlipwayError as error:
            self.errors[kind] = str(error)
        except MemoryError:
            self.errors[kind] = OUT_OF_MEMORY
        except Exception as error:  # a response that does not follow the API costs the learner no point
            self.errors[kind] = f"the {self.side}'s {kind}s could not be understood ({type(error).__name__}: {error})"
        return None

    def take(self, kind: str, job: Future[Any]) -> None:
        """Keep the objects of a kind, or the reason why there are none."""
        objects = self.attempt(kind, job)
        if objects is not None:
            self.objects[kind] = objects

    def fail(self, reason: str) -> None:
        """Keep nothing of what was collected, for one reason."""
        self.errors |= dict.fromkeys([*self.objects, *self.errors], reason)
        self.objects = {}

    def clean(self, probes: dict[str, Json], failed: dict[str, str]) -> dict[str, Any]:
        """Return objects, probes and errors (`failed`: those of probes) without secrets, as a Snapshot takes them.

        Where the secrets themselves could not be listed, nothing else is kept: it may repeat one.
        """
        if reason := untold(self.errors):
            self.fail(reason)
            probes, failed = {}, dict.fromkeys([*probes, *failed], reason)
        try:
            return redact({"objects": self.objects, "probes": probes, "errors": self.errors | failed})
        except RecursionError:
            for part in (self.objects, probes):
                for name in [name for name, value in part.items() if _deeper(value, DEEPEST)]:
                    del part[name]
                    self.errors[name] = f"the answer of the {self.side} about {name} is nested too deeply to be read"
            return redact({"objects": self.objects, "probes": probes, "errors": self.errors | failed})

    def add(self, kind: str, job: Future[Any]) -> None:
        """Keep more objects of a kind of which some were taken; when that fails, the kind as a whole was not collected."""
        more = self.attempt(kind, job)
        if more is None:
            del self.objects[kind]
        else:
            self.objects[kind] |= more


def untold(errors: dict[str, str]) -> str:
    """Return the reason for which it is not known which values are secret; "" where it is known."""
    return errors.get(SECRETS, "")


def _deeper(value: Any, most: int) -> bool:
    """Return whether a value has more than `most` levels of lists and objects."""
    level: list[Any] = [value]
    for _ in range(most):
        level = [inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def now() -> str:
    """Return the time of this machine, where the other side has not given its own."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
