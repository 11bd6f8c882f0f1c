"""The vocabulary that checks are written in: each function yields a Finding for what is not as expected.

All are pure functions over a Snapshot. They know the usual reasons for a failure and tell "still starting" from "stuck".
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown, tagged

Findings = Iterator[Finding]
# How long a process that has begun may take before its silence counts as an answer, in seconds.
GRACE = 10.0
# The exit code of a process that got the signal SIGKILL.
KILLED = 128 + 9
LOOPBACK_SIGNS = ("127.0.0.1:", "localhost:")


def subject(container: Json) -> str:
    return f"container/{container['Name'].lstrip('/')}"


def seconds_running(container: Json, snapshot: Snapshot) -> float:
    """Seconds since the container's process began, by the engine's clock."""
    return (_time(snapshot.taken) - _time(container["State"]["StartedAt"])).total_seconds()


def _time(text: str) -> datetime:
    whole, _, _ = text.replace("Z", "").partition(".")
    return datetime.fromisoformat(whole)


def last_lines(text: str, count: int = 3) -> str:
    """The last lines that are not blank, of a log or an output."""
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-count:])


def equal(where: str, path: str, expected: Any, observed: Any, message: str, **rest: Any) -> Findings:
    """`observed` is `expected`."""
    if observed != expected:
        yield Finding(message, where, path, expected, observed, **rest)


def image_exists(snapshot: Snapshot, reference: str, hint: str) -> Findings:
    """An image carries this tag."""
    if snapshot.image(reference) is None:
        tags = sorted(tag for image in snapshot.of_kind("image").values() for tag in image["RepoTags"] or ())
        message = f"There is no image called {reference} yet."
        yield Finding(message, f"image/{reference}", "RepoTags", reference, tags, hint=hint)


def running(snapshot: Snapshot, name: str, hint: str) -> Findings:
    """A container of this name exists and its process runs: not paused, not in a restart loop."""
    container = snapshot.container(name)
    if container is None:
        others = sorted(snapshot.of_kind("container"))
        yield Finding(f"There is no container called {name}.", f"container/{name}", "Name", name, others, hint=hint)
        return
    yield from process_runs(snapshot, container, hint)


def process_runs(snapshot: Snapshot, container: Json, hint: str) -> Findings:
    """The container's process runs now."""
    state, where = container["State"], subject(container)
    name = where.partition("/")[2]
    status = state["Status"]
    if status == "running" and not state["Restarting"]:
        return
    words = {
        "paused": f"{name} is paused: its process exists but gets no time to run.",
        "dead": f"{name} is dead: the engine could not remove it completely.",
        "removing": f"{name} is being removed.",
        "restarting": f"{name} ends again and again, and the engine keeps restarting it.",
        "created": f"{name} was created but its process was never started.",
        "exited": f"{name} has ended; it should be running.",
    }
    advice = {"paused": f"`docker unpause {name}` lets it go on."}.get(status, hint)
    why, waiting = why_ended(container), status == "created" and not state["Error"] and is_young(container, snapshot)
    message = words.get(status, f"{name} is {status}.")
    yield Finding(message, where, "State.Status", "running", status, why=why, hint=advice, waiting=waiting)


def is_young(container: Json, snapshot: Snapshot) -> bool:
    """Whether the container was created only just now, so that its start may still be under way."""
    return (_time(snapshot.taken) - _time(container["Created"])).total_seconds() < GRACE


def why_ended(container: Json) -> str:
    """The reason that the engine and the log give for a process that is not running; empty when there is none."""
    state, reasons = container["State"], []
    if state["OOMKilled"]:
        reasons.append("The kernel killed it because it used more memory than its limit (OOMKilled).")
    if state["Error"]:
        reasons.append(f"The engine says: {state['Error']}")
    if state["Status"] in ("exited", "restarting", "dead"):
        times = container.get("RestartCount", 0)
        again = f" It was restarted {times} times." if times else ""
        reasons.append(f"Its process ended with exit code {state['ExitCode']}.{_killed(container)}{again}")
    lines = last_lines(container.get("LogTail", ""))
    if lines and state["Status"] != "paused":
        reasons.append(f"Its log ends with:\n{lines}")
    return "\n".join(reasons)


def _killed(container: Json) -> str:
    """A word on SIGKILL where the engine names no reason.

    It begins to listen for the kernel's word on memory only when the process has been started: what uses up its memory in
    the first milliseconds is killed unheard.
    """
    state, limit = container["State"], container.get("HostConfig", {}).get("Memory", 0)
    if state["ExitCode"] != KILLED or state["OOMKilled"]:
        return ""
    memory = f" or the kernel, when it reached its memory limit of {limit // 2**20} MiB" if limit else ""
    return f" That is 128 + 9: it was killed with SIGKILL, by `docker kill`, `docker stop`{memory}."


def healthy(snapshot: Snapshot, container: Json, hint: str) -> Findings:
    """The container has a health check, and it succeeds."""
    health, where = container["State"].get("Health"), subject(container)
    name = where.partition("/")[2]
    if health is None:
        message = f"{name} has no health check, so nobody can tell whether it is ready."
        yield Finding(message, where, "State.Health", "healthy", None, hint=hint)
        return
    status = health["Status"]
    if status == "healthy":
        return
    log = health["Log"] or []
    output = last_lines(log[-1]["Output"]) if log else ""
    why = f"The health check last exited with {log[-1]['ExitCode']}: {output}" if log else ""
    message = f"{name} is still starting: its health check has not succeeded yet."
    if status != "starting":
        message = f"{name} is {status}: its health check failed {health['FailingStreak']} times in a row."
    yield Finding(message, where, "State.Health.Status", "healthy", status, why, hint, waiting=status == "starting")


def publishes(container: Json, host_port: int, port: int, hint: str) -> Findings:
    """The container's `port` is published on `host_port` of the host."""
    bound = bindings(container)
    if f"{host_port} → {port}" in bound:
        return
    exposed = ", ".join(sorted(container["Config"].get("ExposedPorts") or ())) or "none"
    why = ""
    if f"{port} → {host_port}" in bound and port != host_port:
        why = "The two numbers are the wrong way round: the host's port comes first, then the container's."
    elif not bound:
        why = f"No port is published. EXPOSE alone ({exposed}) documents a port; it opens nothing on the host."
    name = subject(container).partition("/")[2]
    message = f"Port {port} of {name} is not published on port {host_port} of this machine."
    expected = f"{host_port} → {port}"
    yield Finding(message, subject(container), "NetworkSettings.Ports", expected, bound, why, hint)


def bindings(container: Json) -> list[str]:
    """The published TCP ports of a container, each as "host → container"."""
    asked = container["HostConfig"].get("PortBindings") or {}
    live = container["NetworkSettings"].get("Ports") or {}
    found = set()
    for port, targets in {**asked, **{key: value for key, value in live.items() if value}}.items():
        number, _, protocol = port.partition("/")
        if protocol == "tcp":
            found |= {f"{target['HostPort']} → {number}" for target in targets or ()}
    return sorted(found)


def own_addresses(container: Json) -> list[str]:
    """The addresses under which a container reaches itself."""
    networks = container["NetworkSettings"]["Networks"].values()
    return ["127.0.0.1", "::1", *(each["IPAddress"] for each in networks if each["IPAddress"])]


def answers(snapshot: Snapshot, probe_id: str, container: Json, contains: str, hint: str, status: int = 200) -> Findings:
    """The HTTP probe got this status, with a body that contains `contains`."""
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        yield no_answer(snapshot, probe, container, hint)
        return
    request, where = probe["request"], subject(container)
    if probe["status"] != status:
        why = f"The answer says: {probe['body'][:300].strip()}"
        if lines := last_lines(container.get("LogTail", "")):
            why += f"\nThe log ends with:\n{lines}"
        message = f"{request} is answered with status {probe['status']}, not {status}."
        yield Finding(message, where, request, status, probe["status"], why, hint)
    elif contains not in probe["body"]:
        message = f"{request} is answered, but the answer does not contain “{contains}”."
        yield Finding(message, where, request, contains, probe["body"][:2000], hint=hint)


def no_answer(snapshot: Snapshot, probe: Json, container: Json, hint: str) -> Finding:
    """The finding for a request that got no answer: still starting, or the likely reason."""
    words = {
        "refused": "the connection was refused",
        "closed": "the connection was closed without an answer",
        "timeout": "there was no answer in time",
        "not HTTP": "what came back is not HTTP",
    }
    happened = words.get(probe["error"], probe["error"])
    health = (container["State"].get("Health") or {}).get("Status")
    starting = health == "starting" or seconds_running(container, snapshot) < GRACE
    log = container.get("LogTail", "")
    local = next((line.strip() for line in log.splitlines() if any(sign in line for sign in LOOPBACK_SIGNS)), "")
    why = ""
    if local and "0.0.0.0" not in log:
        starting = False
        why = (
            f"Its log says “{local}”. Inside a container that address is the container itself: "
            "a server that listens only there cannot be reached from outside. It has to listen on 0.0.0.0."
        )
    elif lines := last_lines(log):
        why = f"Its log ends with:\n{lines}"
    message = f"{probe['request']} gets no answer: {happened}."
    where = subject(container)
    return Finding(message, where, probe["request"], "an answer", probe["error"], why, hint, waiting=starting)


def ended(snapshot: Snapshot, name: str, codes: tuple[int, ...], hint: str) -> Findings:
    """A container of this name ran to its end, with one of these exit codes."""
    container = snapshot.container(name)
    if container is None:
        others = sorted(snapshot.of_kind("container"))
        yield Finding(f"There is no container called {name}.", f"container/{name}", "Name", name, others, hint=hint)
        return
    state, where = container["State"], subject(container)
    if state["Status"] != "exited":
        message, waiting = f"{name} is {state['Status']}; it should have ended.", False
        if state["Status"] == "created" and state["Error"]:
            message = f"{name} could not be started."
        elif state["Status"] == "created":
            message, waiting = f"{name} was created but never started.", is_young(container, snapshot)
        elif state["Status"] == "running" and seconds_running(container, snapshot) < GRACE:
            message, waiting = f"{name} is still running.", True
        why = why_ended(container)
        yield Finding(message, where, "State.Status", "exited", state["Status"], why, hint, waiting=waiting)
    elif state["ExitCode"] not in codes:
        wanted = " or ".join(map(str, codes))
        message = f"{name} ended with exit code {state['ExitCode']}, not {wanted}."
        yield Finding(message, where, "State.ExitCode", wanted, state["ExitCode"], why_ended(container), hint)


def said(container: Json, contains: str, hint: str) -> Findings:
    """The end of the container's log contains these words."""
    log = container["LogTail"]
    if contains not in log:
        name = subject(container).partition("/")[2]
        message = f"The log of {name} does not contain “{contains}”." if log.strip() else f"{name} has printed nothing."
        yield Finding(message, subject(container), "the log", contains, last_lines(log, 20), hint=hint)


def made_from(snapshot: Snapshot, container: Json, reference: str, hint: str) -> Findings:
    """The container was made from an image that carries this tag, or did when the container was made."""
    image = snapshot.image_of(container) or {}
    tags, used = image.get("RepoTags") or [], container["Config"]["Image"]
    if tagged(reference) not in [*tags, tagged(used)]:
        name = subject(container).partition("/")[2]
        message = f"{name} was made from {used}, not from {reference}."
        yield Finding(message, subject(container), "Config.Image", reference, used, hint=hint)


def runs_image(snapshot: Snapshot, container: Json, reference: str, hint: str) -> Findings:
    """The container runs the image that carries this tag now, compared by ID."""
    image = snapshot.image(reference)
    if image is None:
        raise Unknown(f"the image {reference} was not found")
    if container["Image"] == image["Id"]:
        return
    name, used = subject(container).partition("/")[2], container["Config"]["Image"]
    message = f"{name} does not run the image that {reference} names now."
    why = f"It was created from {used}."
    if used in (reference, f"{reference}:latest") or used.startswith("sha256:"):
        why = "The image was built again after the container was created: a container keeps the image it was made from."
    expected, observed = image["Id"], container["Image"]
    yield Finding(message, subject(container), "Image", expected, observed, why, hint)


def first(*groups: Iterable[Finding]) -> Findings:
    """The findings of the first group that has any: for what only makes sense once the former holds."""
    for group in groups:
        found = list(group)
        if found:
            yield from found
            return
