"""Checks over a snapshot: five outcomes, never mixed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from checks.evaluate import evaluate
from checks.model import Finding, Lab, Outcome, Report, Result
from checks.registry import Check
from checks.snapshot import Snapshot, Unknown

LAB = Lab("01-x", "X", "", 1, "docker", Path("/"), ())
SNAPSHOT = Snapshot("01-x", "2026-01-01T00:00:00Z")
WRONG = Finding("It is wrong.", "container/x", "State", "right", "wrong", hint="Mend it.")
SETTLING = Finding("It is starting.", "container/x", "State", "right", "starting", hint="Wait.", waiting=True)


def check(id: str, *found: Finding | Exception, points: int = 1, needs: tuple[str, ...] = ()) -> Check:
    def function(snapshot: Snapshot) -> Iterator[Finding]:
        for each in found:
            if isinstance(each, Exception):
                raise each
            yield each

    return Check(id, id.title(), function, points, needs, ("one", "two"))


def grade(*checks: Check) -> Report:
    return evaluate(LAB, checks, SNAPSHOT, "1")


def only(*checks: Check) -> Result:
    return grade(*checks).results[-1]


def test_check_without_findings_passes_with_all_points() -> None:
    result = only(check("a", points=3))
    assert (result.outcome, result.earned) == (Outcome.PASSED, 3)


def test_finding_means_not_yet_and_takes_all_points() -> None:
    result = only(check("a", WRONG, points=3))
    assert (result.outcome, result.earned, result.findings) == (Outcome.NOT_YET, 0, (WRONG,))


@pytest.mark.parametrize(("costs", "earned"), [((1,), 4), ((1, 2), 2), ((3, 4), 0), ((1, None), 0), ((0,), 5)])
def test_findings_with_a_cost_leave_the_rest(costs: tuple[int | None, ...], earned: int) -> None:
    findings = [Finding("x", "y", "z", 1, 2, hint="h", cost=cost) for cost in costs]
    result = only(check("a", *findings, points=5))
    assert (result.outcome, result.earned) == (Outcome.NOT_YET, earned)


@pytest.mark.parametrize("field", ["observed", "why"])
def test_command_of_ours_that_did_not_end_in_time_is_waited_for(field: str) -> None:
    """On a busy machine, even `echo` can take more than four seconds."""
    slow = replace(WRONG, **{field: "still running after 4 s"})
    assert evaluate(LAB, [check("a", slow)], SNAPSHOT, "1", patient=True).results[0].outcome is Outcome.WAITING
    assert evaluate(LAB, [check("a", slow, WRONG)], SNAPSHOT, "1", patient=True).results[0].outcome is Outcome.NOT_YET
    assert only(check("a", slow)).outcome is Outcome.NOT_YET


def test_check_waits_only_when_nothing_is_wrong() -> None:
    assert only(check("a", SETTLING)).outcome is Outcome.WAITING
    mixed = only(check("a", SETTLING, WRONG))
    assert (mixed.outcome, mixed.findings) == (Outcome.NOT_YET, (WRONG,))


@pytest.mark.parametrize("error", [Unknown("the engine is away"), KeyError("State"), ZeroDivisionError(), RecursionError()])
def test_check_that_fails_through_us_could_not_be_checked(error: Exception) -> None:
    report = grade(check("a", error, points=4), check("b", points=2))
    result = report.results[0]
    assert (result.outcome, result.earned) == (Outcome.COULD_NOT_CHECK, 0)
    assert result.reason
    assert (report.earned, report.possible, report.unchecked) == (2, 2, 4)
    assert not report.passed


def test_error_after_a_finding_is_no_verdict() -> None:
    result = only(check("a", WRONG, RuntimeError("half way")))
    assert result.outcome is Outcome.COULD_NOT_CHECK
    assert "half way" in result.reason


@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        (WRONG, Outcome.BLOCKED),
        (SETTLING, Outcome.BLOCKED),
        (Unknown("away"), Outcome.COULD_NOT_CHECK),
        (None, Outcome.PASSED),
    ],
)
def test_check_is_blocked_by_one_that_has_not_passed(first: Finding | Exception | None, outcome: Outcome) -> None:
    result = only(check("a", *([first] if first else [])), check("b", needs=("a",)))
    assert result.outcome is outcome
    assert result.blocked_by == (() if outcome is Outcome.PASSED else ("a",))


@pytest.mark.parametrize(("others", "outcome"), [((WRONG,), Outcome.BLOCKED), ((Unknown("x"),), Outcome.COULD_NOT_CHECK)])
def test_check_behind_several_is_blocked_as_long_as_one_of_them_is_wrong(
    others: tuple[Finding | Exception, ...], outcome: Outcome
) -> None:
    """Mended, what is wrong is the learner's own step; what could not be checked is not."""
    result = only(check("a", Unknown("away")), check("b", *others), check("c"), check("d", needs=("a", "b", "c")))
    assert (result.outcome, result.blocked_by) == (outcome, ("a", "b"))
    assert ("“a”" in result.reason) is (outcome is Outcome.COULD_NOT_CHECK)


def test_blocked_is_handed_on() -> None:
    report = grade(check("a", Unknown("away")), check("b", needs=("a",)), check("c", needs=("b",)))
    assert {result.outcome for result in report.results} == {Outcome.COULD_NOT_CHECK}
    assert report.unchecked == 3
    report = grade(check("a", WRONG), check("b", needs=("a",)), check("c", needs=("b",)))
    assert [result.outcome for result in report.results[1:]] == [Outcome.BLOCKED] * 2


def test_report_has_one_outcome_for_the_whole() -> None:
    away, wrong, settling, fine = check("a", Unknown("")), check("b", WRONG), check("c", SETTLING), check("d")
    assert grade(fine, settling, wrong, away).outcome is Outcome.COULD_NOT_CHECK
    assert grade(fine, settling, wrong).outcome is Outcome.NOT_YET
    assert grade(fine, settling).outcome is Outcome.WAITING
    assert grade(fine).outcome is Outcome.PASSED


def test_report_survives_json() -> None:
    report = grade(check("a", WRONG), check("b", needs=("a",)), check("c", Unknown("away")), check("d", SETTLING), check("e"))
    assert Report.from_json(report.to_json()) == report
