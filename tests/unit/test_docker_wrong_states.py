"""Wrong states of the Docker labs that passed: each is a solved recording, changed as a real engine would show it."""

import pytest
from docker_recordings import findings, outcome, recorded

from checks.model import Outcome
from checks.snapshot import Json

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
