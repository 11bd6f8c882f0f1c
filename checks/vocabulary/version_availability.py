"""A visitor's log of requests while one version of a Deployment replaced another.

Each line of the log is one request: when (ISO 8601, UTC), its status ("000": no answer), and for a good answer the version
of the server that gave it. All functions are pure over a Snapshot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.availability import gap
from checks.vocabulary.containers import Findings
from checks.vocabulary.workloads import refusals

OK = "200"
# The API counts whole seconds, and the visitor's clock is that of its node.
CLOCKS = timedelta(seconds=2)
# After this many good answers of the new version in a row, the old one no longer answers.
SETTLED = 25
# A pause between two requests that is longer than this, in seconds, leaves a gap in the log.
ASLEEP = 10.0
# So many good answers tell which version answered at a moment: as many as the visitor gets while clocks may differ.
RECENT = 10
# How long before the first answer of the new version its rollout may have begun.
LEAD = timedelta(seconds=20)


@dataclass(frozen=True)
class Visit:
    """One request. Unless the status is 200, `version` is empty and `said` tells what happened."""

    at: datetime
    status: str
    version: str = ""
    said: str = ""

    @property
    def good(self) -> bool:
        """Whether the request got a good answer."""
        return self.status == OK


Log = tuple[Visit, ...]


@dataclass(frozen=True)
class Passage:
    """What a log shows of an update. `missed` says why it does not cover the update; empty if it does."""

    missed: str
    visits: Log = ()
    waiting: bool = False

    @property
    def failed(self) -> Log:
        """The requests without a good answer."""
        return tuple(request for request in self.visits if not request.good)


def visits(snapshot: Snapshot, probe_id: str) -> Log:
    """Return the requests in a Pod's log (a `pod_logs` probe), without the lines that are none.

    Each line has the time (ISO 8601, UTC), the status ("000": no answer), and the version or the error.

    Example:
        visits = version_availability.visits(snapshot, "visitor")
    """
    log = []
    for line in snapshot.probe(probe_id).get("text", "").splitlines():
        at, _, rest = line.partition(" ")
        status, _, answer = rest.partition(" ")
        try:
            time = datetime.fromisoformat(at)
        except ValueError:
            continue
        if time.tzinfo and len(status) == 3 and status.isdigit():
            log.append(Visit(time, status, answer if status == OK else "", "" if status == OK else answer))
    return tuple(log)


def starts(snapshot: Snapshot, item: Json) -> list[datetime]:
    """Return the times at which a rollout to this ReplicaSet can have begun, the latest first.

    These are the creation of its oldest Pod and its own creation: a rollback creates new Pods for an old ReplicaSet, and a
    ReplicaSet that has lost a Pod is older than all its Pods.

    Example:
        version_availability.starts(snapshot, new)
        # [datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)]
    """
    made = [pod["metadata"].get("creationTimestamp") for pod in snapshot.pods(owner=item)[:1]]
    made.append(item["metadata"].get("creationTimestamp"))
    return sorted({datetime.fromisoformat(time) for time in made if time}, reverse=True)


def takeovers(log: Log, before: str, after: str) -> Iterator[datetime]:
    """Yield when a rollout began as the log itself shows it: LEAD before the first answer of `after`, or with the log.

    Objects do not tell the time of a rollout to an old ReplicaSet whose Pods have been replaced since. Before that first
    answer, the version `before` has to have answered alone for a while.

    Example:
        begun = list(version_availability.takeovers(log, "1", "2"))
    """
    settled = 0
    for request in (request for request in log if request.good):
        if _is(request, after) and settled >= SETTLED:
            yield max(request.at - LEAD, log[0].at)
        settled = settled + 1 if _is(request, before) else 0


def passage(log: Log, begun: datetime, before: str, after: str, now: datetime) -> Passage:
    """Return what the log saw of a rollout from version `before` to `after` that began at this time.

    Failed requests before the first good answer do not count: the visitor may start before the Service has endpoints.

    Example:
        passage = version_availability.passage(visits, begun, "1", "2", now)
    """
    log = log[next((place for place, request in enumerate(log) if request.good), 0) :]
    when = f"{begun:%H:%M:%S}"
    if log[0].at > begun + CLOCKS:
        return Passage(f"The update began at {when}, and the first request was sent at {log[0].at:%H:%M:%S}.")
    if log[-1].at < begun - CLOCKS:
        return Passage(f"The update began at {when}, and the last request was sent at {log[-1].at:%H:%M:%S}.")
    answered = [request for request in log if request.good and request.at <= begun + CLOCKS]
    if not any(_is(request, before) for request in answered):
        return Passage(f"Before the update began, at {when}, {before} had not answered a single request.")
    if not any(_is(request, before) for request in answered[-RECENT:]):
        return Passage(f"When the update began, at {when}, {before} no longer answered.")
    later = tuple(request for request in log if request.at >= begun)
    end = _settled(later, after)
    if end is None:
        fresh = (now - log[-1].at).total_seconds() < ASLEEP
        return Passage(f"The log does not show yet that only {after} answers.", later, waiting=fresh)
    during = later[:end]
    if any((second.at - first.at).total_seconds() > ASLEEP for first, second in pairwise(during)):
        return Passage("During the update, no request was sent for a while.", during)
    return Passage("", during)


def _is(visit: Visit, version: str) -> bool:
    return f"{visit.version}.".startswith(f"{version}.")


def _settled(log: Log, version: str) -> int | None:
    """Return where the first run of good answers from this version alone begins that is long enough; None: nowhere."""
    run = 0
    for place, request in enumerate(log):
        # A failure of one request long after is none of the rollout's, but it must not begin a run either.
        run = run + 1 if request.good and _is(request, version) else 0
        if run == SETTLED:
            return place
    return None


def unnoticed(
    snapshot: Snapshot, probe_id: str, sets: Sequence[Json], before: str, after: str, deployment: Json, hint: str
) -> Findings:
    """Yield a finding unless a visitor's log covers a rollout from version `before` to `after`, without a failed request.

    `sets` are the Deployment's ReplicaSets of version `after`. One rollout that was covered is enough.

    Example:
        yield from version_availability.unnoticed(snapshot, "visitor", sets, "1", "2", web, "Add a readiness probe.")
        # The Deployment was not visited: there is no log of requests.
    """
    where, log = f"pod/{snapshot.probe(probe_id).get('pod') or 'visitor'}", visits(snapshot, probe_id)
    if not log:
        error = snapshot.probe(probe_id).get("error") or "no request"
        message = "The Deployment was not visited: there is no log of requests."
        yield Finding(message, where, "the log", "one line for each request", error, hint=hint)
        return
    now = datetime.fromisoformat(snapshot.taken)
    known = sorted({begun for replica_set in sets for begun in starts(snapshot, replica_set)}, reverse=True)
    begins = [*known, *reversed(list(takeovers(log, before, after)))]
    passages = [passage(log, begun, before, after, now) for begun in begins]
    covered = [one for one in passages if not one.missed]
    if not covered:
        waiting = next((one for one in passages if one.waiting), None)
        yield _not_seen(where, log, before, after, waiting or passages[0], hint)
    elif all(one.failed for one in covered):
        failed = covered[0].failed
        observed = f"{len(failed)} of {len(covered[0].visits)} failed: {failed[0].said or failed[0].status}"
        gone = f"for {gap(covered[0].visits):.1f} s, no request was answered"
        message = f"While {after} took over from {before}, requests failed: {gone}."
        yield Finding(message, where, "the log", "no failed request", observed, "\n".join(refusals(deployment)), hint)


def _not_seen(where: str, log: Log, before: str, after: str, passage: Passage, hint: str) -> Finding:
    message = f"The visitor's log does not show how {after} took over from {before}."
    expected = f"answers of {before}, then of {after} alone, while the Pods were replaced"
    versions = list(dict.fromkeys(request.version for request in log if request.good)) or ["no answer"]
    observed = f"{log[0].at:%H:%M:%S} to {log[-1].at:%H:%M:%S}: {', then '.join(versions[:4])}"
    return Finding(message, where, "the log", expected, observed, passage.missed, hint, waiting=passage.waiting)
