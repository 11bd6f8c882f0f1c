"""Containers: running or ended, healthy, and why not. The base of the other modules.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. They know the usual reasons for a
failure and tell "still starting" from "stuck".
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago

Findings = Iterator[Finding]
# How long a process that has begun may take before its silence counts as an answer, in seconds.
GRACE = 10.0
# The exit code of a process that got the signal SIGKILL.
KILLED = 128 + 9
# The exit codes of a shell for a command that cannot be run, or does not exist.
NEVER_RUN = (126, 127)
# A line of a log that names an error.
ERROR = re.compile(r"\b(?:\w*error|fatal|\w*exception|failed|refused|denied|does not exist)\b", re.I)
# The line of a query into which a caret below it points.
POINTS = re.compile(r"\s*LINE \d+:")
# After so many restarts by the engine, a process that has only just begun is expected to end again.
LOOP = 2


def subject(container: Json) -> str:
    """Return the container as findings name it.

    Example:
        containers.subject({"Name": "/web"})
        # 'container/web'
    """
    return f"container/{container['Name'].lstrip('/')}"


def seconds_running(container: Json, snapshot: Snapshot) -> float:
    """Return the seconds since the container's process started, by the engine's clock.

    Example:
        containers.seconds_running(web, snapshot)
        # 12.0
    """
    return ago(_whole(container["State"]["StartedAt"]), snapshot.taken)


def _whole(time: str) -> str:
    """A time of the engine without the parts of a second, of which it gives more than Python reads."""
    return re.sub(r"\.\d+", "", time)


def last_lines(text: str, count: int = 3) -> str:
    r"""Return the last `count` lines of a log or an output that are not blank.

    Example:
        containers.last_lines("one\n\ntwo\nthree\n", 2)
        # 'two\nthree'
    """
    return "\n".join([line.rstrip() for line in text.splitlines() if line.strip()][-count:])


def last_reason(text: str) -> str:
    """Return the last line of a log that names an error, or its last line. (A caret often points into the line before it.)

    Example:
        containers.last_reason("ERROR: no such table\\nLINE 1: SELECT\\n        ^\\n")
        # 'ERROR: no such table'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip(" ^~\t") and not POINTS.match(line)]
    return next((line for line in reversed(lines) if ERROR.search(line)), lines[-1] if lines else "")


def equal(where: str, path: str, expected: Any, observed: Any, message: str, **rest: Any) -> Findings:
    """Yield a finding with `message` unless `observed` equals `expected`. `where` is its subject, `rest` its other fields.

    Example:
        yield from containers.equal("image/web", "Config.User", "web", user, "web runs as root.", hint="Add USER web.")
        # web runs as root.
    """
    if observed != expected:
        yield Finding(message, where, path, expected, observed, **rest)


def running(snapshot: Snapshot, name: str, hint: str, ended: str = "") -> Findings:
    """Yield a finding unless a container of this name exists and its process runs: not paused, not in a restart loop.

    `hint` is for where there is no such container, `ended` for one that does not run: without it, the finding says how the
    name is used again.

    Example:
        yield from containers.running(snapshot, "mesh-web", "Start it detached.")
        # There is no container called mesh-web.
    """
    container = snapshot.container(name)
    if container is None:
        others = sorted(snapshot.of_kind("container"))
        yield Finding(f"There is no container called {name}.", f"container/{name}", "Name", name, others, hint=hint)
        return
    never = container["State"]["Status"] == "created"
    yield from process_runs(snapshot, container, _once_more(container) if never or not ended else ended)


def _once_more(container: Json) -> str:
    """How a container that does not run is brought back, or makes room for another one with its name."""
    name = subject(container).partition("/")[2]
    again = f"To change its image, command or options, remove it (`docker rm -f {name}`), and run it again."
    if container["State"]["Status"] == "created":
        return f"`docker start {name}` starts it, and says what prevents it. {again}"
    return f"`docker logs {name}` says what it did last, `docker start {name}` starts it again. {again}"


def process_runs(snapshot: Snapshot, container: Json, hint: str) -> Findings:
    """Yield a finding unless the container's process runs now. A container that was just created gives a waiting finding.

    Example:
        yield from containers.process_runs(snapshot, web, "`docker logs web` says why it ended.")
        # web has ended; it should be running.
    """
    state, where = container["State"], subject(container)
    name = where.partition("/")[2]
    status = state["Status"]
    if status == "running" and not state["Restarting"]:
        yield from _loops(container, snapshot, hint)
        return
    words = {
        "paused": f"{name} is paused: its process exists but gets no time to run.",
        "dead": f"{name} is dead: the engine could not remove it completely.",
        "removing": f"{name} is being removed.",
        "restarting": f"{name} ends again and again, and the engine keeps restarting it.",
        "created": f"{name} was created but its process was never started.",
        "exited": f"{name} has ended; it should be running.",
    }
    advice = {"paused": f"`docker unpause {name}` resumes it."}.get(status, hint)
    why, waiting = why_ended(container), status == "created" and not state["Error"] and is_young(container, snapshot)
    message = words.get(status, f"{name} is {status}.")
    yield Finding(message, where, "State.Status", "running", status, why=why, hint=advice, waiting=waiting)


def _loops(container: Json, snapshot: Snapshot, hint: str) -> Findings:
    """A finding for a process that answers only between two ends."""
    restarts, seconds = container["RestartCount"], seconds_running(container, snapshot)
    if restarts >= LOOP and seconds < GRACE:
        where = subject(container)
        message = f"{where.partition('/')[2]} ends again and again: the engine has restarted it {restarts} times."
        lines = last_lines(container.get("LogTail", ""))
        why = f"Its process began {seconds:.0f} seconds ago.\n" + (f"Its log ends with:\n{lines}" if lines else "")
        yield Finding(
            message, where, "RestartCount", "no restart in the last seconds", restarts, why, hint, waiting=restarts == LOOP
        )


def is_young(container: Json, snapshot: Snapshot) -> bool:
    """Tell whether the container was created less than ten seconds ago, so that it may still be starting.

    Example:
        containers.is_young(web, snapshot)
        # False
    """
    return ago(_whole(container["Created"]), snapshot.taken) < GRACE


def why_ended(container: Json) -> str:
    r"""Return why a process does not run, as the engine and the end of the log tell it; "" if neither gives a reason.

    Example:
        containers.why_ended(web)
        # 'Its process ended with exit code 1.\nIts log ends with:\nImportError: flask'
    """
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
    """Yield a finding unless the container has a health check that succeeds. One that has not run yet gives a waiting finding.

    Example:
        yield from containers.healthy(snapshot, database, "`docker inspect database` shows the output of the check.")
        # database has no health check, so Docker cannot tell whether it is ready.
    """
    health, where = container["State"].get("Health"), subject(container)
    name = where.partition("/")[2]
    if health is None:
        message = f"{name} has no health check, so Docker cannot tell whether it is ready."
        yield Finding(message, where, "State.Health", "healthy", None, hint=hint)
        return
    status = health["Status"]
    if status == "healthy":
        return
    log = health["Log"] or []
    output = last_lines(log[-1]["Output"]) if log else ""
    why = f"The health check last exited with {log[-1]['ExitCode']}: {output}" if log else ""
    message = f"{name} is still starting: its health check has not succeeded yet."
    # A command that does not exist will not come by waiting.
    impossible = bool(log) and log[-1]["ExitCode"] in NEVER_RUN
    if status == "starting" and impossible:
        message = f"The health check of {name} cannot run its command."
    elif status != "starting":
        message = f"{name} is {status}: its health check failed {health['FailingStreak']} times in a row."
    yield Finding(
        message, where, "State.Health.Status", "healthy", status, why, hint, waiting=status == "starting" and not impossible
    )


def ended(snapshot: Snapshot, name: str, codes: tuple[int, ...], hint: str) -> Findings:
    """Yield a finding unless a container of this name has ended with one of these exit codes.

    Example:
        yield from containers.ended(snapshot, "migrate", (0,), "`docker logs migrate` says what failed.")
        # migrate ended with exit code 1, not 0.
    """
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
    """Yield a finding unless the end of the container's log contains these words.

    Example:
        yield from containers.said(clock, "tick", "`docker logs clock` shows its output.")
        # The log of clock does not contain “tick”.
    """
    log = container["LogTail"]
    if contains not in log:
        name = subject(container).partition("/")[2]
        message = f"The log of {name} does not contain “{contains}”." if log.strip() else f"{name} has printed nothing."
        yield Finding(message, subject(container), "the log", contains, last_lines(log, 20), hint=hint)


def first(*groups: Iterable[Finding]) -> Findings:
    """Yield the findings of the first group that has any: for checks that make sense only after the earlier ones hold.

    Example:
        yield from containers.first(containers.running(snapshot, "web", "Run it."), containers.said(web, "ok", "See its log."))
        # There is no container called web.
    """
    for group in groups:
        findings = list(group)
        if findings:
            yield from findings
            return
