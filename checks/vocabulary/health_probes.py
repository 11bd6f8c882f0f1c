"""The startup, readiness and liveness probes of a container, and the containers that they killed.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re
from itertools import pairwise

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago, seconds
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import name_of, subject
from checks.vocabulary.pod_containers import last_event, main_container
from checks.vocabulary.workloads import newest_pods

KINDS = ("startupProbe", "readinessProbe", "livenessProbe")
HANDLERS = ("httpGet", "tcpSocket", "exec", "grpc")
# What a probe does where nothing is said. Source: the API reference, Pod v1 core, Probe.
USUAL = {"periodSeconds": 10, "failureThreshold": 3}
# A container that was killed this many seconds ago may be killed again.
RECENT = 30.0
# The end of a shell command that succeeds whatever came before, and a request whose status does not matter to its program.
SUCCEEDS = re.compile(r"(\|\||;|&)\s*(true|:|exit 0|echo\b[^;|&]*|printf\b[^;|&]*)\s*$")
# Programs that never fail, and ask nothing.
ALWAYS = frozenset({"true", ":", "echo", "printf"})
# The option of a shell before its script, a comment in a script, and what may stand before a command.
SCRIPT, COMMENT = re.compile(r"-\w*c"), re.compile(r"(?m)(^|\s)#.*$")
BEGINS = r"(?m)(^|[;&|(`!{]|\b(?:exec|if|then|do|time|while|until|env|timeout(?:\s+-\S+)*\s+\S+|\w+=\S*))\s*"
CURL, CURL_FAILS = re.compile(r"\bcurl\b"), re.compile(r"\s(--fail\S*|-[a-zA-Z]*f[a-zA-Z]*)\b")


def container(deployment: Json, name: str = "") -> Json:
    """Return the container of a workload's template with this name or image, else its first; {} if there is none.

    Example:
        health_probes.container({"spec": {"template": {"spec": {"containers": [{"name": "web"}]}}}})
        # {'name': 'web'}
    """
    return main_container(deployment["spec"].get("template") or {}, name)


def place(deployment: Json, kind: str, name: str = "") -> str:
    """Return the path of a container's probe in a Deployment, as findings name it. `name` as in `container`.

    Example:
        health_probes.place({"spec": {"template": {"spec": {"containers": [{"name": "web"}]}}}}, "livenessProbe")
        # 'spec.template.spec.containers[web].livenessProbe'
    """
    return f"spec.template.spec.containers[{container(deployment, name).get('name', name)}].{kind}"


def handler(probe: Json) -> str:
    """Return how a probe checks: "httpGet", "tcpSocket", "exec", "grpc", or "nothing".

    Example:
        health_probes.handler({"tcpSocket": {"port": 8000}})
        # 'tcpSocket'
    """
    return next((handler_name for handler_name in HANDLERS if handler_name in probe), "nothing")


def holds_out(probe: Json) -> float:
    """Return how long a probe may keep failing before it has consequences, in seconds from its first failure.

    Example:
        health_probes.holds_out({"periodSeconds": 2, "failureThreshold": 5})
        # 10.0
    """
    period, tries = (probe.get(name, usual) for name, usual in USUAL.items())
    return float(period * tries)


def allows(probe: Json) -> float:
    """Return the earliest time at which a probe has consequences, in seconds after the container's start.

    Example:
        health_probes.allows({"initialDelaySeconds": 5, "periodSeconds": 2, "failureThreshold": 5})
        # 15.0
    """
    return float(probe.get("initialDelaySeconds", 0)) + holds_out(probe)


def notices(probe: Json) -> float:
    """Return how long a process may hang before a probe has consequences, in seconds: each request waits for its timeout.

    Example:
        health_probes.notices({"periodSeconds": 2, "failureThreshold": 2, "timeoutSeconds": 60})
        # 120.0
    """
    period, tries = (probe.get(name, usual) for name, usual in USUAL.items())
    return float(max(period, probe.get("timeoutSeconds", 1)) * tries)


def asks_for(probe: Json) -> str:
    """Return the path that a probe requests, or how it checks if it requests none.

    Example:
        health_probes.asks_for({"httpGet": {"path": "/ready", "port": 8000}})
        # '/ready'
    """
    return str((probe["httpGet"] or {}).get("path", "/")) if "httpGet" in probe else handler(probe)


def is_about(probe: Json, path: str) -> bool:
    """Tell whether a probe checks this path: by HTTP, or somewhere in its command.

    Example:
        health_probes.is_about({"exec": {"command": ["wget", "-q", "http://localhost/ready"]}}, "/ready")
        # True
    """
    words = " ".join(map(str, (probe.get("exec") or {}).get("command") or ()))
    requested = re.search(rf"(localhost|\]|\d|://[^/\s]+){re.escape(path)}(?![\w/?])", words)
    return asks_for(probe) == path or requested is not None


def cannot_fail(probe: Json) -> str:
    """Return why the command of a probe succeeds whatever the server does; "" for a probe that can fail.

    Example:
        health_probes.cannot_fail({"exec": {"command": ["sh", "-c", "redis-cli ping || true"]}})
        # 'The command ends with “|| true”: it succeeds whatever came before.'
    """
    words = [str(word) for word in (probe.get("exec") or {}).get("command") or ()]
    text = " ".join(words)
    if end := SUCCEEDS.search(text.rstrip("\"' \n")):
        return f"The command ends with “{end[0].strip()}”: it succeeds whatever came before."
    if words and words[0].rpartition("/")[2] in ALWAYS:
        return f"The command is {words[0]}: it succeeds always."
    if CURL.search(text) and not CURL_FAILS.search(text):
        return "Without --fail, curl succeeds with every answer, a 503 included."
    return ""


def can_fail(deployment: Json, kind: str, hint: str, name: str = "") -> Findings:
    """Yield a finding if the probe of a container succeeds whatever the server does. `name` as in `container`.

    Example:
        yield from health_probes.can_fail(database, "readinessProbe", "Let it run `redis-cli ping`.", "redis")
        # The readinessProbe of database cannot fail.
    """
    probe = container(deployment, name).get(kind) or {}
    if why := cannot_fail(probe):
        message, command = f"The {kind} of {name_of(deployment)} cannot fail.", (probe.get("exec") or {}).get("command")
        yield Finding(message, subject(deployment), place(deployment, kind, name), "a probe that can fail", command, why, hint)


def probed(deployment: Json, kind: str, why: str, hint: str, name: str = "") -> Findings:
    """Yield a finding unless the template's container has a probe of this kind. `why` says what the probe is for.

    `name` is the name of the container or of its image; without it, the first one counts.

    Example:
        yield from health_probes.probed(harbour, "readinessProbe", "Without one, it counts as ready at once.", "Add one.")
        # The container of harbour has no readinessProbe.
    """
    spec = container(deployment, name)
    if not spec.get(kind):
        message = f"The container of {name_of(deployment)} has no {kind}."
        present = [other for other in KINDS if spec.get(other)]
        yield Finding(message, subject(deployment), place(deployment, kind, name), kind, present, why, hint)
    elif host := _host(spec[kind]):
        message = f"The {kind} of {name_of(deployment)} asks {host}, not its own Pod."
        path = f"{place(deployment, kind, name)}.{handler(spec[kind])}.host"
        why = "Without `host`, the kubelet asks the Pod. With it, it asks the same machine for every Pod."
        yield Finding(message, subject(deployment), path, "no host", host, why, "Take `host` out of the probe, and apply it.")


def port_of(deployment: Json, probe: Json, name: str = "") -> int | str:
    """Return the port that a probe asks; for the name of a port of the container (`name` as in `container`), its number.

    Example:
        health_probes.port_of(database, {"tcpSocket": {"port": "redis"}})
        # 6379
    """
    asked = (probe.get(handler(probe)) or {}).get("port", "")
    ports = container(deployment, name).get("ports") or ()
    return next((port.get("containerPort", asked) for port in ports if port.get("name") == asked), asked)


def _host(probe: Json) -> str:
    """Return the machine that a probe asks instead of the container's Pod; "" if it asks the Pod."""
    return str((probe.get(handler(probe)) or {}).get("host") or "")


def runs(probe: Json, program: str, word: str) -> bool:
    """Tell whether the command of a probe runs a program with this word among its arguments, in any case.

    The name in a comment, or as a word that another program prints, is no run of it.

    Example:
        health_probes.runs({"exec": {"command": ["sh", "-c", "echo redis-cli ping"]}}, "redis-cli", "ping")
        # False
    """
    words = [str(part) for part in (probe.get("exec") or {}).get("command") or ()]
    script = next((after for flag, after in pairwise(words) if SCRIPT.fullmatch(flag)), None)
    text = COMMENT.sub("", " ".join(words) if script is None else script)
    return re.search(rf"{BEGINS}(\S*/)?{re.escape(program)}\b[^;|&#]*\b{re.escape(word)}\b", text, re.I) is not None


def lets_live(snapshot: Snapshot, deployment: Json, needs: float, hint: str, spared: str = "") -> Findings:
    """Yield a finding if failing probes keep killing a container of the newest Pods.

    `needs` is how long its process takes to start, in seconds. A container whose termination message contains `spared`
    was killed rightly.

    Example:
        yield from health_probes.lets_live(snapshot, harbour, 20, "Give it a startupProbe.")
        # A failing probe killed the container of harbour-7d4 after 9 s; it needs 20 s to start.
    """
    for pod in newest_pods(snapshot, deployment):
        killed = last_event(snapshot, pod, "Killing")
        for status in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = (status.get("lastState") or {}).get("terminated") or {}
            rightly = bool(spared) and spared in str(ended.get("message"))
            recent = ago(ended.get("finishedAt"), snapshot.taken) < RECENT
            if ended and "probe" in killed and not rightly and (recent or not status.get("ready")):
                lived = seconds(ended.get("startedAt"), ended.get("finishedAt") or snapshot.taken)
                why = f"The kubelet says: {killed}\nThe probe said: {_said(snapshot, pod, killed)}"
                yield _killed(pod, status, lived, needs, why, hint)
                return


def _said(snapshot: Snapshot, pod: Json, killed: str) -> str:
    """Return what the probe that had a container killed said last."""
    kind = "startup" if "startup probe" in killed else "liveness"
    messages = [str(event.get("message", "")) for event in snapshot.events(pod) if event.get("reason") == "Unhealthy"]
    return next((message.strip() for message in reversed(messages) if f"{kind} probe" in message.lower()), "no event is left")


def _killed(pod: Json, status: Json, lived: float, needs: float, why: str, hint: str) -> Finding:
    """Return the finding for a killed container: waiting if it is ready now, since that may have been the last time."""
    message = f"A failing probe killed the container of {name_of(pod)} {lived:.0f} s after it started."
    if lived <= needs:
        message = f"A failing probe killed the container of {name_of(pod)} after {lived:.0f} s; it needs {needs:.0f} s to start."
        hint = "Give it a startupProbe: until it has succeeded, the other probes do not run."
    path, again = f"status.containerStatuses[{status['name']}].restartCount", status.get("restartCount", 0)
    observed, waiting = f"restarted {again} time{'' if again == 1 else 's'}", bool(status.get("ready"))
    return Finding(message, subject(pod), path, "a process that keeps running", observed, why, hint, waiting)
