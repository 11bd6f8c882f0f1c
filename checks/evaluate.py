"""The evaluation of checks over a snapshot. Pure: no I/O, no clock, no sleeping."""

from collections.abc import Iterable
from dataclasses import replace

from checks.model import Finding, Lab, Outcome, Report, Result
from checks.registry import Check
from checks.snapshot import OUT_OF_MEMORY, STILL_RUNNING, Snapshot, Unknown


def evaluate(lab: Lab, checks: Iterable[Check], snapshot: Snapshot, course: str, *, patient: bool = False) -> Report:
    """Run `checks` (in the order of `registry.load`) over `snapshot`, and return the report.

    With `patient`, a command of ours that did not end in time is waited for: a busy machine may be the reason, and another
    look tells. Without, it counts as the answer of the learner's container.
    """
    results: dict[str, Result] = {}
    for check in checks:
        results[check.id] = _result(check, snapshot, results, patient)
    return Report(
        lab=lab.id,
        title=lab.title,
        course=course,
        taken=snapshot.taken,
        results=tuple(results.values()),
        engine=snapshot.engine,
        images=snapshot.digests(),
    )


def _result(check: Check, snapshot: Snapshot, results: dict[str, Result], patient: bool) -> Result:
    blocked_by = tuple(need for need in check.needs if results[need].outcome is not Outcome.PASSED)
    if blocked_by:
        return _blocked(check, blocked_by, results)
    try:
        findings = tuple(_patient(finding) if patient else finding for finding in check.function(snapshot))
    except Unknown as unknown:
        return _finish(check, Outcome.COULD_NOT_CHECK, reason=str(unknown))
    except MemoryError:
        return _finish(check, Outcome.COULD_NOT_CHECK, reason=OUT_OF_MEMORY)
    except Exception as error:  # a bug in a grader must never cost the learner a point
        reason = f"the check itself failed ({type(error).__name__}: {error}); this is a bug in Slipway, not in your work"
        return _finish(check, Outcome.COULD_NOT_CHECK, reason=reason)
    if not findings:
        return _finish(check, Outcome.PASSED, earned=check.points)
    if all(finding.waiting for finding in findings):
        return _finish(check, Outcome.WAITING, findings)
    wrong = tuple(finding for finding in findings if not finding.waiting)
    return _finish(check, Outcome.NOT_YET, wrong, earned=_partial(check.points, wrong))


def _patient(finding: Finding) -> Finding:
    """Return the finding, waiting if what it observed is a command of ours that did not end in time."""
    slow = any(isinstance(text, str) and text.startswith(STILL_RUNNING) for text in (finding.observed, finding.why))
    return replace(finding, waiting=True) if slow else finding


def _blocked(check: Check, blocked_by: tuple[str, ...], results: dict[str, Result]) -> Result:
    """Return the outcome blocked, or could not check where every check that blocks this one could not be checked."""
    outcomes = {results[need].outcome for need in blocked_by}
    if outcomes == {Outcome.COULD_NOT_CHECK}:
        reason = f"it depends on “{blocked_by[0]}”, which could not be checked"
        return _finish(check, Outcome.COULD_NOT_CHECK, blocked_by=blocked_by, reason=reason)
    return _finish(check, Outcome.BLOCKED, blocked_by=blocked_by)


def _partial(points: int, findings: tuple[Finding, ...]) -> int:
    """Return the points that remain after the cost of each finding; a finding without a cost takes all."""
    return max(0, points - sum(points if finding.cost is None else finding.cost for finding in findings))


def _finish(check: Check, outcome: Outcome, findings: tuple[Finding, ...] = (), **rest: object) -> Result:
    return Result(check.id, check.title, outcome, points=check.points, findings=findings, **rest)
