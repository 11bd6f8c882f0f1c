"""What a lab leaves under names that it does not list: Compose's own names, late images, unbound volumes, and who uses what."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_api_server import Decoy
from fake_engine import FakeEngine

from checks import backend, catalog
from checks.clients.base import Engine
from checks.lifecycle import builds, inventory, workspace
from checks.lifecycle import docker as lifecycle
from checks.lifecycle import kind as kind_lifecycle
from checks.model import Lab, Scope
from checks.progress import LabState
from sandboxes import settings

STARTED = datetime.now(UTC) - timedelta(minutes=5)
SINCE = STARTED.strftime("%Y-%m-%dT%H:%M:%SZ")
AFTER = (STARTED + timedelta(minutes=1)).isoformat()
BEFORE = (STARTED - timedelta(minutes=1)).isoformat()
PROJECT, FOLDER = "com.docker.compose.project", "com.docker.compose.project.working_dir"
IMAGE = "sha256:" + "a" * 64


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    """The tiny lab, with a Compose project of its own beside its names."""
    known = catalog.find("90")
    return replace(known, scope=replace(known.scope, projects=("slipway-quay",)))


@pytest.fixture
def folder(lab: Lab) -> Path:
    return workspace.prepare(lab, settings.load())


def clear(lab: Lab, client: Engine) -> tuple[list[str], list[str]]:
    return lifecycle.clear(lab, client, settings.load(), LabState(started=SINCE, engine="this-engine"))


def compose(docker: FakeEngine, project: str, where: Path | str, created: str = AFTER) -> None:
    """What `docker compose up` in a folder leaves on the engine."""
    label = {PROJECT: project}
    docker.add_image(f"sha256:{project}", f"{project}-web:latest", labels=label)
    id = docker.add_container(f"{project}-web-1", f"sha256:{project}", f"{project}-web")
    docker.containers[id]["Config"]["Labels"] = {**label, FOLDER: str(where)}
    docker.add_network(f"{project}_default")
    docker.add_volume(f"{project}_data")
    docker.networks[f"{project}_default"] |= {"Labels": label, "Created": created}
    docker.volumes[f"{project}_data"] |= {"Labels": label, "CreatedAt": created}


def test_clear_removes_a_compose_project_of_the_labs_folder(
    lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    """E: the default network of a compose way of 01. COMPOSE_PROJECT_NAME may have given the project any name."""
    for project in ("90-tiny", "mine"):
        compose(docker, project, folder / "deep")
    compose(docker, "other", "/home/me/other")
    removed, left = clear(lab, docker_client)
    assert left == [] and "network 90-tiny_default" in removed and "image mine-web:latest" in removed
    assert {name.partition("/")[2] for name in docker.names()} == {
        "other-web:latest",
        "other-web-1",
        "other_data",
        "other_default",
    }


def test_clear_removes_the_network_of_a_project_whose_containers_are_gone(
    lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    compose(docker, "90-tiny", folder)
    docker.containers.clear()
    clear(lab, docker_client)
    assert docker.names() == set()


@pytest.mark.parametrize("why", ["another folder", "older", "another folder, remembered"])
def test_clear_leaves_a_project_that_only_has_the_folders_name(
    why: str, lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    """Another copy of Slipway has a folder of the same name, and so a project of the same name."""
    compose(docker, "90-tiny", "/home/you/work/90-tiny", BEFORE if why == "older" else AFTER)
    if why != "another folder":
        docker.containers.clear()
    if why.endswith("remembered"):
        actor = {"ID": "x", "Attributes": {PROJECT: "90-tiny", FOLDER: "/home/you/work/90-tiny"}}
        docker.events = [{"Type": "container", "Action": "create", "time": STARTED.timestamp() + 60, "Actor": actor}]
    docker.images.clear()
    before = docker.names()
    clear(lab, docker_client)
    assert docker.names() == before


def test_clear_removes_an_image_to_which_the_labs_compose_file_gives_another_tag(
    lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine
) -> None:
    """E, 09c. A tag that the learner gave the image with `docker tag` stays, and so does an image without the label."""
    (folder / "compose.yaml").write_text("services:\n  api:\n    build: .\n    image: 'quay/api:1'\n  db: {image: postgres:15}\n")
    docker.add_image(IMAGE, "quay/api:1", "my-archive:kept", labels={PROJECT: "slipway-quay"})
    docker.add_image("sha256:base", "postgres:15")
    removed, left = clear(lab, docker_client)
    assert (removed, left) == (["image quay/api:1"], [])
    assert docker.names() == {"image/my-archive:kept", "image/postgres:15"}


def test_clear_removes_the_image_of_a_build_that_ends_after_ctrl_c(
    lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command has ended, and BuildKit still writes the image."""
    docker.builds = [True, True]
    # The module's own clock: a pause of another thread must not end the build as well.
    clock = SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: docker.add_image(IMAGE, "slipway-tiny:latest"))
    monkeypatch.setattr(builds, "time", clock)
    assert clear(lab, docker_client) == (["image slipway-tiny:latest"], [])
    assert docker.names() == set()


def test_clear_names_a_build_that_still_runs_in_the_labs_folder(
    lab: Lab, folder: Path, docker: FakeEngine, docker_client: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker.builds = [True] * 1000
    monkeypatch.setattr(builds, "ENDED", 0.0)
    assert clear(lab, docker_client)[1] == []  # somebody else's build
    monkeypatch.setattr(builds, "commands", lambda where: ["docker build ."] if where == folder else [])
    (sentence,) = clear(lab, docker_client)[1]
    assert "docker build ." in sentence and "Ctrl-C" in sentence


def test_commands_are_those_that_build_in_the_folder(tmp_path: Path) -> None:
    program, lab = tmp_path / "docker", tmp_path / "lab"
    shutil.copy(shutil.which("bash") or "/bin/bash", program)
    (lab / "deep").mkdir(parents=True)
    running = [
        subprocess.Popen([program, "-c", "read", word], cwd=folder, stdin=subprocess.PIPE)
        for word, folder in (("build", lab / "deep"), ("ps", lab), ("build", tmp_path))
    ]
    try:
        assert builds.commands(lab) == [f"{program} -c read build"]
    finally:
        for process in running:
            process.communicate()


def test_refusals_name_containers_instead_of_ids(docker: FakeEngine, docker_client: Engine) -> None:
    id = docker.add_container("backup", IMAGE, "busybox", "web-data")
    docker.add_network("web-net")
    docker.networks["web-net"]["Containers"] = {id: {"Name": "backup"}, "f" * 64: {"Name": "archive"}}
    docker.add_image(IMAGE, "web:latest")
    docker.refusals = {
        "DELETE /networks/web-net": (403, f"error while removing network: network web-net id {'c' * 64} has active endpoints"),
        "DELETE /images/web:latest": (409, f"conflict: unable to remove (must force) - container {id[:12]} is using it"),
    }
    docker.containers[id[:12]] = docker.containers[id]
    taken = inventory.Inventory(images={IMAGE: ["web:latest"]}, volumes=["web-data"], networks=["web-net"])
    removed, kept = inventory.remove(docker_client, taken)
    assert removed == []
    assert kept == [
        "Could not remove the image web:latest: conflict: unable to remove (must force) - container backup is using it",
        "Could not remove the network web-net: in use by archive, backup",
        "Could not remove the volume web-data: in use by backup",
    ]
    assert not any(re.search(r"[0-9a-f]{12}", sentence) for sentence in kept)


# --- a volume on the cluster -----------------------------------------------------------------------------------------


@pytest.fixture
def volumes(tiny_labs: Path, cluster_folder: Path, server: Decoy) -> Callable[..., list[str]]:
    """A function that tells which of these volumes the reset of a lab takes."""
    lab = catalog.find("91")
    lab = replace(lab, scope=replace(lab.scope, kinds=("Pod", "PersistentVolume")))
    folder = workspace.prepare(lab, settings.load())
    (folder / "volume.yaml").write_text("kind: PersistentVolume\nmetadata:\n  name: my-own-pv\n", encoding="utf-8")

    def taken(*items: dict[str, object], scope: Scope = lab.scope) -> list[str]:
        server.answers["/api/v1/persistentvolumes"] = (200, {"items": list(items)})
        found = kind_lifecycle._unbound_volumes(replace(lab, scope=scope), backend.connect(lab), settings.load(), SINCE)
        return [item["metadata"]["name"] for item in found]

    return taken


def volume(name: str, created: str = AFTER, **spec: object) -> dict[str, object]:
    return {"metadata": {"name": name, "creationTimestamp": created}, "spec": spec}


def test_reset_takes_an_unbound_volume_that_the_labs_folder_names(volumes: Callable[..., list[str]]) -> None:
    assert volumes(volume("my-own-pv"), volume("somebody-elses-pv"), volume("my-own-pv-2")) == ["my-own-pv"]
    assert volumes(volume("my-own-pv", BEFORE)) == []
    assert volumes(volume("my-own-pv", claimRef={"namespace": "theirs"})) == []
    assert volumes(volume("my-own-pv"), scope=Scope(namespaces=("lab-91-tiny-kind",), kinds=("Pod",))) == []
