"""Time that the cluster takes for what it does, which no learner can shorten: waited for, and never a fault of theirs."""

from typing import Any

import pytest
import recorded

from checks.model import Outcome
from checks.snapshot import Snapshot
from checks.times import ago

LATER = "2026-01-01T12:%02d:00Z"


def pulling(minutes: int, *more: dict[str, Any]) -> Snapshot:
    """The solved lab 11, where a node has been pulling the image of the Pod web for so many minutes."""
    snapshot = recorded.state("11")
    pod, image = snapshot.objects["Pod"]["web"], "nginx:1.26"
    begun, uid = LATER % 0, pod["metadata"]["uid"]
    pod["metadata"]["creationTimestamp"] = pod["status"]["startTime"] = begun
    status = pod["status"]["containerStatuses"][0]
    status |= {"ready": False, "started": False, "restartCount": 0, "lastState": {}}
    status["state"] = {"waiting": {"reason": "ContainerCreating"}}
    for condition in pod["status"]["conditions"]:
        if condition["type"] in ("Ready", "ContainersReady"):
            condition["status"] = "False"
    pod["status"]["phase"] = "Pending"
    of_pod = {"kind": "Pod", "name": "web", "uid": uid, "fieldPath": "spec.containers{nginx}"}
    events = [{"reason": "Pulling", "message": f'Pulling image "{image}"'}, *more]
    snapshot.objects["Event"] = {
        f"web.{number}": {
            "metadata": {"name": f"web.{number}", "creationTimestamp": LATER % number}, "involvedObject": of_pod, "type": "Normal",
            "lastTimestamp": LATER % number, **event,
        }
        for number, event in enumerate(events)
    }  # fmt: skip
    return Snapshot.from_json({**snapshot.to_json(), "taken": LATER % minutes})


@pytest.mark.parametrize("minutes", [0, 1, 5, 30, 59])
def test_a_slow_pull_is_waited_for_however_long_it_takes(minutes: int) -> None:
    result = recorded.graded(pulling(minutes))["web-ready"]
    assert result.outcome is Outcome.WAITING
    assert "pulling" in result.findings[0].message


def test_a_pull_that_has_ended_is_no_longer_waited_for() -> None:
    result = recorded.graded(pulling(10, {"reason": "Pulled", "message": "Successfully pulled image"}))["web-ready"]
    assert result.outcome is Outcome.NOT_YET


def test_a_pull_that_has_failed_is_not_waited_for() -> None:
    snapshot = pulling(10, {"reason": "Failed", "message": "Error: ErrImagePull"})
    status = snapshot.objects["Pod"]["web"]["status"]["containerStatuses"][0]
    status["state"] = {"waiting": {"reason": "ErrImagePull", "message": "not found"}}
    assert recorded.graded(snapshot)["web-ready"].outcome is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("2026-01-01T11:59:00Z", 60),
        (None, 0),
        # Clocks of several machines differ a little.
        ("2026-01-01T12:00:05Z", -5),
        # A clock that was set back by an hour: what it noted before is not new.
        ("2026-01-01T13:00:00Z", 3600),
    ],
)
def test_what_was_noted_before_a_clock_was_set_back_is_not_new(time: str | None, seconds: float) -> None:
    assert ago(time, "2026-01-01T12:00:00Z") == seconds
