"""Right states of the Docker labs that were refused: each is a solved recording, changed as a real engine would show it."""

import json
import subprocess
from pathlib import Path

import pytest
import raw_server
from docker_recordings import container, findings, lab_of, outcome, recorded
from fake_engine import FakeEngine

from checks.clients.base import Engine
from checks.model import Outcome, Probe
from checks.probes import container_exec, http
from checks.probes.image_files import workspace_file

COMPOSE = (("05b", "password-kept-out"), ("09c", "secret-kept"))


@pytest.mark.parametrize("name", ["compose.yml", "docker-compose.yml", "docker-compose.yaml"])
@pytest.mark.parametrize(("number", "check"), COMPOSE)
def test_compose_file_may_have_any_name_that_compose_reads(number: str, check: str, name: str, tmp_path: Path) -> None:
    snapshot = recorded(number)
    (tmp_path / name).write_text(snapshot.probes["file"]["text"], encoding="utf-8")
    probes = {probe.id: probe for probe in lab_of(number).probes}
    snapshot.probes["file"] = workspace_file(probes["file"], tmp_path)
    snapshot.probes["override"] = workspace_file(probes["override"], tmp_path)
    assert snapshot.probes["file"]["path"] == name and not snapshot.probes["override"]["ok"]
    assert outcome(snapshot, check) is Outcome.PASSED


@pytest.mark.parametrize(("number", "check"), COMPOSE)
def test_password_in_a_file_that_overrides_the_compose_file_is_found(number: str, check: str) -> None:
    snapshot = recorded(number)
    text = "services:\n  database:\n    environment:\n      POSTGRES_PASSWORD: ‹redacted 0a1b2c3d›\n"
    snapshot.probes["override"] = {"path": "compose.override.yaml", "ok": True, "text": text, "error": ""}
    assert findings(snapshot, check)[0].message.startswith("compose.override.yaml contains a password")


@pytest.mark.parametrize(("number", "check"), COMPOSE)
def test_folder_without_any_compose_file_is_named(number: str, check: str, tmp_path: Path) -> None:
    snapshot, (probe,) = recorded(number), [probe for probe in lab_of(number).probes if probe.id == "file"]
    snapshot.probes["file"] = workspace_file(probe, tmp_path)
    assert findings(snapshot, check)[0].message == "There is no compose.yaml in the lab's folder."


@pytest.mark.parametrize(("number", "check", "log"), [("07", "healthy", "log"), ("08", "lamp-healthy", "lamp-log")])
def test_health_check_counts_where_the_server_logs_no_requests(number: str, check: str, log: str) -> None:
    snapshot = recorded(number)
    snapshot.probes[log]["text"] = "the server is ready\n"
    probe = {"07": "health-check", "08": "lamp-check"}[number]
    snapshot.probes[probe] = {"ok": True, "error": "", "exit": 1, "requests": ["GET /health"]}
    assert outcome(snapshot, check) is Outcome.PASSED


def test_machine_that_was_lost_stays_proven_after_a_later_restart() -> None:
    snapshot = recorded("09")
    north = container(snapshot, "slipway-north-web-1")
    north["State"]["StartedAt"] = "2026-01-01T11:59:58.5Z"
    assert outcome(snapshot, "loss-survived") is Outcome.PASSED
    north["State"]["StartedAt"] = "2026-01-01T10:00:00Z"
    assert "did not come back while loss.log was written" in findings(snapshot, "loss-survived")[0].message


def test_door_that_chooses_at_random_spreads_its_visits() -> None:
    snapshot = recorded("09")
    by_machine = {json.loads(snapshot.probes[f"visit-{number}"]["body"])["machine"]: number for number in range(1, 5)}
    bodies = {machine: snapshot.probes[f"visit-{number}"]["body"] for machine, number in by_machine.items()}
    for number in range(1, 5):
        snapshot.probes[f"visit-{number}"]["body"] = bodies["north"]
    snapshot.probes["more-visits"] = {**snapshot.probes["visit-1"], "bodies": [*([bodies["north"]] * 10), bodies["south"]]}
    assert outcome(snapshot, "door-spreads") is Outcome.PASSED
    snapshot.probes["more-visits"]["bodies"].pop()
    assert findings(snapshot, "door-spreads")[0].message == "All 14 visits were answered by north."


@pytest.mark.parametrize("options", [{"times": 5}, {}])
def test_http_probe_repeats_a_request_as_often_as_it_is_told(options: dict[str, int]) -> None:
    with raw_server.tcp([b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]) as raw:
        seen = http.request(Probe("it", "http", {"url": f"http://127.0.0.1:{raw.address}/", **options}))
    assert raw.connections == options.get("times", 1)
    assert seen["body"] == "ok" and seen.get("bodies") == (["ok"] * 5 if options else None)


def test_logs_probe_keeps_what_it_looks_for_however_much_follows(docker: FakeEngine, docker_client: Engine) -> None:
    lines = ["GET /hello/inside", *["GET /"] * 3000, "GET /hello/outside"]
    payload = "".join(f"{line}\n" for line in lines).encode()
    docker.containers["web"], docker.logs["web"] = {"Id": "web"}, bytes([1, 0, 0, 0]) + len(payload).to_bytes(4, "big") + payload
    probe = Probe("log", "logs", {"container": "web", "containing": ["/hello/"], "tail": 2000})
    assert container_exec.logs(probe, docker_client)["text"] == "GET /hello/inside\nGET /hello/outside\n"


@pytest.mark.parametrize("holds", ["log", "postgres"])
def test_visits_count_in_the_containers_database_and_in_that_of_the_tasks_command(holds: str, tmp_path: Path) -> None:
    """PostgreSQL's program is a stand-in that knows the table in one database; the script is the lab's own."""
    psql = tmp_path / "psql"
    psql.write_text(f'#!/bin/sh\ncase "$*" in *"-d {holds} "*) echo "1|5.5";; *) exit 1;; esac\n', encoding="ascii")
    psql.chmod(0o755)
    (probe,) = [probe for probe in lab_of("03").probes if probe.id == "rows"]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "POSTGRES_DB": "log"}
    done = subprocess.run(probe.options["command"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1|5.5\n")
