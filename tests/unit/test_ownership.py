"""Two copies of Slipway on one engine: neither grades nor removes what the other one's lab has made."""

from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import catalog, grade, ownership, progress
from checks.clients.base import Engine, EngineError
from checks.lifecycle import workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

MARKER = "slipway-owner-90-tiny"


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


@pytest.fixture
def one(lab: Lab, tmp_path: Path) -> Settings:
    return copy_of_slipway(tmp_path / "one")


@pytest.fixture
def other(lab: Lab, tmp_path: Path) -> Settings:
    return copy_of_slipway(tmp_path / "other")


def copy_of_slipway(folder: Path) -> Settings:
    return replace(settings.load(), work=folder / "work", state=folder / ".slipway")


def test_start_claims_a_lab_and_reset_gives_it_up(lab: Lab, one: Settings, docker: FakeEngine, docker_client: Engine) -> None:
    workspace.start(lab, docker_client, one)
    assert set(docker.volumes) == {MARKER}
    assert docker.volumes[MARKER]["Labels"][ownership.STATE] == str(one.state)
    removed, left = workspace.reset(lab, docker_client, one)
    assert (removed, left, docker.volumes) == ([], [], {})


def test_another_copy_is_refused_by_every_command_and_told_the_folder(
    lab: Lab, one: Settings, other: Settings, docker: FakeEngine, docker_client: Engine
) -> None:
    workspace.start(lab, docker_client, one)
    docker.add_container("slipway-tiny", "sha256:x", "x")
    before = docker.names()
    with progress.changing(other, lab.id) as kept:  # as it is where the other copy used the lab before
        kept.started, kept.engine = "2030-01-01T00:00:00Z", docker.info["ID"]
    for command in (
        lambda: workspace.start(lab, docker_client, other),
        lambda: workspace.start(lab, docker_client, copy_of_slipway(other.state.parent / "fresh")),
        lambda: grade.grade(lab, docker_client, other),
        lambda: workspace.solve(lab, other, docker_client),
        lambda: workspace.reset(lab, docker_client, other),
    ):
        with pytest.raises(SlipwayError) as refused:
            command()
        assert str(one.state.parent) in refused.value.message
    assert docker.names() == before


def test_a_folder_that_was_moved_keeps_its_labs(
    lab: Lab, one: Settings, tmp_path: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    workspace.start(lab, docker_client, one)
    docker.add_container("slipway-tiny", "sha256:x", "x")
    (tmp_path / "one").rename(tmp_path / "moved")
    moved = copy_of_slipway(tmp_path / "moved")
    assert workspace.start(lab, docker_client, moved) is False
    assert docker.volumes[MARKER]["Labels"][ownership.STATE] == str(moved.state)
    workspace.reset(lab, docker_client, moved)
    assert docker.names() == {"image/x"} or not docker.containers


def test_a_folder_that_was_copied_is_another_copy(
    lab: Lab, one: Settings, tmp_path: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    import shutil

    workspace.start(lab, docker_client, one)
    shutil.copytree(tmp_path / "one", tmp_path / "copied")
    copied = copy_of_slipway(tmp_path / "copied")
    with pytest.raises(SlipwayError, match="another copy"):
        workspace.reset(lab, docker_client, copied)
    ownership.require(lab, docker_client, one)


def test_what_a_deleted_copy_left_is_taken_over_on_request_only(
    lab: Lab, one: Settings, other: Settings, tmp_path: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    import shutil

    workspace.start(lab, docker_client, one)
    docker.add_container("slipway-tiny", "sha256:x", "x")
    with pytest.raises(SlipwayError, match="another copy"):
        workspace.start(lab, docker_client, other, take_over=True)
    shutil.rmtree(tmp_path / "one")
    with pytest.raises(SlipwayError) as refused:
        workspace.start(lab, docker_client, other)
    assert "--take-over" in refused.value.fix
    assert workspace.start(lab, docker_client, other, take_over=True)
    workspace.reset(lab, docker_client, other)
    assert docker.containers == {} and docker.volumes == {}


def test_a_marker_of_a_deleted_copy_with_nothing_left_is_no_obstacle(
    lab: Lab, one: Settings, other: Settings, tmp_path: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    import shutil

    workspace.start(lab, docker_client, one)
    shutil.rmtree(tmp_path / "one")
    assert workspace.start(lab, docker_client, other)
    ownership.require(lab, docker_client, other)


def test_a_restarted_engine_still_knows_the_owner(lab: Lab, one: Settings, docker: FakeEngine, docker_client: Engine) -> None:
    workspace.start(lab, docker_client, one)
    docker.restart()
    assert workspace.start(lab, docker_client, one) is False
    assert docker.volumes[MARKER]["Labels"][ownership.STATE] == str(one.state)


def test_a_volume_of_that_name_that_is_not_ours_is_left_alone(
    lab: Lab, one: Settings, docker: FakeEngine, docker_client: Engine
) -> None:
    docker.add_volume(MARKER)
    with pytest.raises(SlipwayError, match="did not create"):
        workspace.start(lab, docker_client, one)
    assert docker.volumes[MARKER]["Labels"] is None


@pytest.mark.parametrize("garbage", [{"message": [None, 3]}, [], "text", {"Name": MARKER, "Labels": 7}, {"Name": "another"}])
def test_an_answer_that_describes_no_volume_is_a_fault_of_the_engine(
    lab: Lab, one: Settings, docker: FakeEngine, docker_client: Engine, garbage: object
) -> None:
    docker.volumes[MARKER] = garbage
    with pytest.raises(EngineError, match="could not be understood"):
        ownership.require(lab, docker_client, one)
