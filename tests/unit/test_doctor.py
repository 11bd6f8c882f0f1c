"""Every diagnosis over recorded facts: the machine as it should be, and one thing wrong at a time."""

import json
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.cli import machine_text
from sandboxes import doctor
from sandboxes.doctor import Level, facts
from sandboxes.doctor.facts import Facts
from sandboxes.host import resources

ENGINE: dict[str, Any] = {
    "state": "ok", "reason": "", "version": "26.1.5", "api_version": "1.45", "storage": "overlay2", "cgroup": "2",
    "name": "vm", "id": "3c95cb0d", "system": "Debian", "root": "/var/lib/docker", "cpus": 2, "memory": 8 * 2**30,
    "clock": "2026-11-23T09:22:49.780815466Z", "too_old": False, "product": "Docker",
    "endpoint": {"url": "unix:///var/run/docker.sock", "source": "the default socket", "remote": False},
}  # fmt: skip
REMOTE = {"url": "tcp://192.0.2.7:2375", "source": "DOCKER_HOST=tcp://192.0.2.7:2375", "remote": True}
DEAD = {"url": "unix:///run/old.sock", "source": "DOCKER_HOST=unix:///run/old.sock", "remote": False}

GOOD = Facts(
    system="Linux",
    user="kim",
    python=(3, 11),
    engine=ENGINE,
    rights_fix="sudo usermod -aG docker kim",
    install_fix="https://docs.docker.com/engine/install/",
    engine_free=50 * 2**30,
    project_free=50 * 2**30,
    memory=6 * 2**30,
    inotify={"max_user_watches": 524288, "max_user_instances": 512},
    ports={5000: ("01-flask",), 8080: ("05-compose", "06-multi-stage")},
    jupyter={"port": 8888, "free": True, "ours": False},
    now="2026-11-23T09:22:50.100000+00:00",
    leave_fix="Start the engine there. To use this machine's own engine instead: `unset DOCKER_HOST`.",
    docker_settings={"folder": "/home/kim/.docker", "foreign": {}, "read_only": False, "instead": "/srv/slipway/.slipway/docker"},
)
CONFIG = GOOD.docker_settings


def said(changed: Facts, id: str) -> doctor.Diagnosis:
    return next(diagnosis for diagnosis in doctor.diagnose(changed) if diagnosis.id == id)


def with_engine(**changes: Any) -> Facts:
    return replace(GOOD, engine={**ENGINE, **changes})


def test_doctor_has_no_problem_on_a_good_machine() -> None:
    diagnoses = doctor.diagnose(GOOD)
    assert {diagnosis.level for diagnosis in diagnoses} == {Level.FINE}
    assert doctor.healthy(diagnoses) and not any(diagnosis.fix for diagnosis in diagnoses)
    assert len({diagnosis.id for diagnosis in diagnoses}) == len(diagnoses) == len(doctor.CHECKS)


CLUSTER = {"name": "slipway-1a2b3c", "condition": "damaged", "reason": "the node worker is removed from the engine"}
PROBLEMS = [
    ("python", replace(GOOD, python=(3, 10)), "Python 3.10 is too old", "Install Python 3.11"),
    ("write", replace(GOOD, not_writable=("/srv/slipway/work",)), "/srv/slipway/work", "chown -R kim"),
    ("engine", with_engine(state="not installed"), "No Docker engine is installed", "docs.docker.com"),
    ("engine", with_engine(state="not running"), "No engine is listening", "slipway up"),
    ("engine", with_engine(state="no rights on the socket"), "Permission denied on the Docker socket", "usermod -aG docker kim"),
    ("engine", with_engine(state="does not answer", reason="no answer within 5 seconds"), "within 5 seconds", "Restart"),
    ("engine", with_engine(state="not running", endpoint=DEAD), "(DOCKER_HOST=unix:///run/old.sock)", "unset DOCKER_HOST"),
    ("engine", with_engine(product="Podman", version="4.3.1"), "Podman 4.3.1 answers", "podman-docker"),
    ("local", with_engine(endpoint=REMOTE), "192.0.2.7", "unset DOCKER_HOST"),
    ("local", with_engine(state="is on another machine", endpoint=REMOTE), "192.0.2.7", "unset DOCKER_HOST"),
    (
        "docker-settings",
        replace(GOOD, docker_settings={**CONFIG, "foreign": {"/home/kim/.docker/buildx": "root"}}),
        "belongs to root",
        "sudo chown -R kim /home/kim/.docker",
    ),
    (
        "docker-settings",
        replace(GOOD, docker_settings={**CONFIG, "read_only": True}),
        "/home/kim/.docker cannot be written",
        "export DOCKER_CONFIG=/srv/slipway/.slipway/docker",
    ),
    ("snap", replace(GOOD, snap="/snap/bin/docker", outside_home="/srv/slipway"), "/srv/slipway", "into your home folder"),
    (
        "inotify",
        replace(GOOD, inotify={**GOOD.inotify, "max_user_instances": 128, "used": 100}),
        "100 of 128 instances",
        "sysctl",
    ),
    ("ports", replace(GOOD, system="Darwin", listeners={5000: "another program"}), "5000 by another program", "AirPlay Receiver"),
    ("version", with_engine(too_old=True, version="19.03"), "Docker 19.03 is too old", "20.10"),
    ("client", replace(GOOD, missing=("Docker Compose v2",)), "Docker Compose v2", "slipway up"),
    ("tools", replace(GOOD, missing_tools=("curl",)), "Missing: curl", "apt-get install curl"),
    ("disk-engine", replace(GOOD, engine_free=2**30), "Only 1.0 GiB", "docker system df"),
    ("disk-project", replace(GOOD, project_free=2**28), "Only 0.2 GiB", "Free some space"),
    ("memory", replace(GOOD, memory=2**29), "Only 0.5 GiB", "Close other programs"),
    ("inotify", replace(GOOD, inotify={"max_user_watches": 65536, "max_user_instances": 64}), "64 instances", "sysctl"),
    ("inotify", replace(GOOD, inotify={"max_user_watches": 4096, "max_user_instances": 512}), "4096 watches", "sysctl"),
    ("ports", replace(GOOD, listeners={8080: "another program"}), "8080 by another program (needed in 05-", "ss -ltnp"),
    ("ports", replace(GOOD, listeners={5000: "the container “blog”"}), "the container “blog”", "5000"),
    ("jupyter", replace(GOOD, jupyter={"port": 8888, "ours": True, "answers": False}), "does not answer", "slipway down"),
    ("certificates", replace(GOOD, certificates={"acme.crt": False}), "acme.crt", "update-ca-certificates"),
    ("cluster", replace(GOOD, cluster=CLUSTER), "node worker is removed from the engine", "slipway cluster up"),
    ("clock", replace(GOOD, now="1970-01-01T00:00:09+00:00"), "1970-01-01", "set-ntp"),
    ("clock", replace(GOOD, now="2026-11-23T09:24:49+00:00"), "differ by 119 seconds", "NTP"),
    ("proxy", replace(GOOD, proxies={"HTTP_PROXY": "http://proxy:3128"}), "http://proxy:3128", "NO_PROXY"),
]


@pytest.mark.parametrize(("id", "changed", "text", "fix"), PROBLEMS)
def test_doctor_names_each_problem_with_its_fix(id: str, changed: Facts, text: str, fix: str) -> None:
    found = said(changed, id)
    assert found.level is Level.PROBLEM
    assert text in found.text and fix in found.fix
    assert not doctor.healthy(doctor.diagnose(changed))
    assert [diagnosis.id for diagnosis in doctor.diagnose(changed) if diagnosis.level is Level.PROBLEM] == [id]


NOTES = [
    ("inotify", replace(GOOD, inotify={"max_user_watches": 65536, "max_user_instances": 128})),
    ("cgroup", with_engine(cgroup="1")),
    ("cluster", replace(GOOD, memory=2 * 2**30)),
    ("cluster", replace(GOOD, cluster={**CLUSTER, "condition": "stopped"})),
    ("jupyter", replace(GOOD, jupyter={"port": 8888, "free": False, "ours": False})),
    ("certificates", replace(GOOD, certificates={"acme.crt": True})),
    ("proxy", replace(GOOD, proxies={"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "localhost, .local"})),
    ("local", replace(with_engine(endpoint=REMOTE), remote_allowed=True)),
    ("snap", replace(GOOD, snap="/snap/bin/docker")),
    ("proxy", replace(GOOD, proxies={"ALL_PROXY": "socks5://proxy:1080", "NO_PROXY": "localhost"})),
    ("variables", replace(GOOD, variables={"COMPOSE_FILE": "/home/kim/shop/compose.yaml", "COMPOSE_ANSI": "never"})),
    ("builder", replace(GOOD, builder=("far", "/home/kim/.docker/buildx/current"))),
    ("umask", replace(GOOD, umask=0o077)),
]


@pytest.mark.parametrize(("id", "changed"), NOTES)
def test_doctor_does_not_count_a_note_as_a_problem(id: str, changed: Facts) -> None:
    assert said(changed, id).level is Level.NOTE
    assert doctor.healthy(doctor.diagnose(changed))


def test_every_check_has_a_state_that_fails_it() -> None:
    tried = {id for id, *_ in PROBLEMS} | {id for id, _ in NOTES}
    assert tried == {id for id, _, _ in doctor.CHECKS}


def test_doctor_does_not_guess_facts_of_an_engine_that_does_not_answer() -> None:
    engine = {**ENGINE, "state": "not running", "root": "", "memory": 0, "clock": "", "cgroup": "", "api_version": ""}
    changed = replace(GOOD, engine=engine, engine_free=None)
    unknown = {diagnosis.id for diagnosis in doctor.diagnose(changed) if diagnosis.level is Level.UNKNOWN}
    assert unknown == {"version", "disk-engine", "cgroup"}


def test_doctor_json_names_the_same_problems() -> None:
    data = json.loads(json.dumps(doctor.to_json(doctor.diagnose(replace(GOOD, missing=("the docker command",))))))
    assert data["format"] == "slipway-doctor/1" and data["ok"] is False
    assert [check["id"] for check in data["checks"] if check["level"] == "problem"] == ["client"]


def test_doctor_text_fits_80_columns_and_has_no_color_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    for _, changed, _, _ in PROBLEMS:
        text = machine_text.doctor(doctor.diagnose(changed))
        assert all(len(line) <= 80 for line in text.splitlines()), text
        assert "\x1b" not in text and "1 problem to fix." in text
    assert machine_text.doctor(doctor.diagnose(GOOD)).endswith("No problems found.")


def test_doctor_text_has_color_only_on_a_terminal_that_supports_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32mfine" in machine_text.doctor(doctor.diagnose(GOOD))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in machine_text.doctor(doctor.diagnose(GOOD))


def test_listeners_of_others_are_seen_and_a_labs_own_are_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = {port: ("01",), 40001: ("02",), 40002: ("03",)}
        listeners = facts.listeners(ports, {40001: "lab-web", 40002: "blog"}, lambda name: name == "lab-web")
    assert listeners == {port: "another program", 40002: "the container “blog”"}


def test_free_space_of_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    assert resources.free_space(tmp_path / "a" / "b") == pytest.approx(resources.free_space(tmp_path), abs=2**30)
