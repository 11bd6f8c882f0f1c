"""The probes that ask what an account may do and what admission lets in, over a fake API server with recorded answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from class_targets import FILE, SharedCluster
from fake_api_server import Decoy, Reply, status

from checks.classroom import live_connections, targets
from checks.clients.base import DeadlineExceeded, EngineError
from checks.clients.cluster import Cluster
from checks.model import Probe
from checks.probes import admission, rights
from checks.probes.run import Context, run
from sandboxes.cluster.access import Refused

PODS = "/api/v1/namespaces/x/pods"
# As the API server of Kubernetes 1.37 answers.
BY_BINDING = 'RBAC: allowed by RoleBinding "board/x" of Role "board" to ServiceAccount "board/x"'
BY_PSA = (
    'pods "slipway-dry-run-abcde" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container '
    '"a" must set securityContext.runAsNonRoot=true)'
)
BY_POLICY = (
    "deployments.apps \"x\" is forbidden: ValidatingAdmissionPolicy 'team' with binding 'team' denied request: Name your team."
)
NO_RIGHT = 'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "x"'
NO_ACCOUNT = 'pods "p" is forbidden: error looking up service account x/board: serviceaccount "board" not found'
POD = {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a", "image": "busybox:1.35"}]}}


@pytest.fixture
def cluster(cluster_folder: Path) -> Iterator[Cluster]:
    connected = Cluster(cluster_folder)
    yield connected
    connected.close()


def asking(*requests: str, timeout: float = 5.0) -> Probe:
    return Probe("may", "allowed", {"account": "board", "requests": list(requests)}, timeout)


def review(allowed: Any, **more: str) -> Reply:
    return 201, {"kind": "SubjectAccessReview", "status": {"allowed": allowed, **more}}


def test_allowed_asks_for_the_account_and_its_groups_and_keeps_the_reason(cluster: Cluster, server: Decoy) -> None:
    server.answers[rights.REVIEWS] = review(True, reason=BY_BINDING)
    seen = rights.allowed(asking("list pods"), cluster, "x")
    assert seen["answers"] == {"list pods": {"allowed": True, "reason": BY_BINDING}}
    (body,) = [body for body in server.bodies if body]
    assert body["spec"] == {
        "user": "system:serviceaccount:x:board",
        "groups": ["system:serviceaccounts", "system:serviceaccounts:x", "system:authenticated"],
        "resourceAttributes": rights.attributes("list pods", "x"),
    }
    assert server.writes == [f"POST {rights.REVIEWS}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list pods", ("list", "", "pods", "", "x", "")),
        ("create pods/exec", ("create", "", "pods", "exec", "x", "")),
        ("get secrets crane -n kube-system", ("get", "", "secrets", "", "kube-system", "crane")),
        ("list nodes -A", ("list", "", "nodes", "", "", "")),
        ("patch deployments.apps/scale", ("patch", "apps", "deployments", "scale", "x", "")),
        ("* *", ("*", "", "*", "", "x", "")),
    ],
)
def test_attributes_reads_requests_as_kubectl_does(text: str, expected: tuple[str, ...]) -> None:
    names = ("verb", "group", "resource", "subresource", "namespace", "name")
    assert rights.attributes(text, "x") == dict(zip(names, expected, strict=True))


@pytest.mark.parametrize("text", ["", "list", "list pods a b", "-A", "list -n x"])
def test_attributes_refuses_what_is_no_request(text: str) -> None:
    with pytest.raises(ValueError, match="VERB RESOURCE"):
        rights.attributes(text, "x")


@pytest.mark.parametrize(
    "reply",
    [
        status(403, "no"), status(500, "etcd"), (201, b"<html>"), (201, b"[]"), (201, {"status": None}), review("yes"),
        review(False, evaluationError="the webhook timed out"),
    ],
)  # fmt: skip
def test_allowed_raises_where_the_answer_is_no_answer(cluster: Cluster, server: Decoy, reply: Reply) -> None:
    server.answers[rights.REVIEWS] = reply
    with pytest.raises(EngineError):
        rights.allowed(asking("list pods"), cluster, "x")


def test_a_binding_to_a_role_that_is_missing_means_no(cluster: Cluster, server: Decoy) -> None:
    server.answers[rights.REVIEWS] = review(False, evaluationError='role.rbac.authorization.k8s.io "board" not found')
    assert rights.allowed(asking("list pods"), cluster, "x")["answers"]["list pods"]["allowed"] is False


def test_allowed_is_bounded_in_questions_and_in_time(cluster: Cluster, server: Decoy) -> None:
    server.answers[rights.REVIEWS] = review(False)
    with pytest.raises(EngineError, match="more than 40"):
        rights.allowed(asking(*[f"get a{number}" for number in range(41)]), cluster, "x")
    assert server.writes == []
    server.delay = 0.3
    with pytest.raises(DeadlineExceeded):
        rights.allowed(asking("get a", "get b", "get c", timeout=0.5), cluster, "x")


@pytest.mark.parametrize("probe", [asking("list pods"), Probe("try", "admission", {"object": POD})])
def test_another_cluster_is_asked_nothing(cluster: Cluster, server: Decoy, probe: Probe) -> None:
    server.uid = "another"
    with pytest.raises(Refused):
        (rights.allowed if probe.kind == "allowed" else admission.admission)(probe, cluster, "x")
    assert server.writes == []


def trying(**options: Any) -> Probe:
    return Probe("try", "admission", options or {"object": POD})


def test_admission_sends_a_dry_run_and_no_name(cluster: Cluster, server: Decoy) -> None:
    server.answers[PODS] = (201, POD)
    seen = admission.admission(trying(), cluster, "x")
    assert (seen["ok"], seen["admitted"], seen["message"]) == (True, True, "")
    assert server.writes == [f"POST {PODS}?dryRun=All"]
    (body,) = [body for body in server.bodies if body]
    assert body["metadata"] == {"generateName": "slipway-dry-run-", "namespace": "x"}


@pytest.mark.parametrize(
    "reply",
    [status(403, BY_PSA), status(422, BY_POLICY), status(401, BY_POLICY), status(413, BY_POLICY), status(403, NO_ACCOUNT)],
)
def test_what_admission_refuses_is_a_fact_with_its_words(cluster: Cluster, server: Decoy, reply: Reply) -> None:
    server.answers[PODS] = reply
    seen = admission.admission(trying(), cluster, "x")
    assert (seen["ok"], seen["admitted"]) == (True, False)
    assert seen["message"] == reply[1]["message"]


@pytest.mark.parametrize("reply", [status(403, NO_RIGHT), status(401, "Unauthorized"), status(500, "etcd"), status(400, "bad")])
def test_what_is_no_refusal_of_admission_costs_nothing(cluster: Cluster, server: Decoy, reply: Reply) -> None:
    server.answers[PODS] = reply
    with pytest.raises(EngineError):
        admission.admission(trying(), cluster, "x")


def test_a_namespace_and_a_deployment_that_are_missing_are_facts(cluster: Cluster, server: Decoy) -> None:
    server.choose = lambda method, path: status(404, "not found") if "kube-system" not in path else None
    assert admission.admission(trying(), cluster, "x")["ok"] is False
    assert admission.admission(trying(template_of="board"), cluster, "x")["message"] == "there is no Deployment called board"


def test_a_template_is_tried_as_a_pod_with_its_labels(cluster: Cluster, server: Decoy) -> None:
    template = {"metadata": {"labels": {"app": "board"}}, "spec": POD["spec"]}
    server.answers["/apis/apps/v1/namespaces/x/deployments/board"] = (200, {"spec": {"template": template}})
    server.answers[PODS] = (201, POD)
    assert admission.admission(trying(template_of="board"), cluster, "x")["admitted"]
    (body,) = [body for body in server.bodies if body]
    assert (body["kind"], body["metadata"]["labels"], body["spec"]) == ("Pod", {"app": "board"}, POD["spec"])


def test_other_kinds_are_never_tried(cluster: Cluster, server: Decoy) -> None:
    with pytest.raises(EngineError, match="only these are tried"):
        admission.admission(trying(object={"kind": "ClusterRoleBinding"}), cluster, "x")
    assert server.writes == []


def test_warnings_are_read_from_a_header() -> None:
    header = '299 - "would violate PodSecurity \\"restricted:latest\\"", 299 - "Validation failed"'
    assert admission.warnings(header) == ['would violate PodSecurity "restricted:latest"', "Validation failed"]
    assert admission.warnings("") == []


@pytest.mark.parametrize("probe", [asking("list pods"), trying()])
def test_a_live_target_is_asked_neither(server: Decoy, tmp_path: Path, probe: Probe) -> None:
    assert probe.kind not in live_connections.READING
    SharedCluster(server, tmp_path)
    with live_connections.cluster(targets.parse(f"kubeconfig:{FILE}?context=slipway"), tmp_path) as client:
        seen, errors = run((probe,), Context(client, tmp_path, tmp_path, "x"))
    assert (seen, list(errors), server.writes) == ({}, [probe.id], [])
