"""States of lab 25 that are hard to create at will: recorded ones, changed as the real API would show them."""

from recorded import failing, state

from checks.snapshot import Snapshot


def rescued_in_the_same_second() -> Snapshot:
    """The rescue and the sweepers, applied by one command: their times do not tell who was there first."""
    snapshot = state("25")
    for name, pod in snapshot.objects["Pod"].items():
        if name.startswith("rescue-"):
            pod["metadata"]["creationTimestamp"] = snapshot.objects["Deployment"]["sweepers"]["metadata"]["creationTimestamp"]
    return snapshot


def test_a_displaced_sweeper_is_known_by_the_event_where_times_do_not_tell() -> None:
    snapshot = rescued_in_the_same_second()
    assert "rescue found a free berth" in failing(snapshot)["preempted"]
    snapshot.objects["Event"]["sweepers-gone.1"] = {
        "kind": "Event",
        "metadata": {"name": "sweepers-gone.1", "namespace": "lab-25-strategies"},
        "involvedObject": {"kind": "Pod", "name": "sweepers-5c4df68f4f-kz4k9", "namespace": "lab-25-strategies"},
        "reason": "Preempted",
        "message": "Preempted by pod 9ad1fed6-dc9b-474d-97fc-438dbacfc65c on node slipway-worker2",
    }
    assert failing(snapshot) == {}


def test_a_preempted_pod_of_another_deployment_is_no_sweeper() -> None:
    snapshot = rescued_in_the_same_second()
    event = {"kind": "Event", "metadata": {"name": "other.1"}, "reason": "Preempted"}
    snapshot.objects["Event"]["other.1"] = {**event, "involvedObject": {"kind": "Pod", "name": "pilots-5c4df68f4f-kz4k9"}}
    assert "preempted" in failing(snapshot)


def test_a_budget_whose_pods_are_being_replaced_is_waited_for() -> None:
    snapshot = state("25")
    status = snapshot.objects["PodDisruptionBudget"]["ferries"]["status"]
    status |= {"currentHealthy": status["desiredHealthy"], "disruptionsAllowed": 0}
    assert "until all Pods are ready" in failing(snapshot)["budget"]


def test_a_request_that_fails_during_the_switch_is_noticed() -> None:
    snapshot = state("25")
    lines = snapshot.probes["visits"]["text"].splitlines()
    first_green = next(place for place, line in enumerate(lines) if "green=" in line)
    lines[first_green] = f"{lines[first_green].partition(' ')[0]} failed=2 green=3"
    snapshot.probes["visits"]["text"] = "\n".join(lines)
    assert "requests of the visitor failed" in failing(snapshot)["switched"]
