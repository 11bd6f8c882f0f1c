"""The log of a stream of requests that was recorded during a change.

Each line is one request: when (ISO 8601), its status (0: no answer), its seconds, and for a good answer the version, the
machine and the container that gave it. All functions are pure over a Snapshot.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings

OK = 200
# By how much the clocks of the engine and of the machine that asks may differ.
CLOCKS = timedelta(seconds=2)


class Request(NamedTuple):
    """One request. The version, machine and container are empty unless the status is 200."""

    at: datetime
    status: int
    seconds: float
    version: str = ""
    machine: str = ""
    container: str = ""

    @property
    def good(self) -> bool:
        """Whether the request got a good answer."""
        return self.status == OK


Log = tuple[Request, ...]


def requests(snapshot: Snapshot, probe_id: str) -> Log:
    """Return the requests in a log file (a `file` probe), without the lines that are none.

    Each line has the time (ISO 8601), the status (0: no answer), the seconds, and for a good answer the version, the
    machine and the container that gave it.

    Example:
        log = availability.requests(snapshot, "update-log")
    """
    log = []
    for line in snapshot.probe(probe_id)["text"].splitlines():
        try:
            at, status, seconds, *who = line.split()
            log.append(Request(datetime.fromisoformat(at), int(status), float(seconds), *who))
        except (ValueError, TypeError):
            continue
    return tuple(request for request in log if request.at.tzinfo and (request.container or not request.good))


def recorded(snapshot: Snapshot, probe_id: str, hint: str) -> Findings:
    """Yield a finding unless the log exists and contains requests of which some were answered.

    Example:
        yield from availability.recorded(snapshot, "update-log", "Run the recorder during the update.")
        # There is no update.log in the lab's folder yet.
    """
    file, log = snapshot.probe(probe_id), requests(snapshot, probe_id)
    name = file["path"]
    if not file["ok"]:
        message = f"There is no {name} in the lab's folder yet."
        yield Finding(message, f"file/{name}", "", "a log of requests", file["error"], hint=hint)
    elif not any(request.good for request in log):
        message = f"{name} contains no answered request." if log else f"{name} is not a log of requests."
        yield Finding(message, f"file/{name}", "status", OK, _statuses(log) or file["text"][:300], hint=hint)


def _statuses(log: Log) -> dict[str, int]:
    """Return how many requests ended with each status."""
    return dict(Counter(str(request.status) for request in log))


def versions(snapshot: Snapshot, probe_id: str, before: str, after: str, hint: str) -> Findings:
    """Yield a finding unless the first good answer in the log came from version `before`, and the last one from `after`.

    Example:
        yield from availability.versions(snapshot, "update-log", "1", "2", "Start the recorder before the update.")
        # update.log does not show the update from version 1 to version 2.
    """
    good = [request.version for request in requests(snapshot, probe_id) if request.good]
    expected, observed = f"{before} → {after}", f"{good[0]} → {good[-1]}"
    if observed != expected:
        name = snapshot.probe(probe_id)["path"]
        message = f"{name} does not show the update from version {before} to version {after}."
        yield Finding(message, f"file/{name}", "version of the first and the last answer", expected, observed, hint=hint)


class Answered(Protocol):
    """A request of any log: when, and whether it got a good answer."""

    @property
    def at(self) -> datetime: ...

    @property
    def good(self) -> bool: ...


def gap(log: Sequence[Answered]) -> float:
    """Return the longest time without a good answer, in seconds: from a failed request to the next good one.

    Example:
        availability.gap(log)
        # 1.5
    """
    longest, since = 0.0, None
    for request in log:
        if not request.good:
            since = since or request.at
        elif since:
            longest, since = max(longest, (request.at - since).total_seconds()), None
    return max(longest, (log[-1].at - since).total_seconds() if since else 0.0)


def none_failed(snapshot: Snapshot, probe_id: str, hint: str) -> Findings:
    """Yield a finding unless every request in the log got a good answer.

    Example:
        yield from availability.none_failed(snapshot, "update-log", "Start the new container before you stop the old one.")
        # 4 of 120 requests failed: for 1.2 s, no request was answered.
    """
    log = requests(snapshot, probe_id)
    failed = [request for request in log if not request.good]
    if failed:
        name = snapshot.probe(probe_id)["path"]
        message = f"{len(failed)} of {len(log)} requests failed: for {gap(log):.1f} s, no request was answered."
        last = max(
            (request for request in log if request.good and request.at < failed[0].at),
            key=lambda request: request.at,
            default=None,
        )
        why = f"The last answer before that came from {last.machine}, version {last.version}." if last else ""
        yield Finding(message, f"file/{name}", "requests that failed", 0, len(failed), why, hint)


def answered_by(log: Log, container: Json) -> Log:
    """Return the requests that this container answered. (A container's host name is the beginning of its ID.)

    Example:
        answered = availability.answered_by(log, web)
    """
    return tuple(request for request in log if request.good and container["Id"].startswith(request.container))


def within(log: Log, moment: str) -> bool:
    """Tell whether a time of the engine (ISO 8601) is within the log.

    Example:
        availability.within(log, web["State"]["StartedAt"])
        # True
    """
    return log[0].at - CLOCKS <= datetime.fromisoformat(moment) <= log[-1].at + CLOCKS


def after(log: Log, moment: str) -> bool:
    """Tell whether a time of the engine (ISO 8601) is later than the end of the log.

    Example:
        availability.after(log, web["State"]["StartedAt"])
        # False
    """
    return datetime.fromisoformat(moment) > log[-1].at
