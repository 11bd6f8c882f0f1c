"""What is remembered of a learner's way through a lab: one small JSON file each, under the state folder."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from checks.model import Made, Outcome, Report
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import Settings


@dataclass
class LabState:
    """`started` (ISO 8601) and `engine` (its ID) are empty until the lab is started; `passed` maps a check to the time
    at which it first passed, `hints` to the number of hints seen; `images` are IDs of images that the lab has made, and
    `volumes` those that it has made without a name; `before` is what of a swarm was there when the lab was started;
    `builder` is the ID of the engine on which a lab of the cluster builds its images."""

    started: str = ""
    engine: str = ""
    passed: dict[str, str] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    solutions: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    builder: str = ""

    def note(self, report: Report, made: Made) -> None:
        """Remember what a report shows: checks that pass, and what the lab made that does not carry its names."""
        for result in report.results:
            if result.outcome is Outcome.PASSED:
                self.passed.setdefault(result.id, report.taken)
        self.images = sorted(made.images.union(self.images))
        self.volumes = sorted(made.volumes.union(self.volumes))


def path(settings: Settings, lab_id: str) -> Path:
    return settings.state / "labs" / f"{lab_id}.json"


def read(settings: Settings, lab_id: str) -> LabState:
    """The state of a lab; a new one where nothing is remembered. Raises SlipwayError for a damaged file."""
    file = path(settings, lab_id)
    try:
        kept = LabState(**json.loads(file.read_text(encoding="utf-8")))
        for name, value in asdict(LabState()).items():
            if type(getattr(kept, name)) is not type(value):
                raise TypeError(f"{name} is {getattr(kept, name)!r}")
        return kept
    except FileNotFoundError:
        return LabState()
    except (OSError, ValueError, TypeError) as error:
        raise SlipwayError(
            f"The progress file {file} is damaged ({error}).",
            f"Move it away and run `slipway start {lab_id}`; your files in the lab's folder are not touched.",
        ) from error


@contextmanager
def changing(settings: Settings, lab_id: str) -> Iterator[LabState]:
    """Read, change, write: `with changing(...) as state`. Two checks at once wait for each other."""
    file = path(settings, lab_id)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = open(file.with_suffix(".lock"), "w")  # noqa: SIM115 (held until its owner lets go)
    except OSError as error:
        raise SlipwayError(
            f"The progress of lab {lab_id} cannot be kept in {file.parent} ({error.strerror}).",
            "Check the rights on that folder and the free space.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = read(settings, lab_id)
        before = asdict(state)
        yield state
        if asdict(state) != before:
            write_whole(file, json.dumps(asdict(state), indent=1, sort_keys=True) + "\n")
