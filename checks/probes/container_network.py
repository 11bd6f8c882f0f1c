"""Probes of a container's network: a name looked up, a connection made, as the container itself would.

Each uses the first tool that the container has. Where it has none, a container with tools stands in its network for a
moment: the addresses, names and ports are the same, the files are not.
"""

import os
import re
from math import ceil

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.probes import container_exec
from checks.snapshot import Json

NOT_RUNNABLE = (126, 127)  # a shell's and runc's exit codes for "cannot execute" and "not found"
LOOK_UP = (
    ["getent", "ahostsv4", "{name}"],
    ["python3", "-c", "import socket,sys; print(socket.gethostbyname(sys.argv[1]))", "{name}"],
    ["nslookup", "{name}"],
)
PYTHON_CONNECT = "import socket,sys; socket.create_connection((sys.argv[1], sys.argv[2]), {seconds})"
CONNECT = (
    ["python3", "-c", PYTHON_CONNECT, "{host}", "{port}"],
    ["bash", "-c", "exec 3<>/dev/tcp/$0/$1", "{host}", "{port}"],
    ["sh", "-c", "nc -w {seconds} $0 $1 </dev/null", "{host}", "{port}"],
)
HELPER = "busybox:1.35"  # has the last tool of each list
LABEL = "org.slipway.helper"
SPARE = 5  # seconds by which a helper outlives its command at most, should nobody be left to remove it


def resolve(probe: Probe, engine: Engine) -> Json:
    """Look up `name` as `container` does: whether it was found, and its IPv4 addresses."""
    values = {"name": probe.options["name"]}
    result = _try(probe, engine, LOOK_UP, values)
    return {**result, **values, "addresses": _addresses(result["stdout"]) if result["ok"] else []}


def connect(probe: Probe, engine: Engine) -> Json:
    """Open a TCP connection from `container` to `host` and `port`."""
    values = {name: str(probe.options[name]) for name in ("host", "port")}
    return {**_try(probe, engine, CONNECT, values | {"seconds": str(max(1, int(probe.timeout) - 1))}), **values}


def _try(probe: Probe, engine: Engine, commands: tuple[list[str], ...], values: dict[str, str]) -> Json:
    """The result of the first command that can be run at all."""
    container = probe.options["container"]
    filled = [[_fill(part, values) for part in command] for command in commands]
    for command in filled:
        result = container_exec.run(engine, container, command, probe.timeout)
        if result["exit"] not in NOT_RUNNABLE and "executable file not found" not in result["error"]:
            return {**result, "kind": probe.kind}
    return {**_helped(engine, container, filled[-1], probe.timeout), "kind": probe.kind}


def _helped(engine: Engine, container: str, command: list[str], timeout: float) -> Json:
    """The result of a command run by a helper in the container's network. It is removed at once, or ends by itself."""
    # What `secrets` would give; every check would wait for that module to load.
    name = f"slipway-helper-{os.urandom(6).hex()}"
    settings = {"NetworkMode": f"container:{container}", "AutoRemove": True, "ReadonlyRootfs": True}
    lasts = ["sleep", str(ceil(timeout) + SPARE)]
    body = {"Image": HELPER, "Cmd": lasts, "Labels": {LABEL: container}, "HostConfig": settings}
    try:
        for path, order in ((f"/containers/create?name={name}", body), (f"/containers/{name}/start", None)):
            answer = engine.request("POST", path, order, timeout=timeout)
            if answer.status >= 400:
                raise EngineError(f"{container} has no tool to try this with, and no helper started: {answer.message}")
        return {**container_exec.run(engine, name, command, timeout), "container": container}
    finally:
        engine.request("DELETE", f"/containers/{name}?force=1&v=1", timeout=timeout + SPARE)


def _addresses(output: str) -> list[str]:
    """The IPv4 addresses that a look-up printed. nslookup names the server that it asked first: that is left out."""
    _, _, answer = output.partition("Name:")
    return sorted(set(re.findall(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?![\d.])", answer or output)))


def _fill(part: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        part = part.replace("{" + name + "}", value)
    return part
