"""Membership: the join file that an instructor gives to one learner, and its copy in the learner's state folder.

The file is a secret: with the key in it, anyone can submit in the learner's name.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from checks.classroom import class_times, keys, names, strict_json
from checks.classroom.class_file import Class
from checks.classroom.roster import CONTROL, LONGEST, Learner
from checks.classroom.strict_json import Limits, NotStrict
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_whole, write_whole
from sandboxes.settings import Settings

FORMAT = "slipway-join/1"
SUFFIX = ".join"
FILE = "class.json"
MOST_BYTES = 64 * 1024
_FIELDS = {"format", "class", "title", "course", "zone", "learner", "name", "key", "labs"}
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Membership:
    """A learner's place in a class. `times` maps each lab of the class to its opening and due time, extensions included."""

    class_id: str
    title: str
    course: str
    zone: str
    learner: str
    name: str
    key: bytes
    times: Mapping[str, tuple[datetime | None, datetime | None]]

    def __repr__(self) -> str:  # the key must not get into a traceback or a log
        return f"Membership({self.class_id!r}, {self.learner!r})"

    def to_json(self) -> dict[str, Any]:
        """Return the contents of a join file."""
        times = {lab: {"opens": _spell(opens), "due": _spell(due)} for lab, (opens, due) in self.times.items()}
        return {
            "format": FORMAT,
            "class": self.class_id,
            "title": self.title,
            "course": self.course,
            "zone": self.zone,
            "learner": self.learner,
            "name": self.name,
            "key": self.key.hex(),
            "labs": times,
        }


def _spell(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def invite(about: Class, learner: Learner, secret: bytes) -> Membership:
    """Return the membership of a learner: the same whenever the class, the roster and the secret are the same."""
    key = keys.learner_key(secret, about.id, learner.id)
    times = {lab.id: (lab.opens, about.due(learner.id, lab.id)) for lab in about.labs}
    return Membership(about.id, about.title, about.course, about.zone, learner.id, learner.name, key, times)


def write(path: Path, membership: Membership) -> None:
    """Write a join file, readable by its owner only. Raise SlipwayError on failure."""
    write_whole(path, json.dumps(membership.to_json(), indent=1, ensure_ascii=False) + "\n", 0o600)


def read(path: Path) -> Membership:
    """Return the membership in a join file. Raise SlipwayError for a file that is missing or is none."""
    try:
        return parse(read_whole(path, MOST_BYTES))
    except OSError as error:
        raise SlipwayError(
            f"{path} cannot be read ({error.strerror or error}).",
            "Check the name and the permissions of the file.",
            Exit.WRONG_USAGE,
        ) from error
    except (NotStrict, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(
            f"{path} is not a complete join file: {reason[:200]}.", "Ask your instructor for the file again.", Exit.WRONG_USAGE
        ) from error


def parse(content: bytes) -> Membership:
    """Return the membership that the bytes of a join file name. Raise ValueError, KeyError, TypeError or AttributeError."""
    data = strict_json.loads(content, Limits(MOST_BYTES, depth=4, values=2000, string=LONGEST))
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    if set(data) != _FIELDS:
        raise ValueError("it has other fields than those of a join file")
    texts = {name: value for name, value in data.items() if name != "labs"}
    if not all(isinstance(value, str) and not CONTROL.search(value) for value in texts.values()):
        raise ValueError("it has a value that is not a line of text")
    shapes = {"class": names.CLASS, "course": names.COURSE, "key": _KEY}
    if wrong := [name for name, shape in shapes.items() if not shape.fullmatch(data[name])]:
        raise ValueError(f"{wrong[0]} has a wrong form")
    if not names.is_learner(data["learner"]):
        raise ValueError("learner has a wrong form")
    class_times.zone(data["zone"])
    times = {lab: (_moment(entry["opens"]), _moment(entry["due"])) for lab, entry in data["labs"].items()}
    if wrong := [lab for lab in times if not names.LAB.fullmatch(lab)]:
        raise ValueError(f"“{wrong[0][:60]}” is not a lab")
    key = bytes.fromhex(data["key"])
    return Membership(data["class"], data["title"], data["course"], data["zone"], data["learner"], data["name"], key, times)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time has no offset")
    return moment


def current(settings: Settings) -> Membership | None:
    """Return the membership of this copy of Slipway; None where no class was joined. Raise SlipwayError if it is damaged."""
    path = settings.state / FILE
    return read(path) if path.exists() or path.is_symlink() else None


def require(settings: Settings) -> Membership:
    """Return the membership of this copy of Slipway. Raise SlipwayError where no class was joined."""
    found = current(settings)
    if found is None:
        raise SlipwayError(
            "You have not joined a class, so there is no one to submit to.",
            "Run `slipway join FILE` with the join file that your instructor gave you. Without a class, `slipway check` "
            "checks your work.",
            Exit.WRONG_USAGE,
        )
    return found


def join(settings: Settings, membership: Membership) -> None:
    """Keep a membership in the state folder, in place of an earlier one."""
    write(settings.state / FILE, membership)
