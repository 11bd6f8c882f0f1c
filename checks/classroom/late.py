"""The late policy: how late a submission is, and what remains of its points. Pure.

Times are aware. Days of lateness count from the end of the grace period. A day ends at the same time of day by the clocks of
the class, so a day on which the clocks change has 23 or 25 hours, as learners read the deadline.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from checks.classroom.class_file import LatePolicy

ALL = Decimal(100)
NONE = Decimal(0)
# Clocks of machines differ by this much without anyone having set them.
TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Lateness:
    """How late a submission is. `keeps` is the percentage of its points that counts; `reasons` are sentences."""

    late_by: timedelta = timedelta(0)
    days: int = 0
    keeps: Decimal = ALL
    accepted: bool = True
    reasons: tuple[str, ...] = ()


def judge(submitted: datetime, due: datetime | None, zone: ZoneInfo, policy: LatePolicy) -> Lateness:
    """Return how late a submission is. Without a due time, nothing is late.

    With a grace period of ten minutes and 18:00 as the due time, all points count at 18:10, and one day is late at 18:11.
    """
    if due is None:
        return Lateness()
    # In UTC, since times of one zone compare as clocks show them, which is wrong in the hour that comes twice.
    late_by = submitted.astimezone(UTC) - due.astimezone(UTC)
    if late_by <= timedelta(0):
        return Lateness()
    days = days_late(submitted, due.astimezone(UTC) + policy.grace, zone)
    if policy.closes is not None and late_by > max(policy.closes, policy.grace):
        reason = f"It came {span(late_by)} after the due time; work is accepted until {span(policy.closes)} after it."
        return Lateness(late_by, days, NONE, accepted=False, reasons=(reason,))
    if not days:
        return Lateness(late_by, reasons=(f"It came {span(late_by)} after the due time, within the grace period.",))
    keeps = min(ALL, max(ALL - days * policy.per_day, policy.cap or NONE, NONE))
    reason = f"It came {span(late_by)} after the due time: {_percent(keeps)} of its points count."
    return Lateness(late_by, days, keeps, reasons=(reason,))


def days_late(submitted: datetime, limit: datetime, zone: ZoneInfo) -> int:
    """Return the number of days that have begun since `limit`, by the clocks of `zone`; 0 for work that came until then."""
    sent, local = submitted.astimezone(UTC), limit.astimezone(zone)
    if sent <= local.astimezone(UTC):
        return 0
    days = max(1, (sent.astimezone(zone).date() - local.date()).days - 1)
    # Adding days to a local time keeps the time of day; the comparison is in UTC.
    while sent > (local + timedelta(days=days)).astimezone(UTC):
        days += 1
    return days


def doubts(
    sent: datetime, taken: datetime | None, graded_at: datetime, due: datetime | None, late_by_lms: bool
) -> tuple[str, ...]:
    """Return what speaks against the time that a submission states, as sentences for the instructor.

    `sent` is by the learner's clock, `taken` by the clock of the engine or cluster, and `graded_at` by the instructor's.
    Nothing of it changes a mark: a person decides.
    """
    sentences = []
    if sent > graded_at + TOLERANCE:
        sentences.append(f"It states a time that is {span(sent - graded_at)} after it was graded: the learner's clock is fast.")
    if taken is not None and taken > sent + TOLERANCE:
        sentences.append(f"Its snapshot was taken {span(taken - sent)} after the time that it states.")
    if late_by_lms and due is not None and sent <= due:
        sentences.append("The LMS received it late, but it states a time before the due time.")
    return tuple(sentences)


def moment(text: str) -> datetime | None:
    """Return the time that a snapshot states, in ISO 8601 with an offset; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def counted_time(sent: datetime, graded_at: datetime) -> datetime:
    """Return the time that counts: what was graded had been sent by then, however fast the learner's clock is."""
    return min(sent.astimezone(UTC), graded_at.astimezone(UTC))


def span(length: timedelta) -> str:
    """Return a length of time in words, by its two largest units: `1 day 2 h`, `5 min`, `12 s`."""
    seconds = max(0, int(length.total_seconds()))
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    units = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    named = [f"{number} {unit}" for number, unit in units if number]
    return " ".join(named[:2]) or "less than a second"


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f} %"
