"""Labs that stop a node: what of the nodes a start remembers, what the end gives back, and what a start says."""

from typing import Any

import pytest

from checks import catalog
from checks.cli import opening
from checks.clients.base import Answer, EngineError
from checks.lifecycle import kind, node_outage
from checks.progress import LabState
from sandboxes import settings
from sandboxes.cluster import manage
from sandboxes.settings import ROOT

LAB = catalog.find("20b", ROOT / "labs")


def test_exactly_one_lab_stops_nodes() -> None:
    assert [lab.id for lab in catalog.labs(ROOT / "labs") if lab.scope.stops_nodes] == [LAB.id]


class Cluster:
    """A cluster with nodes, some of them cordoned, which records what is patched."""

    def __init__(self, **cordoned: bool) -> None:
        self.cordoned, self.patched, self.status = cordoned, [], 200

    def get(self, path: str) -> dict[str, Any]:
        specs = {name: {"unschedulable": True} if off else {} for name, off in self.cordoned.items()}
        return {"items": [{"metadata": {"name": name}, "spec": spec} for name, spec in specs.items()]}

    def write(self, method: str, path: str, body: Any, headers: object) -> Answer:
        self.patched.append((method, path.rpartition("/")[2], body))
        return Answer(self.status, {}, b'{"message": "no"}')


def test_the_end_of_a_lab_uncordons_what_was_not_cordoned_before(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(manage, "bring_back", lambda _: done.append("back"))
    cluster: Any = Cluster(plane=False, worker=True, worker2=True)
    node_outage.end(cluster, ["worker"])
    assert done == ["back"] and cluster.patched == [("PATCH", "worker2", {"spec": {"unschedulable": None}})]


def test_a_cluster_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "bring_back", lambda _: None)
    cluster: Any = Cluster(worker=True)
    cluster.status = 403
    with pytest.raises(EngineError, match="uncordoning the node worker"):
        node_outage.end(cluster, [])


def test_a_start_remembers_what_was_cordoned(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster: Any = Cluster(worker=True, worker2=False)
    monkeypatch.setattr(kind, "_prepare", lambda *_: None)
    kept = LabState()
    kind.begin(LAB, cluster, settings.load(), kept)
    assert kept.before == ["worker"]


def test_a_start_says_whom_a_stopped_node_concerns() -> None:
    words = opening.node_outage(LAB)
    assert "stops a node" in words and "other labs" in words and f"slipway reset {LAB.id}" in words
