"""The progress of a learner in each lab: one small JSON file per lab, in the state folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from checks.model import Made, Outcome, Report
from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_lock, read_text, write_whole
from sandboxes.settings import Settings

STATE_LIMIT = 2**20  # bytes
# What a reset keeps: the help that a learner has used, and the answers that were locked.
KEPT = ("hints", "solutions", "explained", "predicted", "revealed", "recalled", "streaks")


@dataclass
class LabState:
    """The state of one lab.

    `started` (ISO 8601) and `engine` (its ID) are empty until the learner starts the lab. `passed` maps a check to the
    time at which it first passed, and `hints` a check to the number of hints shown. `solutions` are the checks whose
    solution was shown, and `explained` the tasks whose explanation was opened before they had passed. `predicted` maps a
    prediction to the letter of the answer, and `revealed` are those whose result was shown. `recalled` maps a recall card
    of the lab to the time of its last answer, and `streaks` to the number of right answers since the last wrong one.
    `images` are the IDs of images that the lab created, and `volumes` its volumes without a name. `before` lists the parts
    of a swarm that existed before the start, or the nodes that were cordoned then. `builder` is the ID of the engine on
    which a Kubernetes lab builds its images.
    """

    started: str = ""
    engine: str = ""
    passed: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    solutions: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    builder: str = ""
    predicted: dict[str, str] = field(default_factory=dict)
    revealed: list[str] = field(default_factory=list)
    recalled: dict[str, str] = field(default_factory=dict)
    streaks: dict[str, int] = field(default_factory=dict)

    def note(self, report: Report, made: Made) -> None:
        """Add the passed checks of a report, and the objects that the lab created without its names."""
        for result in report.results:
            if result.outcome is Outcome.PASSED:
                self.passed.setdefault(result.id, report.taken)
        self.images = sorted(made.images.union(self.images))
        self.volumes = sorted(made.volumes.union(self.volumes))


def path(settings: Settings, lab_id: str) -> Path:
    """Return the file that holds the progress of a lab."""
    return settings.state / "labs" / f"{lab_id}.json"


def read(settings: Settings, lab_id: str) -> LabState:
    """Return the state of a lab, empty where there is no file. Raise SlipwayError for a damaged file."""
    file = path(settings, lab_id)
    try:
        state = LabState(**json_text.loads(read_text(file, STATE_LIMIT)))
        for name, default in asdict(LabState()).items():
            if type(getattr(state, name)) is not type(default):
                raise TypeError(f"{name} is {getattr(state, name)!r}")
        return state
    except FileNotFoundError:
        return LabState()
    except (OSError, ValueError, TypeError) as error:
        raise SlipwayError(
            f"The progress file {file} is damaged ({error}).",
            f"Move the file away and run `slipway start {lab_id}`. Your files in the lab's folder are not touched.",
        ) from error


@contextmanager
def changing(settings: Settings, lab_id: str) -> Iterator[LabState]:
    """Change the state, and write it at the end of the block. Two processes wait for each other."""
    file = path(settings, lab_id)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = os.fdopen(open_lock(file.with_suffix(".lock")), "r+")
    except OSError as error:
        raise SlipwayError(
            f"The progress of lab {lab_id} cannot be saved in {file.parent} ({error.strerror}).",
            "Check the permissions of that folder and the free disk space.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read(settings, lab_id)
        before = asdict(state)
        yield state
        if asdict(state) != before:
            write_whole(file, json.dumps(asdict(state), indent=1, sort_keys=True) + "\n")
