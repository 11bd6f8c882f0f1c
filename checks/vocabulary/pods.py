"""Pods: ready, or the reason for which they are not; "still starting" is told from "stuck" by facts.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings, first
from checks.vocabulary.objects import condition, exists, name_of, subject
from checks.vocabulary.pod_containers import GRACE, Trouble, container_trouble, last_event, why_ended


def runs(snapshot: Snapshot, name: str, hint: str, absent: str = "") -> Findings:
    """Yield a finding unless a Pod of this name exists and is ready. `absent` is the hint where there is none.

    Example:
        yield from pods.runs(snapshot, "web", "`kubectl apply -f pod.yaml` creates it.")
        # There is no Pod called web.
    """
    pod = snapshot.pod(name)
    yield from first(exists(snapshot, "Pod", name, absent or hint), ready(snapshot, pod, hint) if pod else ())


def restarts(pod: Json) -> int:
    """Return how often the containers of the Pod were restarted.

    Example:
        pods.restarts({"status": {"containerStatuses": [{"restartCount": 2}, {"restartCount": 1}]}})
        # 3
    """
    return sum(
        container_status.get("restartCount", 0) for container_status in (pod.get("status") or {}).get("containerStatuses") or ()
    )


def ready(snapshot: Snapshot, pod: Json, hint: str) -> Findings:
    """Yield a finding unless the Pod is ready: all its containers run, and their readiness probes succeed.

    Example:
        yield from pods.ready(snapshot, pod, "`kubectl describe pod web` shows its events.")
        # The image nginx:1.99 of the container web cannot be pulled (ImagePullBackOff).
    """
    if trouble := trouble_of(snapshot, pod):
        where = subject(pod)
        yield Finding(
            trouble.message, where, trouble.path, trouble.expected, trouble.observed, trouble.why, hint, trouble.waiting
        )


def trouble_of(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """Return the first reason for which the Pod is not ready, with whether waiting may help; None for a Pod that is ready.

    Example:
        trouble = pods.trouble_of(snapshot, pod)
    """
    return (
        _leaving(snapshot, pod)
        or _unscheduled(snapshot, pod)
        or _on_a_lost_node(snapshot, pod)
        or _over(pod)
        or next(filter(None, (container_trouble(snapshot, pod, container_status) for container_status in _statuses(pod))), None)
        or _unready(snapshot, pod)
    )


def _statuses(pod: Json) -> list[Json]:
    """Return the containers' statuses in the order in which they start; init containers that have done their work left out."""
    status = pod.get("status") or {}
    first_ones = status.get("initContainerStatuses") or ()
    done = lambda container_status: ((container_status.get("state") or {}).get("terminated") or {}).get("exitCode") == 0  # noqa: E731
    return [
        *(container_status for container_status in first_ones if not done(container_status)),
        *(status.get("containerStatuses") or ()),
    ]


def _leaving(snapshot: Snapshot, pod: Json) -> Trouble | None:
    since = pod["metadata"].get("deletionTimestamp")
    if not since:
        return None
    finalizers = pod["metadata"].get("finalizers") or []
    why = f"It waits for its finalizers: {', '.join(finalizers)}." if finalizers else ""
    waiting = ago(since, snapshot.taken) < GRACE
    return Trouble(f"{name_of(pod)} is terminating.", "metadata.deletionTimestamp", "none", since, why, waiting)


def _unscheduled(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """Return the trouble of a Pod for which no node has been found; None for any other."""
    if (pod.get("spec") or {}).get("nodeName"):
        return None
    name, placed = name_of(pod), condition(pod, "PodScheduled")
    path, message = "status.conditions[PodScheduled]", f"No node can run {name}."
    if placed.get("status") == "False":
        reason = placed.get("message") or last_event(snapshot, pod, "FailedScheduling")
        why = f"The scheduler says: {reason}"
        # A volume that is being created will come; more memory will not.
        young = ago(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
        waiting = young and ("unbound immediate" in reason or "not-ready" in reason)
        return Trouble(message, path, "True", placed.get("reason", "False"), why, waiting)
    waiting = ago(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
    why = "" if waiting else "The scheduler has not handled it. Is the scheduler running? (`kubectl get pods -n kube-system`)"
    return Trouble(f"{name} waits for a node.", path, "True", placed.get("status", "not there yet"), why, waiting)


def _on_a_lost_node(snapshot: Snapshot, pod: Json) -> Trouble | None:
    nodes, name = snapshot.objects.get("Node"), pod["spec"]["nodeName"]
    if nodes is None:
        return None
    node = nodes.get(name)
    if node is None:
        return Trouble(f"The node of {name_of(pod)} no longer exists.", "spec.nodeName", "a node of the cluster", name)
    state = condition(node, "Ready")
    if state.get("status") == "True":
        return None
    why = f"The node reports: {state.get('reason', 'unknown')}. {state.get('message', '')}".strip()
    message = f"{name_of(pod)} is on the node {name}, which is not ready."
    return Trouble(message, f"node/{name} status.conditions[Ready]", "True", state.get("status", "Unknown"), why)


def _over(pod: Json) -> Trouble | None:
    """Return the trouble of a Pod that has ended for good; None for any other."""
    status = pod.get("status") or {}
    phase, name = status.get("phase"), name_of(pod)
    if phase == "Succeeded":
        why = "All its containers ended with exit code 0, and its restartPolicy does not restart them."
        return Trouble(f"{name} has ended; it should be running.", "status.phase", "Running", phase, why)
    if phase != "Failed":
        return None
    ended = [container_status for container_status in _statuses(pod) if (container_status.get("state") or {}).get("terminated")]
    reasons = [f"{status.get('reason')}: {status.get('message', '')}"] if status.get("reason") else []
    reasons += [why_ended(pod, container_status, container_status["state"]["terminated"]) for container_status in ended[:1]]
    return Trouble(f"{name} has failed, and it is not restarted.", "status.phase", "Running", phase, "\n".join(reasons))


def _unready(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """Return the trouble of a Pod that is not ready though nothing is wrong with a container; None for any other."""
    state = condition(pod, "Ready")
    if state.get("status") == "True" and (pod.get("status") or {}).get("phase") == "Running":
        return None
    waiting = ago(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
    message = f"{name_of(pod)} is not ready" + (" yet." if waiting else ".")
    observed = state.get("reason") or state.get("status") or "no status yet"
    return Trouble(message, "status.conditions[Ready]", "True", observed, state.get("message", ""), waiting)
