"""What a person has set for other work: each setting is found where people set it, named with its remedy, and fits the terminal."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine
from test_doctor import DEAD, GOOD, NOTES, PROBLEMS, said

from checks.cli import machine_text
from sandboxes import doctor, settings
from sandboxes.doctor import Level, exported, surroundings
from sandboxes.engine import endpoint, ensure, find
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError

# Each variable that people export for other work, with a word of what goes wrong because of it.
EXPORTED = {
    "COMPOSE_PROJECT_NAME": ("mine", "under which no check looks"),
    "COMPOSE_FILE": ("/home/kim/compose.yaml", "instead of the lab's"),
    "COMPOSE_PROFILES": ("debug", "services that the lab does not"),
    "COMPOSE_ENV_FILES": (".env.prod", "`docker compose` does"),
    "BUILDX_BUILDER": ("remote", "`docker run` does not find it"),
    "BUILDKIT_HOST": ("tcp://192.0.2.7:1234", "`docker run` does not find it"),
    "DOCKER_BUILDKIT": ("0", "another builder"),
    "DOCKER_DEFAULT_PLATFORM": ("linux/s390x", "for that platform"),
    "DOCKER_CONTENT_TRUST": ("1", "without a signature"),
    "KUBECONFIG": ("/home/kim/.kube/prod", "not the course's"),
}


@pytest.mark.parametrize("name", EXPORTED)
def test_doctor_names_an_exported_variable_what_it_does_and_how_to_leave_it_out(name: str) -> None:
    value, consequence = EXPORTED[name]
    variables = surroundings.variables({name: value, "HOME": "/home/kim"}, settings.load())
    diagnosis = said(replace(GOOD, variables=variables), "variables")
    assert diagnosis.level is Level.NOTE
    assert f"{name}={value}" in diagnosis.text and consequence in diagnosis.text
    assert f"unset {name}" in diagnosis.fix and "slipway shell" in diagnosis.fix


def test_every_variable_with_a_consequence_is_tried() -> None:
    assert set(exported.CONSEQUENCES) <= EXPORTED.keys()


def test_variables_of_a_labs_own_terminal_are_not_named() -> None:
    own = {"BUILDX_BUILDER": "default", "DOCKER_HOST": "unix:///var/run/docker.sock", "DOCKER_BUILDKIT": "1", "COMPOSE_FILE": ""}
    own["KUBECONFIG"] = str(settings.load().cluster / "labs" / "10.kubeconfig")
    assert surroundings.variables(own, settings.load()) == {}


def test_doctor_shows_no_password_of_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandboxes.doctor import facts

    address = "http://kim:hunter2@proxy:3128"
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, address)
    assert "hunter2" not in str(facts.proxies()) and "proxy:3128" in str(facts.proxies())
    assert surroundings.shown(address) == "http://…@proxy:3128"


def test_builder_that_buildx_use_has_chosen_is_found_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "buildx").mkdir()
    current = tmp_path / "buildx" / "current"
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    assert surroundings.builder(environ) == ()
    for name, found in (("far", ("far", str(current))), ("", ()), ("default", ())):
        current.write_text(json.dumps({"Key": "unix:///var/run/docker.sock", "Name": name, "Global": False}), encoding="utf-8")
        assert surroundings.builder(environ) == found
    current.write_text("[" * 100_000, encoding="utf-8")
    assert surroundings.builder(environ) == ()
    current.unlink()
    os.mkfifo(current)
    assert surroundings.builder(environ) == ()
    diagnosis = said(replace(GOOD, builder=("far", str(current))), "builder")
    assert str(current) in diagnosis.text and "docker buildx use default" in diagnosis.fix


@pytest.mark.parametrize("part", ["", "config.json", "buildx"])
def test_docker_settings_of_root_are_found(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """H, 26. After a `sudo docker`, the folder or a part of it belongs to root, and only root may read it."""
    config = tmp_path / ".docker"
    config.mkdir()
    path = config / part
    if part == "buildx":
        path.mkdir()
    elif part:
        path.write_text("{}", encoding="utf-8")
    environ = {"HOME": str(tmp_path)}
    assert surroundings.docker_settings(environ, settings.load())["foreign"] == {}
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1000)
    monkeypatch.setattr(os, "access", lambda asked, mode: Path(asked) != path)
    found = surroundings.docker_settings(environ, settings.load())
    owner = find.name_of_user(path.stat().st_uid)
    assert found["foreign"] == {str(path): owner}
    diagnoses = doctor.diagnose(replace(GOOD, docker_settings=found, missing=("BuildKit (the buildx plugin)",)))
    assert [entry.id for entry in diagnoses if entry.level is Level.PROBLEM] == ["docker-settings"], "nothing is to be installed"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    with pytest.raises(SlipwayError, match="belongs to") as refused:
        ensure.refuse_foreign_settings()
    assert f"chown -R {find.user_name()} {config}" in refused.value.fix


def test_home_that_cannot_be_written_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not surroundings.docker_settings({"HOME": str(tmp_path)}, settings.load())["read_only"]
    monkeypatch.setattr(os, "access", lambda asked, mode: False)
    found = surroundings.docker_settings({"HOME": str(tmp_path / "none" / "kim")}, settings.load())
    assert found["read_only"] and found["instead"].startswith(str(settings.load().state))


def test_docker_of_snap_is_found_by_its_command_or_its_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/snap/bin/docker")
    assert surroundings.snap("/var/lib/docker") == "/snap/bin/docker"
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/docker")
    assert surroundings.snap("/var/snap/docker/common/var-lib-docker").startswith("/var/snap/")
    assert surroundings.snap("/var/lib/docker") == ""
    assert surroundings.outside_home({"HOME": "/home/kim"}, Path("/tmp/slipway")) == "/tmp/slipway"
    assert surroundings.outside_home({"HOME": "/home/kim"}, Path("/home/kim/slipway")) == ""


def test_umask_is_read_and_not_changed() -> None:
    before = os.umask(0o027)
    try:
        assert surroundings.umask() == 0o027 and os.umask(0o027) == 0o027
    finally:
        os.umask(before)


# --- the engine ------------------------------------------------------------------------------------------------------


def test_user_without_an_entry_in_the_list_of_users_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 54321)
    assert find.user_name() == "54321"
    assert "54321 has no name" in find.how_to_get_rights()
    monkeypatch.setattr(Path, "expanduser", lambda path: (_ for _ in ()).throw(RuntimeError("no home")))
    assert endpoint.find({}) == Endpoint()


def test_missing_group_is_created_by_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "group_exists", lambda: False)
    monkeypatch.setattr(find, "group_is_new", lambda: False)
    assert "sudo groupadd docker" in find.how_to_get_rights()


@pytest.mark.parametrize(
    ("source", "fix"),
    [
        ("DOCKER_HOST=unix:///run/old.sock", "`unset DOCKER_HOST`"),
        ("context “far” from DOCKER_CONTEXT", "`unset DOCKER_CONTEXT`"),
        ("context “far” from docker context use", "`docker context use default`"),
    ],
)
def test_fix_for_a_dead_address_undoes_what_chose_it(source: str, fix: str) -> None:
    engine = {**GOOD.engine, "state": "not running", "endpoint": {**DEAD, "source": source}}
    leave = find.how_to_leave(Endpoint(DEAD["url"], source))
    assert fix in said(replace(GOOD, engine=engine, leave_fix=leave), "engine").fix
    assert fix in find.problem(find.Engine(find.State.NOT_RUNNING, Endpoint(DEAD["url"], source))).fix


def info(docker: FakeEngine, **changes: Any) -> find.Engine:
    docker.info |= {"Driver": "overlay2", "Name": "box", **changes}
    return find.describe(docker.endpoint)


def test_podman_is_not_taken_for_docker(docker: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    docker.version |= {"Version": "4.3.1", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}]}
    engine = info(docker)
    assert engine.product == "Podman"
    assert said(replace(GOOD, engine=engine.to_json()), "engine").level is Level.PROBLEM
    monkeypatch.setenv("DOCKER_HOST", docker.endpoint.url)
    with pytest.raises(SlipwayError, match="Podman 4.3.1 answers") as refused:
        find.connect()
    assert "Docker Engine" in refused.value.fix


def test_disk_of_an_engine_in_a_virtual_machine_is_not_this_machines(docker: FakeEngine, tmp_path: Path) -> None:
    """Docker Desktop: the socket is here, and the data folder is not, even where a folder of that name exists."""
    import platform

    here = platform.node()
    assert info(docker, Name=here, DockerRootDir=str(tmp_path)).local_root == tmp_path
    assert info(docker, Name="docker-desktop", DockerRootDir=str(tmp_path)).local_root is None
    assert info(docker, Name=here, DockerRootDir=str(tmp_path / "none")).local_root is None
    diagnosis = said(replace(GOOD, engine_free=None, engine={**GOOD.engine, "name": "docker-desktop"}), "disk-engine")
    assert diagnosis.level is Level.UNKNOWN and "docker-desktop" in diagnosis.text
    small = replace(GOOD, engine={**GOOD.engine, "memory": 2**29})
    assert said(small, "memory").level is Level.PROBLEM, "the memory of the virtual machine is the limit"


# --- the terminal ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80])
def test_doctor_fits_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    states = [changed for _, changed, *_ in PROBLEMS] + [changed for _, changed in NOTES]
    for changed in states:
        lines = machine_text.doctor(doctor.diagnose(changed)).splitlines()
        # Paths and addresses are never broken.
        assert all(len(line) <= columns or " " not in line.strip() for line in lines), [x for x in lines if len(x) > columns]
        assert max(map(len, lines)) > columns - 20, "the width of the terminal is used"


def test_every_level_is_apart_from_its_title() -> None:
    engine = {**GOOD.engine, "state": "not running", "cgroup": ""}
    text = machine_text.doctor(doctor.diagnose(replace(GOOD, engine=engine, engine_free=None)))
    assert "not known Engine version: " in text and "fine      Python: " in text
