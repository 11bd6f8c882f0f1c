"""Right states of the Docker labs that were refused: each is a solved recording, changed as a real engine would show it."""

from pathlib import Path

import pytest
from docker_recordings import findings, lab_of, outcome, recorded

from checks.model import Outcome
from checks.probes.image_files import workspace_file

COMPOSE = (("05", "password-kept-out"), ("09c", "secret-kept"))


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
