"""Starting and clearing a lab on a Docker engine: only on the engine where it began, and only what it made."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import catalog, progress
from checks.clients.base import Engine, EngineError
from checks.collect import untagged_images
from checks.dev import replay
from checks.dev.paths import places
from checks.lifecycle import docker as lifecycle
from checks.lifecycle import swarm, workspace
from checks.model import Lab, Scope
from checks.progress import LabState
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.cluster import nodes
from sandboxes.errors import SlipwayError

STARTED = "2026-11-23T10:00:00Z"
ACTIVE = {"LocalNodeState": "active", "ControlAvailable": True, "Nodes": 1, "Error": "", "NodeID": "n"}
DRAWN = "d" * 64


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


@pytest.fixture
def solved(lab: Lab, docker: FakeEngine) -> Snapshot:
    """The recorded, solved lab, on the fake engine."""
    snapshot = replay.load(places(settings.load()).recording(lab, "solved"), lab)
    docker.add_recorded(snapshot.objects)
    return snapshot


def clear(lab: Lab, client: Engine, **kept: object) -> tuple[list[str], list[str]]:
    state = LabState(**{"started": STARTED, "engine": "this-engine", **kept})
    return lifecycle.clear(lab, client, settings.load(), state)


def test_clear_removes_a_solved_lab_and_names_it(lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_volume("somebody-elses")
    removed, left = clear(lab, docker_client)
    assert left == []
    assert removed == ["container slipway-tiny", "image slipway-tiny:latest", "volume slipway-tiny-data"]
    assert docker.names() == {"volume/somebody-elses"}


def test_clear_refuses_another_engine_and_removes_nothing(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    with pytest.raises(SlipwayError) as refused:
        clear(lab, docker_client, engine="another-engine")
    assert refused.value.fix
    assert docker.writes == []


def test_clear_removes_what_the_engine_remembers_of_the_lab(lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    """An image that lost its tag and a volume without a name show in the engine's events only."""
    docker.add_image("sha256:old")
    docker.add_image("sha256:foreign")
    for volume in (DRAWN, "e" * 64):
        docker.add_volume(volume)
    docker.events = [
        event("image", "tag", "sha256:old", name="slipway-tiny:latest"),
        event("image", "tag", "sha256:foreign", name="slipway-tiny-2:latest"),
        event("container", "create", "1", name="slipway-tiny"),
        event("container", "create", "2", name="mine"),
        event("volume", "mount", DRAWN, container="1"),
        event("volume", "mount", "e" * 64, container="2"),
        event("volume", "mount", "named", container="1"),
    ]
    docker.add_volume("named")
    assert clear(lab, docker_client)[1] == []
    assert docker.names() == {"image/sha256:foreign", f"volume/{'e' * 64}", "volume/named"}


def event(kind: str, action: str, id: str, after: float = 1.0, **attributes: str) -> dict[str, object]:
    """An event so many seconds after the start of the lab."""
    time = datetime.fromisoformat(STARTED).timestamp() + after
    return {"Type": kind, "Action": action, "time": time, "Actor": {"ID": id, "Attributes": attributes}}


def test_clear_leaves_what_was_made_before_the_lab_was_started(lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    """The same names, but the learner's own: that the lab refused to start until they were free does not make them its."""
    for id, after in (("sha256:before", -0.5), ("sha256:since", 0.0)):
        docker.add_image(id)
        docker.events.append(event("image", "tag", id, after, name="slipway-tiny:latest"))
    clear(lab, docker_client)
    assert docker.names() == {"image/sha256:before"}


@pytest.mark.parametrize("ahead", [-3600.0, -7.0, 0.0, 7.0, 3600.0])
def test_reset_compares_times_of_the_engine_only(ahead: float, lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    """H, 23. The clock of this machine may differ: a virtual machine's stops while the computer sleeps."""
    docker.ahead = ahead
    docker.add_image("sha256:before")
    docker.events = [tagged_now("sha256:before", docker.now - 1)]
    workspace.start(lab, docker_client, settings.load())
    docker.add_image("sha256:made")
    docker.events.append(tagged_now("sha256:made", docker.now))
    assert workspace.reset(lab, docker_client, settings.load()) == (["image made"], [])
    assert docker.names() == {"image/sha256:before"}


def tagged_now(id: str, time: float) -> dict[str, object]:
    """An event of the engine's own time: an image got the lab's tag, which it no longer has."""
    return {"Type": "image", "Action": "tag", "time": time, "Actor": {"ID": id, "Attributes": {"name": "slipway-tiny:latest"}}}


def test_reset_after_the_engines_clock_was_put_back_removes_what_is_known(
    lab: Lab, docker: FakeEngine, docker_client: Engine
) -> None:
    """H, 23. The lab was started at a time that the engine's clock has not reached yet."""
    docker.ahead = 3600.0
    workspace.start(lab, docker_client, settings.load())
    docker.ahead = 0.0
    docker.add_container("slipway-tiny", "sha256:x", "x")
    removed, left = workspace.reset(lab, docker_client, settings.load())
    assert (removed, left) == (["container slipway-tiny"], [])
    assert progress.read(settings.load(), lab.id) == LabState()


def test_clear_removes_nothing_when_the_engine_does_not_say_what_has_happened(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.refusals["GET /events"] = (500, "the disk is damaged")
    with pytest.raises(EngineError, match="the disk is damaged"):
        clear(lab, docker_client)
    assert docker.writes == []


@pytest.mark.parametrize(
    ("tag", "ours"),
    [
        ("web", True), ("web:latest", True), ("web:2", True), ("db:1", True), ("registry.local:5000/api:3", True), ("shop-web:1", True),
        ("db", False), ("db:2", False), ("web-2:latest", False), ("my/web:1", False), ("registry.local:5000/web:1", False),
        ("registry.local:5000/api2:3", False), ("registry.local", False), ("shop", False), ("shopping:1", False), ("shop_web:1", False),
        ("", False),
    ],
)  # fmt: skip
def test_in_scope_compares_whole_names(tag: str, ours: bool) -> None:
    scope = Scope(images=("web", "db:1", "registry.local:5000/api"), projects=("shop",))
    assert untagged_images.in_scope(tag, scope) is ours


def test_clear_removes_what_earlier_checks_have_seen(lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    docker.add_image("sha256:old")
    docker.add_volume(DRAWN)
    clear(lab, docker_client, images=["sha256:old"], volumes=[DRAWN])
    assert docker.names() == set()


def test_start_refuses_names_that_are_taken_and_changes_nothing(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    with pytest.raises(SlipwayError) as refused:
        workspace.start(lab, docker_client, settings.load())
    for name in ("slipway-tiny", "slipway-tiny:latest", "slipway-tiny-data"):
        assert name in refused.value.message
    assert "docker rename slipway-tiny" in refused.value.fix
    assert docker.writes == []
    assert progress.read(settings.load(), lab.id).started == ""


def test_start_goes_on_with_a_lab_that_was_started_here(lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    assert workspace.start(lab, docker_client, settings.load()) is True
    docker.add_container("slipway-tiny", "sha256:x", "x")
    assert workspace.start(lab, docker_client, settings.load()) is False


def test_start_on_another_engine_is_a_new_start(lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    workspace.start(lab, docker_client, settings.load())
    docker.info["ID"] = "another-engine"
    docker.add_container("slipway-tiny", "sha256:x", "x")
    with pytest.raises(SlipwayError, match="slipway-tiny"):
        workspace.start(lab, docker_client, settings.load())


def test_reset_keeps_in_mind_what_could_not_be_removed(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    with progress.changing(settings.load(), lab.id) as kept:
        kept.started, kept.engine, kept.volumes, kept.passed = STARTED, "this-engine", [DRAWN], {"answers": STARTED}
    docker.refusals["DELETE /volumes/slipway-tiny-data"] = (409, "volume is in use")
    removed, left = workspace.reset(lab, docker_client, settings.load())
    assert len(left) == 1
    assert removed == ["container slipway-tiny", "image slipway-tiny:latest"]
    after = progress.read(settings.load(), lab.id)
    assert (after.started, after.engine, after.volumes, after.passed) == (STARTED, "this-engine", [DRAWN], {})
    docker.refusals.clear()
    assert workspace.reset(lab, docker_client, settings.load()) == (["volume slipway-tiny-data"], [])
    assert progress.read(settings.load(), lab.id) == LabState()


def test_reset_of_a_lab_that_was_never_started_asks_the_engine_nothing(
    lab: Lab, solved: Snapshot, docker: FakeEngine, docker_client: Engine
) -> None:
    assert workspace.reset(lab, docker_client, settings.load()) == ([], [])
    assert docker.log == []


# --- Swarm mode -----------------------------------------------------------------------------------------------------


@pytest.fixture
def swarm_lab(folders: Path) -> Iterator[Lab]:
    yield Lab("04-x", "X", "", 1, "docker", folders, (), scope=Scope(networks=("lab-net",), swarm=True))


def test_clear_leaves_the_swarm_that_the_lab_turned_on(swarm_lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.add_network("lab-net", "swarm")
    docker.add_network("ingress", "swarm", ingress=True)
    docker.add_network(swarm.GATEWAY)
    removed, left = clear(swarm_lab, docker_client)
    assert (removed, left) == (["network lab-net", swarm.MODE, f"network {swarm.GATEWAY}"], [])
    assert docker.writes[-2:] == ["POST /swarm/leave?force=1", f"DELETE /networks/{swarm.GATEWAY}"]


def test_clear_never_leaves_a_swarm_that_was_there_before(swarm_lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.add_network(swarm.GATEWAY)
    assert clear(swarm_lab, docker_client, before=[swarm.MODE, swarm.GATEWAY]) == ([], [])
    assert docker.writes == []


def test_clear_keeps_a_gateway_network_that_was_there_before(swarm_lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.add_network(swarm.GATEWAY)
    assert clear(swarm_lab, docker_client, before=[swarm.GATEWAY]) == ([swarm.MODE], [])
    assert docker.names() == {f"network/{swarm.GATEWAY}"}


@pytest.mark.parametrize("changed", [{"ControlAvailable": False}, {"Nodes": 2}], ids=["a worker", "two machines"])
def test_clear_keeps_a_swarm_to_which_others_belong(
    swarm_lab: Lab, docker: FakeEngine, docker_client: Engine, changed: dict[str, object]
) -> None:
    docker.info["Swarm"] = {**ACTIVE, **changed}
    removed, left = clear(swarm_lab, docker_client)
    assert (removed, len(left)) == ([], 1)
    assert docker.writes == []


@pytest.mark.parametrize("kind", ["service", "network"])
def test_clear_keeps_a_swarm_that_holds_what_others_made(
    swarm_lab: Lab, docker: FakeEngine, docker_client: Engine, kind: str
) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.services = [{"Spec": {"Name": "production"}}] if kind == "service" else []
    if kind == "network":
        docker.add_network("production", "swarm")
    removed, (left,) = clear(swarm_lab, docker_client)
    assert removed == [] and f"{kind} production" in left
    assert docker.writes == []


def test_clear_does_not_leave_the_swarm_while_something_of_the_lab_remains(
    swarm_lab: Lab, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.add_network("lab-net")
    docker.refusals["DELETE /networks/lab-net"] = (403, "network has active endpoints")
    removed, (left,) = clear(swarm_lab, docker_client)
    assert removed == [] and "active endpoints" in left
    assert docker.writes == ["DELETE /networks/lab-net"]


def test_clear_names_a_swarm_that_the_engine_does_not_leave(swarm_lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    docker.add_network(swarm.GATEWAY)
    docker.refusals["POST /swarm/leave"] = (503, "the quorum is lost")
    removed, (left,) = clear(swarm_lab, docker_client)
    assert removed == [] and "the quorum is lost" in left
    assert f"network/{swarm.GATEWAY}" in docker.names()


def _run(docker: FakeEngine, name: str, *networks: str, running: bool = True) -> None:
    id = docker.add_container(name, "sha256:x", "busybox", running=running)
    docker.containers[id]["NetworkSettings"] = {"Networks": dict.fromkeys(networks, {})}


def test_clear_stays_in_the_swarm_while_containers_need_the_engines_names(
    swarm_lab: Lab, docker: FakeEngine, docker_client: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An engine that leaves a swarm forgets the names on all of its networks: a cluster's nodes lose their control plane."""
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(tmp_path / "cluster"))
    docker.info["Swarm"] = dict(ACTIVE)
    _run(docker, "shop-db", "shop_default")
    removed, (left,) = clear(swarm_lab, docker_client)
    assert removed == [] and docker.writes == []
    assert "can no longer be found by name: shop-db" in left and "docker stop" in left
    _run(docker, nodes.expected()[0], "kind")
    removed, (left,) = clear(swarm_lab, docker_client)
    assert removed == [] and docker.writes == []
    assert "`slipway cluster down`" in left and "`slipway cluster up`" in left


def test_clear_leaves_the_swarm_beside_containers_that_nobody_finds_by_name(
    swarm_lab: Lab, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.info["Swarm"] = dict(ACTIVE)
    _run(docker, "on-the-bridge", "bridge")
    _run(docker, "ended", "shop_default", running=False)
    assert clear(swarm_lab, docker_client) == ([swarm.MODE], [])


def test_begin_notes_what_there_was_of_a_swarm(swarm_lab: Lab, docker: FakeEngine, docker_client: Engine) -> None:
    for swarm_now, gateway, before in (
        (None, False, []),
        (ACTIVE, True, [swarm.MODE, swarm.GATEWAY]),
        (ACTIVE, False, [swarm.MODE]),
    ):
        docker.info["Swarm"] = dict(swarm_now) if swarm_now else docker.info["Swarm"]
        docker.networks.clear()
        if gateway:
            docker.add_network(swarm.GATEWAY)
        kept = LabState()
        lifecycle.begin(swarm_lab, docker_client, settings.load(), kept)
        assert kept.before == before
