"""The roster of a class: `roster.csv`, one learner per line."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checks.classroom import names, targets
from checks.classroom.problems import Problem
from sandboxes.host.atomic_write import read_whole

FILE = "roster.csv"
COLUMNS = ("id", "name", "email", "group", "target")
REQUIRED = ("id", "name")
MOST_BYTES = 8 * 2**20
MOST_LEARNERS = 20_000
LONGEST = 500  # characters of a cell
# Control characters, line separators, and those that make a terminal or a table show text in another order than it has.
# Arabic and Hebrew need none of them; joiners (U+200C, U+200D), which names do need, are not among them.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# With one of these at its beginning, a spreadsheet takes a cell for a formula. The last four are full-width forms.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^,]*)(?:,|$)')


@dataclass(frozen=True)
class Learner:
    """One learner. `target` says where the learner's live systems are; all but `id` and `name` may be empty."""

    id: str
    name: str
    email: str = ""
    group: str = ""
    target: str = ""


def read(path: Path) -> tuple[tuple[Learner, ...], list[Problem]]:
    """Return the learners of a roster, in its order, and its problems. With a problem, the learners are incomplete."""
    try:
        content = read_whole(path, MOST_BYTES)
    except FileNotFoundError:
        return (), [Problem(path.name, 0, 0, "The file is missing.")]
    except OSError as error:
        return (), [Problem(path.name, 0, 0, f"The file cannot be read: {error.strerror or error}.")]
    return parse(content, path.name)


def parse(content: bytes, file: str = FILE) -> tuple[tuple[Learner, ...], list[Problem]]:
    """Return the learners that the bytes of a roster name, and its problems."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        return (), [Problem(file, line, column, "The file is not UTF-8. Save it as “CSV UTF-8”.")]
    return _Roster(file).read(text)


class _Roster:
    """One reading of a roster."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.learners: list[Learner] = []
        self._seen: dict[str, tuple[str, int]] = {}
        self._targets: dict[targets.Target, int] = {}

    def read(self, text: str) -> tuple[tuple[Learner, ...], list[Problem]]:
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        header = self._header(lines[0])
        if header:
            for number, line in enumerate(lines[1:], 2):
                if line.strip():
                    self._learner(number, line, header)
                if len(self.learners) > MOST_LEARNERS:
                    self._add(number, 1, f"The roster has more than {MOST_LEARNERS} learners.")
                    break
            if not self.learners and not self.problems:
                self._add(1, 1, "The roster has no learners.")
        return tuple(self.learners), self.problems

    def _add(self, line: int, column: int, reason: str) -> None:
        self.problems.append(Problem(self.file, line, column, reason))

    def _header(self, line: str) -> list[str]:
        """Return the names of the columns; [] where they are wrong."""
        cells = [cell.lower() for cell in self._cells(1, line)]
        before = len(self.problems)
        if len(cells) == 1 and ";" in line:
            self._add(1, 1, "The cells are separated by semicolons. Save the file with commas.")
            return []
        for index, name in enumerate(cells):
            if name not in COLUMNS:
                self._add(1, _column(line, index), f"Unknown column “{name[:40]}”. The columns are: {', '.join(COLUMNS)}.")
            elif name in cells[:index]:
                self._add(1, _column(line, index), f"The column “{name}” occurs twice.")
        for name in REQUIRED:
            if name not in cells:
                self._add(1, 1, f"The first line has no column “{name}”. It must be: {','.join(COLUMNS)}")
        return cells if len(self.problems) == before else []

    def _cells(self, number: int, line: str) -> list[str]:
        try:
            return [cell.strip() for cell in next(csv.reader([line], strict=True), [""])]
        except csv.Error as error:
            self._add(number, 1, f"The line is not valid CSV ({error}). A cell cannot continue on the next line.")
            return []

    def _learner(self, number: int, line: str, header: list[str]) -> None:
        cells = self._cells(number, line)
        if not cells:
            return
        if len(cells) != len(header):
            self._add(number, 1, f"The line has {len(cells)} cells instead of {len(header)}.")
            return
        faults = list(self._faults(number, dict(zip(header, cells, strict=True))))
        for name, reason in faults:
            self._add(number, _column(line, header.index(name)), reason)
        if not faults:
            self.learners.append(Learner(**dict(zip(header, cells, strict=True))))

    def _faults(self, number: int, cells: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield the column and the reason of each fault of a line."""
        for name, cell in cells.items():
            if len(cell) > LONGEST:
                yield name, f"The cell has more than {LONGEST} characters."
            elif control := CONTROL.search(cell):
                yield name, f"The cell has the control character U+{ord(control[0]):04X}. Remove it."
            elif cell.startswith(FORMULA):
                yield name, f"The cell begins with {cell[0]}, so a spreadsheet takes it for a formula."
            elif not cell and name in REQUIRED:
                yield name, f"The {name} is missing."
            elif name == "email" and cell and not EMAIL.fullmatch(cell):
                yield name, f"“{cell[:80]}” is not an e-mail address."
            elif name == "id":
                yield from self._id_faults(number, cell)
            elif name == "target" and cell:
                yield from self._target_faults(number, cell)

    def _id_faults(self, number: int, id: str) -> Iterator[tuple[str, str]]:
        if not names.is_learner(id):
            yield "id", f"“{id[:80]}” cannot be an id: use up to 64 letters, digits and . _ - + @, a letter or digit first."
            return
        other, line = self._seen.setdefault(id.lower(), (id, number))
        if line != number:
            differs = "" if other == id else f" (as “{other}”; only the case differs)"
            yield "id", f"The id “{id}” is already on line {line}{differs}."

    def _target_faults(self, number: int, cell: str) -> Iterator[tuple[str, str]]:
        try:
            target = targets.parse(cell)
        except ValueError as error:
            yield "target", str(error)
            return
        other = number if target.prefix else self._targets.setdefault(target, number)
        if other != number:
            yield "target", f"The target is already that of the learner on line {other}."


def _column(line: str, index: int) -> int:
    """Return the column, from 1, at which the cell with this index begins."""
    at = 0
    for _ in range(index):
        match = _CELL.match(line, at)
        at = match.end() if match else at
    return at + 1
