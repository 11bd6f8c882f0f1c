"""The time without a database in lab 20: who was not ready meanwhile, and lived on, by the times of Pods and processes."""

from datetime import datetime, timedelta

from checks.model import Finding
from checks.snapshot import Json, Snapshot, event_time
from checks.times import seconds
from checks.vocabulary import containers, workloads
from checks.vocabulary.objects import condition, container_status, name_of, subject
from checks.vocabulary.pod_containers import main_container

DATABASE, HARBOUR = "database", "harbour"
# Their containers, by name in the files. A container of another name counts by its image, or because it is the first.
REDIS, PROGRAM = "redis", "program"
LAST_WORDS = "it hung"
# How long before the database's new Pod the last of these events may be: the kubelet writes fewer and fewer.
LAST_REFUSAL = timedelta(seconds=30)
# What the kubelet says when a Pod answers that it is not ready.
NOT_READY = "Readiness probe failed: HTTP probe failed with statuscode"


def ready_after(pod: Json) -> float:
    """Return how long after its container's start the Pod became ready, in seconds."""
    started = _state(pod).get("startedAt")
    return seconds(started, condition(pod, "Ready").get("lastTransitionTime") or started or "")


def has_been_away(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless a process of harbour is older than the database's Pod, and became ready only after that had come."""
    pods = workloads.newest_pods(snapshot, snapshot.require("Deployment", HARBOUR))
    databases = snapshot.pods(owner=snapshot.require("Deployment", DATABASE))
    if not databases or not pods:
        return
    came = _time(databases[-1]["metadata"].get("creationTimestamp"))
    lives = [(_started(pod), _time(condition(pod, "Ready").get("lastTransitionTime"))) for pod in pods]
    if any(started < came <= back for started, back in lives) or any(_lived_through(snapshot, pod, came) for pod in pods):
        return
    observed = [
        f"{name_of(pod)}: started {start:%H:%M:%S}, ready since {back:%H:%M:%S}"
        for pod, (start, back) in zip(pods, lives, strict=True)
    ]
    message = "No Pod of harbour has seen the database go and come back."
    why = f"The database's Pod is of {came:%H:%M:%S}."
    if all(started >= came for started, _ in lives):
        why += " All processes of harbour are younger: it has not been away yet, or harbour got new Pods since."
    else:
        why += (
            " harbour has been ready all the while: the database was not away long enough to be noticed, or nothing requested it."
        )
    yield Finding(
        message, subject(snapshot.require("Deployment", HARBOUR)), "its Pods", "ready again after that", observed, why, hint
    )


def _lived_through(snapshot: Snapshot, pod: Json, came: datetime) -> bool:
    """Tell whether the process that hung since (task 4) had been not ready until the database's Pod came, and lived on."""
    status = container_status(pod, main_container(pod, PROGRAM).get("name", PROGRAM))
    ended = (status.get("lastState") or {}).get("terminated") or {}
    if LAST_WORDS not in str(ended.get("message")) or not _time(ended.get("startedAt")) < came <= _time(ended.get("finishedAt")):
        return False
    refused = [event for event in snapshot.events(pod) if NOT_READY in str(event.get("message"))]
    return any(_time(event_time(event)) >= came - LAST_REFUSAL for event in refused)


def _state(pod: Json) -> Json:
    """Return the state of the program's container while it runs; {} while it does not."""
    status = container_status(pod, main_container(pod, PROGRAM).get("name", PROGRAM))
    return (status.get("state") or {}).get("running") or {}


def _started(pod: Json) -> datetime:
    return _time(_state(pod).get("startedAt") or pod["metadata"].get("creationTimestamp"))


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "1970-01-01T00:00:00Z")
