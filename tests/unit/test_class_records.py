"""Records of a class: what a grade counts, and criteria that survive the way through JSON."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from checks.classroom.records import Criterion, Grade, GradeOutcome, criteria_of, criterion_from_json
from checks.model import Finding, Outcome, Report, Result

FINDING = Finding("It answers on 8000.", "container/web", "NetworkSettings.Ports", 5000, {"port": [8000]}, cost=1)
RESULTS = (
    Result("runs", "It runs", Outcome.PASSED, 2, 2),
    Result("answers", "It answers", Outcome.NOT_YET, 3, 2, (FINDING,)),
    Result("page", "The page is yours", Outcome.BLOCKED, 4, blocked_by=("answers",)),
    Result("image", "The image is small", Outcome.COULD_NOT_CHECK, 5, reason="the engine did not answer"),
)
REPORT = Report("01-flask", "Flask", "1", "2026-01-01T00:00:00Z", RESULTS)


def grade(**changes: object) -> Grade:
    times = {"graded_at": datetime(2026, 1, 2, tzinfo=UTC), "submitted_at": datetime(2026, 1, 1, tzinfo=UTC)}
    values = {"id": 1, "learner": "ada", "lab": "01-flask", "course": "1", "source": "ada.slipway", "evidence": "0" * 64, **times}
    return Grade(**{**values, "outcome": GradeOutcome.GRADED, "criteria": criteria_of(REPORT), **changes})


def test_a_grade_counts_what_could_not_be_checked_apart_from_what_was_lost() -> None:
    assert (grade().earned, grade().maximum, grade().unchecked) == (4, 14, 5)


def test_a_grade_without_a_result_counts_nothing() -> None:
    unread = grade(outcome=GradeOutcome.NOT_GRADED, reason="the file is truncated", criteria=())
    assert (unread.graded, unread.earned, unread.maximum) == (False, 0, 0)


def test_criteria_survive_json() -> None:
    criteria = criteria_of(REPORT)
    assert tuple(criterion_from_json(json.loads(json.dumps(asdict(item)))) for item in criteria) == criteria
    assert criteria[1].findings == (FINDING,) and criteria[2].blocked_by == ("answers",)


@pytest.mark.parametrize("change", [{"outcome": "perfect"}, {"findings": [{"oops": 1}]}, {"colour": "red"}])
def test_other_json_is_refused(change: dict) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        criterion_from_json({**asdict(Criterion("a", "A", Outcome.PASSED, 1, 1)), **change})
