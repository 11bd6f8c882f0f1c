"""How the cluster stands: one look at the engine's containers and at the API, and a word on what is wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sandboxes.cluster import identity, kubectl, nodes, places
from sandboxes.cluster.nodes import Node

if TYPE_CHECKING:
    from docker import APIClient

# A kubelet renews its node's lease every 10 seconds; the cluster gives a node up after 40.
LEASE_SECONDS = 40


class Condition(StrEnum):
    """How the cluster can stand, from nothing to ready."""

    ABSENT = "not made yet"
    HALF_MADE = "half-made"
    DAMAGED = "damaged"
    STOPPED = "stopped"
    LOST = "without its kubeconfig"
    FOREIGN = "another cluster"
    SILENT = "not answering"
    NOT_READY = "not ready"
    READY = "ready"


@dataclass(frozen=True)
class State:
    """What was found: `reason` is a clause that says why it is not ready, `waiting` the nodes that are not."""

    condition: Condition
    reason: str = ""
    nodes: tuple[Node, ...] = ()
    waiting: tuple[str, ...] = ()


def look(client: "APIClient", seconds: float = kubectl.SECONDS, since: datetime | None = None) -> State:
    """Find out how the cluster stands; no call waits longer than `seconds`.

    After `since`, only what a node said later than that counts: what it said before a restart means nothing.
    """
    found = tuple(nodes.find(client))
    if not found:
        return State(Condition.ABSENT, "its nodes are gone from the engine" if identity.load() else "there is none")
    if identity.load() is None:
        return State(Condition.HALF_MADE, "its making did not come to an end", found)
    names = {node.name for node in found}
    if gone := [name for name in nodes.expected() if name not in names]:
        return State(Condition.DAMAGED, f"{_list(gone)} removed from the engine", found)
    if stopped := [node.name for node in found if not node.running]:
        return State(Condition.STOPPED, f"{_list(stopped)} stopped", found)
    if not places.kubeconfig().exists():
        return State(Condition.LOST, "its kubeconfig is gone", found)
    try:
        if reason := identity.differs():
            return State(Condition.FOREIGN, reason, found)
        if waiting := unready(since, seconds):
            return State(Condition.NOT_READY, f"{_list(waiting)} not ready", found, tuple(waiting))
    except kubectl.Unanswered as error:
        return State(Condition.SILENT, f"its API server does not answer ({error})", found)
    return State(Condition.READY, nodes=found)


def unready(since: datetime | None = None, seconds: float = kubectl.SECONDS) -> list[str]:
    """The nodes that are not ready, or have not been heard of lately. Raises kubectl.Unanswered."""
    answer = kubectl.get("nodes", seconds=seconds)
    leases = kubectl.get("leases", "--namespace=kube-node-lease", seconds=seconds)
    renewed = {each["metadata"]["name"]: each["spec"].get("renewTime", "") for each in leases["items"]}
    ready = {each["metadata"]["name"] for each in answer["items"] if _says_ready(each)}
    return [name for name in nodes.expected() if name not in ready or not _fresh(renewed.get(name, ""), since)]


def _says_ready(node: dict[str, Any]) -> bool:
    conditions = {each["type"]: each["status"] for each in node["status"].get("conditions", [])}
    return conditions.get("Ready") == "True"


def _fresh(renewed: str, since: datetime | None) -> bool:
    if not renewed:
        return False
    when = datetime.fromisoformat(renewed.replace("Z", "+00:00"))
    if since is not None:
        return when >= since
    return (datetime.now(UTC) - when).total_seconds() <= LEASE_SECONDS


def _list(names: list[str]) -> str:
    """The names with the verb that agrees with them: “node a is”, “nodes a and b are”."""
    short = [name.removeprefix(f"{places.name()}-") for name in names]
    if len(short) == 1:
        return f"the node {short[0]} is"
    return f"the nodes {', '.join(short[:-1])} and {short[-1]} are"
