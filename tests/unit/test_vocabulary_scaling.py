"""The words of autoscaling: targets, bounds, what is measured or why not, and what the autoscaler has changed."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import scaling

START, MUCH_LATER = "2026-11-25T12:00:00Z", "2026-11-25T13:00:00Z"
CPU = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
USED = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 130, "averageValue": "26m"}}}


def scaler(status: Json | None = None, **spec: Any) -> Json:
    about = {"name": "desk", "uid": "hpa", "creationTimestamp": START}
    full = {"scaleTargetRef": {"kind": "Deployment", "name": "desk"}, "maxReplicas": 3, "metrics": [CPU], **spec}
    item = {"kind": "HorizontalPodAutoscaler", "metadata": about, "spec": full}
    return item if status is None else {**item, "status": status}


def active(status: str, message: str = "", *metrics: Json) -> Json:
    return {"conditions": [{"type": "ScalingActive", "status": status, "message": message}], "currentMetrics": list(metrics)}


def seen(*pods: str, taken: str = MUCH_LATER, replicas: int = 1, events: tuple[Json, ...] = ()) -> Snapshot:
    found = {name: {"kind": "Pod", "metadata": {"name": name, "uid": name, "creationTimestamp": START}} for name in pods}
    deployment = {"kind": "Deployment", "metadata": {"name": "desk", "uid": "d"}, "spec": {"replicas": replicas}}
    objects = {"Pod": found, "Deployment": {"desk": deployment}, "Event": {str(n): each for n, each in enumerate(events)}}
    return Snapshot("21-autoscaling", taken, objects=objects)


def measured(item: Json, snapshot: Snapshot) -> list[Finding]:
    return list(scaling.measures(snapshot, item, "hint"))


def test_what_is_measured() -> None:
    assert not measured(scaler(active("True", "", USED)), seen())
    assert scaling.utilization(scaler(active("True", "", USED)), "cpu") == 130
    assert scaling.utilization(scaler(active("True", "", USED)), "memory") is None
    value = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageValue": "26m"}}}
    assert not measured(scaler(active("True", "", value)), seen())


@pytest.mark.parametrize("status", [None, {}, {"currentMetrics": None}, active("False", "no metrics", {"type": ""})])
def test_what_is_not_measured_yet_is_waited_for_and_not_for_ever(status: Json | None) -> None:
    (finding,) = measured(scaler(status), seen("p", taken="2026-11-25T12:00:20Z"))
    assert finding.waiting and "unknown: cpu" in finding.observed
    (finding,) = measured(scaler(status), seen("p"))
    assert not finding.waiting


@pytest.mark.parametrize(
    ("message", "pods", "replicas", "waiting"),
    [
        ("missing request for cpu in container desk of Pod old", ("old",), 1, False),
        ("missing request for cpu in container desk of Pod old", ("new",), 1, True),  # not looked at since
        ("disabled since the replica count of the target is zero", (), 0, False),
        ("disabled since the replica count of the target is zero", ("new",), 1, True),
    ],
)
def test_what_no_waiting_cures(message: str, pods: tuple[str, ...], replicas: int, waiting: bool) -> None:
    snapshot = seen(*pods, taken="2026-11-25T12:00:20Z", replicas=replicas)
    (finding,) = measured(scaler(active("False", message)), snapshot)
    assert finding.waiting is waiting and finding.why == message


def test_targets() -> None:
    assert not list(scaling.aims(scaler(), {"cpu": 50}, "hint"))
    found = list(scaling.aims(scaler(), {"cpu": 60, "memory": 80}, "hint"))
    assert [each.observed for each in found] == ["50 %", None]
    value = {"resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "10m"}}}
    (finding,) = scaling.aims(scaler(metrics=[value]), {"cpu": 50}, "hint")
    assert finding.observed == "AverageValue 10m"
    assert list(scaling.aims(scaler(metrics=None), {"cpu": 50}, "hint"))


def test_bounds_and_what_is_scaled() -> None:
    assert not list(scaling.bounds(scaler(), 1, 3, "hint"))
    (finding,) = scaling.bounds(scaler(minReplicas=2, maxReplicas=10), 1, 3, "hint")
    assert finding.observed == "2 to 10"
    assert not list(scaling.scales(scaler(), "Deployment", "desk", "hint"))
    (finding,) = scaling.scales(scaler(), "StatefulSet", "desk", "hint")
    assert finding.observed == "Deployment/desk"


def test_what_the_autoscaler_has_changed() -> None:
    def event(time: str, message: str, reason: str = "SuccessfulRescale", uid: str = "hpa") -> Json:
        about = {"name": message, "creationTimestamp": time}
        return {"metadata": about, "reason": reason, "message": message, "involvedObject": {"uid": uid}, "lastTimestamp": time}

    events = (
        event(MUCH_LATER, "New size: 1; reason: All metrics below target"),
        event(START, "New size: 3; reason: cpu resource utilization above target"),
        event(START, "New size: 9; reason: another's", uid="other"),
        event(START, "New size: x"),
        event(START, "New size: 2; reason: failed", "FailedRescale"),
    )
    found = scaling.rescales(seen(events=events), scaler())
    assert [(each.size, each.reason) for each in found] == [
        (3, "cpu resource utilization above target"),
        (1, "All metrics below target"),
    ]
