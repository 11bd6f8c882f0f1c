"""The words of a visitor: a log of requests held against a rollout, whole, with gaps, with failures."""

from typing import Any

import pytest

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import rollout_availability
from checks.vocabulary.workloads import REVISION, refusals

BEGIN, END = "2026-01-01T00:01:00Z", "2026-01-01T00:01:20Z"

WHOLE = {"name": "web", "readinessProbe": {"tcpSocket": {}}, "lifecycle": {"preStop": {"sleep": {"seconds": 3}}}}


def deployment(**spec: Any) -> Json:
    template = {"spec": {"containers": [WHOLE]}}
    progressing = {"type": "Progressing", "reason": "NewReplicaSetAvailable", "lastUpdateTime": END}
    return {
        "kind": "Deployment",
        "metadata": {"name": "web", "uid": "d"},
        "spec": {"strategy": {"rollingUpdate": {"maxUnavailable": 0}}, "template": template, **spec},
        "status": {"conditions": [progressing]},
    }


def replicas(name: str, made: str, revision: str) -> Json:
    about = {"name": name, "uid": name, "creationTimestamp": made, "annotations": {REVISION: revision}}
    return {"kind": "ReplicaSet", "metadata": {**about, "ownerReferences": [{"uid": "d", "controller": True}]}}


def pod(name: str, made: str, restarts: int = 0) -> Json:
    about = {"name": name, "creationTimestamp": made, "ownerReferences": [{"uid": "new", "controller": True}]}
    return {"kind": "Pod", "metadata": about, "status": {"containerStatuses": [{"restartCount": restarts}]}}


def snapshot(log: str, owner: Json, *pods: Json, taken: str = "2026-01-01T00:05:00Z", error: str = "") -> Snapshot:
    sets = [replicas("old", "2026-01-01T00:00:00Z", "1"), replicas("new", BEGIN, "2")]
    objects = {
        "Deployment": {"web": owner},
        "ReplicaSet": {each["metadata"]["name"]: each for each in sets},
        "Pod": {each["metadata"]["name"]: each for each in pods},
    }
    probe = {"kind": "pod_logs", "pod": "visitor", "ok": not error, "error": error, "text": log}
    return Snapshot("x", taken, objects=objects, probes={"log": probe})


def lines(first: int, last: int, failed: tuple[int, ...] = (), left_out: tuple[int, ...] = ()) -> str:
    """A line for each second of the first two minutes, from one to another."""
    kept = [second for second in range(first, last) if second not in left_out]
    words = {second: "failed refused" if second in failed else "ok 2" for second in kept}
    return "".join(f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z {said}\n" for second, said in words.items())


def seen(log: str, owner: Json | None = None, **more: Any) -> list[Finding]:
    owner = owner or deployment()
    return list(rollout_availability.unnoticed(snapshot(log, owner, **more), "log", owner, "hint"))


def test_a_log_without_a_failure_from_before_to_after_is_what_is_wanted() -> None:
    assert seen(lines(50, 100)) == []


def test_what_failed_before_and_long_after_does_not_count() -> None:
    assert seen(lines(50, 110, failed=(52, 59, 84, 100))) == []


@pytest.mark.parametrize("second", [60, 70, 80, 83])
def test_each_failure_during_the_rollout_is_named_with_its_time(second: int) -> None:
    (finding,) = seen(lines(50, 110, failed=(second,)))
    assert finding.observed == [f"2026-01-01T00:01:{second - 60:02}Z refused"] and "1 of 24 requests failed" in finding.message


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "has made no request yet"),
        ("nonsense\n", "has made no request yet"),
        (lines(65, 110), "was not running yet"),
        (lines(50, 81), "since the update ended"),
        (lines(50, 110, left_out=tuple(range(62, 75))), "paused from 2026-01-01T00:01:01Z to 2026-01-01T00:01:15Z"),
    ],
)
def test_a_log_that_does_not_cover_the_rollout_proves_nothing(log: str, said: str) -> None:
    (finding,) = seen(log)
    assert said in finding.message and not finding.waiting


def test_shortly_after_the_end_the_last_lines_are_waited_for() -> None:
    (finding,) = seen(lines(50, 81), taken="2026-01-01T00:01:22Z")
    assert finding.waiting
    (finding,) = seen(lines(65, 81), taken="2026-01-01T00:01:22Z")
    assert not finding.waiting


def test_a_visitor_that_is_not_there_is_said_to_be_so() -> None:
    (finding,) = seen("", error='pods "visitor" not found')
    assert "There is no visitor" in finding.message


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"strategy": {"type": "Recreate"}}, "all old Pods end"),
        ({"strategy": {}}, "maxUnavailable 25%"),
        ({"template": {"spec": {"containers": [{"name": "web", "readinessProbe": {"tcpSocket": {}}}]}}}, "has no preStop"),
        ({"template": {"spec": {"containers": [{"name": "web"}]}}}, "has no readiness probe"),
    ],
)
def test_the_reason_is_looked_for_in_the_deployment(spec: Json, said: str) -> None:
    (finding,) = seen(lines(50, 110, failed=(70,)), deployment(**spec))
    assert said in finding.why
    assert "".join(refusals(deployment())) == ""


def test_a_pod_that_came_after_the_rollout_has_replaced_one() -> None:
    owner, old, new = deployment(), pod("a", "2026-01-01T00:01:10Z"), pod("b", "2026-01-01T00:02:00Z")
    assert list(rollout_availability.replaced(snapshot("", owner, old, new), owner, "hint")) == []
    (finding,) = rollout_availability.replaced(snapshot("", owner, old), owner, "hint")
    assert "none has been replaced yet" in finding.message and not finding.why
    (finding,) = rollout_availability.replaced(snapshot("", owner, pod("a", END, restarts=1)), owner, "hint")
    assert "that is a new container in the same Pod" in finding.why


def test_without_a_status_nothing_is_known_to_have_ended() -> None:
    owner = {**deployment(), "status": {}}
    assert rollout_availability.rollout(snapshot("", owner), owner) == ("", "")
    assert len(list(rollout_availability.replaced(snapshot("", owner), owner, "hint"))) == 1
