"""The state of the cluster, from the engine's containers and the API server, and the reason where it is not ready."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sandboxes.cluster import identity, nodes, paths
from sandboxes.cluster.client import Unanswered, read
from sandboxes.cluster.nodes import Node

if TYPE_CHECKING:
    from docker import APIClient

# A kubelet renews its node's lease every 10 seconds; the cluster considers a node lost after 40.
LEASE_SECONDS = 40
# The labels of Pods without which a cluster does not work: DNS, Services, and kind's or our own Pod network.
SYSTEM = ("kube-dns", "kube-proxy", "kindnet", "network")


class Condition(StrEnum):
    """The states of a cluster, from absent to ready."""

    ABSENT = "not created yet"
    HALF_MADE = "incomplete"
    DAMAGED = "damaged"
    STOPPED = "stopped"
    LOST = "without its kubeconfig"
    FOREIGN = "another cluster"
    SILENT = "not answering"
    NOT_READY = "not ready"
    READY = "ready"


@dataclass(frozen=True)
class State:
    """A state: `reason` is a clause that says why the cluster is not ready, `waiting` are the nodes that are not."""

    condition: Condition
    reason: str = ""
    nodes: tuple[Node, ...] = ()
    waiting: tuple[str, ...] = ()


def look(client: "APIClient", services: bool = True) -> State:
    """Return the state of the cluster; no single request takes longer than 10 seconds.

    Without `services`, a cluster whose nodes are ready is ready, as kind has it: its DNS may still be starting.
    """
    existing = tuple(nodes.find(client))
    if not existing:
        return State(Condition.ABSENT, "its nodes are gone from the engine" if identity.load() else "there is none")
    if identity.load() is None:
        return State(Condition.HALF_MADE, "creating it was interrupted", existing)
    names = {node.name for node in existing}
    if gone := [name for name in nodes.expected() if name not in names]:
        return State(Condition.DAMAGED, f"{_list(gone)} removed from the engine", existing)
    if stopped := [node.name for node in existing if not node.running]:
        return State(Condition.STOPPED, f"{_list(stopped)} stopped", existing)
    if not paths.kubeconfig().exists():
        return State(Condition.LOST, "its kubeconfig is gone", existing)
    try:
        if reason := identity.differs():
            return State(Condition.FOREIGN, reason, existing)
        if waiting := unready(existing):
            return State(Condition.NOT_READY, f"{_list(waiting)} not ready", existing, tuple(waiting))
        if services and (lacking := unready_services(existing)):
            return State(Condition.NOT_READY, f"{lacking} is not ready", existing)
    except Unanswered as error:
        return State(Condition.SILENT, f"its API server does not answer ({error})", existing)
    return State(Condition.READY, nodes=existing)


def unready(existing: tuple[Node, ...]) -> list[str]:
    """Return the nodes that are not ready, or have not reported since they started. Raises Unanswered."""
    answer = read("/api/v1/nodes")
    leases = read("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")
    renewed = {lease["metadata"]["name"]: lease["spec"].get("renewTime", "") for lease in leases["items"]}
    ready = {node["metadata"]["name"]: node for node in answer["items"] if _says_ready(node)}
    # A node that joins gets its lease only ten seconds later; until then, what it reported of itself counts.
    heard = {name: renewed.get(name) or _ready(node).get("lastHeartbeatTime", "") for name, node in ready.items()}
    return [node.name for node in existing if not _fresh(heard.get(node.name, ""), node.started)]


def unready_services(existing: tuple[Node, ...]) -> str:
    """Return one of the cluster's own Pods that is not ready since its node started; empty for none. Raises Unanswered.

    Without them names do not resolve and Pods do not reach each other, though every node is ready.
    """
    started = {node.name: node.started for node in existing}
    pods = [pod for pod in read("/api/v1/namespaces/kube-system/pods")["items"] if _is_system(pod)]
    if not any(pod["metadata"]["labels"].get("k8s-app") == "kube-dns" for pod in pods):
        return "the cluster's DNS"
    for pod in pods:
        began = [
            container.get("state", {}).get("running", {}).get("startedAt")
            for container in pod["status"].get("containerStatuses", [])
        ]
        since = started.get(pod["spec"].get("nodeName", ""))
        current = bool(began) and since is not None and all(container and _time(container) >= since for container in began)
        if not current or not _says_ready(pod):
            return f"the Pod {pod['metadata']['name']}"
    return ""


def _is_system(pod: dict[str, Any]) -> bool:
    labels = pod["metadata"].get("labels", {})
    return labels.get("k8s-app") in SYSTEM or labels.get("tier") == "control-plane"


def _says_ready(resource: dict[str, Any]) -> bool:
    """Return whether a node or Pod has the condition Ready."""
    return _ready(resource).get("status") == "True"


def _ready(resource: dict[str, Any]) -> dict[str, Any]:
    """Return the condition Ready of a node or Pod; empty where it has none yet."""
    return next((condition for condition in resource["status"].get("conditions", []) if condition["type"] == "Ready"), {})


def _fresh(heard: str, started: datetime) -> bool:
    """Return whether a node has reported lately. A report from before its last start does not count."""
    if not heard:
        return False
    when = _time(heard)
    return when >= started and (datetime.now(UTC) - when).total_seconds() <= LEASE_SECONDS


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _list(names: list[str]) -> str:
    """Return the names with the verb that agrees with them: “node a is”, “nodes a and b are”."""
    short = [name.removeprefix(f"{paths.name()}-") for name in names]
    if len(short) == 1:
        return f"the node {short[0]} is"
    return f"the nodes {', '.join(short[:-1])} and {short[-1]} are"
