"""Collecting from a Docker engine: the lab's scope and nothing else, secrets left out, failures named."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import catalog, grade, progress
from checks.clients.base import Engine
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Lab, Outcome
from checks.snapshot import Snapshot
from sandboxes import settings

NAME = "slipway-tiny"


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


@pytest.fixture
def solved(lab: Lab, docker: FakeEngine) -> Iterator[Snapshot]:
    """The recorded, solved lab, on the fake engine."""
    snapshot = replay.load(places(settings.load()).recording(lab, "solved"), lab)
    docker.add_recorded(snapshot.objects)
    yield snapshot


def collect(lab: Lab, client: Engine) -> Snapshot:
    return grade.grade(lab, client, settings.load(), wanted=["running"], wait=0).snapshot


def test_collect_takes_what_is_in_scope_and_nothing_else(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.add_image("sha256:mine", "mine:latest", "slipway-tiny-2:latest")
    docker.add_container("my-slipway-tiny", "sha256:mine", "mine", "my-slipway-tiny-data")
    docker.add_container("slipway-tiny2", "sha256:mine", "mine", running=False)
    docker.add_network("slipway-tiny-net2")
    docker.add_network("slipway-tiny-net")
    snapshot = collect(lab, docker_client)
    assert snapshot.errors == {}
    assert {kind: set(objects) for kind, objects in snapshot.objects.items()} == {
        **{kind: set(objects) for kind, objects in solved.objects.items()}, "network": {"slipway-tiny-net"},
    }  # fmt: skip
    assert docker.writes == []


def test_collect_takes_containers_that_have_ended(lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine) -> None:
    for container in docker.containers.values():
        container["State"] |= {"Running": False, "Status": "exited"}
    assert collect(lab, docker_client).container(NAME) is not None


def test_collect_adds_the_image_that_a_container_runs_under_whatever_name(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    """It has no build steps: it is not known to be the lab's."""
    (container,) = docker.containers.values()
    container["Image"] = docker.add_image("sha256:other", "busybox:1.35")
    docker.add_image("sha256:unused", "busybox:2")
    images = collect(lab, docker_client).of_kind("image")
    assert images.keys() == {*solved.of_kind("image"), "sha256:other"}
    assert "History" not in images["sha256:other"]


def frame(stream: int, text: str) -> bytes:
    """A piece of a log as the engine sends it: which stream it is of, and its length."""
    return bytes([stream, 0, 0, 0]) + len(text.encode()).to_bytes(4, "big") + text.encode()


def test_collect_adds_the_end_of_a_containers_log(lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine) -> None:
    (id,) = docker.containers
    docker.logs[id] = frame(1, "größe\n") + frame(2, "failed\n")
    container = collect(lab, docker_client).container(NAME)
    assert container is not None and container["LogTail"] == "größe\nfailed\n"
    (asked,) = [line for line in docker.log if "/logs" in line]
    assert asked.startswith(f"GET /containers/{id}/logs?") and "tail=20" in asked and "stdout=1" in asked and "stderr=1" in asked


@pytest.mark.parametrize("status", [404, 409, 500, 501])
def test_collect_goes_without_a_log_that_the_engine_does_not_give(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine, status: int
) -> None:
    """Some logging drivers keep none, and a dead container has none."""
    (id,) = docker.containers
    docker.refusals[f"GET /containers/{id}/logs"] = (status, "configured logging driver does not support reading")
    snapshot = collect(lab, docker_client)
    container = snapshot.container(NAME)
    assert container is not None and container["LogTail"] == ""
    assert snapshot.errors == {}


def test_collect_leaves_out_where_the_engine_keeps_its_layers(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.add_image("sha256:other", "busybox:1.35")
    for each in (*docker.containers.values(), *docker.images.values()):
        each["GraphDriver"] = {"Data": {"UpperDir": "/var/lib/docker/overlay2/secret-path"}}
    docker.containers[next(iter(docker.containers))]["Image"] = "sha256:other"
    assert "secret-path" not in collect(lab, docker_client).dumps()


def test_collect_leaves_secrets_out(lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine) -> None:
    (container,) = docker.containers.values()
    container["Config"]["Env"] = ["DB_PASSWORD=sea-salt-42"]
    container["Args"] = ["--login", "captain:sea-salt-42"]
    assert "sea-salt" not in collect(lab, docker_client).dumps()


@pytest.mark.parametrize("kind", ["containers", "images", "volumes", "networks"])
def test_collect_names_the_kind_that_the_engine_does_not_give(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine, kind: str
) -> None:
    path = f"GET /{kind}" + ("/json" if kind in ("containers", "images") else "")
    docker.refusals[path] = (500, "the disk is damaged")
    snapshot = collect(lab, docker_client)
    assert snapshot.errors.keys() == {kind.removesuffix("s")}
    assert "the disk is damaged" in snapshot.errors[kind.removesuffix("s")]
    assert kind.removesuffix("s") not in snapshot.objects


def test_collect_without_the_images_that_containers_run_has_no_images(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    """Some images without the others would look like a wrong answer."""
    (container,) = docker.containers.values()
    container["Image"] = docker.add_image("sha256:other")
    docker.refusals["GET /images/sha256:other/json"] = (500, "the disk is damaged")
    snapshot = collect(lab, docker_client)
    assert snapshot.errors.keys() == {"image"} and "image" not in snapshot.objects


def test_grade_on_an_engine_that_fails_costs_no_point(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.refusals["GET /containers/json"] = (500, "the disk is damaged")
    report = grade.grade(lab, docker_client, settings.load(), wanted=["running"], wait=0).report
    assert report.results[-1].outcome is Outcome.COULD_NOT_CHECK
    assert report.earned == report.possible


def test_snapshot_says_when_the_lab_was_started_and_by_whose_clock_it_was_taken(
    lab: Lab, solved: Snapshot, docker_client: Engine
) -> None:
    with progress.changing(settings.load(), lab.id) as kept:
        kept.started = "2026-11-23T10:00:00Z"
    snapshot = collect(lab, docker_client)
    assert snapshot.started == "2026-11-23T10:00:00Z"
    assert snapshot.taken == docker_client.time
