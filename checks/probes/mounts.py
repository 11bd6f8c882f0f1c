"""Probes of where a container's files lie: in its writable layer, or in a folder that it shares with the lab's own."""

import os
from pathlib import Path
from urllib.parse import quote

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.probes import container_exec
from checks.snapshot import Json, Snapshot

# How the engine's API counts what happened to a path in the writable layer.
KINDS = ("changed", "added", "deleted")


def changes(probe: Probe, engine: Engine) -> Json:
    """What a container has changed in its writable layer: {path: "changed", "added" or "deleted"}.

    The container is named as for `exec`; `under` is a folder, where only that one and what lies below it counts.
    """
    name, under = container_exec.container(probe, engine), probe.options.get("under", "/").rstrip("/")
    result: Json = {"kind": "changes", "container": name, "ok": False, "error": "", "paths": {}}
    paths = layer(engine, name, probe.timeout)
    if paths is None:
        return {**result, "error": "no such container"}
    return {**result, "ok": True, "paths": {path: what for path, what in paths.items() if f"{path}/".startswith(f"{under}/")}}


def layer(engine: Engine, container: str, timeout: float) -> dict[str, str] | None:
    """The paths in a container's writable layer and what happened to each; None where there is no such container."""
    answer = engine.request("GET", f"/containers/{quote(container)}/changes", timeout=timeout)
    if answer.absent(f"what {container} has changed"):
        return None
    if answer.status != 200:
        raise EngineError(f"the Docker engine did not tell what {container} has changed: {answer.message}")
    # Where nothing has changed, the engine's answer is null.
    return {change["Path"]: KINDS[change["Kind"]] for change in answer.json() or ()}


def add_layers(engine: Engine, snapshot: Snapshot) -> None:
    """Add to each container of a snapshot what `layer` says of it, under "Layer"."""
    for container in snapshot.objects["container"].values():
        paths = layer(engine, container["Id"], engine.deadline)
        if paths is not None:
            container["Layer"] = paths


def shared(probe: Probe, engine: Engine, workspace: Path) -> Json:
    """Whether `folder` in `container` is the lab's own folder: a file that is made here for a moment appears there.

    Paths would not tell: where the engine runs in a virtual machine, it knows the folder under another one. The engine
    looks itself, so the container needs no tool for it, and may mount the folder read-only.
    """
    container, folder = probe.options["container"], probe.options["folder"]
    result: Json = {"kind": "shared", "container": container, "folder": folder, "ok": False, "error": ""}
    # What `secrets` would give; every check would wait for that module to load.
    mark = workspace / f".slipway-{os.urandom(8).hex()}"
    try:
        mark.touch()
        path = f"/containers/{quote(container)}/archive?path={quote(f'{folder}/{mark.name}')}"
        answer = engine.request("HEAD", path, timeout=probe.timeout)
    except OSError as error:
        raise EngineError(f"no file could be made in {workspace.name} ({error.strerror})") from error
    finally:
        mark.unlink(missing_ok=True)
    if answer.status == 404:
        return {**result, "error": "what is made in the lab's folder does not appear there"}
    if answer.status != 200:
        raise EngineError(f"the Docker engine did not look into {container} (status {answer.status})")
    return {**result, "ok": True}
