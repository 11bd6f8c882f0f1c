"""The gradebook of a class: a table with a row for each learner, and the same as JSON in the format of `gradebook.schema.json`.

The same marks always give the same bytes. A lab without a mark has an empty cell, never a zero.
"""

import json
from decimal import Decimal
from typing import Any

from checks import curricula
from checks.classroom.records import ManualChange, Mark
from checks.classroom.results import Results
from checks.classroom.roster import Learner
from checks.classroom.spreadsheet import Rows, number
from checks.model import Lab

FORMAT = "slipway-gradebook/2"


def table(results: Results) -> Rows:
    """Return the gradebook as rows: who, the points in each lab, the total in percent, the labs that wait for a mark, and how
    many of each exam's competencies the learner has shown."""
    exams = [f"{share.exam} of {share.total}" for share in curricula.shares(())]
    header = ["id", "name", "email", "group", *(lab.id for lab in results.labs), "total", "without a mark", *exams]
    return [header, *(_row(results, learner) for learner in results.learners)]


def _row(results: Results, learner: Learner) -> list[str]:
    total = results.totals[learner.id]
    marks = [number(mark.points) if mark.percent is not None else "" for mark in results.row(learner.id)]
    who = [learner.id, learner.name, learner.email, learner.group]
    shares = [number(Decimal(share.covered)) for share in results.shares[learner.id]]
    return [*who, *marks, number(total.percent), " ".join(total.open), *shares]


def to_json(results: Results) -> str:
    """Return the gradebook as JSON text, with how each mark came about."""
    about = results.about
    data = {
        "format": FORMAT,
        "class": {"id": about.id, "title": about.title, "course": about.course, "zone": about.zone},
        "labs": [_lab(results, lab) for lab in results.labs],
        "learners": [_learner(results, learner) for learner in results.learners],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def _lab(results: Results, lab: Lab) -> dict[str, Any]:
    known = results.about.lab(lab.id)
    due = known.due.isoformat() if known and known.due else None
    return {
        "id": lab.id,
        "title": lab.title,
        "maximum": results.maxima[lab.id],
        "weight": _json(known.weight if known else None),
        "due": due,
    }


def _learner(results: Results, learner: Learner) -> dict[str, Any]:
    total = results.totals[learner.id]
    return {
        "id": learner.id,
        "name": learner.name,
        "email": learner.email,
        "group": learner.group,
        "total": _json(total.percent),
        "without_mark": list(total.open),
        "competencies": [{"exam": share.exam, "shown": share.covered, "of": share.total} for share in results.shares[learner.id]],
        "marks": [_mark(mark) for mark in results.row(learner.id)],
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {
        "lab": mark.lab,
        "state": mark.state.value,
        "automatic": _json(mark.automatic),
        "points": _json(mark.points),
        "maximum": _json(mark.maximum),
        "percent": _json(mark.percent),
        "unchecked": _json(mark.unchecked),
        "late_seconds": int(mark.late_by.total_seconds()),
        "reasons": list(mark.reasons),
        "grade": mark.grade,
        "change": _change(mark.change) if mark.change else None,
    }


def _change(change: ManualChange) -> dict[str, Any]:
    moment = change.changed_at.isoformat()
    return {"points": _json(change.points), "reason": change.reason, "author": change.author, "changed_at": moment}


def _json(value: Decimal | None) -> int | float | None:
    """Return a decimal as a JSON number, without decimals it does not need."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
