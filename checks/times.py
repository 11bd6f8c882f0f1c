"""Times as the APIs of the engine and of the cluster write them: ISO 8601, with "Z" or an offset."""

from datetime import datetime


def seconds(since: str | None, until: str) -> float:
    """Seconds between two times as the API writes them; 0 where the first is not there."""
    if not since:
        return 0.0
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()
