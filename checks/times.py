"""Times in the format of the Docker and Kubernetes APIs: ISO 8601, with "Z" or an offset."""

from datetime import UTC, datetime


def seconds(since: str | None, until: str) -> float:
    """Return the seconds between two times; 0 where the first is missing."""
    if not since:
        return 0.0
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()


def utc(time: str) -> str:
    """Return a time in UTC, as the APIs write it: texts of one precision are then in the order of the times. "" stays "".

    Raises ValueError where the text is not a time.
    """
    if not time:
        return ""
    precision = "microseconds" if "." in time else "seconds"
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")
