"""The late policy and the marks that follow: daylight saving, zones, clocks, grace, caps, extensions, manual changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from checks.classroom import late, marks
from checks.classroom.class_file import Class, ClassLab, LatePolicy
from checks.classroom.records import Criterion, Grade, GradeOutcome, ManualChange, MarkState
from checks.model import Outcome

VIENNA, NEW_YORK, KOLKATA, APIA = (
    ZoneInfo(name) for name in ("Europe/Vienna", "America/New_York", "Asia/Kolkata", "Pacific/Apia")
)
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TEN = LatePolicy(per_day=Decimal(10))
GRACE = LatePolicy(grace=timedelta(minutes=15), per_day=Decimal(10))
CAP = LatePolicy(per_day=Decimal(10), cap=Decimal(50))
CLOSES = LatePolicy(per_day=Decimal(10), cap=Decimal(50), closes=timedelta(days=7))


def at(text: str, zone: ZoneInfo = VIENNA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    "sent, due, zone, policy, days, keeps",
    [
        # In time, and at the limit.
        ("2026-10-05T17:59:59", "2026-10-05T18:00", VIENNA, TEN, 0, 100),
        ("2026-10-05T18:00:00", "2026-10-05T18:00", VIENNA, TEN, 0, 100),
        ("2026-10-05T18:00:01", "2026-10-05T18:00", VIENNA, TEN, 1, 90),
        ("2026-10-06T18:00:00", "2026-10-05T18:00", VIENNA, TEN, 1, 90),
        ("2026-10-06T18:00:01", "2026-10-05T18:00", VIENNA, TEN, 2, 80),
        ("2026-10-12T18:00:00", "2026-10-05T18:00", VIENNA, TEN, 7, 30),
        # Nothing costs more than everything.
        ("2026-10-20T18:00:00", "2026-10-05T18:00", VIENNA, TEN, 15, 0),
        ("2026-10-06T18:00:00", "2026-10-05T18:00", VIENNA, LatePolicy(), 1, 100),
        # Grace: days count from its end.
        ("2026-10-05T18:15:00", "2026-10-05T18:00", VIENNA, GRACE, 0, 100),
        ("2026-10-05T18:15:01", "2026-10-05T18:00", VIENNA, GRACE, 1, 90),
        ("2026-10-06T18:15:00", "2026-10-05T18:00", VIENNA, GRACE, 1, 90),
        ("2026-10-06T18:15:01", "2026-10-05T18:00", VIENNA, GRACE, 2, 80),
        # Caps.
        ("2026-10-10T18:00:00", "2026-10-05T18:00", VIENNA, CAP, 5, 50),
        ("2026-10-11T18:00:00", "2026-10-05T18:00", VIENNA, CAP, 6, 50),
        ("2027-10-05T18:00:00", "2026-10-05T18:00", VIENNA, CAP, 365, 50),
        ("2026-10-06T00:00:00", "2026-10-05T18:00", VIENNA, LatePolicy(per_day=Decimal("2.5")), 1, "97.5"),
        ("2026-10-06T00:00:00", "2026-10-05T18:00", VIENNA, LatePolicy(per_day=Decimal(100)), 1, 0),
        ("2026-10-06T00:00:00", "2026-10-05T18:00", VIENNA, LatePolicy(per_day=Decimal(100), cap=Decimal(100)), 1, 100),
        # The clocks go back on 25 October 2026, so this day has 25 hours; on 29 March 2026 they go forward.
        ("2026-10-25T18:00:00", "2026-10-24T18:00", VIENNA, TEN, 1, 90),
        ("2026-10-25T18:00:01", "2026-10-24T18:00", VIENNA, TEN, 2, 80),
        ("2026-03-29T18:00:00", "2026-03-28T18:00", VIENNA, TEN, 1, 90),
        ("2026-03-29T18:00:01", "2026-03-28T18:00", VIENNA, TEN, 2, 80),
        # A day that would end at a time that the clocks skip (02:30) ends an hour later.
        ("2026-03-29T03:30:00", "2026-03-28T02:30", VIENNA, TEN, 1, 90),
        ("2026-03-29T03:30:01", "2026-03-28T02:30", VIENNA, TEN, 2, 80),
        # The United States change their clocks on other days, India never, Lord Howe by half an hour.
        ("2026-11-01T18:00:00", "2026-10-31T18:00", NEW_YORK, TEN, 1, 90),
        ("2026-11-01T18:00:01", "2026-10-31T18:00", NEW_YORK, TEN, 2, 80),
        ("2026-03-08T18:00:00", "2026-03-07T18:00", NEW_YORK, TEN, 1, 90),
        ("2026-03-29T18:00:00", "2026-03-28T18:00", KOLKATA, TEN, 1, 90),
        ("2026-04-05T12:00:00", "2026-04-04T12:00", LORD_HOWE, TEN, 1, 90),
        ("2026-04-05T12:00:01", "2026-04-04T12:00", LORD_HOWE, TEN, 2, 80),
        # Samoa had no 30 December 2011: a day after noon of the 29th is noon of the 31st.
        ("2011-12-31T12:00:00", "2011-12-29T12:00", APIA, TEN, 1, 90),
        # A leap day, and the turn of a year.
        ("2028-02-29T12:00:00", "2028-02-28T12:00", VIENNA, TEN, 1, 90),
        ("2027-01-01T00:00:00", "2026-12-31T23:59:59", VIENNA, TEN, 1, 90),
    ],
)  # fmt: skip
def test_days_late_and_what_remains(sent: str, due: str, zone: ZoneInfo, policy: LatePolicy, days: int, keeps: object) -> None:
    lateness = late.judge(at(sent, zone), at(due, zone), zone, policy)
    assert (lateness.days, lateness.keeps) == (days, Decimal(keeps)) and lateness.accepted


@pytest.mark.parametrize(
    "sent, days",
    [
        ("2026-10-25T02:30:00+02:00", 0),
        ("2026-10-25T02:45:00+02:00", 1),  # the first 02:45, after 02:30 summer time
        ("2026-10-25T02:30:00+01:00", 1),  # the second 02:30, an hour later
        ("2026-10-26T02:30:00+01:00", 1),
        ("2026-10-26T02:30:01+01:00", 2),
    ],
)
def test_a_deadline_in_the_hour_that_comes_twice_is_its_first(sent: str, days: int) -> None:
    assert late.judge(datetime.fromisoformat(sent), at("2026-10-25T02:30"), VIENNA, TEN).days == days


def test_times_of_one_zone_are_compared_as_moments() -> None:
    first = at("2026-10-25T02:30")
    assert late.judge(first.replace(fold=1), first, VIENNA, TEN).late_by == timedelta(hours=1)


@pytest.mark.parametrize("offset", [-12, -5, 0, 5.5, 14])
def test_the_zone_in_which_a_time_is_written_changes_nothing(offset: float) -> None:
    zone = datetime.now(UTC).astimezone().tzinfo
    moment = at("2026-10-06T18:00:01").astimezone(zone) if offset == 0 else at("2026-10-06T18:00:01").astimezone(_fixed(offset))
    assert late.judge(moment, at("2026-10-05T18:00"), VIENNA, TEN).days == 2


def _fixed(hours: float) -> object:
    from datetime import timezone

    return timezone(timedelta(hours=hours))


def test_without_a_due_time_nothing_is_late() -> None:
    assert late.judge(at("2099-01-01T00:00"), None, VIENNA, CLOSES) == late.Lateness()


@pytest.mark.parametrize("sent, accepted", [("2026-10-12T18:00:00", True), ("2026-10-12T18:00:01", False)])
def test_work_after_the_closing_time_is_not_accepted(sent: str, accepted: bool) -> None:
    lateness = late.judge(at(sent), at("2026-10-05T18:00"), VIENNA, CLOSES)
    assert lateness.accepted is accepted and (lateness.keeps == 50) is accepted


def test_closing_at_the_due_time_leaves_the_grace_period() -> None:
    policy = LatePolicy(grace=timedelta(minutes=15), closes=timedelta(0))
    assert late.judge(at("2026-10-05T18:15"), at("2026-10-05T18:00"), VIENNA, policy).accepted
    assert not late.judge(at("2026-10-05T18:16"), at("2026-10-05T18:00"), VIENNA, policy).accepted


DUE = at("2026-10-05T18:00")


@pytest.mark.parametrize(
    "sent, taken, graded, lms, words",
    [
        ("2026-10-05T17:00", "2026-10-05T16:59", "2026-10-06T09:00", False, ()),
        ("2026-10-05T17:00", "2026-10-05T17:04", "2026-10-06T09:00", False, ()),
        ("2026-10-05T17:00", "2026-10-05T19:04", "2026-10-06T09:00", False, ("2 h 4 min after the time that it states",)),
        ("2026-10-07T17:00", "2026-10-05T17:00", "2026-10-06T09:00", False, ("clock is fast",)),
        ("2026-10-05T17:00", "2026-10-05T16:59", "2026-10-06T09:00", True, ("The LMS received it late",)),
        ("2026-10-05T19:00", "2026-10-05T16:59", "2026-10-06T09:00", True, ()),
        ("2026-10-05T17:00", None, "2026-10-05T17:00", False, ()),
    ],
)
def test_a_skewed_clock_is_named(sent: str, taken: str | None, graded: str, lms: bool, words: tuple[str, ...]) -> None:
    doubts = late.doubts(at(sent), at(taken) if taken else None, at(graded), DUE, lms)
    assert len(doubts) == len(words) and all(part in doubt for part, doubt in zip(words, doubts, strict=True))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-10-05T17:00:00", "9" * 5000])
def test_a_time_that_is_none_is_no_error(text: str) -> None:
    assert late.moment(text) is None and late.moment("2026-10-05T17:00:00.123456789Z") is not None


@pytest.mark.parametrize(
    "seconds, words",
    [(0, "less than a second"), (59, "59 s"), (60, "1 min"), (3661, "1 h 1 min"), (86400, "1 day"), (200000, "2 days 7 h")],
)
def test_lengths_of_time_are_words(seconds: int, words: str) -> None:
    assert late.span(timedelta(seconds=seconds)) == words


LAB = ClassLab("01-flask", Decimal(2), due=DUE)
OTHER = ClassLab("02-layers", Decimal(1))
ABOUT = Class("c", "C", "1", "Europe/Vienna", (LAB, OTHER), CLOSES)
MAXIMA = {"01-flask": 10, "02-layers": 10}


def graded(
    id: int, sent: str, earned: int = 10, *, unchecked: int = 0, lab: str = "01-flask", reason: str = "", learner: str = "ada"
) -> Grade:
    passed = Criterion("a", "A", Outcome.PASSED, earned, earned)
    missed = Criterion("b", "B", Outcome.NOT_YET, 10 - earned - unchecked, 0)
    unknown = Criterion("c", "C", Outcome.COULD_NOT_CHECK, unchecked, 0, reason="the engine did not answer")
    criteria = () if reason else tuple(item for item in (passed, missed, unknown) if item.points)
    outcome = GradeOutcome.NOT_GRADED if reason else GradeOutcome.GRADED
    return Grade(id, learner, lab, at("2026-12-01T00:00"), at(sent), "1", "f", "0" * 64, outcome, reason, criteria)


def mark_of(*grades: Grade, about: Class = ABOUT, change: ManualChange | None = None) -> marks.Mark:
    return marks.mark(about, "ada", "01-flask", 10, grades, change)


def test_a_mark_in_time_is_what_the_checks_gave() -> None:
    mark = mark_of(graded(1, "2026-10-05T12:00", 7))
    assert (mark.state, mark.automatic, mark.points, mark.percent, mark.reasons) == (MarkState.COMPLETE, 7, 7, 70, ())


def test_late_points_are_rounded_to_two_places() -> None:
    about = Class("c", "C", "1", "UTC", (LAB,), LatePolicy(per_day=Decimal("33.333")))
    mark = mark_of(graded(1, "2026-10-06T12:00", 7), about=about)
    assert (mark.automatic, mark.points, mark.percent) == (7, Decimal("4.67"), Decimal("46.70"))


def test_moving_the_deadline_changes_the_marks_without_grading() -> None:
    grade = graded(1, "2026-10-06T12:00", 10)
    moved = Class("c", "C", "1", "Europe/Vienna", (ClassLab("01-flask", due=at("2026-10-07T00:00")),), CLOSES)
    assert (mark_of(grade).points, mark_of(grade, about=moved).points) == (9, 10)


@pytest.mark.parametrize(
    "key, points", [(("ada", "01-flask"), 10), (("ada", "*"), 10), (("bob", "*"), 9), (("ada", "02-layers"), 9)]
)
def test_an_extension_is_for_one_learner(key: tuple[str, str], points: int) -> None:
    about = Class("c", "C", "1", "Europe/Vienna", (LAB, OTHER), CLOSES, extensions={key: at("2026-10-08T00:00")})
    assert mark_of(graded(1, "2026-10-06T12:00"), about=about).points == points


def test_an_extension_for_a_lab_goes_before_one_for_all() -> None:
    both = {("ada", "*"): at("2026-10-20T00:00"), ("ada", "01-flask"): at("2026-10-06T00:00")}
    about = Class("c", "C", "1", "Europe/Vienna", (LAB, OTHER), CLOSES, extensions=both)
    assert mark_of(graded(1, "2026-10-06T12:00"), about=about).points == 9


def test_the_newest_submission_counts_in_whatever_order_they_were_graded() -> None:
    early, later = graded(2, "2026-10-05T12:00", 10), graded(1, "2026-10-05T13:00", 4)
    assert mark_of(early, later).points == mark_of(later, early).points == 4


def test_a_regrade_of_an_older_submission_does_not_replace_a_newer_one() -> None:
    assert (
        mark_of(graded(1, "2026-10-05T12:00", 3), graded(2, "2026-10-05T13:00", 8), graded(3, "2026-10-05T12:00", 5)).points == 8
    )


def test_a_newer_submission_that_cannot_be_graded_costs_nothing() -> None:
    mark = mark_of(graded(1, "2026-10-05T12:00", 9), graded(2, "2026-10-05T13:00", reason="It is truncated."))
    assert (mark.points, mark.percent) == (9, 90) and mark.reasons == (
        "A newer submission could not be graded: It is truncated.",
    )


def test_work_after_the_closing_time_does_not_replace_what_came_in_time() -> None:
    mark = mark_of(graded(1, "2026-10-05T12:00", 6), graded(2, "2026-10-30T12:00", 10))
    assert mark.points == 6 and "does not count" in mark.reasons[0]


def test_only_work_after_the_closing_time_counts_nothing_and_says_why() -> None:
    mark = mark_of(graded(1, "2026-10-30T12:00", 10))
    assert (mark.state, mark.automatic, mark.points) == (MarkState.COMPLETE, 10, 0) and "accepted until 7 days" in mark.reasons[0]


def test_what_cannot_be_graded_is_neither_zero_nor_pass() -> None:
    mark = mark_of(graded(1, "2026-10-05T12:00", reason="It is truncated."))
    assert (mark.state, mark.automatic, mark.points, mark.percent) == (MarkState.NOT_GRADED, None, None, None)


def test_points_that_could_not_be_checked_leave_the_mark_open() -> None:
    mark = mark_of(graded(1, "2026-10-05T12:00", 6, unchecked=4))
    assert (mark.state, mark.points, mark.unchecked, mark.percent) == (MarkState.INCOMPLETE, 6, 4, None)
    assert mark.reasons == ("4 of 10 points could not be checked; they are neither earned nor lost.",)


def test_a_fast_clock_does_not_make_work_later_than_its_grading() -> None:
    assert marks.submitted(graded(1, "2030-01-01T00:00")) == at("2026-12-01T00:00")


def change(id: int, points: str | None) -> ManualChange:
    return ManualChange(
        id,
        "ada",
        "01-flask",
        None if points is None else Decimal(points),
        "The registry was down.",
        "kim",
        at("2026-11-01T09:00"),
    )


def test_a_manual_change_counts_and_the_automatic_points_stay_visible() -> None:
    mark = mark_of(graded(1, "2026-10-06T12:00", 6), change=change(1, "8.5"))
    assert (mark.automatic, mark.points, mark.percent) == (6, Decimal("8.50"), 85)
    assert mark.reasons[-1] == "kim set the points to 8.5 on 2026-11-01: The registry was down."


@pytest.mark.parametrize(
    "grades", [(), (graded(1, "2026-10-05T12:00", reason="It is truncated."),), (graded(1, "2026-10-05T12:00", 3, unchecked=7),)]
)
def test_a_manual_change_decides_what_nothing_else_could(grades: tuple[Grade, ...]) -> None:
    mark = mark_of(*grades, change=change(1, "10"))
    assert (mark.state, mark.percent) == (MarkState.COMPLETE, 100)


def test_the_last_manual_change_counts_also_one_that_takes_back() -> None:
    grades = [graded(1, "2026-10-05T12:00", 6)]
    changes = [change(1, "9"), change(3, None), change(2, "8")]
    assert [marks.marks(ABOUT, ["ada"], MAXIMA, grades, changes[:n])[0].points for n in (1, 2, 3)] == [9, 6, 6]


def test_totals_weigh_the_labs_and_wait_for_open_marks() -> None:
    grades = [graded(1, "2026-10-05T12:00", 10), graded(2, "2026-10-05T12:00", 4, lab="02-layers")]
    missing = [graded(3, "2026-10-05T12:00", 10, learner="bob")]
    open = [graded(4, "2026-10-05T12:00", 5, unchecked=5, learner="eve")]
    found = marks.marks(ABOUT, ["ada", "bob", "eve", "joe"], MAXIMA, [*grades, *missing, *open], [])
    totals = {total.learner: (total.percent, total.open) for total in marks.totals(ABOUT, found)}
    assert totals == {"ada": (80, ()), "bob": (Decimal("66.67"), ()), "eve": (None, ("01-flask",)), "joe": (0, ())}
    assert [mark.lab for mark in found[:2]] == ["01-flask", "02-layers"] and found[-1].state is MarkState.MISSING
