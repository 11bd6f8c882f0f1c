"""Grading stored evidence again with today's checks: what changes, criterion by criterion, and why.

An earlier grade stays what it is. A grade that would lower a mark is listed, and stored only when the instructor allows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from checks.classroom import class_lock, packed_criteria
from checks.classroom.assess import Assessment
from checks.classroom.folder import ClassFolder
from checks.classroom.intake import Item
from checks.classroom.records import Criterion, Grade, GradeOutcome
from checks.classroom.rulebooks import rulebook_of
from checks.classroom.store import NewGrade, Store
from checks.classroom.workers import assess_all
from checks.version import __version__


@dataclass(frozen=True)
class Request:
    """Which evidence to grade again: that of one learner or lab, or all. `now` is aware.

    `any_version` also grades evidence of versions of the course whose checks of the lab were others.
    """

    now: datetime
    lab: str = ""
    learner: str = ""
    jobs: int = 1
    allow_lower: bool = False
    any_version: bool = False


@dataclass(frozen=True)
class CriterionChange:
    """One criterion that changed: the outcome with its points before and now (empty: there was none), and why."""

    check: str
    old: str
    new: str
    why: str


@dataclass(frozen=True)
class Regraded:
    """A submission that was graded again. `stored` is False where it would lower the mark, and nothing allowed that.

    `reason` says why it could not be graded again; then nothing has changed.
    """

    learner: str
    lab: str
    source: str
    old: Grade
    changes: tuple[CriterionChange, ...] = ()
    old_points: str = ""
    new_points: str = ""
    stored: bool = False
    reason: str = ""


def run(classroom: ClassFolder, store: Store, request: Request) -> list[Regraded]:
    """Grade stored evidence again. Return what changed and what could not be graded again, in the order of the grades."""
    with class_lock.hold(classroom.folder):
        rulebook, rules = rulebook_of(classroom, store, request.lab, request.learner)
        rulebook = replace(rulebook, any_version=request.any_version)
        newest = _newest(store, request)
        to_do = [grade for grade in newest if store.rules_of(grade.id) != rules.get(grade.lab) or not grade.graded]
        items = [Item(grade.source, str(store.evidence.path(grade.evidence))) for grade in to_do]
        assessed = assess_all(items, rulebook, frozenset(), request.jobs)
        results = []
        for grade, result in zip(to_do, assessed, strict=True):
            intact = result.digest == grade.evidence
            assessment = result.assessment if intact else Assessment("Its evidence is missing or has changed.")
            regraded = _compare(grade, assessment, request.allow_lower)
            if regraded.stored:
                store.add([_entry(grade, assessment, rules[grade.lab], request.now)])
            results.append(regraded)
        return [item for item in results if item.changes or item.reason]


def _newest(store: Store, request: Request) -> Iterator[Grade]:
    """Yield the newest grade of each piece of evidence."""
    newest = {grade.evidence: grade for grade in store.grades(request.learner or None, request.lab or None) if grade.evidence}
    yield from sorted(newest.values(), key=lambda grade: grade.id)


def _entry(old: Grade, assessment: Assessment, rules: str, now: datetime) -> NewGrade:
    grade = replace(old, id=0, graded_at=now, course=__version__, outcome=GradeOutcome.GRADED, reason="", taken=assessment.taken)
    return NewGrade(grade, assessment.criteria, rules, after=old.id)


def _compare(old: Grade, assessment: Assessment, allow_lower: bool) -> Regraded:
    about = (old.learner, old.lab, old.source, old)
    if assessment.reason:
        return Regraded(*about, reason=assessment.reason)
    new = replace(old, criteria=packed_criteria.unpack(assessment.criteria), outcome=GradeOutcome.GRADED)
    changes = tuple(_changes(old, new))
    allowed = allow_lower or not old.graded or not _is_lower(old, new)
    return Regraded(*about, changes, _points(old), _points(new), stored=allowed)


def _is_lower(old: Grade, new: Grade) -> bool:
    """Tell whether a grade is worth less than another: fewer of its points, or the same with more that were not checked."""
    before, after = old.earned * (new.maximum or 1), new.earned * (old.maximum or 1)
    return after < before or (after == before and new.unchecked > old.unchecked)


def _points(grade: Grade) -> str:
    return f"{grade.earned} of {grade.maximum}" if grade.graded else "not graded"


def _changes(old: Grade, new: Grade) -> Iterator[CriterionChange]:
    before = {criterion.check: criterion for criterion in old.criteria}
    after = {criterion.check: criterion for criterion in new.criteria}
    for check in [*after, *(check for check in before if check not in after)]:
        was, now = before.get(check), after.get(check)
        if was is None or now is None or (was.outcome, was.earned, was.points) != (now.outcome, now.earned, now.points):
            yield CriterionChange(check, _words(was), _words(now), _why(was, now))


def _words(criterion: Criterion | None) -> str:
    return f"{criterion.outcome.value}, {criterion.earned} of {criterion.points}" if criterion else ""


def _why(was: Criterion | None, now: Criterion | None) -> str:
    if now is None:
        return "The lab no longer has this check."
    if now.findings:
        return now.findings[0].message
    if now.reason:
        return now.reason
    if now.blocked_by:
        return f"It depends on “{now.blocked_by[0]}”, which has not passed."
    if was is None:
        return "The lab has a new check, which passes."
    if was.findings:
        return f"Today's check no longer finds: {was.findings[0].message}"
    return "Today's check passes."
