"""CSV for spreadsheets and learning platforms: cells that no program takes for a formula, numbers, and reading what was exported.

Source of the danger: the OWASP page on CSV injection. A spreadsheet evaluates a cell that begins with = + - or @, also after
a tab or a line break, and in full-width forms.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from checks.classroom.roster import FORMULA
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_whole

MOST_BYTES = 64 * 2**20
Rows = list[list[str]]
_FIX = "Export the gradebook as CSV."
_ACTIVE = (*FORMULA, "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def dumps(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV text (RFC 4180). Cells that a spreadsheet would evaluate begin with an apostrophe."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([cell(value) for value in row] for row in rows)
    return text.getvalue()


def cell(text: str) -> str:
    """Return a cell that is safe in a spreadsheet: `=1+1` becomes `'=1+1`, and the number `-5` stays as it is."""
    return f"'{text}" if text.startswith(_ACTIVE) and not _NUMBER.fullmatch(text) else text


def number(value: Decimal | None) -> str:
    """Return a number with no more decimals than it needs: `7`, `7.5`; empty for none."""
    return "" if value is None else f"{value.normalize():f}"


def read(path: Path) -> Rows:
    """Return the rows of a CSV file that an LMS exported, without empty ones. Raise SlipwayError where it is none."""
    try:
        text = read_whole(path.resolve(), MOST_BYTES).decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if any(row)]
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise SlipwayError(
            f"{path} cannot be read as CSV ({reason}).", "Export the gradebook as CSV.", Exit.WRONG_USAGE
        ) from error
    if not rows:
        raise SlipwayError(f"{path} is empty.", _FIX, Exit.WRONG_USAGE)
    width = len(rows[0])
    return [(row + [""] * width)[:width] for row in rows]
