"""The vocabulary of Services over a recorded cluster: only what is in a Service's own namespace stands behind it."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from checks import catalog
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import services
from sandboxes import settings


@pytest.fixture
def data(tiny_labs: Path) -> Json:
    """The recorded state, to be altered. Its Service and its Pod are both called tiny."""
    lab = catalog.find("91")
    return copy.deepcopy(replay.load(places(settings.load()).recording(lab, "solved"), lab).to_json())


def service(data: Json) -> Json:
    return data["objects"]["Service"]["tiny"]


def endpoints(data: Json) -> list[Json]:
    (found,) = data["objects"]["EndpointSlice"].values()
    return found["endpoints"]


def look(data: Json, count: int = 1) -> list[Finding]:
    return list(services.endpoints(Snapshot.from_json(data), service(data), "hint", count))


def in_namespace(item: Json, namespace: str) -> Json:
    moved = copy.deepcopy(item)
    moved["metadata"]["namespace"] = namespace
    return moved


def test_endpoints_accepts_a_ready_pod(data: Json) -> None:
    assert look(data) == []


def test_endpoints_does_not_count_those_of_a_service_of_that_name_elsewhere(data: Json) -> None:
    ((key, found),) = data["objects"]["EndpointSlice"].items()
    data["objects"]["EndpointSlice"] = {f"lab-2/{key}": in_namespace(found, "lab-2")}
    assert len(look(data)) == 1


def test_endpoints_does_not_count_those_of_another_service(data: Json) -> None:
    (found,) = data["objects"]["EndpointSlice"].values()
    found["metadata"]["labels"][services.SERVICE_NAME] = "tiny-2"
    assert len(look(data)) == 1


@pytest.mark.parametrize(("conditions", "counts"), [({"ready": True}, True), ({}, True), (None, True), ({"ready": False}, False)])
def test_endpoints_count_unless_they_are_said_not_to_be_ready(data: Json, conditions: Json | None, counts: bool) -> None:
    """As the API says: an unknown condition is to be read as ready."""
    endpoints(data)[0]["conditions"] = conditions
    assert (look(data) == []) is counts


def test_endpoints_counts_pods_and_not_addresses(data: Json) -> None:
    endpoints(data)[0]["addresses"] = ["10.0.0.1", "10.0.0.2"]
    assert len(look(data, count=2)) == 1
    endpoints(data).append({**endpoints(data)[0], "addresses": ["10.0.0.3"], "targetRef": {"name": "tiny-2"}})
    assert look(data, count=2) == []


def test_endpoints_of_a_selector_that_no_pod_matches_are_not_waited_for(data: Json) -> None:
    endpoints(data).clear()
    service(data)["spec"]["selector"] = {"app": "tinny"}
    (finding,) = look(data)
    assert not finding.waiting and "app=tinny" in finding.message
    assert "tiny" in finding.why


def test_endpoints_are_not_waited_for_where_the_pods_are_in_another_namespace(data: Json) -> None:
    """A selector never reaches into another namespace, whatever labels the Pods there have."""
    endpoints(data).clear()
    pod = data["objects"]["Pod"].pop("tiny")
    data["objects"]["Pod"]["lab-2/tiny"] = in_namespace(pod, "lab-2")
    (finding,) = look(data)
    assert not finding.waiting
    assert services.chosen(Snapshot.from_json(data), service(data)) == []
    assert "no Pod" in finding.why


def test_endpoints_of_a_service_without_a_selector_are_not_waited_for(data: Json) -> None:
    endpoints(data).clear()
    service(data)["spec"].pop("selector")
    (finding,) = look(data)
    assert not finding.waiting and "no selector" in finding.message


def starting(pod: Json) -> None:
    pod["status"]["containerStatuses"][0].update(ready=False, state={"waiting": {"reason": "ContainerCreating"}})


def stuck(pod: Json) -> None:
    pod["status"]["containerStatuses"][0].update(ready=False, state={"waiting": {"reason": "ErrImagePull"}})


@pytest.mark.parametrize(
    ("second", "waiting"), [(starting, True), (stuck, False), (None, False)], ids=["starts as well", "is stuck", "is not there"]
)
def test_endpoints_are_waited_for_only_while_every_pod_still_starts(
    data: Json, second: Callable[[Json], None] | None, waiting: bool
) -> None:
    endpoints(data).clear()
    pods = data["objects"]["Pod"]
    if second:
        pods["tiny-2"] = copy.deepcopy(pods["tiny"])
        pods["tiny-2"]["metadata"] |= {"name": "tiny-2", "uid": "2"}
        second(pods["tiny-2"])
    starting(pods["tiny"])
    (finding,) = look(data, count=2)
    assert finding.waiting is waiting
    assert ("tiny-2" in finding.why) is (second is not None)


def test_port_and_type_are_compared_exactly(data: Json) -> None:
    assert list(services.port(service(data), 80, "hint")) == list(services.of_type(service(data), "ClusterIP", "hint")) == []
    assert len(list(services.port(service(data), 8080, "hint"))) == 1
    assert len(list(services.of_type(service(data), "NodePort", "hint"))) == 1
