"""The probe of a container's health check: the same command once more, where the container's own server does not run.

A check that succeeds there asks nobody. Beside a stand-in for the server, which answers 404 to every path but /, it also
shows what it asks for, whatever the application itself logs.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from checks.clients.base import DeadlineExceeded, Engine, EngineError
from checks.clients.filters import PROJECT_LABEL
from checks.model import Probe
from checks.probes import container_exec
from checks.probes.container_network import LABEL, SPARE
from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_whole, write_whole

# Part of the key under which a result is kept: what was tried in another way is tried again.
FORM = 1
# Python's own server over an empty folder: 200 for /, 404 for everything else.
STAND_IN = "python:3.11-slim"
SERVE = ["python", "-u", "-m", "http.server", "--directory", "/mnt"]
SERVES = "Serving HTTP"
REQUEST = re.compile(r'"([A-Z]+ \S+) HTTP/')
NOT_STARTED = 127
LINES = 20
# Settings of the container that decide how a command in it behaves.
KEPT = ("CapAdd", "CapDrop", "ReadonlyRootfs", "SecurityOpt", "Tmpfs")


def rehearse(probe: Probe, engine: Engine, cache: Path) -> Json:
    """Run the health check of a container (named as for `exec`) apart from it, in a container of its image that is removed.

    With `port`, a stand-in for the server listens there. `exit` is the exit code, `requests` what the stand-in was asked for.
    `ok` is false where there is nothing to try. A container's health check never changes, so a result is kept in `cache`.
    """
    name = container_exec.container(probe, engine)
    result: Json = {"kind": "health_check", "container": name, "ok": False, "error": "", "exit": None, "requests": []}
    container = engine.get(f"/containers/{quote(name)}/json")
    if container is None:
        return {**result, "error": "no such container"}
    command = _command(container)
    if not command:
        return {**result, "error": "no health check"}
    known = [FORM, container["Id"], command, probe.options.get("port")]
    kept = cache / f"health-check-{hashlib.sha256(json.dumps(known).encode()).hexdigest()[:24]}.json"
    with suppress(OSError, ValueError):
        return {**result, **json_text.loads(read_whole(kept))}
    tried = _try(engine, container, command, probe)
    if tried["ok"]:
        with suppress(SlipwayError):  # without its cache, the next check takes longer; this one is as good
            write_whole(kept, json.dumps(tried))
    return {**result, **tried}


def _command(container: Json) -> list[str]:
    """The health check as a list of a program and its arguments; empty where there is none."""
    kind, *words = (container["Config"].get("Healthcheck") or {}).get("Test") or [""]
    if kind == "CMD-SHELL":
        return [*(container["Config"].get("Shell") or ["/bin/sh", "-c"]), *words]
    return words if kind == "CMD" else []


def _try(engine: Engine, container: Json, command: list[str], probe: Probe) -> Json:
    deadline = time.monotonic() + probe.timeout
    port = probe.options.get("port")
    if port is None:
        return {"ok": True, "exit": _run(engine, container, command, "none", deadline), "requests": []}
    with _stand_in(engine, container, port, deadline) as server:
        code = _run(engine, container, command, f"container:{server}", deadline)
        log = container_exec.tail(engine, server, LINES, _left(deadline))["text"]
    return {"ok": True, "exit": code, "requests": REQUEST.findall(log)}


@contextmanager
def _stand_in(engine: Engine, container: Json, port: int, deadline: float) -> Iterator[str]:
    """A server in a network of its own, where the names of the container mean the server."""
    names = {container["Config"]["Hostname"], container["Name"].lstrip("/")}
    for endpoint in container["NetworkSettings"]["Networks"].values():
        names |= set(endpoint.get("Aliases") or ())
    hosts = [f"{name}:127.0.0.1" for name in sorted(names) if name]
    settings = {"NetworkMode": "none", "ReadonlyRootfs": True, "CapDrop": ["ALL"], "ExtraHosts": hosts}
    body = {"Image": STAND_IN, "Entrypoint": [*SERVE, str(port)], "Cmd": [], "User": "65534", "HostConfig": settings}
    with _made(engine, {**body, "Labels": {LABEL: container["Name"]}}, deadline) as name:
        _start(engine, name, deadline)
        while SERVES not in container_exec.tail(engine, name, LINES, _left(deadline))["text"]:
            if time.monotonic() > deadline:
                raise EngineError("a server to try the health check on did not start in time")
            time.sleep(0.05)
        yield name


def _run(engine: Engine, container: Json, command: list[str], network: str, deadline: float) -> int:
    """The exit code of the command in a container like this one: its image, user, variables and files, nothing else of it."""
    config, own = container["Config"], container["HostConfig"]
    settings = {key: own[key] for key in KEPT if own.get(key)} | {"VolumesFrom": [f"{container['Id']}:ro"]}
    body = {key: config[key] for key in ("User", "Env", "WorkingDir") if config.get(key)}
    # An image that Compose has built carries its labels: the container is none of the project's.
    labels = {label: "" for label in config.get("Labels") or () if label.startswith(PROJECT_LABEL.rpartition(".")[0])}
    body |= {"Image": _image(engine, container), "Entrypoint": command, "Cmd": [], "Healthcheck": {"Test": ["NONE"]}}
    body |= {"Labels": {**labels, LABEL: container["Name"]}, "HostConfig": {**settings, "NetworkMode": network}}
    with _made(engine, body, deadline) as name:
        try:
            _start(engine, name, deadline)
        except _NotRunnable:
            return NOT_STARTED
        try:
            waited = engine.request("POST", f"/containers/{name}/wait", timeout=_left(deadline))
        except DeadlineExceeded as error:
            raise EngineError("the health check was still running when the time to try it was over") from error
        code: int = waited.json()["StatusCode"]
        return code


class _NotRunnable(Exception):
    """The command is not in the image."""


def _image(engine: Engine, container: Json) -> str:
    """The image of the container; where a build has replaced it, the one with its tag."""
    own: str = container["Image"]
    return own if engine.get(f"/images/{own}/json") is not None else container["Config"]["Image"]


@contextmanager
def _made(engine: Engine, body: Json, deadline: float) -> Iterator[str]:
    """A container that is removed at the end, with the volumes that were made for it."""
    name = f"slipway-helper-{os.urandom(6).hex()}"
    try:
        answer = engine.request("POST", f"/containers/create?name={name}", body, timeout=_left(deadline))
        if answer.status >= 400:
            raise EngineError(f"the health check could not be tried: {answer.message}")
        yield name
    finally:
        engine.request("DELETE", f"/containers/{name}?force=1&v=1", timeout=SPARE)


def _start(engine: Engine, name: str, deadline: float) -> None:
    answer = engine.request("POST", f"/containers/{name}/start", timeout=_left(deadline))
    if answer.status >= 400 and ("not found" in answer.message or "no such file" in answer.message):
        raise _NotRunnable
    if answer.status >= 400:
        raise EngineError(f"the health check could not be tried: {answer.message}")


def _left(deadline: float) -> float:
    return max(0.1, deadline - time.monotonic())
