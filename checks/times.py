"""Times in the format of the Docker and Kubernetes APIs: ISO 8601, with "Z" or an offset."""

from datetime import datetime


def seconds(since: str | None, until: str) -> float:
    """Return the seconds between two times; 0 where the first is missing."""
    if not since:
        return 0.0
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()
