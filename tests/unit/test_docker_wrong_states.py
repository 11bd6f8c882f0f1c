"""Wrong states of the Docker labs that passed: each is a solved recording, changed as a real engine would show it."""

import pytest
from docker_recordings import findings, outcome, recorded

from checks.model import Outcome

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
