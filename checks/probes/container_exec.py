"""Probes inside a container: running a command, reading the log."""

import time
from urllib.parse import quote

from checks.clients.answer import Declined
from checks.clients.base import DeadlineExceeded, Engine, EngineError
from checks.clients.filters import filtered
from checks.model import Probe
from checks.snapshot import STILL_RUNNING, Json

OUTPUT_LIMIT = 256 * 1024  # bytes
LOG_LIMIT = 16 * 1024 * 1024  # bytes
HEADER = 8  # bytes of a frame before its payload: the stream, three zeros, the length
PAUSE = 0.05  # seconds
OF_CONTAINER = "OCI runtime"  # what the engine names where the container itself cannot run a command


def execute(probe: Probe, engine: Engine) -> Json:
    """Run `command` (a list) in `container`. Returns exit code, stdout and stderr, at most 256 KiB in all.

    Instead of a container, a Compose `project` and its `service` can be named: whatever its running container is called.
    """
    return run(engine, container(probe, engine), probe.options["command"], probe.timeout, probe.options.get("user", ""))


def container(probe: Probe, engine: Engine) -> str:
    """Return the container that a probe names, or the running one of its Compose `project` and `service`."""
    return probe.options.get("container") or _of_service(engine, probe.options["project"], probe.options["service"])


def _of_service(engine: Engine, project: str, service: str) -> str:
    """The ID of the service's running container; the name that Compose would give to one where none runs."""
    labels = [f"com.docker.compose.{name}" for name in (f"project={project}", f"service={service}", "oneoff=False")]
    running = engine.get_list(filtered("/containers/json", label=labels))
    return running[0]["Id"] if running else f"{project}-{service}-1"


def run(engine: Engine, container: str, command: list[str], timeout: float, user: str = "") -> Json:
    """Run a command in a container. Returns the probe's result; `ok` means that it ran and exited 0."""
    result: Json = {"kind": "exec", "container": container, "command": command, "ok": False, "error": "", "exit": None}
    result |= {"stdout": "", "stderr": ""}
    deadline = time.monotonic() + timeout
    order = {"Cmd": command, "AttachStdout": True, "AttachStderr": True, "User": user}
    created = engine.request("POST", f"/containers/{quote(container)}/exec", order, timeout=timeout)
    if created.absent(f"a command in {container}"):
        return {**result, "error": "no such container"}
    if created.status == 409:
        return {**result, "error": created.message}
    if created.status != 201:
        raise EngineError(f"the Docker engine refused to run a command in {container}: {created.message}")
    id = _id(created.json(), container)
    engine.starts(id)
    try:
        body = {"Detach": False, "Tty": False}
        left = max(0.1, deadline - time.monotonic())
        started = engine.request("POST", f"/exec/{id}/start", body, timeout=left, limit=OUTPUT_LIMIT)
    except DeadlineExceeded:
        # The command is slow only where the engine itself still answers, and says that it is running.
        if _state(engine, id)["Running"]:
            return {**result, "error": f"{STILL_RUNNING} {timeout:g} s"}
        raise
    if started.status >= 500 and OF_CONTAINER not in started.message:
        raise EngineError(f"the Docker engine failed to run a command in {container}: {started.message}")
    if started.status >= 400:
        return {**result, "error": started.message}
    if started.status != 200:
        raise EngineError(f"the Docker engine answered {started.status} to a command in {container}")
    out, err = split(started.body, OUTPUT_LIMIT)
    while (state := _state(engine, id))["Running"]:  # it has closed its output, and runs on
        if time.monotonic() > deadline:
            return {**result, "error": f"{STILL_RUNNING} {timeout:g} s", "stdout": out, "stderr": err}
        time.sleep(PAUSE)
    code = state["ExitCode"]
    return {**result, "ok": code == 0, "exit": code, "stdout": out, "stderr": err}


def _id(created: object, container: str) -> str:
    """The ID that the engine gave to a command."""
    if not isinstance(created, dict) or not created.get("Id"):
        raise EngineError(f"the Docker engine's answer to a command in {container} could not be understood")
    return str(created["Id"])


def _state(engine: Engine, id: str) -> Json:
    """What the engine knows of a command: "Running" and "ExitCode". Raises EngineError where it knows nothing."""
    state = engine.get(f"/exec/{id}/json")
    if state is None:
        raise EngineError("the Docker engine no longer knows the command that it ran: it was restarted; check again")
    if not isinstance(state, dict) or not {"Running", "ExitCode"} <= state.keys():
        raise EngineError("the Docker engine's answer about a command could not be understood")
    return state


def logs(probe: Probe, engine: Engine) -> Json:
    """Return the last `tail` lines (200 by default) of a container's log, at most 256 KiB. Named as for `execute`.

    With `containing`, a list of words, those of the whole log that contain one of them: what the checks' own requests add to
    the log cannot push them out.
    """
    words, most = probe.options.get("containing"), probe.options.get("tail", 200)
    if words is None:
        return tail(engine, container(probe, engine), most, probe.timeout)
    whole = tail(engine, container(probe, engine), "all", probe.timeout, LOG_LIMIT)
    lines = [line for line in whole["text"].splitlines(keepends=True) if any(word in line for word in words)]
    return {**whole, "text": "".join(lines[-most:])}


def tail(engine: Engine, container: str, lines: int | str, timeout: float, limit: int = OUTPUT_LIMIT) -> Json:
    """Return the last lines of a container's log ("all": every line), stdout and stderr together, at most `limit` bytes."""
    path = f"/containers/{quote(container)}/logs?stdout=1&stderr=1&tail={lines}"
    answer = engine.request("GET", path, timeout=timeout, limit=limit)
    result: Json = {"kind": "logs", "container": container, "ok": True, "error": "", "text": ""}
    if answer.absent(f"the log of {container}"):
        return {**result, "ok": False, "error": "no such container"}
    if answer.status != 200:
        words = f"the Docker engine did not give the log of {container}: {answer.message}"
        raise Declined(words, answer.status, answer.message)
    framed = "raw-stream" not in answer.headers.get("content-type", "")
    return {**result, "text": "".join(split(answer.body, limit)) if framed else answer.body.decode(errors="replace")}


def split(stream: bytes, limit: int) -> tuple[str, str]:
    """Split Docker's multiplexed stream into stdout and stderr: frames of an 8-byte header (stream, length) and a payload.

    Raises EngineError for anything else, and for a stream that ends within a frame, unless it was read up to `limit` bytes.
    """
    parts: dict[int, list[bytes]] = {1: [], 2: []}
    at, cut = 0, len(stream) >= limit
    while at + HEADER <= len(stream):
        length = int.from_bytes(stream[at + 4 : at + HEADER], "big")
        if stream[at] not in (0, 1, 2) or stream[at + 1 : at + 4] != bytes(3):
            raise EngineError("the output that the Docker engine sent could not be understood")
        parts[stream[at] or 1].append(stream[at + HEADER : at + HEADER + length])
        at += HEADER + length
    if at != len(stream) and not cut:
        raise EngineError("the Docker engine broke an output off")
    return tuple(b"".join(parts[number]).decode("utf-8", errors="replace") for number in (1, 2))
