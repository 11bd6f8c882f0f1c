"""Remembers for some minutes that no registry answered, so that each of the images need not find that out again."""

import json
import time
from dataclasses import dataclass

from sandboxes.host.atomic_write import write_whole
from sandboxes.images import state_folder

SECONDS = 600


@dataclass(frozen=True)
class Verdict:
    """Why a registry could not be used, and how many seconds ago that was found out."""

    reason: str
    age: float


def recall(registry: str) -> Verdict | None:
    """What was found out about a registry lately; None when nothing was, or it is too long ago."""
    try:
        record = json.loads((state_folder.folder() / "registry.json").read_text(encoding="utf-8"))
        age = time.time() - float(record["time"])
        if record["registry"] == registry and 0 <= age < SECONDS:
            return Verdict(str(record["reason"]), age)
    except (OSError, ValueError, KeyError, TypeError):
        # A lost or broken record costs one more attempt, no more.
        return None
    return None


def remember(registry: str, reason: str) -> None:
    """Keep in mind that a registry could not be used."""
    record = {"registry": registry, "reason": reason, "time": time.time()}
    write_whole(state_folder.folder() / "registry.json", json.dumps(record))


def forget() -> None:
    """A registry answered."""
    state_folder.discard(state_folder.folder() / "registry.json")
