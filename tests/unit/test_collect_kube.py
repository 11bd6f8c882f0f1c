"""Collecting from an API server that answers anything: what cannot be used costs no point, and nothing raises."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from course import OWN_LABS, use_labs
from fake_api_server import Decoy, status

from checks import backend, catalog, grade
from checks.model import Lab, Outcome, Probe, Report
from checks.probes import kubectl
from checks.snapshot import Json
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig

BASE = "/api/v1/namespaces/lab-91-tiny-kind"


@pytest.fixture
def lab(cluster_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    use_labs(OWN_LABS, monkeypatch)
    return catalog.find("91")


def look(lab: Lab) -> grade.Graded:
    return grade.grade(lab, backend.connect(lab), settings.load(), wait=0)


def outcomes(report: Report) -> set[Outcome]:
    return {result.outcome for result in report.results}


def item(name: str, **more: Any) -> Json:
    about = {"name": name, "namespace": "lab-91-tiny-kind", "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
    return {"metadata": {**about, **more.pop("metadata", {})}, **more}


def items(*found: Json) -> tuple[int, Json]:
    return 200, {"kind": "PodList", "apiVersion": "v1", "items": list(found)}


def test_collect_sends_one_list_per_kind_and_no_write(lab: Lab, server: Decoy) -> None:
    snapshot = look(lab).snapshot
    assert snapshot.errors == {}
    lists = [
        request for request in server.log if "proxy" not in request and "exec" not in request and "kube-system" not in request
    ]
    assert sorted(lists) == sorted(
        [f"GET {BASE}/{kind}" for kind in ("events", "pods", "secrets", "services")]
        + ["GET /api/v1/namespaces", "GET /api/v1/nodes", "GET /api/v1/persistentvolumes", "GET /version"]
        + ["GET /apis/discovery.k8s.io/v1/namespaces/lab-91-tiny-kind/endpointslices"]
    )
    assert server.writes == []
    assert snapshot.engine == {"cluster": "slipway", "kubernetes": "v1.37.2"}


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (status(401, "Unauthorized"), "credentials are refused"),
        (status(429, "slow down"), "too much to do"),
        (status(500, "etcdserver: request timed out"), "etcdserver"),
        (status(503, "shutting down"), "shutting down"),
        ((200, b"<html>"), "not valid JSON"),
        ((200, b"{}"), "could not be understood"),
        ((200, b"[1]"), "could not be understood"),
        ((200, b'{"items": [null, 3]}'), "could not be understood"),
        ((200, b'{"items": [{"metadata": {}}]}'), "could not be understood"),
    ],
)
def test_grade_on_an_api_server_that_fails_costs_no_point(lab: Lab, server: Decoy, reply: tuple[int, Any], words: str) -> None:
    server.choose = lambda method, path: reply
    report = look(lab).report
    assert outcomes(report) == {Outcome.COULD_NOT_CHECK}
    assert (report.earned, report.possible) == (0, 0)
    assert words in report.results[0].reason


def test_collect_asks_again_when_the_api_server_says_so(lab: Lab, server: Decoy) -> None:
    server.retry_after = "1"
    path = f"{BASE}/pods"
    server.choose = lambda method, asked: (
        status(429, "initializing") if asked == path and server.log.count(f"GET {path}") < 2 else None
    )
    assert look(lab).snapshot.errors == {}
    assert server.log.count(f"GET {path}") == 2


def test_collect_does_not_wait_longer_than_a_request_may_take(lab: Lab, server: Decoy) -> None:
    server.retry_after = "30"
    server.choose = lambda method, asked: status(429, "initializing") if asked == f"{BASE}/pods" else None
    begun = time.monotonic()
    assert "too much to do" in look(lab).snapshot.errors["Pod"]
    assert time.monotonic() - begun < 5


def test_collect_of_one_kind_that_fails_leaves_the_others(lab: Lab, server: Decoy) -> None:
    server.answers["/api/v1/persistentvolumes"] = status(500, "no")
    by_id = {result.id: result.outcome for result in look(lab).report.results}
    assert by_id["volume-offered"] is Outcome.COULD_NOT_CHECK
    assert by_id["secret-set"] is Outcome.NOT_YET


def test_request_gives_up_a_slow_api_server(lab: Lab, server: Decoy, monkeypatch: pytest.MonkeyPatch) -> None:
    from checks.clients.cluster import Cluster

    cluster = backend.connect(lab)
    assert isinstance(cluster, Cluster)
    server.delay = 1.0
    with pytest.raises(Exception, match="did not answer within 0.2 s"):
        cluster.request("GET", "/version", timeout=0.2)


def test_collect_takes_objects_without_status_and_of_a_megabyte(lab: Lab, server: Decoy) -> None:
    words = {"größe-大-🚢-\u202e": "x" * 1_000_000, "nul": "a\u0000b"}
    bare = item("tiny", spec={"containers": [{"name": "a", "image": "b"}]}, metadata={"annotations": words})
    server.answers[f"{BASE}/pods"] = items(bare, item("other"), item("strange", status=None, spec=None))
    server.answers["/api/v1/nodes"] = items({"metadata": {"name": "n"}}, {"metadata": {"name": "m"}, "status": {}})
    graded = look(lab)
    assert graded.snapshot.errors.keys() <= {"page", "note"}
    assert (graded.snapshot.pod("tiny") or {})["metadata"]["annotations"] == words
    assert graded.report.results[0].outcome in (Outcome.NOT_YET, Outcome.WAITING)


def test_collect_keeps_of_secrets_only_their_length(lab: Lab, server: Decoy) -> None:
    server.answers[f"{BASE}/secrets"] = items(item("tiny-login", data={"password": "c2VhLXNhbHQtNDIK", "bytes": "/v8="}))
    text = look(lab).snapshot.dumps()
    assert "sea-salt" not in text
    assert "c2VhLXNhbHQtNDIK" not in text
    facts = json.loads(text)["objects"]["Secret"]["tiny-login"]["DataFacts"]
    assert facts["password"] == {"length": 12, "ends_with_newline": True}


def test_collect_without_the_secrets_keeps_no_text_that_may_repeat_one(lab: Lab, server: Decoy) -> None:
    """Nothing but the Secret tells that these words are one."""
    note = item("note", data={"words": "c2VhLXNhbHQtNDI"})
    server.answers[f"{BASE}/secrets"] = items(item("tiny-login", data={"key": "c2VhLXNhbHQtNDI="}))
    server.answers[f"{BASE}/configmaps"] = items(note)
    assert "c2VhLXNhbHQtNDI" not in look(lab).snapshot.dumps()
    server.answers[f"{BASE}/secrets"] = status(500, "no")
    graded = look(lab)
    assert "c2VhLXNhbHQtNDI" not in graded.snapshot.dumps()
    assert {result.outcome for result in graded.report.results} == {Outcome.COULD_NOT_CHECK}


def test_collect_keeps_nothing_outside_of_the_scope(lab: Lab, server: Decoy) -> None:
    claimed = {"metadata": {"name": "claimed"}, "spec": {"claimRef": {"namespace": "lab-91-tiny-kind"}}}
    others = {"metadata": {"name": "theirs"}, "spec": {"claimRef": {"namespace": "production"}}}
    server.answers["/api/v1/persistentvolumes"] = items(claimed, others, {"metadata": {"name": "slipway-tiny-pv"}})
    server.answers["/api/v1/namespaces"] = items({"metadata": {"name": "lab-91-tiny-kind"}}, {"metadata": {"name": "production"}})
    snapshot = look(lab).snapshot
    assert set(snapshot.of_kind("PersistentVolume")) == {"claimed", "slipway-tiny-pv"}
    assert set(snapshot.of_kind("Namespace")) == {"lab-91-tiny-kind"}


def test_collect_keeps_of_an_object_what_checks_look_at(lab: Lab, server: Decoy) -> None:
    """Neither what tells this machine from others nor what takes the most room."""
    managers = [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {}}}]
    about = {"machineID": "secret-machine", "systemUUID": "secret-system", "bootID": "secret-boot", "kernelVersion": "6.1"}
    images = [{"names": ["docker.io/library/b:1", "docker.io/library/b@sha256:1"]}, {"names": ["a:1"]}, {}]
    server.answers[f"{BASE}/pods"] = items(item("tiny", metadata={"managedFields": managers}))
    server.answers["/api/v1/nodes"] = items({"metadata": {"name": "n"}, "status": {"nodeInfo": about, "images": images}})
    snapshot = look(lab).snapshot
    assert (snapshot.pod("tiny") or {})["metadata"]["managedFields"] == [{"manager": "kubectl", "operation": "Update"}]
    node = snapshot.of_kind("Node")["n"]
    assert node["status"] == {"nodeInfo": {"kernelVersion": "6.1"}}
    assert node["ImageNames"] == ["a:1", "docker.io/library/b:1"]
    assert "secret-" not in snapshot.dumps()


def test_collect_says_of_secrets_which_end_with_a_line_break(lab: Lab, server: Decoy) -> None:
    values = {"plain": "c2VhLXNhbHQ=", "broken": "c2VhLXNhbHQK", "empty": ""}
    server.answers[f"{BASE}/secrets"] = items(item("tiny-login", data=values))
    assert look(lab).snapshot.of_kind("Secret")["tiny-login"]["DataFacts"] == {
        "plain": {"length": 8, "ends_with_newline": False},
        "broken": {"length": 9, "ends_with_newline": True},
        "empty": {"length": 0, "ends_with_newline": False},
    }


def test_collect_over_several_namespaces_keeps_those_of_the_scope_apart(lab: Lab, server: Decoy) -> None:
    """Of objects of one name in two namespaces, the lab's own bears the plain name; each log is its own Pod's."""
    wide = replace(lab, scope=replace(lab.scope, namespaces=(lab.namespace, "lab-2")))
    ill = {"containerStatuses": [container_status("web", "running")]}
    spaces = (lab.namespace, "lab-2", "lab-23", "production")
    server.answers["/api/v1/pods"] = items(*(item("tiny", metadata={"namespace": name}, status=ill) for name in spaces))
    server.choose = lambda method, path: (200, path.split("/")[4].encode()) if "/log?" in path else None
    pods = grade.grade(wide, backend.connect(wide), settings.load(), wait=0).snapshot.of_kind("Pod")
    assert {key: pod["metadata"]["namespace"] for key, pod in pods.items()} == {"tiny": lab.namespace, "lab-2/tiny": "lab-2"}
    assert {key: pod["LogTails"]["web"] for key, pod in pods.items()} == {"tiny": lab.namespace, "lab-2/tiny": "lab-2"}


def test_collect_of_a_kind_that_the_cluster_does_not_know_is_an_error_and_not_empty(lab: Lab, server: Decoy) -> None:
    server.answers[f"{BASE}/services"] = status(404, "the server could not find the requested resource")
    snapshot = look(lab).snapshot
    assert "Service" in snapshot.errors and "Service" not in snapshot.objects


def aim(lab: Lab) -> Json:
    cluster = backend.connect(lab)
    return kubectl.aim(Probe("aim", "kubectl_aim", {}), cluster, lab.id)  # type: ignore[arg-type]


def test_aim_says_which_cluster_kubectl_reaches(lab: Lab, cluster_folder: Path, server: Decoy) -> None:
    path = lab_kubeconfig.copy_path(cluster_folder, lab.id)
    assert aim(lab)["ok"] is False
    lab_kubeconfig.write_copy(cluster_folder, server.access, lab.id, lab.namespace)
    assert (aim(lab)["ours"], aim(lab)["namespace"]) == (True, lab.namespace)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["clusters"].append({"name": "prod", "cluster": {"server": "https://prod.example"}})
    data["contexts"].append({"name": "prod", "context": {"cluster": "prod", "user": "nobody"}})
    path.write_text(json.dumps({**data, "current-context": "prod"}), encoding="utf-8")
    assert (aim(lab)["ours"], aim(lab)["context"], aim(lab)["server"]) == (False, "prod", "https://prod.example")
    data["users"][0]["user"] = {"exec": {"command": "touch"}}
    path.write_text(json.dumps(data), encoding="utf-8")
    assert aim(lab)["ours"] is False
    for text in ("", "[", "null", "3"):
        path.write_text(text, encoding="utf-8")
        assert aim(lab)["ok"] is False


# --- the logs of failing Pods ---------------------------------------------------------------------------------------


STATES = {
    "running": {"running": {"startedAt": "2026-01-01T00:00:00Z"}},
    "waiting": {"waiting": {"reason": "CrashLoopBackOff"}},
    "done": {"terminated": {"exitCode": 0}},
    "failed": {"terminated": {"exitCode": 1}},
}


def container_status(name: str, state: str, ready: bool = False, restarts: int = 0) -> Json:
    return {"name": name, "ready": ready, "restartCount": restarts, "state": STATES[state]}


def logs_of(lab: Lab, server: Decoy, *statuses: Json, **more: Any) -> tuple[Json, list[str]]:
    """What the Pod "tiny" with these containers is collected with, and the logs that the API server was asked for."""
    server.answers[f"{BASE}/pods"] = items(item("tiny", status={"containerStatuses": list(statuses), **more}))
    server.choose = lambda method, path: (200, f"log of {path.partition('?')[2]}\n".encode()) if "/log?" in path else None
    pod = look(lab).snapshot.pod("tiny") or {}
    return pod.get("LogTails", {}), [path for path in server.log if "/log?" in path]


@pytest.mark.parametrize(
    ("status", "previous"),
    [
        (container_status("web", "waiting", restarts=3), False),
        (container_status("web", "failed"), False),
        (container_status("web", "running"), False),
        (container_status("web", "running", ready=True, restarts=1), True),
    ],
    ids=["in a crash loop", "failed", "not ready", "restarted and well again"],
)
def test_collect_adds_the_log_of_a_container_that_fails(lab: Lab, server: Decoy, status: Json, previous: bool) -> None:
    """Of one that is well again, the log of the process that ended says why it did."""
    tails, (asked,) = logs_of(lab, server, status)
    assert tails.keys() == {"web"} and tails["web"].startswith("log of ")
    assert asked.startswith(f"GET {BASE}/pods/tiny/log?")
    assert "container=web" in asked and "tailLines=20" in asked
    assert ("previous=true" in asked) is previous


def test_collect_adds_no_log_of_containers_that_are_well(lab: Lab, server: Decoy) -> None:
    well = [container_status("web", "running", ready=True), container_status("job", "done"), container_status("new", "waiting")]
    assert logs_of(lab, server, *well) == ({}, [])


def test_collect_adds_the_log_of_every_failing_container_of_a_pod(lab: Lab, server: Decoy) -> None:
    well = container_status("proxy", "running", ready=True)
    statuses = [well, container_status("web", "waiting", restarts=1), container_status("cache", "waiting", restarts=1)]
    tails, _ = logs_of(lab, server, *statuses, initContainerStatuses=[container_status("prepare", "failed")])
    assert tails.keys() == {"web", "cache", "prepare"}


def test_collect_goes_without_a_log_that_the_cluster_does_not_give(lab: Lab, server: Decoy) -> None:
    server.answers[f"{BASE}/pods"] = items(item("tiny", status={"containerStatuses": [container_status("web", "running")]}))
    for reply in (status(400, "the container is waiting to start"), status(500, "the kubelet does not answer")):
        server.choose = lambda method, path, reply=reply: reply if "/log?" in path else None
        snapshot = look(lab).snapshot
        assert "LogTails" not in (snapshot.pod("tiny") or {"LogTails": ""})
        assert "Pod" not in snapshot.errors


def test_collect_asks_for_a_dozen_logs_at_most(lab: Lab, server: Decoy) -> None:
    statuses = [container_status(f"c{number}", "running") for number in range(20)]
    tails, asked = logs_of(lab, server, *statuses)
    assert len(tails) == len(asked) == 12
