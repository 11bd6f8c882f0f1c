"""The record that a registry was not usable, kept for some minutes so that not every image tries it again."""

import json
import time
from dataclasses import dataclass

from sandboxes import json_text
from sandboxes.host.atomic_write import read_text, write_whole
from sandboxes.images import state_folder

SECONDS = 600


@dataclass(frozen=True)
class Verdict:
    """The reason for which a registry was not usable, and how many seconds ago that was."""

    reason: str
    age: float


def recall(registry: str) -> Verdict | None:
    """Return the recent verdict on a registry; None without one."""
    try:
        record = json_text.loads(read_text(state_folder.folder() / "registry.json"))
        age = time.time() - float(record["time"])
        if record["registry"] == registry and 0 <= age < SECONDS:
            return Verdict(str(record["reason"]), age)
    except (OSError, ValueError, KeyError, TypeError):
        # A lost or damaged record only costs one more attempt.
        return None
    return None


def remember(registry: str, reason: str) -> None:
    """Record that a registry was not usable."""
    record = {"registry": registry, "reason": reason, "time": time.time()}
    write_whole(state_folder.folder() / "registry.json", json.dumps(record))


def forget() -> None:
    """Remove the record: a registry answered."""
    state_folder.discard(state_folder.folder() / "registry.json")
