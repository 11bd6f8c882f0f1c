"""The words of what Pods may use: amounts in any unit, limits, classes, a kill for memory, periods of waiting."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import pod_resources

V1 = "nr_periods 49\nnr_throttled 40\nthrottled_time 3025578744\n"
V2 = "usage_usec 81\nnr_periods 49\nnr_throttled 7\nthrottled_usec 302557\ncore_sched.force_idle_usec 0\n"


def pod(resources: Json | None = None, status: Json | None = None, made: str = "2026-11-25T12:00:00Z") -> Json:
    spec = {"nodeName": "node", "containers": [{"name": "c", **({"resources": resources} if resources is not None else {})}]}
    item = {"kind": "Pod", "metadata": {"name": "p", "uid": "p", "creationTimestamp": made}, "spec": spec}
    return item if status is None else {**item, "status": status}


def seen(stdout: str = "", error: str = "", later: str = "2026-11-25T12:01:00Z") -> Snapshot:
    probe = {"stdout": stdout, "error": error}
    return Snapshot("16b-resources", later, objects={"Event": {}}, probes={"held-back": probe})


@pytest.mark.parametrize("amount", ["32Mi", "33554432", "32768Ki", 33554432])
def test_an_amount_may_be_written_in_any_unit(amount: Any) -> None:
    assert not list(pod_resources.limited(pod({"limits": {"memory": amount}}), "memory", "32Mi", "hint"))
    assert not list(pod_resources.amounts(pod(), "spec", {"memory": "32Mi"}, {"memory": amount}, "there", "hint"))


@pytest.mark.parametrize("resources", [None, {}, {"limits": None}, {"requests": {"memory": "32Mi"}}, {"limits": {"cpu": "1"}}])
def test_no_limit(resources: Json | None) -> None:
    (finding,) = pod_resources.limited(pod(resources), "memory", "32Mi", "hint")
    assert "has no memory limit" in finding.message and finding.observed is None


def test_another_limit() -> None:
    (finding,) = pod_resources.limited(pod({"limits": {"memory": "32M"}}), "memory", "32Mi", "hint")
    assert "has a memory limit of 32M, not 32Mi" in finding.message


def test_each_amount_that_differs_costs_a_point() -> None:
    findings = list(
        pod_resources.amounts(pod(), "spec.hard", {"cpu": "1", "memory": "1Gi", "pods": "3"}, {"cpu": "2", "pods": 3}, "", "")
    )
    assert [(finding.path, finding.cost) for finding in findings] == [("spec.hard.cpu", 1), ("spec.hard", 1)]


def test_classes() -> None:
    assert not list(pod_resources.of_class(pod(), "Guaranteed", "hint"))  # not classed yet: no finding of its own
    (finding,) = pod_resources.of_class(pod({"limits": {"cpu": "1"}}, {"qosClass": "Burstable"}), "Guaranteed", "hint")
    assert finding.why == "Its resources: limits cpu 1."
    (finding,) = pod_resources.of_class(pod(None, {"qosClass": "BestEffort"}), "Guaranteed", "hint")
    assert finding.why == "Its resources: nothing."


def killed(**status: Any) -> list[Finding]:
    shown = {"phase": "Running", "containerStatuses": [{"name": "c", **status}]} if status else {}
    return list(pod_resources.killed_for_memory(seen(), pod(status=shown), "hint"))


@pytest.mark.parametrize(
    "status",
    [
        {"state": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}},
        {"state": {"running": {}}, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 1}}},
        {
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"reason": "Error", "exitCode": 137}},
        },
    ],
)
def test_killed_for_its_memory(status: Json) -> None:
    assert not killed(**status)


def test_not_killed_for_its_memory() -> None:
    (finding,) = killed(state={"terminated": {"reason": "Error", "exitCode": 1}})
    assert finding.observed == "Error" and not finding.waiting
    (finding,) = killed()
    assert "was not killed for using too much memory" in finding.message
    (finding,) = pod_resources.killed_for_memory(seen(later="2026-11-25T12:00:02Z"), pod(), "hint")
    assert finding.waiting


@pytest.mark.parametrize("counts", [V1, V2])
def test_held_back_on_either_kind_of_machine(counts: str) -> None:
    assert not list(pod_resources.held_back(seen(counts), "held-back", pod(), "hint"))


@pytest.mark.parametrize(
    ("stdout", "error", "observed"),
    [
        ("nr_periods 0\nnr_throttled 0\n", "", "nr_periods 0\nnr_throttled 0"),
        ("", "no such file", "no such file"),
        ("", "", "nothing"),
    ],
)
def test_not_held_back(stdout: str, error: str, observed: str) -> None:
    (finding,) = pod_resources.held_back(seen(stdout, error), "held-back", pod(), "hint")
    assert finding.observed == observed and not finding.waiting and "stays below its CPU limit" in finding.message
    (finding,) = pod_resources.held_back(seen(stdout, error, "2026-11-25T12:00:05Z"), "held-back", pod(), "hint")
    assert finding.waiting
