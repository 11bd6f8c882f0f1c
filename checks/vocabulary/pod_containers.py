"""The containers of a Pod: ready, or the reason for which they are not.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from checks.snapshot import Json, Snapshot, event_time
from checks.times import ago
from checks.vocabulary.containers import last_lines
from checks.vocabulary.objects import condition, image_name, name_of

# How long a Pod may take, in seconds, before its silence counts as an answer: nothing else explains it.
GRACE = 30.0
# How long a busy node may take to create containers, in seconds, as long as the kubelet reports no failure.
BUSY = 180.0
# A process that was restarted and has run for less than this, in seconds, may be about to end again.
SETTLED = 10.0
KILLED_CODE = 137  # 128 and the signal 9
PULL = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError")
NO_CONFIG = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError", "StartError")
# The kubelet's events that end the pull of an image.
PULL_ENDS = ("Pulled", "Failed", "BackOff", "ErrImageNeverPull", "InspectFailed")
STARTING = ("ContainerCreating", "PodInitializing", "")


@dataclass(frozen=True)
class Trouble:
    """Why a Pod is not ready: the fields of a Finding. `waiting` says that time may cure it."""

    message: str
    path: str
    expected: Any
    observed: Any
    why: str = ""
    waiting: bool = False


def main_container(pod: Json, name: str = "") -> Json:
    """Return the container of a Pod or a Pod template that does its work; {} if it has none.

    That is the one with this name, else the one with an image of this name, else the first: sidecars may come before it.

    Example:
        containers = [{"name": "proxy", "image": "envoy:1"}, {"name": "server", "image": "docker.io/library/redis:7"}]
        pod_containers.main_container({"spec": {"containers": containers}}, "redis")["name"]
        # 'server'
    """
    specs: list[Json] = (pod.get("spec") or {}).get("containers") or [{}]
    if len(specs) == 1:
        return specs[0]
    named = [spec for spec in specs if name and spec.get("name") == name]
    of_image = [spec for spec in specs if name and image_name(str(spec.get("image", ""))).rpartition(":")[0] == name]
    return next(iter((*named, *of_image)), specs[0])


def called(pod: Json, name: str) -> str:
    """Return a container of a Pod as findings call it: an init container and a sidecar are not plain containers.

    Example:
        pod_containers.called({"spec": {"initContainers": [{"name": "wait"}]}}, "wait")
        # 'init container wait'
    """
    spec = next((spec for spec in (pod.get("spec") or {}).get("initContainers") or () if spec["name"] == name), None)
    if spec is None:
        return f"container {name}"
    return f"sidecar {name}" if spec.get("restartPolicy") == "Always" else f"init container {name}"


def container_trouble(snapshot: Snapshot, pod: Json, status: Json) -> Trouble | None:
    """Return why a container of the Pod does not run or is not ready, by its status; None if it is ready.

    Example:
        trouble = pod_containers.container_trouble(snapshot, pod, objects.container_status(pod, "web"))
    """
    state = status.get("state") or {}
    if "waiting" in state:
        return _waits(snapshot, pod, status, state["waiting"] or {})
    if "terminated" in state:
        return _ended(pod, status, state["terminated"] or {})
    if "running" in state:
        return _running(snapshot, pod, status, state["running"] or {})
    return None


def _waits(snapshot: Snapshot, pod: Json, status: Json, state: Json) -> Trouble | None:
    """Return the trouble of a container that does not run yet, or not at the moment."""
    reason, kubelet_says = state.get("reason", ""), state.get("message", "")
    name, container = name_of(pod), called(pod, status["name"])
    path = f"status.containerStatuses[{status['name']}].state.waiting.reason"
    if reason in PULL:
        image = status.get("image") or ""
        return Trouble(
            f"The image {image} of the {container} cannot be pulled ({reason}).",
            path, "an image that can be pulled", image, _why_unpulled(snapshot, pod, image, kubelet_says),
        )  # fmt: skip
    if reason == "CrashLoopBackOff":
        ended = (status.get("lastState") or {}).get("terminated") or {}
        message = f"The {container} of {name} ends again and again; the kubelet waits longer before each restart."
        return Trouble(message, path, "running", reason, why_ended(pod, status, ended))
    if reason in NO_CONFIG:
        return Trouble(
            f"The {container} of {name} cannot be created.", path, "running", reason, f"The kubelet says: {kubelet_says}"
        )
    if reason not in STARTING:
        return Trouble(f"The {container} of {name} waits: {reason}.", path, "running", reason, kubelet_says)
    return _being_made(snapshot, pod, path, reason)


def pulling(snapshot: Snapshot, pod: Json) -> str:
    """Return what the kubelet says of the image that it is pulling for the Pod right now; "" if it pulls none.

    Example:
        pod_containers.pulling(snapshot, pod)
        # 'Pulling image "nginx:1.26"'
    """
    events = snapshot.events(pod) if "Event" in snapshot.objects else []
    times = {event.get("reason"): event_time(event) for event in events}
    begun = times.get("Pulling", "")
    ended = max((times.get(reason, "") for reason in PULL_ENDS), default="")
    return last_event(snapshot, pod, "Pulling") if begun > ended else ""


def _being_made(snapshot: Snapshot, pod: Json, path: str, reason: str) -> Trouble:
    why, name = "", name_of(pod)
    if now := pulling(snapshot, pod):
        message = f"A node is pulling an image for {name}. This takes as long as the network needs."
        return Trouble(message, path, "running", reason or "waiting", f"The kubelet says: {now}", waiting=True)
    for event in ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"):
        why = why or last_event(snapshot, pod, event)
    since = (pod.get("status") or {}).get("startTime") or pod["metadata"].get("creationTimestamp")
    # A volume's ConfigMap or Secret must exist; the cluster adds its own certificates by itself.
    stuck = "not found" in why and "kube-root-ca.crt" not in why
    waiting = not stuck and ago(since, snapshot.taken) < (2 * GRACE if why else BUSY)
    message = f"The containers of {name} are being created." if waiting else f"The containers of {name} cannot be created."
    return Trouble(message, path, "running", reason or "waiting", f"The kubelet says: {why}" if why else "", waiting)


def _ended(pod: Json, status: Json, ended: Json) -> Trouble:
    name, container = name_of(pod), called(pod, status["name"])
    path, code = f"status.containerStatuses[{status['name']}].state.terminated.exitCode", ended.get("exitCode")
    restarts = (pod.get("spec") or {}).get("restartPolicy", "Always") != "Never"
    message = f"The {container} of {name} has ended" + ("; it is about to be restarted." if restarts else ".")
    if restarts and status.get("restartCount", 0) > 1:
        message = f"The {container} of {name} ends again and again."
    return Trouble(message, path, "running", f"exit code {'unknown' if code is None else code}", why_ended(pod, status, ended))


def _running(snapshot: Snapshot, pod: Json, status: Json, state: Json) -> Trouble | None:
    name, container = name_of(pod), called(pod, status["name"])
    path, running = f"status.containerStatuses[{status['name']}].ready", ago(state.get("startedAt"), snapshot.taken)
    if container.startswith("init"):
        message = f"The {container} of {name} is still running: the containers of the Pod start when it has ended."
        tail = last_lines((pod.get("LogTails") or {}).get(status["name"], ""))
        why = f"Its log ends with:\n{tail}" if tail else "Its log is empty."
        return Trouble(message, f"{path[:-5]}state", "ended with exit code 0", "running", why, waiting=running < GRACE)
    last = (status.get("lastState") or {}).get("terminated") or {}
    restarts = status.get("restartCount", 0)
    if status.get("ready"):
        if not restarts or running >= SETTLED:
            return None
        message = f"The {container} of {name} was restarted {running:.0f} s ago; it may end again."
        path = f"status.containerStatuses[{status['name']}].restartCount"
        return Trouble(
            message, path, "running for a while", f"restartCount {restarts}", why_ended(pod, status, last), waiting=True
        )
    unhealthy, spec = last_event(snapshot, pod, "Unhealthy"), _spec(pod, status["name"])
    reasons = [unhealthy] if unhealthy else []
    if last:
        reasons.append(why_ended(pod, status, last))
    elif text := last_lines((pod.get("LogTails") or {}).get(status["name"], "")):
        reasons.append(f"Its log ends with:\n{text}")
    waiting = running < _patience(spec) or _unready_for(snapshot, pod) < _recovery(spec)
    message = f"The {container} of {name} runs but is not ready" + (" yet." if waiting else ".")
    return Trouble(message, path, True, False, "\n".join(reasons), waiting)


def _unready_for(snapshot: Snapshot, pod: Json) -> float:
    """Return for how long a container of the Pod has not been ready, in seconds; 0 if the Pod does not say it yet."""
    state = condition(pod, "ContainersReady")
    return ago(state.get("lastTransitionTime"), snapshot.taken) if state.get("status") == "False" else 0.0


def _recovery(container: Json) -> float:
    """Return how long a container that was ready may take to be ready again, in seconds: a probe may fail on a busy node."""
    probe = container.get("readinessProbe") or {}
    return SETTLED + probe.get("periodSeconds", 10) * probe.get("successThreshold", 1)


def _patience(container: Json) -> float:
    """Return how long a container may take to become ready, in seconds, before it counts as stuck: as its probes allow."""
    allowed = 0.0
    for name in ("startupProbe", "readinessProbe"):
        if probe := container.get(name):
            tries = probe.get("failureThreshold", 3) if name == "startupProbe" else 1
            allowed += probe.get("initialDelaySeconds", 0) + probe.get("periodSeconds", 10) * tries
    return allowed + SETTLED


def _spec(pod: Json, container: str) -> Json:
    spec = pod.get("spec") or {}
    specs = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    return next((one for one in specs if one["name"] == container), {})


def last_event(snapshot: Snapshot, item: Json, reason: str) -> str:
    """Return the message of the latest event of this reason about an object; "" if there is none.

    Example:
        pod_containers.last_event(snapshot, pod, "FailedScheduling")
        # '0/3 nodes are available: 3 Insufficient memory.'
    """
    events = [event for event in snapshot.events(item) if event.get("reason") == reason] if "Event" in snapshot.objects else []
    return str(events[-1].get("message", "")).strip() if events else ""


def _out_of_memory(status: Json, ended: Json) -> bool:
    """Tell whether the kernel killed a container for its memory.

    The runtime may learn why only after it has reported the end. Then the end before, with the same exit code, says it.
    """
    before = (status.get("lastState") or {}).get("terminated") or {}
    same = ended.get("exitCode") == before.get("exitCode") == KILLED_CODE
    return "OOMKilled" in (ended.get("reason"), before.get("reason") if same else "")


def why_ended(pod: Json, status: Json, ended: Json) -> str:
    """Return what the kubelet and the log tell about a container that ended. `ended` is its "terminated" state.

    Example:
        pod_containers.why_ended(pod, status, status["lastState"]["terminated"])
        # 'Its process ended with exit code 1. It was restarted 3 times.'
    """
    reasons, restarts = [], status.get("restartCount", 0)
    if _out_of_memory(status, ended):
        limit = ((_spec(pod, status["name"]).get("resources") or {}).get("limits") or {}).get("memory")
        reasons.append(f"The kernel killed it because it used more memory than its limit, {limit or 'the node’s'} (OOMKilled).")
    if ended:
        again = f" It was restarted {restarts} time{'s' if restarts > 1 else ''}." if restarts else ""
        reasons.append(f"Its process ended with exit code {ended.get('exitCode')}.{again}")
        reasons += [str(ended["message"])] if ended.get("message") else []
    if text := last_lines((pod.get("LogTails") or {}).get(status["name"], "")):
        reasons.append(f"Its log ends with:\n{text}")
    return "\n".join(reasons)


def _why_unpulled(snapshot: Snapshot, pod: Json, image: str, kubelet_says: str) -> str:
    """Return the kubelet's words, and the names nearest to the one asked for of which the nodes have an image."""
    events = [event for event in snapshot.events(pod) if event.get("reason") == "Failed"] if "Event" in snapshot.objects else []
    words = next((str(event["message"]) for event in events if "pull image" in str(event.get("message"))), kubelet_says)
    images = {image_name(name) for node in snapshot.objects.get("Node", {}).values() for name in node.get("ImageNames") or ()}
    wanted = image_name(image)
    same = sorted(name for name in images if name.rpartition(":")[0] == wanted.rpartition(":")[0])
    near = same or get_close_matches(wanted, images, n=3, cutoff=0.6)
    there = f"\nThe nodes have: {', '.join(near)}." if near else ""
    return f"The kubelet says: {words}{there}"
