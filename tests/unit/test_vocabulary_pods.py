"""The words of Pods: every state has its reason, and starting is told apart from stuck. Over recorded and altered states."""

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from checks import catalog
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import objects, pods, services, workloads
from sandboxes import settings

Alter = Callable[[Json], Any]


@pytest.fixture
def solved(tiny_labs: Path) -> Snapshot:
    lab = catalog.find("91")
    return replay.load(places(settings.load()).recording(lab, "solved"), lab)


def altered(solved: Snapshot, alter: Alter, later: str = "") -> Snapshot:
    """The recorded state with its Pod changed; `later` is another time at which it is looked at."""
    data = copy.deepcopy(solved.to_json())
    alter(data["objects"]["Pod"]["tiny"])
    return Snapshot.from_json({**data, "taken": later or data["taken"]})


def findings(snapshot: Snapshot) -> list[Finding]:
    return list(pods.runs(snapshot, "tiny", "hint"))


def container(pod: Json) -> Json:
    return pod["status"]["containerStatuses"][0]


def state(kind: str, **fields: Any) -> Alter:
    def alter(pod: Json) -> None:
        container(pod).update(ready=False, state={kind: fields})

    return alter


STATES: dict[str, tuple[Alter, str, bool]] = {
    "no status at all": (lambda pod: pod.pop("status"), "is not ready yet", True),
    "an empty status": (lambda pod: pod.update(status={}), "is not ready yet", True),
    "no node": (lambda pod: (pod.pop("status"), pod["spec"].pop("nodeName")), "waits for a node", True),
    "no labels, no annotations": (lambda pod: [pod["metadata"].pop(name, None) for name in ("labels", "annotations")], "", False),
    "being made": (state("waiting", reason="ContainerCreating"), "are being created", True),
    "waiting for nothing known": (state("waiting", reason="Tired"), "waits: Tired", False),
    "waiting without a reason": (state("waiting"), "are being created", True),
    "cannot be pulled": (state("waiting", reason="ErrImagePull", message="no such host"), "cannot be pulled", False),
    "cannot be made": (state("waiting", reason="CreateContainerConfigError", message='secret "x" not found'), "cannot be created", False),
    "ends again and again": (state("waiting", reason="CrashLoopBackOff"), "ends again and again", False),
    "ended": (state("terminated", exitCode=3, reason="Error"), "has ended", False),
    "ended without a code": (state("terminated"), "has ended", False),
    "evicted": (lambda pod: pod.update(status={"phase": "Failed", "reason": "Evicted", "message": "low on memory"}), "has failed", False),
    "done": (lambda pod: pod.update(status={"phase": "Succeeded"}), "has ended; it should be running", False),
    "on a node that nobody knows": (lambda pod: pod["spec"].update(nodeName="gone"), "no longer exists", False),
    "being removed": (lambda pod: pod["metadata"].update(deletionTimestamp=pod["metadata"]["creationTimestamp"]), "has been terminating since", True),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_every_state_has_its_words(solved: Snapshot, name: str) -> None:
    alter, words, waiting = STATES[name]
    found = findings(altered(solved, alter))
    if not words:
        assert found == []
        return
    assert words in found[0].message
    assert found[0].waiting is waiting
    assert found[0].expected is not None
    assert found[0].hint == "hint"


def test_containers_that_a_busy_node_creates_are_waited_for(solved: Snapshot) -> None:
    """Seen at a load of 80: two minutes without a single event of a failure."""
    begun = datetime.fromisoformat(solved.pods()[0]["metadata"]["creationTimestamp"])
    later = (begun + timedelta(seconds=120)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = findings(altered(solved, STATES["being made"][0], later=later))
    assert found[0].waiting


@pytest.mark.parametrize("name", ["no status at all", "no node", "being made", "being removed"])
def test_what_only_starts_is_not_waited_for_forever(solved: Snapshot, name: str) -> None:
    found = findings(altered(solved, STATES[name][0], later="2099-01-01T00:00:00Z"))
    assert found[0].waiting is False


def test_a_ready_pod_that_was_restarted_just_now_is_not_trusted_yet(solved: Snapshot) -> None:
    def restarted(pod: Json) -> None:
        container(pod).update(restartCount=2, state={"running": {"startedAt": solved.taken}})
        container(pod)["lastState"] = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}

    found = findings(altered(solved, restarted))
    assert (found[0].waiting, "exit code 137" in found[0].why, "OOMKilled" in found[0].why) == (True, True, True)
    assert findings(altered(solved, restarted, later="2099-01-01T00:00:00Z")) == []


@pytest.mark.parametrize(("ago", "waiting"), [(3, True), (60, False)])
def test_a_container_that_has_just_lost_its_readiness_is_waited_for(solved: Snapshot, ago: int, waiting: bool) -> None:
    """Seen on a busy machine: one probe came too late, and the next one succeeded."""
    now = datetime.fromisoformat(solved.taken)

    def lost(pod: Json) -> None:
        hour, since = ((now - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ") for age in (3600, ago))
        container(pod).update(ready=False, state={"running": {"startedAt": hour}})
        objects.condition(pod, "ContainersReady").update(status="False", lastTransitionTime=since)

    finding = findings(altered(solved, lost))[0]
    assert "runs but is not ready" in finding.message
    assert finding.waiting is waiting


@pytest.mark.parametrize(("before", "code", "told"), [("OOMKilled", 137, True), ("Error", 137, False), ("OOMKilled", 1, False)])
def test_a_kill_whose_reason_the_runtime_learned_too_late_is_explained_by_the_one_before(
    solved: Snapshot, before: str, code: int, told: bool
) -> None:
    """Seen on a busy machine: the second end within seconds had the exit code 137 and the reason Error."""

    def killed(pod: Json) -> None:
        container(pod).update(restartCount=1, ready=False, state={"terminated": {"exitCode": 137, "reason": "Error"}})
        container(pod)["lastState"] = {"terminated": {"exitCode": code, "reason": before}}

    assert ("OOMKilled" in findings(altered(solved, killed))[0].why) is told


def test_what_is_not_there_is_explained(solved: Snapshot) -> None:
    data = copy.deepcopy(solved.to_json())
    data["objects"]["Pod"]["tinny"] = data["objects"]["Pod"].pop("tiny")
    assert "one called tinny" in findings(Snapshot.from_json(data))[0].why
    del data["objects"]["Namespace"]["lab-91-tiny-kind"]
    assert "does not exist" in findings(Snapshot.from_json(data))[0].why


def test_a_service_whose_pod_is_not_ready_waits_or_says_why(solved: Snapshot) -> None:
    def endpoints(alter: Alter) -> Finding:
        data = altered(solved, alter).to_json()
        for each in data["objects"]["EndpointSlice"].values():
            each["endpoints"] = [{"addresses": ["10.0.0.1"], "conditions": {"ready": False}, "targetRef": {"name": "tiny"}}]
        snapshot = Snapshot.from_json(data)
        return next(services.endpoints(snapshot, snapshot.object("Service", "tiny") or {}, "hint"))

    assert endpoints(state("waiting", reason="ContainerCreating")).waiting is True
    stuck = endpoints(state("waiting", reason="ErrImagePull"))
    assert (stuck.waiting, "cannot be pulled" in stuck.why) == (False, True)


def workload(**status: Any) -> Json:
    about = {"name": "web", "uid": "d1", "generation": 2}
    return {"kind": "Deployment", "metadata": about, "spec": {"replicas": 3}, "status": status}


@pytest.mark.parametrize(
    ("status", "said", "waiting"),
    [
        ({"observedGeneration": 2, "updatedReplicas": 3, "availableReplicas": 3, "replicas": 3}, "", False),
        ({"observedGeneration": 1, "updatedReplicas": 3, "availableReplicas": 3, "replicas": 3}, "in progress", True),
        ({"observedGeneration": 2, "updatedReplicas": 1, "availableReplicas": 3, "replicas": 4}, "in progress", True),
        ({}, "in progress", True),
        (
            {"conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "late"}]},
            "is stuck",
            False,
        ),
        (
            {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}]},
            "is stuck",
            False,
        ),
    ],
)
def test_rollouts(solved: Snapshot, status: Json, said: str, waiting: bool) -> None:
    snapshot = Snapshot.from_json({**solved.to_json(), "objects": {**solved.objects, "ReplicaSet": {}}})
    found = list(workloads.rolled_out(snapshot, workload(**status), "hint"))
    assert [(said in each.message, each.waiting) for each in found] == ([(True, waiting)] if said else [])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100m", "0.1"),
        ("0.1", "0.1"),
        ("26m", "0.026"),  # as floats, these two differ
        ("0.026", "0.026"),
        ("1e3", "1000"),
        (1, "1"),
        ("64Mi", "67108864"),
        ("65536Ki", "67108864"),
        ("128974848", "128974848"),
        ("1G", "1000000000"),
    ],
)
def test_quantities(text: Any, number: str) -> None:
    assert objects.quantity(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "many", "1Mb", "Mi", "NaN", "Infinity"])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        objects.quantity(text)


@pytest.mark.parametrize("name", ["nginx:1.26", "docker.io/library/nginx:1.26", "library/nginx:1.26"])
def test_image_names(name: str) -> None:
    assert objects.image_name(name) == "nginx:1.26"
    assert objects.image_name("nginx") == "nginx:latest"
    assert objects.image_name("ghcr.io/harbour/web") == "ghcr.io/harbour/web:latest"


def test_an_object_in_another_namespace_is_pointed_out() -> None:
    def seen(*keys: str, spaces: tuple[str, ...] = ("ours", "theirs")) -> str:
        found = {key: {"kind": "Pod", "metadata": dict(zip(("namespace", "name"), key.split("/"), strict=True))} for key in keys}
        keyed = {key.removeprefix("ours/"): pod for key, pod in found.items()}
        collected = {"Pod": keyed, "Namespace": {name: {"metadata": {"name": name}} for name in spaces}}
        scope = {"namespaces": ["ours", "theirs"], "cluster": [], "kinds": []}
        snapshot = Snapshot("91", "2026-11-25T12:00:00Z", objects=collected, scope=scope)
        (finding,) = objects.exists(snapshot, "Pod", "web", "hint", "theirs")
        return finding.why

    assert seen("ours/web") == "There is one of that name in the namespace ours."
    assert seen("theirs/webb", "ours/weeb") == "There is one called webb: names must match exactly."
    assert seen("ours/weeb") == ""
    assert seen("ours/web", spaces=("ours",)) == "The namespace theirs does not exist."
