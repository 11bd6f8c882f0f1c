"""The file `class.toml`: what a class learns until when, and by which rules work is late."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from checks.classroom import class_times, cluster_settings, names, toml_positions
from checks.classroom.cluster_settings import ClusterSettings
from checks.classroom.problems import Problem
from sandboxes.host.atomic_write import read_whole
from sandboxes.recursion import without_finalizers

FILE = "class.toml"
PLACES = ("own machine", "shared cluster", "hub")
MOST_BYTES = 2**20
ANY_LAB = "*"
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
_SYNTAX = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")


@dataclass(frozen=True)
class ClassLab:
    """A lab of a class. Without `opens` or `due`, the lab is always open or never late. Both are aware."""

    id: str
    weight: Decimal = Decimal(1)
    opens: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True)
class LatePolicy:
    """What late work costs: `per_day` percent for each day begun after `grace`, but never below `cap` percent.

    After `closes` (counted from the due time), nothing is accepted; None: everything is.
    """

    grace: timedelta = timedelta(0)
    per_day: Decimal = Decimal(0)
    cap: Decimal | None = None
    closes: timedelta | None = None


@dataclass(frozen=True)
class Class:
    """A class. `course` is the version of the course that it uses, `zone` an IANA name, `where` one of PLACES.

    `extensions` maps (learner, lab) to another due time; the lab may be "*", every lab that has no entry of its own.
    """

    id: str
    title: str
    course: str
    zone: str
    labs: tuple[ClassLab, ...]
    late: LatePolicy = LatePolicy()
    where: str = "own machine"
    answer_hints: bool = True
    cluster: ClusterSettings = ClusterSettings()
    extensions: Mapping[tuple[str, str], datetime] = field(default_factory=dict)

    def lab(self, id: str) -> ClassLab | None:
        """Return a lab of the class by its id; None where it has no such lab."""
        return next((lab for lab in self.labs if lab.id == id), None)

    def due(self, learner: str, lab: str) -> datetime | None:
        """Return when a lab is due for a learner, extensions included; None where it is never late."""
        own = self.extensions.get((learner, lab)) or self.extensions.get((learner, ANY_LAB))
        found = self.lab(lab)
        return own or (found.due if found else None)


def read(path: Path, known_labs: Iterable[str]) -> tuple[Class | None, list[Problem]]:
    """Return the class that a file describes, or None, and its problems. `known_labs` are the ids of the course's labs."""
    try:
        content = read_whole(path, MOST_BYTES)
    except FileNotFoundError:
        return None, [Problem(path.name, 0, 0, "The file is missing. `slipway class new` creates one.")]
    except OSError as error:
        return None, [Problem(path.name, 0, 0, f"The file cannot be read: {error.strerror or error}.")]
    return parse(content, known_labs, path.name)


def parse(content: bytes, known_labs: Iterable[str], file: str = FILE) -> tuple[Class | None, list[Problem]]:
    """Return the class that the bytes of a file describe, or None, and its problems."""
    try:
        text = content.decode("utf-8-sig")
        with without_finalizers():
            data = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        return None, [Problem(file, before.count(b"\n") + 1, column, "The file is not UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return None, [_syntax(file, text, str(error))]
    except (RecursionError, ValueError) as error:
        return None, [Problem(file, 0, 0, f"The file is not valid TOML ({type(error).__name__}).")]
    reading = _Reading(file, text.replace("\r\n", "\n"), tuple(known_labs))
    found = reading.whole(data)
    return (None if reading.problems else found), reading.problems


def positions(path: Path) -> dict[toml_positions.Path, toml_positions.Position]:
    """Return the positions of the keys of a valid file, for problems that show only beside another file."""
    return toml_positions.positions(read_whole(path, MOST_BYTES).decode("utf-8-sig").replace("\r\n", "\n"))


def _syntax(file: str, text: str, message: str) -> Problem:
    match = _SYNTAX.fullmatch(message)
    if match and match[2]:
        return Problem(file, int(match[2]), int(match[3]), f"The file is not valid TOML: {match[1]}.")
    lines = text.split("\n")
    return Problem(file, len(lines), len(lines[-1]) + 1, f"The file is not valid TOML: {match[1] if match else message}.")


class _Reading:
    """One reading of a file: the values that it finds, and the problems on the way."""

    def __init__(self, file: str, text: str, known_labs: tuple[str, ...]) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._positions = toml_positions.positions(text)
        self._known = known_labs
        self._zone = ZoneInfo("UTC")

    def _add(self, reason: str, *path: str) -> None:
        self.problems.append(Problem(self.file, *toml_positions.of(self._positions, path), reason))

    def whole(self, data: dict[str, Any]) -> Class:
        allowed = ("id", "title", "course", "zone", "where", "answer_hints", "labs", "late", "cluster", "extensions")
        self._only(data, allowed)
        for name in ("id", "title", "course", "zone", "labs"):
            if name not in data:
                self._add(f"“{name}” is missing.")
        id = self._text(data, "id", names.CLASS, "lower-case letters, digits and hyphens, such as containers-2026")
        title = self._text(data, "title", re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}"), "one line of text")
        course = self._text(data, "course", names.COURSE, "a version, such as 0.1.0")
        zone = self._set_zone(data.get("zone", "UTC"))
        where = data.get("where", PLACES[0])
        if where not in PLACES:
            self._add(f"“where” is one of: {', '.join(PLACES)}.", "where")
        hints = data.get("answer_hints", True)
        if not isinstance(hints, bool):
            self._add("“answer_hints” is true or false.", "answer_hints")
        labs = self._labs(data.get("labs", {}))
        late = self._late(self._table(data.get("late", {}), "late"))
        extensions = self._extensions(self._table(data.get("extensions", {}), "extensions"), {lab.id for lab in labs})
        table = self._table(data.get("cluster", {}), "cluster")
        cluster = cluster_settings.read(table, lambda reason, name: self._add(reason, cluster_settings.TABLE, name))
        return Class(id, title, course, zone, labs, late, where, hints, cluster, extensions)

    def _only(self, table: dict[str, Any], allowed: Iterable[str], *path: str) -> None:
        for name in table:
            if name not in allowed:
                self._add(f"Unknown entry “{name[:60]}”. Known are: {', '.join(allowed)}.", *path, name)

    def _table(self, value: Any, *path: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._add(f"“{path[-1]}” must be a table.", *path)
        return {}

    def _text(self, data: dict[str, Any], name: str, shape: re.Pattern[str], example: str) -> str:
        value = data.get(name, "")
        if name in data and not (isinstance(value, str) and shape.fullmatch(value)):
            self._add(f"“{name}” must be {example}.", name)
        return value

    def _set_zone(self, name: Any) -> str:
        try:
            self._zone = class_times.zone(name if isinstance(name, str) else repr(name))
        except ValueError as error:
            self._add(f"{error}.", "zone")
        return name

    def _labs(self, value: Any) -> tuple[ClassLab, ...]:
        table = self._table(value, "labs")
        if not table:
            self._add("The class has no labs.", "labs")
        return tuple(self._lab(id, self._table(entry, "labs", id)) for id, entry in table.items())

    def _lab(self, id: str, entry: dict[str, Any]) -> ClassLab:
        path = ("labs", id)
        self._known_lab(id, self._known, *path)
        self._only(entry, ("weight", "opens", "due"), *path)
        weight = self._decimal(entry, "weight", Decimal(1), Decimal(1000), *path)
        opens, due = (self._time(entry.get(name), name == "due", *path, name) for name in ("opens", "due"))
        if opens and due and opens >= due:
            self._add(f"Lab {id} is due before it opens.", *path, "due")
        return ClassLab(id, weight, opens, due)

    def _known_lab(self, id: str, known: Iterable[str], *path: str) -> None:
        if id not in known:
            from difflib import get_close_matches

            near = get_close_matches(id, known, cutoff=0.4)
            self._add(f"Unknown lab “{id[:60]}”.{f' Did you mean {near[0]}?' if near else ''}", *path)

    def _time(self, value: Any, end_of_day: bool, *path: str) -> datetime | None:
        if value is None:
            return None
        try:
            return class_times.instant(value, self._zone, end_of_day=end_of_day)
        except (ValueError, OverflowError) as error:
            self._add(f"“{path[-1]}”: {error}.", *path)
            return None

    def _decimal(self, table: dict[str, Any], name: str, default: Any, most: Decimal, *path: str) -> Any:
        if name not in table:
            return default
        value = table[name]
        number = isinstance(value, int | Decimal) and not isinstance(value, bool) and _DECIMAL.fullmatch(str(value))
        if not number or Decimal(value) > most:
            self._add(f"“{name}” must be a number from 0 to {most}.", *path, name)
            return default
        return Decimal(value)

    def _late(self, table: dict[str, Any]) -> LatePolicy:
        allowed = ("grace_minutes", "percent_per_day", "lowest_percent", "closes_after_days")
        self._only(table, allowed, "late")
        grace = self._decimal(table, "grace_minutes", Decimal(0), Decimal(100_000), "late")
        per_day = self._decimal(table, "percent_per_day", Decimal(0), Decimal(100), "late")
        cap = self._decimal(table, "lowest_percent", None, Decimal(100), "late")
        closes = self._decimal(table, "closes_after_days", None, Decimal(10_000), "late")
        after = None if closes is None else timedelta(seconds=int(closes * 86400))
        return LatePolicy(timedelta(seconds=int(grace * 60)), per_day, cap, after)

    def _extensions(self, table: dict[str, Any], labs: set[str]) -> dict[tuple[str, str], datetime]:
        extensions: dict[tuple[str, str], datetime] = {}
        for learner, value in table.items():
            if not names.is_learner(learner):
                self._add(f"“{learner[:60]}” cannot be the id of a learner.", "extensions", learner)
            for lab, due in self._table(value, "extensions", learner).items():
                path = ("extensions", learner, lab)
                if lab != ANY_LAB and lab not in labs:
                    self._add(f"The class has no lab “{lab[:60]}”.", *path)
                moment = self._time(due, True, *path)
                if moment is not None:
                    extensions[learner, lab] = moment
        return extensions
