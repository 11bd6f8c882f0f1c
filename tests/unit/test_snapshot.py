"""What a check may ask of a snapshot, and what it gets when something was not collected."""

import json
from typing import Any

import pytest

from checks.snapshot import Snapshot, Unknown, tagged

SCOPE = {"containers": ["web"], "images": ["web", "db:1"], "volumes": [], "networks": [], "projects": []}


def make(**more: Any) -> Snapshot:
    images = {"sha256:1": {"RepoTags": ["web:latest"]}, "sha256:2": {"RepoTags": None}}
    objects = {"container": {"web": {"Image": "sha256:2"}}, "image": images, "volume": {}, "network": {}}
    return Snapshot(**({"lab": "x", "taken": "2026-01-01T00:00:00Z", "objects": objects} | more))


def test_images_by_tag_and_by_container() -> None:
    snapshot = make()
    assert snapshot.image("web") == snapshot.image("web:latest") == {"RepoTags": ["web:latest"]}
    assert snapshot.image("web:2") is None
    assert snapshot.image_of(snapshot.container("web") or {}) == {"RepoTags": None}
    assert snapshot.digests() == {"web:latest": "sha256:1", "sha256:2": "sha256:2"}


@pytest.mark.parametrize(
    ("reference", "whole"),
    [
        ("web", "web:latest"),
        ("web:1", "web:1"),
        ("host:5000/web", "host:5000/web:latest"),
        ("host:5000/web:1", "host:5000/web:1"),
        ("web@sha256:ab", "web@sha256:ab"),
    ],
)
def test_a_reference_without_a_tag_means_latest(reference: str, whole: str) -> None:
    assert tagged(reference) == whole


def test_what_could_not_be_collected_is_unknown_not_absent() -> None:
    snapshot = make(errors={"container": "the engine is away", "page": "too slow"})
    with pytest.raises(Unknown, match="the engine is away"):
        snapshot.container("web")
    with pytest.raises(Unknown, match="too slow"):
        snapshot.probe("page")
    with pytest.raises(Unknown, match="“other” was not run"):
        snapshot.probe("other")
    with pytest.raises(Unknown, match="nothing was collected about pods"):
        snapshot.of_kind("pod")


def test_what_was_not_asked_for_is_unknown_not_absent() -> None:
    snapshot = make(scope=SCOPE)
    assert snapshot.container("web")
    assert snapshot.image("db:1") is None
    assert snapshot.image("web:9") is None
    for ask in (
        lambda: snapshot.container("db"),
        lambda: snapshot.image("db:2"),
        lambda: snapshot.volume("data"),
        lambda: snapshot.network("net"),
        lambda: snapshot.services("shop"),
    ):
        with pytest.raises(Unknown, match="not in the lab's scope"):
            ask()


@pytest.mark.parametrize(("kind", "name"), [("container", "web"), ("image", "web"), ("image", "web:latest"), ("Pod", "desk")])
def test_require_gives_the_object_that_the_look_up_gives(kind: str, name: str) -> None:
    snapshot = make(objects={**make().objects, "Pod": {"desk": {"kind": "Pod"}}})
    by_kind = {"container": snapshot.container, "image": snapshot.image, "Pod": snapshot.pod}
    assert snapshot.require(kind, name) == by_kind[kind](name) != {}


def test_require_makes_a_missing_object_unknown_and_never_the_learners_fault() -> None:
    snapshot = make(objects={**make().objects, "Pod": {}})
    for kind in ("container", "image", "volume", "network", "Pod"):
        with pytest.raises(Unknown, match=f"{kind} gone is missing, .* a bug in Slipway"):
            snapshot.require(kind, "gone")
    with pytest.raises(Unknown, match="the container db is not in the lab's scope"):
        make(scope=SCOPE).require("container", "db")


def test_services_of_a_project() -> None:
    def container(project: str, service: str, oneoff: str = "False") -> dict[str, Any]:
        prefix = "com.docker.compose"
        labels = {f"{prefix}.project": project, f"{prefix}.service": service, f"{prefix}.oneoff": oneoff}
        return {"Config": {"Labels": labels}}

    containers = {
        "a": container("shop", "web"),
        "b": container("shop", "web"),
        "c": container("shop", "db"),
        "d": container("shop", "web", "True"),
        "e": container("other", "web"),
        "f": {"Config": {"Labels": None}},
    }
    services = make(objects={"container": containers}, scope=SCOPE | {"projects": ["shop"]}).services("shop")
    assert {name: len(each) for name, each in services.items()} == {"web": 2, "db": 1}


def test_a_snapshot_survives_json() -> None:
    snapshot = make(errors={"page": "Größe 大 \u0000"}, scope=SCOPE)
    assert Snapshot.from_json(json.loads(snapshot.dumps())) == snapshot


@pytest.mark.parametrize("cut", [{"format": "other/1"}, {}, {"format": "slipway-snapshot/1"}])
def test_something_else_is_refused(cut: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Snapshot.from_json(cut)


def test_wrong_shapes_are_refused() -> None:
    data = make().to_json()
    for name in ("engine", "objects", "probes", "errors"):
        with pytest.raises(TypeError):
            Snapshot.from_json({**data, name: []})


def kube(**more: Any) -> Snapshot:
    def item(kind: str, name: str, uid: str, owner: str = "", labels: dict[str, str] | None = None) -> dict[str, Any]:
        references = [{"uid": owner, "controller": True, "kind": "x", "name": "x"}] if owner else []
        return {"kind": kind, "metadata": {"name": name, "uid": uid, "labels": labels, "ownerReferences": references}}

    pods = {
        "web-2": item("Pod", "web-2", "p2", "rs", {"app": "web", "tier": "front"}),
        "web-1": item("Pod", "web-1", "p1", "rs", {"app": "web"}),
        "alone": item("Pod", "alone", "p3"),
        "dev/web-1": item("Pod", "web-1", "p4", "gone"),
    }
    event = {"reason": "Started", "involvedObject": {"uid": "p1"}, "metadata": {"creationTimestamp": "2026-01-01T00:00:00Z"}}
    later = {**event, "reason": "Killed", "lastTimestamp": "2026-01-02T00:00:00Z"}
    objects = {
        "Pod": pods,
        "ReplicaSet": {"web": item("ReplicaSet", "web", "rs", "d")},
        "Deployment": {"web": item("Deployment", "web", "d")},
        "Event": {"b": later, "a": event, "c": {"metadata": {}, "involvedObject": None}},
    }
    scope = {"namespaces": ["lab", "dev"], "cluster": [], "kinds": []}
    return Snapshot(**({"lab": "x", "taken": "2026-01-01T00:00:00Z", "objects": objects, "scope": scope} | more))


def test_objects_of_a_cluster_by_kind_name_and_namespace() -> None:
    snapshot = kube()
    assert (snapshot.pod("web-1") or {})["metadata"]["uid"] == "p1"
    assert (snapshot.object("Pod", "web-1", "lab") or {})["metadata"]["uid"] == "p1"
    assert (snapshot.object("Pod", "web-1", "dev") or {})["metadata"]["uid"] == "p4"
    assert snapshot.object("Deployment", "none") is None
    with pytest.raises(Unknown, match="the namespace prod is not in the lab's scope"):
        snapshot.object("Pod", "web-1", "prod")
    with pytest.raises(Unknown, match="nothing was collected about Jobs"):
        snapshot.object("Job", "x")


def test_pods_by_labels_and_by_who_made_them() -> None:
    snapshot = kube()
    deployment = snapshot.object("Deployment", "web") or {}
    assert [pod["metadata"]["uid"] for pod in snapshot.pods(owner=deployment)] == ["p1", "p2"]
    assert [pod["metadata"]["uid"] for pod in snapshot.pods({"tier": "front"})] == ["p2"]
    assert len(snapshot.pods()) == 4
    assert not snapshot.descends(snapshot.pod("alone") or {}, deployment)


def test_owners_that_own_each_other_end_the_search() -> None:
    snapshot = kube()
    (replica_set,) = snapshot.objects["ReplicaSet"].values()
    other = json.loads(json.dumps(replica_set).replace('"rs"', '"other"').replace('"d"', '"rs"'))
    snapshot.objects["ReplicaSet"]["other"] = other
    replica_set["metadata"]["ownerReferences"][0]["uid"] = "other"
    deployment = snapshot.require("Deployment", "web")
    assert snapshot.pods(owner=deployment) == []
    assert not snapshot.descends(snapshot.require("Pod", "web-1"), deployment)


def test_events_of_an_object_the_latest_last() -> None:
    snapshot = kube()
    assert [event["reason"] for event in snapshot.events(snapshot.pod("web-1") or {})] == ["Started", "Killed"]
    assert snapshot.events(snapshot.pod("alone") or {}) == []
