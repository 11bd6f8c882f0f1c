"""Times of a class: what a TOML file writes, as an instant in the class's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EXAMPLE = "2026-10-12T23:59:00"
YEARS = range(2000, 2200)


def zone(name: str) -> ZoneInfo:
    """Return the time zone with an IANA name such as "Europe/Vienna". Raise ValueError for any other name."""
    try:
        if name.startswith(("/", ".")) or ".." in name:
            raise ValueError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"“{name[:80]}” is not the IANA name of a time zone, such as Europe/Vienna or UTC") from error


def instant(value: object, where: ZoneInfo, *, end_of_day: bool) -> datetime:
    """Return a time as an aware datetime in the class's zone.

    A date means its first second, or its last with `end_of_day`. A time without an offset is local. Raise ValueError for
    anything else, and for a local time that does not exist or occurs twice because the clocks change.
    """
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time(23, 59, 59) if end_of_day else time())
    else:
        raise ValueError(f"it is not a time, such as {EXAMPLE} (without quotation marks)")
    if moment.year not in YEARS:
        raise ValueError(f"the year {moment.year} is out of range")
    if moment.tzinfo is not None:
        return moment.astimezone(where)
    return _local(moment, where)


def _local(moment: datetime, where: ZoneInfo) -> datetime:
    first, second = (moment.replace(tzinfo=where, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(where).replace(tzinfo=None) != moment:
        raise ValueError(f"{moment} does not exist in {where.key}: the clocks go forward then")
    offsets = " or ".join(f"{moment.isoformat()}{_offset(each)}" for each in (first, second))
    raise ValueError(f"{moment} occurs twice in {where.key}: the clocks go back then. Write {offsets}")


def _offset(moment: datetime) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
