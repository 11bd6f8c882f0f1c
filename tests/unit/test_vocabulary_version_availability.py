"""A visitor's log held against the times of the cluster: only one that spans the update speaks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import version_availability

BEGUN = datetime(2026, 1, 1, 10, 0, 0, tzinfo=UTC)
OLD, NEW = "200 1.22.1", "200 1.26.3"


def time(seconds: float) -> str:
    return (BEGUN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def lines(first: float, last: float, said: Any) -> list[str]:
    """Five requests a second, each answered with what `said` gives for its time."""
    times = [first + 0.2 * number for number in range(int((last - first) * 5))]
    return [f"{time(each)} {said(each)}" for each in times]


def gentle(at: float) -> str:
    """Both versions answer for a while, then only the new one."""
    if at < 3:
        return OLD
    return NEW if at > 8 or int(at * 10) % 4 else OLD


def item(kind: str, name: str, image: str, made: float, **spec: Any) -> Json:
    template = {"spec": {"containers": [{"name": "nginx", "image": image, **spec.pop("container", {})}]}}
    about = {"name": name, "uid": name, "creationTimestamp": time(made)[:19] + "Z"}
    return {"kind": kind, "metadata": about, "spec": {"template": template, **spec}}


def pod(made: float) -> Json:
    owner = {"kind": "ReplicaSet", "name": "new", "uid": "new", "controller": True}
    return {
        "kind": "Pod",
        "metadata": {"name": "p", "uid": "p", "creationTimestamp": time(made), "ownerReferences": [owner]},
    }


def findings(text: list[str], set_made: float = 0, pod_made: float = 0, taken: float = 60, **spec: Any) -> list[Finding]:
    probe = {"kind": "pod_logs", "pod": "visitor", "ok": bool(text), "error": "", "text": "\n".join(text)}
    objects = {"Pod": {"p": pod(pod_made)}, "ReplicaSet": {}}
    snapshot = Snapshot("lab", time(taken), objects=objects, probes={"visits": probe})
    sets = [item("ReplicaSet", "new", "nginx:1.26", set_made)]
    deployment = item("Deployment", "web", "nginx:1.26", -60, **spec)
    return list(version_availability.unnoticed(snapshot, "visits", sets, "1.22", "1.26", deployment, "hint"))


def test_a_log_that_spans_the_update_and_holds_no_failure_speaks_for_it() -> None:
    assert findings(lines(-5, 30, gentle)) == []


def test_failures_long_before_and_long_after_do_not_count() -> None:
    away = lambda at: "000 refused" if not -8 < at < 40 else gentle(at)  # noqa: E731
    assert findings(lines(-12, 50, away)) == []


def test_who_comes_before_the_door_is_there_has_not_been_turned_away() -> None:
    early = lambda at: "000 Connection refused" if at < -0.5 else gentle(at)  # noqa: E731
    assert findings(lines(-1.5, 30, early)) == []


def test_one_failure_in_the_midst_is_told_with_its_reason() -> None:
    broken = lambda at: "000 Connection refused" if 4 < at < 6 else gentle(at)  # noqa: E731
    (finding,) = findings(lines(-5, 30, broken), strategy={"type": "Recreate"})
    assert "requests failed: for 1.8 s, no request was answered" in finding.message
    assert "Connection refused" in finding.observed
    assert "Recreate" in finding.why


@pytest.mark.parametrize(
    ("container", "why"),
    [({}, "no readiness probe"), ({"readinessProbe": {"tcpSocket": {}}}, "no preStop")],
)
def test_the_template_tells_why_visitors_were_turned_away(container: Json, why: str) -> None:
    broken = lambda at: "503 busy" if 4 < at < 4.5 else gentle(at)  # noqa: E731
    (finding,) = findings(lines(-5, 30, broken), container=container)
    assert why in finding.why


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (lines(10, 30, lambda at: NEW), "the first request was sent at"),
        (lines(-30, -10, lambda at: OLD), "the last request was sent at"),
        (lines(-5, 30, lambda at: NEW), "1.22 had not answered a single request"),
        (lines(-5, 30, lambda at: OLD), "does not show yet that only 1.26 answers"),
        (lines(-5, 4, gentle) + lines(20, 40, gentle), "no request was sent for a while"),
        (lines(-5, 30, lambda at: OLD.replace("1.22", "1.2")), "1.22 had not answered"),
    ],
)
def test_a_log_of_another_time_does_not_count(log: list[str], why: str) -> None:
    (finding,) = findings(log)
    assert why in finding.why
    assert not finding.waiting


def test_who_goes_back_and_forth_is_measured_at_the_new_pods() -> None:
    """The ReplicaSet is from yesterday; its Pods are as old as the update."""
    assert findings(lines(-5, 30, gentle), set_made=-9999) == []


def test_who_loses_a_pod_afterwards_is_measured_at_the_replica_set() -> None:
    assert findings(lines(-5, 30, gentle), pod_made=9999) == []


def test_an_update_that_is_still_going_on_is_waited_for() -> None:
    (finding,) = findings(lines(-5, 6, gentle), taken=6)
    assert finding.waiting


@pytest.mark.parametrize("text", [[], ["Traceback (most recent call last):", "2026-01-01 is a date", time(0)]])
def test_what_is_no_log_is_none(text: list[str]) -> None:
    (finding,) = findings(text)
    assert "The Deployment was not visited" in finding.message
