"""Rollouts in the order of their revisions: who began with the new version, tried the wrong one too early, or went back twice."""

from typing import Any

import pytest
from recorded import failing, graded, only_finding, state

from checks.model import Outcome
from checks.snapshot import Json, Snapshot
from checks.vocabulary import workloads

REVISION, HISTORY = workloads.REVISION, workloads.HISTORY


def sets(snapshot: Snapshot) -> dict[str, Json]:
    """The ReplicaSets of lab 12 by the version that they run."""
    found = snapshot.objects["ReplicaSet"].values()
    return {item["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]: item for item in found}


def numbered(snapshot: Snapshot, **revisions: str) -> Snapshot:
    """Give the ReplicaSets these revisions ("1,3": 3 now, 1 before), as the controller does; `v1_26` is that of nginx:1.26."""
    for version, numbers in revisions.items():
        earlier, _, now = numbers.rpartition(",")
        annotations = sets(snapshot)[version.removeprefix("v").replace("_", ".")]["metadata"]["annotations"]
        annotations.pop(HISTORY, None)
        annotations |= {REVISION: now, **({HISTORY: earlier} if earlier else {})}
    return snapshot


@pytest.mark.parametrize(
    "revisions",
    [
        {"v1_26": "1,3,5", "v1_22": "2", "v1_62": "4"},  # began with 1.26 and corrected it
        {"v1_22": "1", "v1_62": "2,4", "v1_26": "3,5"},  # tried 1.62 too early, and once more at its time
        {"v1_22": "1,3", "v1_26": "2,4,6", "v1_62": "5"},  # did the update twice, with undo in between
    ],
)
def test_the_order_of_revisions_counts_and_not_the_times_of_objects(revisions: dict[str, str]) -> None:
    snapshot = numbered(state("12"), **revisions)
    # The first ReplicaSet of the three is the oldest, whatever ran when.
    first = min(revisions, key=lambda version: int(revisions[version].partition(",")[0]))
    made = sets(snapshot)["1.22"]["metadata"]["creationTimestamp"]
    sets(snapshot)[first.removeprefix("v").replace("_", ".")]["metadata"]["creationTimestamp"] = made[:11] + "00:00:01Z"
    assert failing(snapshot) == {}


def test_a_wrong_version_that_was_tried_only_before_the_update_does_not_count() -> None:
    snapshot = numbered(state("12"), v1_22="1", v1_62="2", v1_26="3")
    finding = only_finding(snapshot, "bad-tried")
    assert finding.message == "web has tried nginx:1.62 only before the update to nginx:1.26, which is revision 3."
    assert finding.observed == ["revision 1: nginx:1.22", "revision 2: nginx:1.62", "revision 3: nginx:1.26"]


def test_an_update_that_went_the_other_way_is_named() -> None:
    finding = only_finding(numbered(state("12"), v1_26="1", v1_22="2", v1_62="3"), "web-updated")
    assert finding.message == "web has gone from nginx:1.26 to nginx:1.22, and not back yet."


def visits(snapshot: Snapshot) -> list[str]:
    return snapshot.probes["visits"]["text"].splitlines(keepends=True)


def replaced_since(snapshot: Snapshot) -> Snapshot:
    """Go back to the old version and forward again, and lose every Pod afterwards: no object tells when the update was."""
    new = sets(snapshot)["1.26"]
    new["metadata"]["creationTimestamp"] = new["metadata"]["creationTimestamp"][:11] + "00:00:01Z"
    for pod in snapshot.pods(owner=new):
        pod["metadata"]["creationTimestamp"] = snapshot.taken
    return snapshot


def test_the_log_itself_shows_the_update_where_no_object_tells_its_time() -> None:
    assert failing(replaced_since(state("12"))) == {}


def test_a_log_that_shows_no_answer_of_the_old_version_alone_shows_no_update() -> None:
    snapshot = replaced_since(state("12"))
    lines = visits(snapshot)
    mixed = next(place for place, line in enumerate(lines) if " 200 1.26" in line)
    snapshot.probes["visits"]["text"] = "".join(lines[mixed - 5 :])
    finding = graded(snapshot)["nobody-noticed"].findings[0]
    assert "does not show how 1.26 took over from 1.22" in finding.message


def test_pods_that_are_younger_than_the_update_do_not_hide_its_failures() -> None:
    snapshot = state("12")
    lines = visits(snapshot)
    first = next(place for place, line in enumerate(lines) if " 200 1.26" in line)
    lines[first] = lines[first][: lines[first].index(" 200")] + " 000 Connection refused\n"
    snapshot.probes["visits"]["text"] = "".join(lines)
    assert "requests failed" in only_finding(snapshot, "nobody-noticed").message
    for pod in snapshot.pods(owner=sets(snapshot)["1.26"]):
        pod["metadata"]["creationTimestamp"] = lines[-1][:19] + "Z"
    assert graded(snapshot)["nobody-noticed"].outcome is not Outcome.PASSED


def taken_up_again(snapshot: Snapshot, **entry: Any) -> Snapshot:
    """Make the last update of lab 23 one back to a ReplicaSet of an hour before, as after `rollout undo` and a second update."""
    current = workloads.current_set(snapshot, snapshot.objects["Deployment"]["backend"])
    assert current is not None
    begun = current["metadata"]["creationTimestamp"]
    current["metadata"]["annotations"][HISTORY] = "1"
    current["metadata"]["creationTimestamp"] = begun[:11] + "00:00:01Z"
    snapshot.objects["Deployment"]["backend"]["metadata"]["managedFields"] = [{"manager": "kubectl", "time": begun, **entry}]
    return snapshot


@pytest.mark.parametrize("entry", [{}, {"subresource": "status"}, {"time": "2026-01-01T23:00:00Z"}])
def test_an_update_that_is_repeated_with_undo_is_measured_at_its_own_time(entry: Json) -> None:
    """By the client's change, or by the first Pod of the rollout where that client has changed something since."""
    assert failing(taken_up_again(state("23"), **entry)) == {}
