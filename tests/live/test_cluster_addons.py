"""Every add-on does its work: the numbers of `kubectl top`, a request routed by host and path, a policy that blocks packets."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

import pytest
from cluster_support import apply, kubectl, until

from sandboxes.cluster import manage as clusters
from sandboxes.cluster.addons import ADDONS, needless
from sandboxes.cluster.manage import Cluster
from sandboxes.steps import Progress

NAMESPACE = "addons"


@pytest.fixture(scope="module")
def served(cluster: Cluster, need_images: Callable[[Iterable[str]], None]) -> Iterator[Cluster]:
    need_images(["nginx:1.22"])
    made = clusters.ensure(Progress(), addons=ADDONS, images=["nginx:1.22"])
    kubectl("create", "namespace", NAMESPACE)
    yield made
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_top_shows_every_node(served: Cluster) -> None:
    until(lambda: kubectl("top", "nodes", "--no-headers", check=False).count("\n") == 3, "kubectl top")
    assert clusters.status()["addons"] == [name for name, addon in ADDONS.items() if not needless(addon)]


def test_a_request_is_routed_by_host(served: Cluster) -> None:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {
        "containers": [{"name": "web", "image": "nginx:1.22", "imagePullPolicy": "Never"}],
    }}  # fmt: skip
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"host": "web.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    apply(
        NAMESPACE,
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
         "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
         "spec": {"selector": labels, "ports": [{"port": 80}]}},
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {"rules": [rule]}},
    )  # fmt: skip
    until(lambda: request(served.http, "web.example.com") == (200, True), "the Ingress routes")
    assert request(served.http, "other.example.com")[0] == 404
    ingress = json.loads(kubectl("get", "ingress", "web", f"--namespace={NAMESPACE}", "--output=json"))
    assert ingress["spec"]["ingressClassName"] == "contour"
    assert ingress["status"]["loadBalancer"]["ingress"] == [{"ip": "127.0.0.1"}]


def request(port: int, host: str) -> tuple[int, bool]:
    """The status of an answer, and whether it is nginx's page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, b"Welcome to nginx" in answer.read()
    except OSError:
        return 0, False
    finally:
        connection.close()


def test_a_network_policy_blocks_packets_as_long_as_it_exists(served: Cluster) -> None:
    container = {"name": "web", "image": "nginx:1.22", "imagePullPolicy": "Never"}
    for name in ("harbour", "visitor"):
        metadata = {"name": name, "labels": {"run": name}}
        apply(NAMESPACE, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}})
    kubectl("wait", "--for=condition=Ready", "pod/harbour", "pod/visitor", f"--namespace={NAMESPACE}", "--timeout=60s")
    address = kubectl("get", "pod", "harbour", f"--namespace={NAMESPACE}", "--output=jsonpath={.status.podIP}").strip()

    def connects() -> bool:
        # Most networks drop what a policy forbids, and kube-router rejects it.
        connect = ["timeout", "2", "bash", "-c", f"exec 3<>/dev/tcp/{address}/80 && echo connected"]
        return "connected" in kubectl("exec", "visitor", f"--namespace={NAMESPACE}", "--", *connect, check=False)

    until(connects, "the visitor connects")
    spec = {"podSelector": {"matchLabels": {"run": "harbour"}}, "policyTypes": ["Ingress"]}
    policy = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "closed"}, "spec": spec}
    apply(NAMESPACE, policy)
    until(lambda: not connects(), "the policy blocks the visitor")
    kubectl("delete", "networkpolicy", "closed", f"--namespace={NAMESPACE}")
    until(connects, "the visitor connects again")


def test_up_all_ends_with_everything_ready(served: Cluster) -> None:
    command = [sys.executable, "-m", "checks.cli", "up", "--all", "--yes", "--detach", "--no-browser"]
    completed = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=900)
    try:
        assert completed.returncode == 0, completed.stderr
        assert clusters.status()["condition"] == "ready"
    finally:
        subprocess.run([sys.executable, "-c", "from sandboxes import jupyter, settings; jupyter.stop(settings.load())"])
