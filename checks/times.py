"""Times in the format of the Docker and Kubernetes APIs: ISO 8601, with "Z" or an offset."""

from datetime import UTC, datetime

# How far the clocks of a cluster's machines may be apart, in seconds.
SKEW = 30.0


def seconds(since: str | None, until: str) -> float:
    """Return the seconds between two times; 0 where the first is missing."""
    if not since:
        return 0.0
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def ago(time: str | None, now: str) -> float:
    """Return the seconds that have passed since a time by the clock that says `now`; 0 where there is no such time.

    What lies well ahead of the clock was noted before the clock was set back: its age is not known, but it is not new.
    """
    elapsed = seconds(time, now)
    return elapsed if elapsed > -SKEW else -elapsed


def utc(time: str) -> str:
    """Return a time in UTC, as the APIs write it: texts of one precision are then in the order of the times. "" stays "".

    Raises ValueError where the text is not a time.
    """
    if not time:
        return ""
    precision = "microseconds" if "." in time else "seconds"
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
