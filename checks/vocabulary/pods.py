"""The vocabulary of Pods: ready, or the reason for which they are not, "still starting" told apart from "stuck" by facts.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings, first, last_lines
from checks.vocabulary.objects import condition, exists, image_name, name_of, seconds, subject

# How long a Pod may take, in seconds, before its silence counts as an answer: nothing else explains it.
GRACE = 30.0
# A process that was restarted and has not run this long may be about to end again.
SETTLED = 10.0
PULL = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError")
NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError")
STARTING = ("ContainerCreating", "PodInitializing", "")


@dataclass(frozen=True)
class Trouble:
    """Why a Pod is not ready: what a Finding needs to say it."""

    message: str
    path: str
    expected: Any
    observed: Any
    why: str = ""
    waiting: bool = False


def runs(snapshot: Snapshot, name: str, hint: str) -> Findings:
    """A Pod of this name exists and is ready."""
    pod = snapshot.pod(name)
    yield from first(exists(snapshot, "Pod", name, hint), ready(snapshot, pod, hint) if pod else ())


def restarts(pod: Json) -> int:
    """How often containers of the Pod were started again."""
    return sum(each.get("restartCount", 0) for each in (pod.get("status") or {}).get("containerStatuses") or ())


def ready(snapshot: Snapshot, pod: Json, hint: str) -> Findings:
    """The Pod is ready: all its containers run and their readiness probes succeed."""
    if trouble := trouble_of(snapshot, pod):
        where = subject(pod)
        yield Finding(
            trouble.message, where, trouble.path, trouble.expected, trouble.observed, trouble.why, hint, trouble.waiting
        )


def trouble_of(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """Why the Pod is not ready, the first reason that there is; None for a Pod that is."""
    return (
        _leaving(snapshot, pod)
        or _unscheduled(snapshot, pod)
        or _on_a_lost_node(snapshot, pod)
        or _over(pod)
        or next(filter(None, (_container(snapshot, pod, each) for each in _statuses(pod))), None)
        or _unready(snapshot, pod)
    )


def _statuses(pod: Json) -> list[Json]:
    """The containers' statuses in the order in which they start; init containers that have done their work left out."""
    status = pod.get("status") or {}
    first_ones = status.get("initContainerStatuses") or ()
    done = lambda each: ((each.get("state") or {}).get("terminated") or {}).get("exitCode") == 0  # noqa: E731
    return [*(each for each in first_ones if not done(each)), *(status.get("containerStatuses") or ())]


def _leaving(snapshot: Snapshot, pod: Json) -> Trouble | None:
    since = pod["metadata"].get("deletionTimestamp")
    if not since:
        return None
    finalizers = pod["metadata"].get("finalizers") or []
    why = f"It waits for what is to be done first (finalizers): {', '.join(finalizers)}." if finalizers else ""
    waiting = seconds(since, snapshot.taken) < GRACE
    return Trouble(f"{name_of(pod)} is being removed.", "metadata.deletionTimestamp", "none", since, why, waiting)


def _unscheduled(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """No node has been found for the Pod."""
    if (pod.get("spec") or {}).get("nodeName"):
        return None
    name, placed = name_of(pod), condition(pod, "PodScheduled")
    path, message = "status.conditions[PodScheduled]", f"No node can take {name}."
    if placed.get("status") == "False":
        said = placed.get("message") or last_event(snapshot, pod, "FailedScheduling")
        why = f"The scheduler says: {said}"
        # A volume that is being made is on its way; too little memory is not.
        young = seconds(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
        waiting = young and ("unbound immediate" in said or "not-ready" in said)
        return Trouble(message, path, "True", placed.get("reason", "False"), why, waiting)
    waiting = seconds(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
    why = "" if waiting else "The scheduler has not looked at it. Does the scheduler run? (`kubectl get pods -n kube-system`)"
    return Trouble(f"{name} waits for a node.", path, "True", placed.get("status", "not there yet"), why, waiting)


def _on_a_lost_node(snapshot: Snapshot, pod: Json) -> Trouble | None:
    nodes, name = snapshot.objects.get("Node"), pod["spec"]["nodeName"]
    if nodes is None:
        return None
    node = nodes.get(name)
    if node is None:
        return Trouble(f"The node of {name_of(pod)} is gone.", "spec.nodeName", "a node of the cluster", name)
    state = condition(node, "Ready")
    if state.get("status") == "True":
        return None
    why = f"The node's own state: {state.get('reason', 'unknown')}. {state.get('message', '')}".strip()
    message = f"{name_of(pod)} is on the node {name}, which is not ready."
    return Trouble(message, f"node/{name} status.conditions[Ready]", "True", state.get("status", "Unknown"), why)


def _over(pod: Json) -> Trouble | None:
    """The Pod has ended for good."""
    status = pod.get("status") or {}
    phase, name = status.get("phase"), name_of(pod)
    if phase == "Succeeded":
        why = "All its containers ended with exit code 0, and its restartPolicy does not start them again."
        return Trouble(f"{name} has ended; it should be running.", "status.phase", "Running", phase, why)
    if phase != "Failed":
        return None
    ended = [each for each in _statuses(pod) if (each.get("state") or {}).get("terminated")]
    reasons = [f"{status.get('reason')}: {status.get('message', '')}"] if status.get("reason") else []
    reasons += [_why_ended(pod, each, each["state"]["terminated"]) for each in ended[:1]]
    return Trouble(f"{name} has failed, and nothing starts it again.", "status.phase", "Running", phase, "\n".join(reasons))


def _container(snapshot: Snapshot, pod: Json, status: Json) -> Trouble | None:
    state = status.get("state") or {}
    if "waiting" in state:
        return _waits(snapshot, pod, status, state["waiting"] or {})
    if "terminated" in state:
        return _ended(pod, status, state["terminated"] or {})
    if "running" in state:
        return _running(snapshot, pod, status, state["running"] or {})
    return None


def _waits(snapshot: Snapshot, pod: Json, status: Json, state: Json) -> Trouble | None:
    """A container that does not run yet, or not at the moment."""
    reason, said = state.get("reason", ""), state.get("message", "")
    name, container = name_of(pod), status["name"]
    path = f"status.containerStatuses[{container}].state.waiting.reason"
    if reason in PULL:
        image = status.get("image") or ""
        return Trouble(
            f"The image {image} of the container {container} cannot be pulled ({reason}).",
            path, "an image that can be pulled", image, _why_unpulled(snapshot, pod, image, said),
        )  # fmt: skip
    if reason == "CrashLoopBackOff":
        ended = (status.get("lastState") or {}).get("terminated") or {}
        message = f"The container {container} of {name} ends again and again; the cluster waits longer before each new start."
        return Trouble(message, path, "running", reason, _why_ended(pod, status, ended))
    if reason in NO_CONFIG:
        return Trouble(
            f"The container {container} of {name} cannot be made.", path, "running", reason, f"The kubelet says: {said}"
        )
    if reason not in STARTING:
        return Trouble(f"The container {container} of {name} waits: {reason}.", path, "running", reason, said)
    return _being_made(snapshot, pod, path, reason)


def _being_made(snapshot: Snapshot, pod: Json, path: str, reason: str) -> Trouble:
    why, name = "", name_of(pod)
    for event in ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"):
        why = why or last_event(snapshot, pod, event)
    since = (pod.get("status") or {}).get("startTime") or pod["metadata"].get("creationTimestamp")
    # What a volume is made from must exist; the cluster's own certificates come by themselves.
    stuck = "not found" in why and "kube-root-ca.crt" not in why
    waiting = not stuck and seconds(since, snapshot.taken) < (2 * GRACE if why else GRACE)
    message = f"The containers of {name} are being made." if waiting else f"The containers of {name} do not get made."
    return Trouble(message, path, "running", reason or "waiting", f"The kubelet says: {why}" if why else "", waiting)


def _ended(pod: Json, status: Json, ended: Json) -> Trouble:
    name, container = name_of(pod), status["name"]
    path, code = f"status.containerStatuses[{container}].state.terminated.exitCode", ended.get("exitCode")
    restarts = (pod.get("spec") or {}).get("restartPolicy", "Always") != "Never"
    message = f"The container {container} of {name} has ended" + ("; it is about to be started again." if restarts else ".")
    if restarts and status.get("restartCount", 0) > 1:
        message = f"The container {container} of {name} ends again and again."
    return Trouble(message, path, "running", f"exit code {'unknown' if code is None else code}", _why_ended(pod, status, ended))


def _running(snapshot: Snapshot, pod: Json, status: Json, state: Json) -> Trouble | None:
    name, container = name_of(pod), status["name"]
    path, running = f"status.containerStatuses[{container}].ready", seconds(state.get("startedAt"), snapshot.taken)
    last = (status.get("lastState") or {}).get("terminated") or {}
    restarts = status.get("restartCount", 0)
    if status.get("ready"):
        if not restarts or running >= SETTLED:
            return None
        message = f"The container {container} of {name} was started again {running:.0f} s ago; whether it stays is not known yet."
        path = f"status.containerStatuses[{container}].restartCount"
        return Trouble(
            message, path, "running for a while", f"restartCount {restarts}", _why_ended(pod, status, last), waiting=True
        )
    said, spec = last_event(snapshot, pod, "Unhealthy"), _spec(pod, container)
    reasons = [said] if said else []
    if last:
        reasons.append(_why_ended(pod, status, last))
    elif text := last_lines((pod.get("LogTails") or {}).get(container, "")):
        reasons.append(f"Its log ends with:\n{text}")
    waiting = running < _patience(spec)
    message = f"The container {container} of {name} runs but is not ready" + (" yet." if waiting else ".")
    return Trouble(message, path, True, False, "\n".join(reasons), waiting)


def _patience(container: Json) -> float:
    """How long a container may take to become ready, in seconds, before it counts as stuck: as its probes allow."""
    allowed = 0.0
    for name in ("startupProbe", "readinessProbe"):
        if probe := container.get(name):
            tries = probe.get("failureThreshold", 3) if name == "startupProbe" else 1
            allowed += probe.get("initialDelaySeconds", 0) + probe.get("periodSeconds", 10) * tries
    return allowed + SETTLED


def _spec(pod: Json, container: str) -> Json:
    spec = pod.get("spec") or {}
    found = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    return next((each for each in found if each["name"] == container), {})


def _unready(snapshot: Snapshot, pod: Json) -> Trouble | None:
    """Nothing is wrong with a container, and still the Pod is not ready."""
    state = condition(pod, "Ready")
    if state.get("status") == "True" and (pod.get("status") or {}).get("phase") == "Running":
        return None
    waiting = seconds(pod["metadata"].get("creationTimestamp"), snapshot.taken) < GRACE
    message = f"{name_of(pod)} is not ready" + (" yet." if waiting else ".")
    observed = state.get("reason") or state.get("status") or "no status yet"
    return Trouble(message, "status.conditions[Ready]", "True", observed, state.get("message", ""), waiting)


def last_event(snapshot: Snapshot, item: Json, reason: str) -> str:
    """What the latest event of this reason says about an object; empty where there is none."""
    found = [event for event in snapshot.events(item) if event.get("reason") == reason] if "Event" in snapshot.objects else []
    return str(found[-1].get("message", "")).strip() if found else ""


def _why_ended(pod: Json, status: Json, ended: Json) -> str:
    """What the kubelet and the log tell about a container that ended."""
    reasons, restarts = [], status.get("restartCount", 0)
    if ended.get("reason") == "OOMKilled":
        limit = ((_spec(pod, status["name"]).get("resources") or {}).get("limits") or {}).get("memory")
        reasons.append(f"The kernel killed it because it used more memory than its limit, {limit or 'the node’s'} (OOMKilled).")
    if ended:
        again = f" It was restarted {restarts} time{'s' if restarts > 1 else ''}." if restarts else ""
        reasons.append(f"Its process ended with exit code {ended.get('exitCode')}.{again}")
        reasons += [str(ended["message"])] if ended.get("message") else []
    if text := last_lines((pod.get("LogTails") or {}).get(status["name"], "")):
        reasons.append(f"Its log ends with:\n{text}")
    return "\n".join(reasons)


def _why_unpulled(snapshot: Snapshot, pod: Json, image: str, said: str) -> str:
    """The kubelet's words, and the names nearest to the one asked for of which the nodes have an image."""
    events = [event for event in snapshot.events(pod) if event.get("reason") == "Failed"] if "Event" in snapshot.objects else []
    words = next((str(event["message"]) for event in events if "pull image" in str(event.get("message"))), said)
    images = {image_name(name) for node in snapshot.objects.get("Node", {}).values() for name in node.get("ImageNames") or ()}
    wanted = image_name(image)
    same = sorted(name for name in images if name.rpartition(":")[0] == wanted.rpartition(":")[0])
    near = same or get_close_matches(wanted, images, n=3, cutoff=0.6)
    there = f"\nThe nodes have: {', '.join(near)}." if near else ""
    return f"The kubelet says: {words}{there}"
