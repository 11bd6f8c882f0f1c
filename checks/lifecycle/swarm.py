"""Swarm mode: a state of the whole engine, which a lab may turn on, and which its reset turns off again.

An engine that was in a swarm before the lab is used as it is and never left. One that came into a swarm during the lab
is taken out again, unless somebody else has put something into that swarm meanwhile.
"""

from checks.clients.base import Engine
from checks.snapshot import Json
from sandboxes.cluster import nodes
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError

# The network through which containers of an overlay reach the outside: the engine makes it and leaves it behind.
GATEWAY = "docker_gwbridge"
MODE = "Swarm mode"
# Networks on which the engine resolves no names.
NAMELESS = frozenset({"bridge", "host", "none", GATEWAY})
LEAVE_DEADLINE = 30.0  # seconds


def _state(engine: Engine) -> str:
    """inactive, active, pending, locked or error."""
    return engine.get("/info")["Swarm"]["LocalNodeState"]


def refuse(told: Json, where: Endpoint, lab_id: str) -> None:
    """Raise SlipwayError for an engine whose Swarm mode a lab cannot use, or should not touch.

    `told` is what the engine says of itself (GET /info).
    """
    swarm = told["Swarm"]
    begin = f"Lab {lab_id} turns on Swarm mode, a state of the whole engine, and"
    if where.remote:
        raise SlipwayError(
            f"{begin} this engine is on another machine ({where.url}). Nothing was changed.",
            "Choose a local engine for this lab (unset DOCKER_HOST, or `docker context use default`).",
        )
    if any("rootless" in each for each in told.get("SecurityOptions") or ()):
        raise SlipwayError(
            f"{begin} this engine runs without root's rights, where there are no overlay networks. Nothing was changed.",
            "Choose an engine that runs as root for this lab (`docker context ls` lists what there is).",
        )
    if swarm["LocalNodeState"] == "active" and not swarm["ControlAvailable"]:
        raise SlipwayError(
            f"{begin} this engine is a worker in a swarm that others manage. Nothing was changed.",
            "Do this lab on another engine. Whether this one may leave its swarm is for those to say who run it.",
        )
    if swarm["LocalNodeState"] not in ("active", "inactive"):
        raise SlipwayError(
            f"{begin} the swarm of this engine is {swarm['LocalNodeState']}. {swarm['Error']}".strip(),
            "Repair or unlock it first, or do this lab on another engine. `docker info` says more.",
        )


def present(engine: Engine) -> list[str]:
    """What there is of a swarm now: Swarm mode itself, and the network that it leaves behind."""
    found = [] if _state(engine) == "inactive" else [MODE]
    return found if engine.get(f"/networks/{GATEWAY}") is None else [*found, GATEWAY]


def restore(engine: Engine, before: list[str]) -> tuple[list[str], list[str]]:
    """Leave a swarm that is not among what was there `before`.

    Returns what was removed, and a sentence for each thing that was kept.
    """
    removed: list[str] = []
    kept: list[str] = []
    if MODE in before:
        return removed, kept
    if _state(engine) != "inactive":
        if others := _others(engine):
            return removed, [f"Swarm mode was kept on: {others}."]
        if connected := _connected(engine):
            return removed, [_unsafe(connected)]
        answer = engine.request("POST", "/swarm/leave?force=1", timeout=LEAVE_DEADLINE)
        if answer.status >= 400:
            return removed, [f"Swarm mode was kept on: {answer.message}"]
        removed.append(MODE)
    if GATEWAY not in before and engine.get(f"/networks/{GATEWAY}") is not None:
        answer = engine.request("DELETE", f"/networks/{GATEWAY}", timeout=LEAVE_DEADLINE)
        if answer.status >= 400:
            kept.append(f"The network {GATEWAY} was kept: {answer.message}")
        else:
            removed.append(f"network {GATEWAY}")
    return removed, kept


def _connected(engine: Engine) -> list[str]:
    """Return the names of running containers that other containers may reach by name, sorted.

    An engine that leaves a swarm forgets the names of the containers on all of its networks, until they are started again.
    """
    found = set()
    for container in engine.get("/containers/json"):
        networks = (container.get("NetworkSettings") or {}).get("Networks") or {}
        if set(networks) - NAMELESS:
            found.add(container["Names"][0].lstrip("/"))
    return sorted(found)


def _unsafe(connected: list[str]) -> str:
    """Return a sentence that says why the engine cannot leave its swarm while these containers run, and what to do."""
    cluster = [name for name in connected if name in nodes.expected()]
    if cluster:
        return (
            "Swarm mode was kept on: when the engine leaves the swarm, the running nodes of your cluster can no longer find "
            "each other. Run `slipway cluster down`, reset the lab again, then run `slipway cluster up`. The cluster keeps its "
            "contents."
        )
    return (
        f"Swarm mode was kept on: when the engine leaves the swarm, these running containers can no longer be found by name: "
        f"{', '.join(connected)}. Stop them with `docker stop`, reset the lab again, then start them."
    )


def _others(engine: Engine) -> str:
    """What else is in the swarm, in words, now that what was the lab's is gone; empty where there is nothing."""
    told = engine.get("/info")["Swarm"]
    if not told["ControlAvailable"]:
        return "this engine is a worker in it, and what else belongs to it is not known here"
    if told["Nodes"] != 1:
        return f"{told['Nodes']} machines belong to it"
    networks = [each for each in engine.get("/networks") if each["Scope"] == "swarm"]
    found = [f"the network {each['Name']}" for each in networks if not each.get("Ingress")]
    for path, kind in (("/services", "service"), ("/secrets", "secret"), ("/configs", "configuration")):
        found += [f"the {kind} {each['Spec']['Name']}" for each in engine.get(path)]
    return f"it holds {', '.join(found)}, which this lab did not make" if found else ""
