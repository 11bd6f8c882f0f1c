"""The export of a class: its gradebook in each format, as the text of a file."""

from dataclasses import dataclass
from pathlib import Path

from checks.classroom import class_junit, gradebook, lms_gradebook, spreadsheet
from checks.classroom.lms_match import Match
from checks.classroom.results import Results
from checks.classroom.store import Store
from sandboxes.errors import Exit, SlipwayError

FOLDER = "exports"
# The name of the file in each format.
FILES = {
    "csv": "gradebook.csv",
    "canvas": "canvas.csv",
    "moodle": "moodle.csv",
    "json": "gradebook.json",
    "junit": "gradebook.xml",
}
_LMS = {"canvas": (lms_gradebook.CANVAS, lms_gradebook.canvas), "moodle": (lms_gradebook.MOODLE, lms_gradebook.moodle)}


@dataclass(frozen=True)
class Exported:
    """The text of an exported file. `match` says what matched in the file that an LMS exported; None without one."""

    text: str
    match: Match | None = None


def export(results: Results, store: Store, format: str, lms_export: Path | None = None) -> Exported:
    """Return the gradebook in a format of FILES. Raise SlipwayError for wrong formats and files.

    `lms_export` is the CSV file that the LMS exported, whose columns and persons are to be used.
    """
    if format not in FILES:
        raise SlipwayError(f"Unknown format “{format[:40]}”.", f"The formats are: {', '.join(FILES)}.", Exit.WRONG_USAGE)
    if format in _LMS:
        lms, rows_of = _LMS[format]
        if lms_export is None:
            return Exported(spreadsheet.dumps(rows_of(results)))
        rows, match = lms_gradebook.onto(lms, results, spreadsheet.read(lms_export))
        return Exported(spreadsheet.dumps(rows), match)
    if lms_export is not None:
        raise SlipwayError("--match is for the formats canvas and moodle.", "Leave out --match.", Exit.WRONG_USAGE)
    if format == "csv":
        return Exported(spreadsheet.dumps(gradebook.table(results)))
    if format == "json":
        return Exported(gradebook.to_json(results))
    return Exported(class_junit.dumps(results, results.counted(store.grades())))
