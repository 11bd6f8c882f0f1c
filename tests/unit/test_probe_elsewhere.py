"""The probe that looks for a lab's names in other namespaces, over a fake API server, and what findings make of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_api_server import Decoy, Reply, status
from recorded import only_finding, state

from checks.clients.base import EngineError
from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes.elsewhere import elsewhere


@pytest.fixture
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    connected = Cluster(cluster_folder)
    yield connected
    connected.close()


def probe(*objects: str) -> Probe:
    return Probe("elsewhere", "elsewhere", {"objects": list(objects)}, 5.0)


def test_elsewhere_names_other_namespaces_and_asks_for_metadata_alone(cluster: Cluster, server: Decoy) -> None:
    items = [{"metadata": {"name": "web", "namespace": namespace}} for namespace in ("default", "lab-11-pods", "x")]

    def reply(method: str, target: str) -> Reply | None:
        return (200, {"items": items}) if target.startswith("/api/v1/pods?") else None

    server.choose = reply
    seen = elsewhere(probe("Pod/web", "Deployment/web"), cluster, "x")
    assert seen == {"kind": "elsewhere", "ok": True, "namespaces": {"Pod/web": ["default", "lab-11-pods"]}}
    assert {
        "GET /api/v1/pods?fieldSelector=metadata.name%3Dweb",
        "GET /apis/apps/v1/deployments?fieldSelector=metadata.name%3Dweb",
    } <= set(server.log)


def test_elsewhere_raises_where_the_cluster_refuses(cluster: Cluster, server: Decoy) -> None:
    server.choose = lambda method, target: status(403, "no") if target.startswith("/api/v1/pods") else None
    with pytest.raises(EngineError):
        elsewhere(probe("Pod/web"), cluster, "x")


@pytest.mark.parametrize(
    ("lab", "kind", "name", "check"), [("11", "Pod", "web", "web-ready"), ("12", "Deployment", "web", "web-runs")]
)
def test_the_right_name_in_another_namespace_is_named(lab: str, kind: str, name: str, check: str) -> None:
    snapshot = state(lab)
    del snapshot.objects[kind][name]
    snapshot.probes["elsewhere"] = {"kind": "elsewhere", "ok": True, "namespaces": {f"{kind}/{name}": ["default"]}}
    finding = only_finding(snapshot, check)
    assert finding.why.startswith("There is one of that name in the namespace default")
    assert f"`kubectl delete {kind.lower()} {name} -n default`" in finding.why
