"""The tables of the class store, and the conversion of each record into a row and back.

Rows are only ever added; `key` makes adding the same one twice have no effect. Times are ISO 8601 in UTC, decimals are text.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, Row, String, Table

from checks.classroom import packed_criteria
from checks.classroom.records import Grade, GradeOutcome, ManualChange, Rejection

metadata = MetaData()
grades = Table(
    "grades",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("learner", String, nullable=False),
    Column("lab", String, nullable=False),
    Column("graded_at", String, nullable=False),
    Column("submitted_at", String),
    Column("course", String, nullable=False),
    Column("rules", String(64), nullable=False),
    Column("source", String, nullable=False),
    Column("evidence", String(64), nullable=False),
    Column("outcome", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("criteria", LargeBinary, nullable=False),
    Column("taken", String, nullable=False),
    Column("late_by_lms", Boolean, nullable=False),
    Index("grades_of", "learner", "lab"),
    sqlite_autoincrement=True,
)
rejections = Table(
    "rejections",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("reason", String, nullable=False),
    Column("learner", String, nullable=False),
    Column("lab", String, nullable=False),
    sqlite_autoincrement=True,
)
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("learner", String, nullable=False),
    Column("lab", String, nullable=False),
    Column("points", String),
    Column("reason", String, nullable=False),
    Column("author", String, nullable=False),
    Column("changed_at", String, nullable=False),
    sqlite_autoincrement=True,
)
# The fingerprint of each lab's rules in each version of the course that has graded for this class.
rules = Table(
    "rules",
    metadata,
    Column("course", String, primary_key=True),
    Column("lab", String, primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
)


def key(*parts: str) -> str:
    """Return the key of a row that these parts identify."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def grade_row(grade: Grade, criteria: bytes, rules_of_lab: str, after: int) -> dict[str, Any]:
    """Return the row of a new grade with packed criteria. `after` is the id of the grade that it follows, 0 for a first grade."""
    what = grade.evidence or f"{grade.source}\n{grade.learner}\n{grade.lab}"
    again = (rules_of_lab, str(after)) if after else ()
    return {
        "key": key(what, grade.outcome.value, grade.reason, *again),
        "learner": grade.learner,
        "lab": grade.lab,
        "graded_at": grade.graded_at.isoformat(),
        "submitted_at": grade.submitted_at.isoformat() if grade.submitted_at else None,
        "course": grade.course,
        "rules": rules_of_lab,
        "source": grade.source,
        "evidence": grade.evidence,
        "outcome": grade.outcome.value,
        "reason": grade.reason,
        "criteria": criteria,
        "taken": grade.taken,
        "late_by_lms": grade.late_by_lms,
    }


def grade_of(row: Row) -> Grade:
    """Return the grade of a row of `grades`."""
    return Grade(
        id=row.id,
        learner=row.learner,
        lab=row.lab,
        graded_at=datetime.fromisoformat(row.graded_at),
        submitted_at=datetime.fromisoformat(row.submitted_at) if row.submitted_at else None,
        course=row.course,
        source=row.source,
        evidence=row.evidence,
        outcome=GradeOutcome(row.outcome),
        reason=row.reason,
        criteria=packed_criteria.unpack(row.criteria),
        taken=row.taken,
        late_by_lms=row.late_by_lms,
    )


def rejection_row(rejection: Rejection) -> dict[str, Any]:
    """Return the row of a rejection."""
    return {"key": key(rejection.source, rejection.digest, rejection.reason), **asdict(rejection)}


def rejection_of(row: Row) -> Rejection:
    """Return the rejection of a row of `rejections`."""
    return Rejection(row.source, row.digest, row.reason, row.learner, row.lab)


def change_of(row: Row) -> ManualChange:
    """Return the manual change of a row of `changes`."""
    points = Decimal(row.points) if row.points is not None else None
    changed_at = datetime.fromisoformat(row.changed_at)
    return ManualChange(row.id, row.learner, row.lab, points, row.reason, row.author, changed_at)
