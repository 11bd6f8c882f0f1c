"""The gradebook of a class as Canvas and Moodle import it, from nothing or onto what they exported.

Onto an export, only cells change for which there is a mark: importing the result and exporting it again gives the same file.
Sources: "How do I import grades in the Gradebook?" of the Canvas guides, and "Grade import" of the Moodle documentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from checks.classroom import lms_match, spreadsheet
from checks.classroom.lms_match import Match
from checks.classroom.records import Mark
from checks.classroom.results import Results
from checks.classroom.spreadsheet import Rows
from sandboxes.errors import Exit, SlipwayError

CENT = Decimal("0.01")
POINTS_POSSIBLE = "Points Possible"


@dataclass(frozen=True)
class Lms:
    """How an LMS writes its gradebook. `person` are the columns about a person, of which `identifiers` and `names` count.

    `points_row` tells whether a row gives the points that can be reached, before those of the students.
    """

    name: str
    person: tuple[str, ...]
    identifiers: tuple[str, ...]
    names: tuple[str, ...]
    points_row: bool


CANVAS = Lms(
    "Canvas",
    ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section"),
    ("SIS User ID", "SIS Login ID", "Integration ID"),
    ("Student",),
    points_row=True,
)
MOODLE = Lms(
    "Moodle",
    ("First name", "Last name", "Surname", "ID number", "Username", "Email address"),
    ("ID number", "Username", "Email address"),
    ("First name", "Last name", "Surname"),
    points_row=False,
)


def canvas(results: Results) -> Rows:
    """Return the gradebook for Canvas, whose students have the ids of the roster as SIS User ID."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(lab.title for lab in results.labs)]
    possible = [f"    {POINTS_POSSIBLE}", "", "", "", "", *(str(results.maxima[lab.id]) for lab in results.labs)]
    rows = [[learner.name, "", learner.id, learner.email or learner.id, learner.group] for learner in results.learners]
    return [header, possible, *_with_marks(results, rows)]


def moodle(results: Results) -> Rows:
    """Return the gradebook for Moodle, whose users have the ids of the roster as ID number."""
    header = ["ID number", "Email address", *(lab.title for lab in results.labs)]
    return [header, *_with_marks(results, [[learner.id, learner.email] for learner in results.learners])]


def _with_marks(results: Results, rows: Rows) -> Rows:
    marks = ([_points(mark, "") for mark in results.row(learner.id)] for learner in results.learners)
    return [row + points for row, points in zip(rows, marks, strict=True)]


def onto(lms: Lms, results: Results, exported: Rows) -> tuple[Rows, Match]:
    """Return what an LMS exported with the marks of the class in it, and what matched.

    Keeps the columns about persons and those of matched labs, and the rows of matched learners. Points are in proportion to
    those that Canvas gives for the assignment. Raise SlipwayError where the rows are no gradebook of this LMS.
    """
    header, *rows = exported
    person = [at for at, title in enumerate(header) if title.strip() in lms.person]
    if not any(header[at].strip() in lms.identifiers + lms.names for at in person):
        raise SlipwayError(
            f"The file is no gradebook of {lms.name}: it has no column {' or '.join(lms.identifiers)}.",
            "Export the gradebook as CSV, and leave its columns as they are.",
            Exit.WRONG_USAGE,
        )
    first = _students_from(lms, rows)
    possible = next((row for row in rows[:first] if row[0].strip() == POINTS_POSSIBLE), [])
    columns = {at: title for at, title in enumerate(header) if at not in person and not _is_summary(title, possible, at)}
    people = {at: _person(lms, header, row) for at, row in enumerate(rows) if at >= first}
    match = lms_match.match(results.labs, results.learners, columns, people)
    kept = sorted([*person, *match.columns])
    written = [[header[at] for at in kept]] + ([[possible[at] for at in kept]] if possible else [])
    for at in sorted(match.rows):
        learner, row = match.rows[at], rows[at]
        for column, lab in match.columns.items():
            row[column] = _points(results.marks[learner, lab], possible[column] if possible else "") or row[column]
        written.append([row[column] for column in kept])
    return written, match


def _students_from(lms: Lms, rows: Rows) -> int:
    """Return the position of the first student: in Canvas, after the row with the points."""
    if not lms.points_row:
        return 0
    return next((at + 1 for at, row in enumerate(rows) if row[0].strip() == POINTS_POSSIBLE), 0)


def _is_summary(title: str, possible: Sequence[str], at: int) -> bool:
    """Tell whether the LMS computes this column itself, or writes into it when it exports."""
    computed = bool(possible) and "read only" in possible[at]
    return computed or title.strip().startswith(("Course total", "Category total", "Last downloaded"))


def _person(lms: Lms, header: Sequence[str], row: Sequence[str]) -> tuple[list[str], str]:
    cells = {title.strip(): cell for title, cell in zip(header, row, strict=True)}
    name = " ".join(cells[title] for title in lms.names if cells.get(title))
    return [cells.get(title, "") for title in lms.identifiers], name.removeprefix("'")


def _points(mark: Mark, possible: str) -> str:
    """Return the points of a mark out of `possible`, or out of the lab's own where the LMS gives none; empty for no mark."""
    if mark.points is None or mark.percent is None:
        return ""
    try:
        scale = Decimal(possible)
    except InvalidOperation:
        return spreadsheet.number(mark.points)
    if not scale.is_finite() or scale <= 0 or scale == mark.maximum or not mark.maximum:
        return spreadsheet.number(mark.points)
    return spreadsheet.number((mark.points * scale / mark.maximum).quantize(CENT, ROUND_HALF_UP))
