"""The vocabulary of networks over a recorded state, in the turns that no lab's near miss takes."""

import json
from copy import deepcopy

import pytest
from docker_recordings import findings, recorded

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
    assert finding.observed == [] and "server can't find database: NXDOMAIN" in finding.why


def test_a_name_that_the_engine_has_forgotten_comes_back_with_a_restart() -> None:
    (finding,) = findings(recorded("04", "names-forgotten"), "web-finds-it")
    assert "An engine that leaves a swarm forgets the names" in finding.why
    assert finding.hint == "`docker restart quay-database` registers its names again."


def test_a_name_of_a_container_on_another_network_needs_a_connection(solved: Snapshot) -> None:
    solved.probes["look-up"].update(ok=False, addresses=[], stdout="", stderr="")
    networks = there(solved, DATABASE)["NetworkSettings"]["Networks"]
    networks["bridge"] = networks.pop("quay")
    assert finds(solved)[0].hint == "Connect it."


def test_an_address_in_the_hosts_file_needs_a_new_container_and_no_connection() -> None:
    (finding,) = findings(recorded("04", "address-written-down"), "web-finds-it")
    assert "`--add-host`" in finding.why and finding.hint.startswith("Create quay-web again without `--add-host` for database")


def test_containers_of_a_lost_overlay_are_connected_and_not_created_again() -> None:
    (finding,) = findings(recorded("04", "swarm-left"), "overlay-made")
    assert finding.why.startswith("quay-north and quay-south began on quay-overlay.")
    assert "`docker network connect quay-overlay quay-north`, `docker network connect quay-overlay quay-south`" in finding.hint
    assert all("`docker network connect" in lost.hint for lost in findings(recorded("04", "new-overlay"), "overlay-carries"))


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
