"""The vocabulary of a container's probes: how they ask, what about, how long they hold out, and whom they have killed.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import name_of, seconds, subject
from checks.vocabulary.pods import last_event
from checks.vocabulary.workloads import newest_pods

KINDS = ("startupProbe", "readinessProbe", "livenessProbe")
HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
# What a probe does where nothing is said. Source: the API reference, Pod v1 core, Probe.
USUAL = {"periodSeconds": 10, "failureThreshold": 3}
# A container that was killed this many seconds ago may be killed again.
RECENT = 30.0


def container(deployment: Json) -> Json:
    """The first container of a template; {} where there is none."""
    spec = (deployment["spec"].get("template") or {}).get("spec") or {}
    return (spec.get("containers") or [{}])[0]


def place(kind: str) -> str:
    """Where a probe of this kind stands, as findings name it."""
    return f"spec.template.spec.containers[0].{kind}"


def handler(probe: Json) -> str:
    """How a probe asks: httpGet, tcpSocket, exec or grpc."""
    return next((each for each in HANDLERS if each in probe), "nothing")


def holds_out(probe: Json) -> float:
    """For how long a probe may fail until that has consequences, in seconds, once it has begun to ask."""
    period, tries = (probe.get(name, usual) for name, usual in USUAL.items())
    return float(period * tries)


def allows(probe: Json) -> float:
    """How long after the container's start a probe has consequences at the earliest, in seconds."""
    return float(probe.get("initialDelaySeconds", 0)) + holds_out(probe)


def asks_for(probe: Json) -> str:
    """What a probe asks for, in words: a path, or how it asks."""
    return str((probe["httpGet"] or {}).get("path", "/")) if "httpGet" in probe else handler(probe)


def is_about(probe: Json, path: str) -> bool:
    """Whether a probe asks for this path: by HTTP, or somewhere in its command."""
    words = (probe.get("exec") or {}).get("command") or ()
    return asks_for(probe).partition("?")[0] == path or any(path in str(word) for word in words)


def probed(deployment: Json, kind: str, why: str, hint: str) -> Findings:
    """The template's container has a probe of this kind."""
    if not container(deployment).get(kind):
        message = f"The container of {name_of(deployment)} has no {kind}."
        found = [name for name in KINDS if container(deployment).get(name)]
        yield Finding(message, subject(deployment), place(kind), kind, found, why, hint)


def lets_live(snapshot: Snapshot, deployment: Json, needs: float, hint: str, spared: str = "") -> Findings:
    """No probe has a container of the newest Pods killed again and again.

    `needs` is how long its process takes to open, in seconds. Whoever left `spared` as last words was killed rightly.
    """
    for pod in newest_pods(snapshot, deployment):
        killed = last_event(snapshot, pod, "Killing")
        for status in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = (status.get("lastState") or {}).get("terminated") or {}
            rightly = bool(spared) and spared in str(ended.get("message"))
            recent = seconds(ended.get("finishedAt"), snapshot.taken) < RECENT
            if ended and "probe" in killed and not rightly and (recent or not status.get("ready")):
                lived = seconds(ended.get("startedAt"), ended.get("finishedAt") or snapshot.taken)
                said = f"The kubelet says: {killed}\nThe probe said: {_said(snapshot, pod, killed)}"
                yield _killed(pod, status, lived, needs, said, hint)
                return


def _said(snapshot: Snapshot, pod: Json, killed: str) -> str:
    """What the probe that had a container killed said last."""
    kind = "startup" if "startup probe" in killed else "liveness"
    words = [str(each.get("message", "")) for each in snapshot.events(pod) if each.get("reason") == "Unhealthy"]
    return next((each.strip() for each in reversed(words) if f"{kind} probe" in each.lower()), "nothing that was kept")


def _killed(pod: Json, status: Json, lived: float, needs: float, said: str, hint: str) -> Finding:
    """Whoever is ready at the moment may have been killed for the last time: that is not known yet."""
    message = f"A probe has the container of {name_of(pod)} killed, {lived:.0f} s after its start."
    if lived <= needs:
        message = f"A probe has the container of {name_of(pod)} killed after {lived:.0f} s; it needs {needs:.0f} s to open."
        hint = "Give it a startupProbe: until that has succeeded, the other probes do not ask."
    path, again = f"status.containerStatuses[{status['name']}].restartCount", status.get("restartCount", 0)
    observed, waiting = f"restarted {again} time{'' if again == 1 else 's'}", bool(status.get("ready"))
    return Finding(message, subject(pod), path, "a process that stays", observed, said, hint, waiting)
