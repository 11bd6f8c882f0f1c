"""A visitor's log of requests during a Deployment's last rollout.

The visitor is a Pod that writes a line for each of its requests: the time (ISO 8601), "ok" or "failed", and what was
answered. Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago, seconds, utc
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import condition, name_of, subject
from checks.vocabulary.pods import restarts
from checks.vocabulary.workloads import current_set, refusals, was_taken_up_again

LINE = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)) (ok|failed)(?: (.*))?$", re.M)
# The longest pause between two requests, in seconds, that leaves no gap in the log: more than a visitor waits for an answer.
GAP = 12.0
# How long after the end of a rollout, in seconds, requests may still reach the last of the old Pods.
AFTERMATH = 3.0
# How long after the end of a rollout, in seconds, the visitor's log may still grow past it.
FRESH = 15.0


@dataclass(frozen=True)
class Request:
    """One request: when (in UTC), whether it was answered, and what was said."""

    at: str
    ok: bool
    said: str


def requests(text: str) -> list[Request]:
    r"""Return the requests in a visitor's log, in their order.

    Each line has the time (ISO 8601), "ok" or "failed", and what was answered.

    Example:
        [request.said for request in rollout_availability.requests("2026-01-01T12:00:00Z ok 2\n")]
        # ['2']
    """
    return [Request(utc(at), word == "ok", answer or "") for at, word, answer in LINE.findall(text)]


def rollout(snapshot: Snapshot, deployment: Json) -> tuple[str, str]:
    """Return when the last rollout of a Deployment began and ended (ISO 8601); ("", "") if none has completed.

    Example:
        begin, end = rollout_availability.rollout(snapshot, backend)
    """
    current, progress = current_set(snapshot, deployment), condition(deployment, "Progressing")
    if current is None or progress.get("reason") != "NewReplicaSetAvailable":
        return "", ""
    end = utc(progress.get("lastUpdateTime", ""))
    return _begin(snapshot, deployment, current, end), end


def _begin(snapshot: Snapshot, deployment: Json, current: Json, end: str) -> str:
    """Return when the rollout to a ReplicaSet began: at its creation, or when the template went back to it.

    That is when a client changed the Deployment last before its end; where that client changed it again since, its time is
    that of the first Pod.
    """
    made = _made(current)
    if not was_taken_up_again(current):
        return made
    managers = deployment["metadata"].get("managedFields") or ()
    changes = [utc(entry.get("time", "")) for entry in managers if not entry.get("subresource")]
    pods = [_made(pod) for pod in snapshot.pods(owner=current)]
    return max([made, *(time for time in changes if time <= end), *(time for time in pods[:1] if time <= end)])


def _made(item: Json) -> str:
    """When an object was created, in UTC."""
    return utc(item["metadata"].get("creationTimestamp", ""))


def unnoticed(snapshot: Snapshot, probe_id: str, deployment: Json, hint: str) -> Findings:
    """Yield a finding unless a visitor's log covers the Deployment's last rollout, without a failed request.

    Example:
        yield from rollout_availability.unnoticed(snapshot, "visitor", backend, "Set maxUnavailable to 0.")
        # 3 of 140 requests failed while backend was updated.
    """
    probe, (begin, end) = snapshot.probe(probe_id), rollout(snapshot, deployment)
    where, name = f"pod/{probe['pod']}", name_of(deployment)
    if not probe["ok"]:
        message = f"There is no visitor's log that covers the update of {name}: {probe['error']}."
        yield Finding(message, where, "the log", "a request several times a second", probe["error"], "", hint)
        return
    log = requests(probe["text"])
    if fault := _absent(log, begin, end):
        young = ago(end, snapshot.taken) < FRESH and bool(log) and log[0].at <= begin
        observed = f"{len(log)} requests, from {log[0].at} to {log[-1].at}" if log else "no request"
        expected = f"requests from before {begin} until after {end}"
        yield Finding(f"The visitor {fault}.", where, "the log", expected, observed, "", hint, waiting=young)
        return
    failed = [request for request in log if not request.ok and _within(request, begin, end)]
    if failed:
        during = sum(_within(request, begin, end) for request in log)
        message = f"{len(failed)} of {during} requests failed while {name} was updated."
        lines = [f"{request.at} {request.said}".strip() for request in failed[:5]]
        why = "\n".join(refusals(deployment))
        yield Finding(message, where, f"the log from {begin} to {end}", "no failed request", lines, why, hint)


def _within(request: Request, begin: str, end: str) -> bool:
    return request.at >= begin and seconds(end, request.at) <= AFTERMATH


def _absent(log: list[Request], begin: str, end: str) -> str:
    """Return why the log says nothing about the time of the rollout, as the end of a sentence; empty where it does."""
    if not log:
        return "has made no request yet"
    if log[0].at > begin:
        return f"was not running yet when the update began, at {begin}"
    if seconds(end, log[-1].at) < AFTERMATH:
        return f"has made no request since the update ended, at {end}"
    during = [request for request in log if request.at >= begin or seconds(request.at, begin) <= GAP]
    pauses = [(one.at, other.at) for one, other in zip(during, during[1:], strict=False) if one.at <= end]
    if long := [pause for pause in pauses if seconds(*pause) > GAP]:
        return f"paused from {long[0][0]} to {long[0][1]}, during the update"
    return ""


def replaced(snapshot: Snapshot, deployment: Json, hint: str) -> Findings:
    """Yield a finding unless a Pod of the Deployment was created after its last rollout, in place of one that is gone.

    Example:
        yield from rollout_availability.replaced(snapshot, backend, "`kubectl delete pod NAME` deletes one.")
        # All Pods of backend are from its last update: none has been replaced yet.
    """
    current, (_, end) = current_set(snapshot, deployment), rollout(snapshot, deployment)
    pods = snapshot.pods(owner=current) if current else []
    if end and any(_made(pod) > end for pod in pods):
        return
    restarted = [name_of(pod) for pod in pods if restarts(pod)]
    why = f"A container of {restarted[0]} was restarted: that is a new container in the same Pod." if restarted else ""
    observed = [f"{name_of(pod)}, created {_made(pod)}" for pod in pods]
    message = f"All Pods of {name_of(deployment)} are from its last update: none has been replaced yet."
    yield Finding(message, subject(deployment), "its Pods", f"a Pod created after {end or 'an update'}", observed, why, hint)
