"""The words of nodes: which taints a Pod tolerates, which node it is meant for, and why a node has none."""

from typing import Any

import pytest

from checks.snapshot import Json, Snapshot
from checks.vocabulary import daemonsets

TAINT = {"key": "zone", "value": "red", "effect": "NoSchedule"}
NOW = "2030-01-01T00:10:00Z"


@pytest.mark.parametrize(
    ("toleration", "tolerated"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "zone", "operator": "Exists"}, True),
        ({"key": "zone", "operator": "Exists", "effect": "NoExecute"}, False),
        ({"key": "zone", "value": "red", "effect": "NoSchedule"}, True),
        ({"key": "zone", "value": "blue"}, False),
        ({"key": "zone"}, False),
        ({"key": "area", "operator": "Exists"}, False),
        ({"value": "red"}, False),
    ],
)
def test_what_is_tolerated(toleration: Json, tolerated: bool) -> None:
    assert daemonsets.tolerates({"tolerations": [toleration]}, TAINT) is tolerated
    assert not daemonsets.tolerates({}, TAINT)


def node(name: str, *taints: Json, **labels: str) -> Json:
    return {"kind": "Node", "metadata": {"name": name, "labels": labels}, "spec": {"taints": [*taints]}}


def daemon(age: str = "2030-01-01T00:00:00Z", **spec: Any) -> Json:
    about = {"name": "eyes", "uid": "d", "generation": 1, "creationTimestamp": age}
    return {"kind": "DaemonSet", "metadata": about, "spec": {"template": {"spec": spec}}, "status": {"observedGeneration": 1}}


def pod(on: str, **spec: Any) -> Json:
    owner = {"kind": "DaemonSet", "name": "eyes", "uid": "d", "controller": True}
    about = {"name": f"eyes-{on}", "uid": on, "creationTimestamp": "2030-01-01T00:00:00Z", "ownerReferences": [owner]}
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    return {"kind": "Pod", "metadata": about, "spec": {"nodeName": on, **spec}, "status": status}


def snapshot(*pods: Json) -> Snapshot:
    return Snapshot("lab", NOW, objects={"Pod": {each["metadata"]["name"]: each for each in pods}, "Event": {}})


def test_the_node_that_a_pod_is_meant_for() -> None:
    term = {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["b"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    assert daemonsets.node_of({"spec": {"affinity": {"nodeAffinity": required}}}) == "b"
    assert daemonsets.node_of(pod("a")) == "a"
    assert daemonsets.node_of({}) == ""


def test_one_on_each() -> None:
    seen = snapshot(pod("a"), pod("b"))
    assert not list(daemonsets.one_on_each(seen, daemon(), [node("a"), node("b")], "hint"))
    (finding,) = daemonsets.none_on(seen, daemon(), [node("b"), node("c")], "why", "hint")
    assert finding.message == "eyes also has a Pod on b." and not finding.waiting


@pytest.mark.parametrize(
    ("item", "lost", "says", "waiting"),
    [
        (daemon(), node("b", TAINT), "b has the taint zone:NoSchedule. Its Pods tolerate none.", False),
        (daemon(tolerations=[{"key": daemonsets.OLD_KEY}]), node("b", TAINT), "no node has that taint any more", False),
        (daemon(nodeSelector={"disk": "fast"}), node("b", disk="slow"), "requires the label disk=fast", False),
        (daemon(nodeSelector={"disk": ""}), node("b"), "requires the label disk, which", False),
        (daemon(affinity={"nodeAffinity": {"x": 1}}), node("b"), "It has a nodeAffinity", False),
        (daemon(), node("b", {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}), "", False),
        (daemon("2030-01-01T00:09:55Z"), node("b"), "", True),
    ],
)
def test_why_a_node_has_none(item: Json, lost: Json, says: str, waiting: bool) -> None:
    (finding,) = daemonsets.one_on_each(snapshot(pod("a")), item, [node("a"), lost], "hint")
    assert finding.message == "eyes has no ready Pod on b." and finding.observed == ["a"]
    assert says in finding.why and finding.waiting is waiting


def test_a_pod_that_is_not_ready_says_why() -> None:
    ill = pod("b")
    ill["status"] = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."}
    (finding,) = daemonsets.one_on_each(snapshot(pod("a"), ill), daemon(), [node("a"), node("b")], "hint")
    assert "eyes-b" in finding.why and "low on memory" in finding.why
