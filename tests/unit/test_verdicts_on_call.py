"""Moments of lab 20b between two states: something is on its way, and nothing is wrong."""

from typing import Any

from recorded import graded, state

from checks.model import Outcome
from checks.snapshot import Snapshot


def unanswered(error: str) -> Snapshot:
    """The solved lab, whose request to tides got no answer for this reason."""
    snapshot = state("20b")
    snapshot.probes["tides"] |= {"ok": False, "error": error, "status": 0, "body": ""}
    return snapshot


def test_endpoints_that_come_after_the_request_are_waited_for() -> None:
    assert graded(unanswered("no endpoints"))["tides-open"].outcome is Outcome.WAITING


def test_a_port_on_which_nothing_listens_is_not_waited_for() -> None:
    assert graded(unanswered("refused"))["tides-open"].outcome is Outcome.NOT_YET


def test_a_node_that_reports_and_is_not_ready_yet_is_waited_for() -> None:
    snapshot = state("20b")
    node: Any = snapshot.objects["Node"][snapshot.objects["ConfigMap"]["night"]["data"]["node"]]
    (ready,) = [condition for condition in node["status"]["conditions"] if condition["type"] == "Ready"]
    ready |= {"status": "Unknown", "message": "Kubelet stopped posting node status."}
    results = graded(snapshot)
    assert results["node-back"].outcome is Outcome.WAITING and results["lamp-kept"].outcome is Outcome.BLOCKED
