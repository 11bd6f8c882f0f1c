"""The vocabulary of a cluster's objects: exact names, exact labels, the container that is meant."""

from collections.abc import Iterator

import pytest

from checks.snapshot import Json, Snapshot
from checks.vocabulary import objects, workloads


def item(name: str = "web", **about: object) -> Json:
    return {"kind": "Pod", "metadata": {"name": name, "uid": name, **about}}


@pytest.mark.parametrize(
    ("selector", "labels", "chosen"),
    [
        ({"app": "web"}, {"app": "web", "tier": "front"}, True),
        ({"app": "web", "tier": "front"}, {"app": "web"}, False),
        ({"app": "web"}, {"app": "web-2"}, False),
        ({"app": "web"}, None, False),
        ({}, {"app": "web"}, False),
        ({}, None, False),
    ],
)
def test_selects_asks_for_every_label_and_an_empty_selector_for_nothing(
    selector: dict[str, str], labels: dict[str, str] | None, chosen: bool
) -> None:
    assert objects.selects(selector, labels) is chosen


@pytest.mark.parametrize(
    ("labels", "missing"),
    [
        ({"app": "web", "tier": "front", "more": "x"}, ""),
        ({"app": "web", "tier": "back"}, "tier=front"),
        ({"app": "web"}, "tier=front"),
        (None, "app=web, tier=front"),
    ],
)
def test_labelled_compares_values_and_not_only_keys(labels: dict[str, str] | None, missing: str) -> None:
    found = list(objects.labelled(item(labels=labels), {"app": "web", "tier": "front"}, "hint"))
    assert [finding.expected for finding in found] == ([missing] if missing else [])


def test_container_of_and_status_are_those_of_the_name() -> None:
    pod = item()
    pod["spec"] = {"containers": [{"name": "proxy"}, {"name": "web", "image": "w"}], "initContainers": [{"name": "sidecar"}]}
    pod["status"] = {
        "containerStatuses": [{"name": "proxy", "ready": False}, {"name": "web", "ready": True}],
        "initContainerStatuses": [{"name": "sidecar", "ready": True}],
    }
    for name in ("proxy", "web", "sidecar"):
        assert (objects.container_of(pod, name) or {})["name"] == objects.container_status(pod, name)["name"] == name
    assert objects.container_of(pod, "db") is None and objects.container_status(pod, "db") == {}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("docker.io/library/nginx", "nginx:latest"),
        ("localhost:5000/web", "localhost:5000/web:latest"),
        ("localhost:5000/web:1", "localhost:5000/web:1"),
        ("web@sha256:ab", "web@sha256:ab"),
    ],
)
def test_image_name_takes_no_port_of_a_registry_for_a_tag(reference: str, name: str) -> None:
    assert objects.image_name(reference) == name


@pytest.mark.parametrize(("age", "waiting"), [("2026-01-01T00:09:30Z", True), ("2026-01-01T00:00:00Z", False)])
def test_exists_is_not_satisfied_with_an_object_that_is_being_removed(age: str, waiting: bool) -> None:
    leaving = item(deletionTimestamp=age, finalizers=["example.com/never"])
    snapshot = Snapshot("x", "2026-01-01T00:10:00Z", objects={"Pod": {"web": leaving, "other": item("other")}})
    (finding,) = objects.exists(snapshot, "Pod", "web", "hint")
    assert finding.waiting is waiting and "example.com/never" in finding.why
    assert list(objects.exists(snapshot, "Pod", "other", "hint")) == []


# --- rollouts -------------------------------------------------------------------------------------------------------


def deployment(**status: int) -> Json:
    about = {"name": "web", "uid": "d", "generation": 2}
    whole = {"observedGeneration": 2, "updatedReplicas": 3, "availableReplicas": 3, "replicas": 3, **status}
    return {"kind": "Deployment", "metadata": about, "spec": {"replicas": 3}, "status": whole}


def rolled_out(item: Json) -> Iterator[bool]:
    snapshot = Snapshot("x", "2026-01-01T00:00:00Z", objects={"ReplicaSet": {}, "Pod": {}, "Event": {}})
    return (finding.waiting for finding in workloads.rolled_out(snapshot, item, "hint"))


@pytest.mark.parametrize(
    "status",
    [{"observedGeneration": 1}, {"updatedReplicas": 2}, {"availableReplicas": 2}, {"replicas": 4}, {"updatedReplicas": 4}],
    ids=["not seen yet", "old ones left", "not ready", "old ones end", "too many"],
)
def test_rolled_out_waits_for_every_count(status: dict[str, int]) -> None:
    assert list(rolled_out(deployment())) == []
    assert list(rolled_out(deployment(**status))) == [True]


def test_rolled_out_of_a_deployment_without_replicas_is_one_pod() -> None:
    one = deployment(updatedReplicas=1, availableReplicas=1, replicas=1)
    assert list(rolled_out(one)) == [True]
    del one["spec"]["replicas"]
    assert list(rolled_out(one)) == []


def test_current_set_is_that_of_the_highest_revision_counted_as_a_number() -> None:
    owner = [{"uid": "d", "controller": True}]
    revisions = {"c": "2", "a": "10", "b": "9", "d": "none"}
    sets = {name: item(name, ownerReferences=owner, annotations={workloads.REVISION: text}) for name, text in revisions.items()}
    sets["foreign"] = item("foreign", annotations={workloads.REVISION: "11"})
    snapshot = Snapshot("x", "2026-01-01T00:00:00Z", objects={"ReplicaSet": sets})
    assert [objects.name_of(each) for each in workloads.sets_of(snapshot, deployment())] == ["d", "c", "b", "a"]
    assert objects.name_of(workloads.current_set(snapshot, deployment()) or {}) == "a"
