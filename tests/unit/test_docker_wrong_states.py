"""Wrong states of the Docker labs that passed: each is a solved recording, changed as a real engine would show it."""

from pathlib import Path

import pytest
from docker_recordings import container, findings, lab_of, outcome, recorded

from checks.model import Outcome
from checks.probes.image_files import workspace_file
from checks.snapshot import Json

OLDER = f"sha256:{'d' * 64}"
GROWN = {"04": ("visits-counted", "rows", "rows-before", 2), "09c": ("visits-counted", "rows", "rows-before", 1)}


@pytest.mark.parametrize("number", GROWN)
def test_rows_that_were_there_before_prove_nothing(number: str) -> None:
    check, after, before, made = GROWN[number]
    snapshot = recorded(number)
    count, bar, first = snapshot.probes[after]["stdout"].strip().partition("|")
    snapshot.probes[before] = {**snapshot.probes[after], "stdout": f"{int(count) - made}{bar}{first}\n"}
    assert outcome(snapshot, check) is Outcome.PASSED
    snapshot.probes[before]["stdout"] = snapshot.probes[after]["stdout"]
    assert "does not have the visits" in findings(snapshot, check)[0].message


@pytest.mark.parametrize(("after", "service"), [("rows", "database"), ("counter", "cache")])
def test_a_web_application_on_a_database_of_its_own_does_not_pass_beside_old_rows(after: str, service: str) -> None:
    snapshot = recorded("05")
    for probe in ("rows", "counter"):
        count, bar, first = snapshot.probes[probe]["stdout"].strip().partition("|")
        snapshot.probes[f"{probe}-before"] = {"stdout": f"{int(count) - 2}{bar}{first}\n"}
    assert outcome(snapshot, "visits-stored") is Outcome.PASSED
    snapshot.probes[f"{after}-before"] = snapshot.probes[after]
    (finding,) = findings(snapshot, "visits-stored")
    assert f"The service {service} does not have the visits" in finding.message


HEALTH = {
    "05": ("database-healthy", "database-check"),
    "07": ("healthy", "health-check"),
    "08": ("lamp-healthy", "lamp-check"),
    "09c": ("healthy", "api-check"),
}


def rehearsed(code: int, *requests: str) -> Json:
    """What the probe of a health check has seen."""
    return {"kind": "health_check", "container": "x", "ok": True, "error": "", "exit": code, "requests": list(requests)}


@pytest.mark.parametrize("number", HEALTH)
def test_health_check_that_succeeds_without_a_server_asks_nobody(number: str) -> None:
    check, probe = HEALTH[number]
    snapshot = recorded(number)
    snapshot.probes[probe] = rehearsed(1, "GET /health")
    assert outcome(snapshot, check) is Outcome.PASSED
    snapshot.probes[probe] = rehearsed(0)
    assert "does not ask the server" in findings(snapshot, check)[0].message


@pytest.mark.parametrize("number", ["07", "08"])
def test_health_check_must_fail_where_the_status_is_an_error(number: str) -> None:
    check, probe = HEALTH[number]
    snapshot = recorded(number)
    snapshot.probes[probe] = rehearsed(0, "GET /health")
    assert "is answered with an error" in findings(snapshot, check)[0].message


@pytest.mark.parametrize(("number", "log"), [("07", "log"), ("08", "lamp-log")])
def test_health_check_must_request_the_path_of_the_task(number: str, log: str) -> None:
    check, probe = HEALTH[number]
    snapshot = recorded(number)
    snapshot.probes[log]["text"] = ""
    snapshot.probes[probe] = rehearsed(0, "GET /")
    assert "has not requested /health" in findings(snapshot, check)[0].message


def test_restart_loop_that_answers_between_two_ends_does_not_run() -> None:
    snapshot = recorded("01")
    app = container(snapshot, "my-running-app")
    app["State"]["StartedAt"] = "2026-01-01T11:59:58.5Z"
    assert outcome(snapshot, "container-runs") is Outcome.PASSED
    app["RestartCount"] = 4
    (finding,) = findings(snapshot, "container-runs")
    assert "the engine has restarted it 4 times" in finding.message and not finding.waiting
    app["State"]["StartedAt"] = "2026-01-01T11:50:00Z"
    assert outcome(snapshot, "container-runs") is Outcome.PASSED, "it has run for ten minutes since"


@pytest.mark.parametrize("log", ["", "The tide is high.\n"])
def test_application_that_ends_by_itself_was_not_asked_to(log: str) -> None:
    snapshot = recorded("01")
    stopped = container(snapshot, "my-stopped-app")
    older = {**snapshot.require("image", "my-python-app"), "Id": OLDER, "RepoTags": [], "RootFS": {"Layers": [OLDER]}}
    snapshot.objects["image"][OLDER], stopped["Image"] = older, OLDER
    assert outcome(snapshot, "stops-when-asked") is Outcome.PASSED, "its log shows that it was running"
    stopped["LogTail"] = log
    assert "ended on its own" in findings(snapshot, "stops-when-asked")[0].message


def test_cache_mount_in_a_comment_is_none() -> None:
    snapshot = recorded("06")
    recipe = snapshot.probes["recipe"]
    recipe["text"] = recipe["text"].replace("RUN --mount", "  # RUN --mount")
    assert "No step in Dockerfile has a cache mount" in findings(snapshot, "cache-mounted")[0].message


def test_privileged_board_keeps_every_right() -> None:
    snapshot = recorded("09c")
    container(snapshot, "slipway-quay-board-1")["HostConfig"]["Privileged"] = True
    assert findings(snapshot, "few-rights")[0].message.endswith("is privileged, which undoes the rest.")


IMAGES = {
    "03": [("harbour-desk", "two-places"), ("harbour-database", "database-answers")],
    "04": [("quay-database", "database-joined")],
    "09c": [("slipway-quay-database-1", "healthy")],
}


@pytest.mark.parametrize(("number", "name", "check"), [(lab, *pair) for lab, pairs in IMAGES.items() for pair in pairs])
def test_container_of_another_image_than_the_task_names(number: str, name: str, check: str) -> None:
    snapshot = recorded(number)
    own = container(snapshot, name)
    own["Config"]["Image"] = "quay:9"
    if (image := snapshot.objects["image"].get(own["Image"])) is not None:
        image["RepoTags"] = ["quay:9"]
    assert "was created from quay:9" in findings(snapshot, check)[0].message


@pytest.mark.parametrize("address", ["", "0.0.0.0", "192.0.2.7"])
def test_port_for_this_machine_only_is_published_for_no_other(address: str) -> None:
    snapshot = recorded("03")
    (target,) = container(snapshot, "harbour-web")["HostConfig"]["PortBindings"]["5000/tcp"]
    target["HostIp"] = address
    assert "for every machine in the network" in findings(snapshot, "web-answers")[0].message


@pytest.mark.parametrize(("text", "python"), [("FROM python:3.12-slim\n", "3.12.1"), ("FROM python:3.11\n", "3.11.2"), ("", "")])
def test_image_on_another_base_than_the_task_names(text: str, python: str) -> None:
    snapshot = recorded("01")
    variables = snapshot.require("image", "my-python-app")["Config"]["Env"]
    snapshot.probes["dockerfile"] = {"ok": True, "text": "FROM python:3.11-slim@sha256:0a1b\n"}
    assert outcome(snapshot, "image-config") is Outcome.PASSED
    variables[:] = [name for name in variables if not name.startswith("PYTHON_VERSION")] + [f"PYTHON_VERSION={python}"] * bool(
        python
    )
    snapshot.probes["dockerfile"] = {"ok": bool(text), "text": text}
    assert findings(snapshot, "image-config")[0].message == "my-python-app is not built on python:3.11-slim."


def test_image_of_version_2_is_looked_for() -> None:
    snapshot = recorded("09b")
    snapshot.require("image", "harbour-hello:2")["RepoTags"].remove("harbour-hello:2")
    assert "There is no image called harbour-hello:2 yet" in findings(snapshot, "gap-measured")[0].message


@pytest.mark.parametrize(("before", "same"), [("a" * 64, True), ("b" * 64, False)])
def test_same_app_in_another_layer_was_not_edited(before: str, same: bool) -> None:
    snapshot = recorded("02")
    for probe, digest in (("app-before", before), ("app-after", "a" * 64)):
        file = {"path": "/app/app.py", "layer": 9, "size": 1, "sha256": digest}
        snapshot.probes[probe] = {"image": "x", "ok": True, "error": "", "files": [file]}
    messages = [finding.message for finding in findings(snapshot, "built-twice")]
    assert ["contain the same app.py" in message for message in messages] == [True] * same


def test_programs_of_a_lab_are_compared_with_the_labs_own(tmp_path: Path) -> None:
    lab = lab_of("08")
    copy = tmp_path / lab.id / "lamp"
    copy.mkdir(parents=True)
    (copy / "lamp.py").write_text("fault = ''\n", encoding="utf-8")
    (probe,) = [probe for probe in lab.probes if probe.id == "lamp-program"]
    original = (lab.folder / "lamp/lamp.py").read_text(encoding="utf-8")
    assert workspace_file(probe, tmp_path / lab.id)["text"] == original


def test_greeting_on_another_base_than_the_task_names() -> None:
    snapshot = recorded("02")
    variables = snapshot.require("image", "harbour-greeting:after")["Config"]["Env"]
    variables[:] = [name for name in variables if not name.startswith("PYTHON_VERSION")]
    assert "is not built on python:3.11-slim" in findings(snapshot, "built-twice")[0].message
