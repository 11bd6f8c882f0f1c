"""Marks: what the grades of a class come to after the late policy, extensions and manual changes. Pure.

Nothing of it is stored: moving a deadline and computing the marks again changes the whole class without grading anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from checks.classroom import late
from checks.classroom.class_file import Class
from checks.classroom.late import Lateness
from checks.classroom.records import Grade, ManualChange, Mark, MarkState

CENT = Decimal("0.01")
Of = tuple[str, str]  # learner, lab


@dataclass(frozen=True)
class Total:
    """The total of a learner. `percent` is the mean of the labs' percentages by weight, None while a lab has none.

    A lab for which nothing came counts as zero. `open` names the labs that have a submission and no percentage yet.
    """

    learner: str
    percent: Decimal | None
    open: tuple[str, ...] = ()


def marks(
    about: Class,
    learners: Iterable[str],
    maxima: Mapping[str, int],
    grades: Iterable[Grade],
    changes: Iterable[ManualChange],
) -> list[Mark]:
    """Return the mark of each learner in each lab, in the order of `learners` and of the labs of the class.

    `maxima` maps each lab to the points of all its checks. `grades` and `changes` are all there are, in any order.
    """
    grades_of: dict[Of, list[Grade]] = {}
    for grade in grades:
        grades_of.setdefault((grade.learner, grade.lab), []).append(grade)
    changed = {(change.learner, change.lab): change for change in sorted(changes, key=lambda change: change.id)}
    return [
        mark(about, learner, lab.id, maxima[lab.id], grades_of.get((learner, lab.id), ()), changed.get((learner, lab.id)))
        for learner in learners
        for lab in about.labs
    ]


def mark(about: Class, learner: str, lab: str, maximum: int, grades: Sequence[Grade], change: ManualChange | None = None) -> Mark:
    """Return the mark of one learner in one lab. `grades` are those of this lab, `change` is the last manual change."""
    due, zone = about.due(learner, lab), ZoneInfo(about.zone)
    judged = [(grade, late.judge(submitted(grade), due, zone, about.late)) for grade in in_order(grades)]
    automatic = _automatic(learner, lab, maximum, judged)
    return automatic if change is None or change.points is None else _changed(automatic, change)


def submitted(grade: Grade) -> datetime:
    """Return the time that counts as the time of submission."""
    return late.counted_time(grade.submitted_at or grade.graded_at, grade.graded_at)


def in_order(grades: Iterable[Grade]) -> list[Grade]:
    """Return grades by the time of their submission, and grades of one submission in the order in which they were given."""
    return sorted(grades, key=lambda grade: (submitted(grade), grade.id))


def current(grades: Iterable[Grade]) -> Grade | None:
    """Return the grade of the newest submission that could be graded, else the newest one; None where there is none."""
    ordered = in_order(grades)
    return next((grade for grade in reversed(ordered) if grade.graded), ordered[-1] if ordered else None)


def _automatic(learner: str, lab: str, maximum: int, judged: list[tuple[Grade, Lateness]]) -> Mark:
    """Return the mark without manual changes: that of the newest submission that was graded and accepted."""
    full = Decimal(maximum)
    if not judged:
        return Mark(learner, lab, MarkState.MISSING, None, None, full, None)
    usable = [(grade, lateness) for grade, lateness in judged if grade.graded and lateness.accepted]
    if not usable:
        return _unusable(learner, lab, full, judged)
    grade, lateness = usable[-1]
    later = judged[judged.index(usable[-1]) + 1 :]
    points = _round(Decimal(grade.earned) * lateness.keeps / 100)
    full = Decimal(grade.maximum)
    complete = not grade.unchecked
    return Mark(
        learner,
        lab,
        MarkState.COMPLETE if complete else MarkState.INCOMPLETE,
        Decimal(grade.earned),
        points,
        full,
        _percent(points, full) if complete else None,
        unchecked=Decimal(grade.unchecked),
        late_by=lateness.late_by,
        reasons=(*lateness.reasons, *_unchecked(grade), *(_passed_over(*entry) for entry in later)),
        grade=grade.id,
    )


def _unusable(learner: str, lab: str, full: Decimal, judged: list[tuple[Grade, Lateness]]) -> Mark:
    """Return the mark where every submission came too late or could not be graded: what cannot be graded is no zero."""
    ungraded = [entry for entry in judged if not entry[0].graded and entry[1].accepted]
    if ungraded:
        grade, lateness = ungraded[-1]
        reasons = (f"It could not be graded: {grade.reason}",)
        return Mark(learner, lab, MarkState.NOT_GRADED, None, None, full, None, Decimal(0), lateness.late_by, reasons, grade.id)
    grade, lateness = judged[-1]
    automatic = Decimal(grade.earned) if grade.graded else None
    zero = Decimal("0.00")
    return Mark(
        learner, lab, MarkState.COMPLETE, automatic, zero, full, zero, Decimal(0), lateness.late_by, lateness.reasons, grade.id
    )


def _unchecked(grade: Grade) -> tuple[str, ...]:
    if not grade.unchecked:
        return ()
    return (f"{grade.unchecked} of {grade.maximum} points could not be checked; they are neither earned nor lost.",)


def _passed_over(grade: Grade, lateness: Lateness) -> str:
    """Return why a newer submission does not count."""
    if not lateness.accepted:
        return f"A newer submission does not count. {lateness.reasons[0]}"
    return f"A newer submission could not be graded: {grade.reason}"


def _changed(automatic: Mark, change: ManualChange) -> Mark:
    """Return a mark with the points that an instructor set; the automatic points stay in it."""
    points = _round(change.points)
    reason = f"{change.author} set the points to {points.normalize():f} on {change.changed_at:%Y-%m-%d}: {change.reason}"
    return replace(
        automatic,
        state=MarkState.COMPLETE,
        points=points,
        percent=_percent(points, automatic.maximum),
        reasons=(*automatic.reasons, reason),
        change=change,
    )


def totals(about: Class, marks: Iterable[Mark]) -> list[Total]:
    """Return the total of each learner, in the order in which they occur in `marks`."""
    weights = {lab.id: lab.weight for lab in about.labs}
    by_learner: dict[str, list[Mark]] = {}
    for item in marks:
        by_learner.setdefault(item.learner, []).append(item)
    return [_total(learner, own, weights) for learner, own in by_learner.items()]


def _total(learner: str, own: list[Mark], weights: Mapping[str, Decimal]) -> Total:
    open = tuple(item.lab for item in own if item.percent is None and item.state is not MarkState.MISSING)
    weight = sum((weights[item.lab] for item in own), Decimal(0))
    if open or not weight:
        return Total(learner, None, open)
    return Total(learner, _round(sum((weights[item.lab] * (item.percent or 0) for item in own), Decimal(0)) / weight))


def _percent(points: Decimal, full: Decimal) -> Decimal:
    return _round(100 * points / full) if full else Decimal("0.00")


def _round(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
