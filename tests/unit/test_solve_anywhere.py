"""`slipway solve` from any state: names that the learner used in the lab make way, and nothing else does."""

from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import backend, catalog, progress
from checks.cli.__main__ import main
from checks.clients.base import Engine
from checks.lifecycle import solution, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import SlipwayError

NAME = "slipway-tiny"
IMAGE = "sha256:" + "a" * 64


@pytest.fixture
def lab(tiny_labs: Path, docker_client: Engine, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(backend, "connect", lambda lab=None: docker_client)
    return catalog.find("90")


def half_done(docker: FakeEngine) -> None:
    """Desk 10: names of the lab are taken by the learner's own containers, images and volumes."""
    docker.add_image(IMAGE, f"{NAME}:latest")
    docker.add_container(NAME, IMAGE, NAME, f"{NAME}-data")
    docker.add_container("somebody-elses", "sha256:other", "busybox")


def test_solve_removes_what_the_learner_made_in_the_lab_and_says_what_to_do_about_the_notebook(
    lab: Lab, docker: FakeEngine, docker_client: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings.load()
    workspace.start(lab, docker_client, chosen)
    half_done(docker)
    assert main(["solve", "90", "--yes"]) == 0
    assert docker.names() == {"container/somebody-elses", f"volume/slipway-owner-{lab.id}"}
    printed = capsys.readouterr().out
    assert f"Removed container {NAME}." in printed
    assert "File > Reload Notebook from Disk" in printed and "Revert" in printed and "Overwrite would" in printed
    kept = progress.read(chosen, lab.id)
    assert kept.started and kept.solutions
    assert workspace.start(lab, docker_client, chosen) is False  # it goes on, and its names are free


def test_solve_of_a_lab_that_is_not_started_removes_nothing(lab: Lab, docker: FakeEngine) -> None:
    half_done(docker)
    before = docker.names()
    assert main(["solve", "90", "--yes"]) == 0
    assert docker.names() == before and docker.writes == []


def test_solve_names_what_could_not_be_removed_and_lays_out_the_solution_all_the_same(
    lab: Lab, docker: FakeEngine, docker_client: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = settings.load()
    workspace.start(lab, docker_client, chosen)
    half_done(docker)
    docker.refusals[f"DELETE /volumes/{NAME}-data"] = (409, "volume is locked")
    assert main(["solve", "90", "--yes"]) == 1
    assert f"Could not remove the volume {NAME}-data: volume is locked" in capsys.readouterr().out
    assert (workspace.folder(lab, chosen) / "Dockerfile").read_bytes() == (lab.folder / "solution" / "Dockerfile").read_bytes()


def test_solve_on_another_engine_or_without_one_copies_the_files_and_says_so(
    lab: Lab, docker: FakeEngine, docker_client: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.start(lab, docker_client, settings.load())
    half_done(docker)
    before = docker.names()
    docker.info["ID"] = "another-engine"
    assert main(["solve", "90", "--yes"]) == 1
    assert "different Docker engine" in capsys.readouterr().out and docker.names() == before

    def refuse(lab: object) -> None:
        raise SlipwayError("no engine")

    monkeypatch.setattr(backend, "connect", refuse)
    assert main(["solve", "90", "--yes"]) == 1
    assert "nothing answers" in capsys.readouterr().out


def test_make_way_removes_nothing_where_the_labs_folder_is_a_link(
    lab: Lab, docker: FakeEngine, docker_client: Engine, tmp_path: Path
) -> None:
    chosen = settings.load()
    workspace.start(lab, docker_client, chosen)
    half_done(docker)
    workspace.folder(lab, chosen).rename(tmp_path / "aside")
    workspace.folder(lab, chosen).symlink_to(tmp_path / "aside")
    with pytest.raises(SlipwayError, match="is a link"):
        solution.make_way(lab, docker_client, chosen)
    assert not [line for line in docker.writes if line.startswith("DELETE")]
