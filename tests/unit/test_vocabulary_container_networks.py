"""The vocabulary of networks over a recorded state, in the turns that no lab's near miss takes."""

import json
from copy import deepcopy

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_networks
from sandboxes.settings import ROOT

RECORDED = json.loads((ROOT / "tests" / "snapshots" / "04-networks" / "solved.json").read_text(encoding="utf-8"))
WEB, DATABASE = "quay-web", "quay-database"


@pytest.fixture
def solved() -> Snapshot:
    return Snapshot.from_json(deepcopy(RECORDED))


def there(snapshot: Snapshot, name: str) -> Json:
    container = snapshot.container(name)
    assert container is not None
    return container


def finds(snapshot: Snapshot) -> list[Finding]:
    web, database = there(snapshot, WEB), there(snapshot, DATABASE)
    found = container_networks.finds(snapshot, "look-up", "connection", web, database, "quay", "Connect it.", "Start it.")
    return list(found)


def test_names_are_aliases_and_the_containers_own_and_no_numbers(solved: Snapshot) -> None:
    database = there(solved, DATABASE)
    assert container_networks.known_as(database, "quay") == ["database", DATABASE]
    assert container_networks.known_as(there(solved, "quay-lookout"), "host") == []


def test_an_older_engine_tells_only_of_aliases(solved: Snapshot) -> None:
    database = there(solved, DATABASE)
    del database["NetworkSettings"]["Networks"]["quay"]["DNSNames"]
    assert container_networks.known_as(database, "quay") == ["database", DATABASE]


def test_a_name_that_is_not_found_says_what_the_look_up_said(solved: Snapshot) -> None:
    assert finds(solved) == []
    solved.probes["look-up"].update(ok=False, addresses=[], stdout="", stderr="server can't find database: NXDOMAIN\n")
    (finding,) = finds(solved)
    assert finding.message == "Inside quay-web, the name database does not resolve."
    assert (finding.observed, finding.why, finding.hint) == ([], "server can't find database: NXDOMAIN", "Connect it.")


def test_a_container_that_cannot_be_asked_says_why(solved: Snapshot) -> None:
    solved.probes["look-up"].update(ok=False, addresses=[], stdout="", stderr="", error="Container quay-web is paused")
    assert finds(solved)[0].why == "Container quay-web is paused"


@pytest.mark.parametrize(("seconds", "waiting"), [("01", True), ("59", False)])
def test_a_port_that_is_silent_may_still_be_starting(solved: Snapshot, seconds: str, waiting: bool) -> None:
    there(solved, DATABASE)["State"]["StartedAt"] = "2026-01-01T00:00:00Z"
    solved.probes["connection"].update(ok=False, stderr="Connection refused\n")
    seen = Snapshot.from_json({**solved.to_json(), "taken": f"2026-01-01T00:00:{seconds}Z"})
    (finding,) = finds(seen)
    assert (finding.waiting, finding.hint) == (waiting, "Start it.")
