"""The vocabulary of a visitor: what somebody saw who asked again and again, held against what the cluster did meanwhile.

The visitor is a Pod that writes a line for each of its requests: the time (ISO 8601, UTC), "ok" or "failed", and a word
more. Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from dataclasses import dataclass

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import condition, name_of, seconds, subject
from checks.vocabulary.pods import restarts
from checks.vocabulary.workloads import current_set, refusals

LINE = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (ok|failed)(?: (.*))?$", re.M)
# The longest time between two requests for which somebody still counts as watching, in seconds.
GAP = 6.0
# How long after the end of a rollout the last of the old Pods may still be asked by those who have not heard of it.
AFTERMATH = 3.0
# How long after its end the visitor may still be about to say how it was.
FRESH = 15.0


@dataclass(frozen=True)
class Request:
    """One request: when, whether it was answered, and what was said."""

    at: str
    ok: bool
    said: str


def requests(text: str) -> list[Request]:
    """The requests in a visitor's log, in their order."""
    return [Request(at, word == "ok", said or "") for at, word, said in LINE.findall(text)]


def rollout(snapshot: Snapshot, deployment: Json) -> tuple[str, str]:
    """When the last rollout of a Deployment began and ended; ("", "") for none that has come to its end."""
    current, progress = current_set(snapshot, deployment), condition(deployment, "Progressing")
    if current is None or progress.get("reason") != "NewReplicaSetAvailable":
        return "", ""
    return current["metadata"].get("creationTimestamp", ""), progress.get("lastUpdateTime", "")


def unnoticed(snapshot: Snapshot, probe_id: str, deployment: Json, hint: str) -> Findings:
    """The visitor's log covers the last rollout of the Deployment from before to after, without a failed request."""
    probe, (begin, end) = snapshot.probe(probe_id), rollout(snapshot, deployment)
    where, name = f"pod/{probe['pod']}", name_of(deployment)
    if not probe["ok"]:
        message = f"There is no visitor whose log could tell how the update of {name} was: {probe['error']}."
        yield Finding(message, where, "the log", "a request several times a second", probe["error"], "", hint)
        return
    seen = requests(probe["text"])
    if fault := _absent(seen, begin, end):
        young = seconds(end, snapshot.taken) < FRESH and bool(seen) and seen[0].at <= begin
        observed = f"{len(seen)} requests, from {seen[0].at} to {seen[-1].at}" if seen else "no request"
        expected = f"requests from before {begin} until after {end}"
        yield Finding(f"The visitor {fault}.", where, "the log", expected, observed, "", hint, waiting=young)
        return
    failed = [each for each in seen if not each.ok and _within(each, begin, end)]
    if failed:
        during = sum(_within(each, begin, end) for each in seen)
        message = f"{len(failed)} of {during} requests failed while {name} was updated."
        lines = [f"{each.at} {each.said}".strip() for each in failed[:5]]
        why = "\n".join(refusals(deployment))
        yield Finding(message, where, f"the log from {begin} to {end}", "no failed request", lines, why, hint)


def _within(request: Request, begin: str, end: str) -> bool:
    return request.at >= begin and seconds(end, request.at) <= AFTERMATH


def _absent(seen: list[Request], begin: str, end: str) -> str:
    """Why the log says nothing about the time of the rollout, as the end of a sentence; empty where it does."""
    if not seen:
        return "has made no request yet"
    if seen[0].at > begin:
        return f"was not there yet when the update began, at {begin}"
    if seconds(end, seen[-1].at) < AFTERMATH:
        return f"has made no request since the update ended, at {end}"
    during = [each for each in seen if each.at >= begin or seconds(each.at, begin) <= GAP]
    pauses = [(one.at, other.at) for one, other in zip(during, during[1:], strict=False) if one.at <= end]
    if long := [pause for pause in pauses if seconds(*pause) > GAP]:
        return f"paused from {long[0][0]} to {long[0][1]}, during the update"
    return ""


def replaced(snapshot: Snapshot, deployment: Json, hint: str) -> Findings:
    """A Pod of the Deployment was made after its last rollout, in the place of one that is gone."""
    current, (_, end) = current_set(snapshot, deployment), rollout(snapshot, deployment)
    pods = snapshot.pods(owner=current) if current else []
    if end and any(pod["metadata"].get("creationTimestamp", "") > end for pod in pods):
        return
    restarted = [name_of(pod) for pod in pods if restarts(pod)]
    why = f"A container of {restarted[0]} was started again: another container, in the same Pod." if restarted else ""
    observed = [f"{name_of(pod)}, made {pod['metadata'].get('creationTimestamp')}" for pod in pods]
    message = f"All Pods of {name_of(deployment)} are those of its last update: none has been lost yet."
    yield Finding(message, subject(deployment), "its Pods", f"a Pod made after {end or 'an update'}", observed, why, hint)
