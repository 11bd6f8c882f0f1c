"""The records of a class: grades with their criteria, what could not be attributed, manual changes, and marks.

Plain immutable values without I/O. The class store writes and reads them; the exports and pages only read them.
Times are aware and in UTC. Points of criteria are integers as checks declare them; points of marks are exact decimals.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from checks.model import Finding, Outcome, Report


class GradeOutcome(StrEnum):
    """Whether a submission could be graded. “not graded” is never a zero and never a pass: its grade has a reason."""

    GRADED = "graded"
    NOT_GRADED = "not graded"


class MarkState(StrEnum):
    """What a mark rests on.

    COMPLETE: every criterion was checked, or a manual change decides. INCOMPLETE: some criteria could not be checked, so
    there is no percentage yet. NOT_GRADED: there is a submission, and none of it could be graded. MISSING: nothing came.
    """

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NOT_GRADED = "not graded"
    MISSING = "missing"


@dataclass(frozen=True)
class Criterion:
    """One check of a lab in a grade. `points` can be earned at most; `reason` says why it could not be checked."""

    check: str
    title: str
    outcome: Outcome
    points: int
    earned: int
    findings: tuple[Finding, ...] = ()
    blocked_by: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Grade:
    """What one run of the grader found about one submission. Never changed once stored.

    `id` counts the grades of a store from 1 (0: not stored yet). `course` is the version whose checks were used.
    `source` names the file or the target, as the instructor knows it. `evidence` is the SHA-256 digest (64 hexadecimal
    digits) of the stored evidence, empty where there is none. `submitted_at` is the time that the submission states, None
    where it states none. `taken` is the time of the snapshot by the engine's own clock (ISO 8601, empty: none).
    `late_by_lms` is True where the LMS marked the file as late.
    """

    id: int
    learner: str
    lab: str
    graded_at: datetime
    submitted_at: datetime | None
    course: str
    source: str
    evidence: str
    outcome: GradeOutcome
    reason: str = ""
    criteria: tuple[Criterion, ...] = ()
    taken: str = ""
    late_by_lms: bool = False

    @property
    def graded(self) -> bool:
        """Whether there is a result."""
        return self.outcome is GradeOutcome.GRADED

    @property
    def earned(self) -> int:
        """The points earned."""
        return sum(criterion.earned for criterion in self.criteria)

    @property
    def maximum(self) -> int:
        """The points of all criteria."""
        return sum(criterion.points for criterion in self.criteria)

    @property
    def unchecked(self) -> int:
        """The points of the criteria that could not be checked: neither earned nor lost."""
        return sum(criterion.points for criterion in self.criteria if criterion.outcome is Outcome.COULD_NOT_CHECK)


@dataclass(frozen=True)
class Rejection:
    """A file or a target that counts for no learner, since nothing in it proves whose it is.

    `source` names it as the instructor knows it, `digest` is the SHA-256 of its bytes (empty for a target). `learner` and
    `lab` are what its name suggests, or empty: a help for the report, never a grade.
    """

    source: str
    digest: str
    reason: str
    learner: str = ""
    lab: str = ""


@dataclass(frozen=True)
class ManualChange:
    """Points that an instructor set by hand, with the person, the time and the reason. `points` is None: the change is
    taken back."""

    id: int
    learner: str
    lab: str
    points: Decimal | None
    reason: str
    author: str
    changed_at: datetime


@dataclass(frozen=True)
class Mark:
    """The mark of one learner in one lab, after late policy and manual changes.

    `automatic` are the points that the checks gave (None: not graded or missing), `points` those that count (None: there is
    no mark yet), out of `maximum`. `percent` is `points` as a percentage of `maximum`, rounded to two places; None unless
    the state is COMPLETE. `unchecked` are points that could not be checked. `late_by` is zero for a submission in time.
    `reasons` are sentences for the learner, in the order in which they changed the mark; `grade` is the id of the grade.
    """

    learner: str
    lab: str
    state: MarkState
    automatic: Decimal | None
    points: Decimal | None
    maximum: Decimal
    percent: Decimal | None
    unchecked: Decimal = Decimal(0)
    late_by: timedelta = timedelta(0)
    reasons: tuple[str, ...] = ()
    grade: int | None = None
    change: ManualChange | None = None


def criteria_of(report: Report) -> tuple[Criterion, ...]:
    """Return the criteria of a report, in its order."""
    return tuple(
        Criterion(item.id, item.title, item.outcome, item.points, item.earned, item.findings, item.blocked_by, item.reason)
        for item in report.results
    )


def criterion_from_json(data: dict[str, Any]) -> Criterion:
    """Return the criterion that `dataclasses.asdict` made JSON values of. Raise KeyError, TypeError or ValueError."""
    findings = tuple(Finding(**finding) for finding in data["findings"])
    rest = {"outcome": Outcome(data["outcome"]), "findings": findings, "blocked_by": tuple(data["blocked_by"])}
    return Criterion(**{**data, **rest})
