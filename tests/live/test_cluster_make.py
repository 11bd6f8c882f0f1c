"""A cluster is what it should be: three nodes, names, claims, a private kubeconfig, and nobody else's touched."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from cluster_support import BOX, apply, ask, kubectl, ready_nodes, until

from sandboxes.cluster import client as inner
from sandboxes.cluster import create, identity, lab_kubeconfig, nodes, paths
from sandboxes.cluster import manage as clusters
from sandboxes.cluster.manage import Cluster
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress

NAMESPACE = "make"
NEEDED = ("busybox:1.35", "nginx:1.22")


@pytest.fixture(scope="module")
def namespace(cluster: Cluster, need_images: Callable[[Iterable[str]], None]) -> Iterator[str]:
    need_images(NEEDED)
    clusters.ensure(Progress(), images=NEEDED)
    kubectl("create", "namespace", NAMESPACE)
    yield NAMESPACE
    kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def test_three_nodes_are_ready(cluster: Cluster) -> None:
    assert sorted(ready_nodes()) == sorted(nodes.expected())
    assert clusters.find() == cluster


def test_names_resolve_and_pods_reach_each_other_on_every_node(namespace: str) -> None:
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {
        "tolerations": [{"operator": "Exists"}],
        "containers": [{"name": "web", "image": "nginx:1.22", "imagePullPolicy": "Never"}],
    }}  # fmt: skip
    spec = {"selector": {"matchLabels": {"app": "web"}}, "template": pod}
    apply(
        namespace,
        BOX,
        {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "web"}, "spec": spec},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"},
         "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}},
    )  # fmt: skip
    kubectl("rollout", "status", "daemonset/web", f"--namespace={namespace}", "--timeout=90s")
    until(lambda: "web.make.svc.cluster.local" in ask(namespace, "nslookup", "web.make.svc.cluster.local"), "DNS")
    addresses = kubectl("get", "pods", f"--namespace={namespace}", "-lapp=web", "-ojsonpath={.items[*].status.podIP}")
    assert len(addresses.split()) == 3
    for address in ["web", *addresses.split()]:
        # Not wget's own -T: it crashes in this version of busybox.
        command = ("timeout", "5", "wget", "-qO-", f"http://{address}")
        until(lambda command=command: "Welcome to nginx" in ask(namespace, *command), f"an answer from {address}")


def test_pods_ask_the_resolver_of_the_machine(namespace: str) -> None:
    own = f"{paths.name()}-worker"
    assert own in ask(namespace, "nslookup", own), "the engine's resolver knows the nodes, and Pods ask it through CoreDNS"


def test_a_claim_is_bound_and_keeps_what_is_written(namespace: str) -> None:
    claim = {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "kept"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Mi"}}},
    }  # fmt: skip
    container = {
        "name": "writer", "image": "busybox:1.35", "imagePullPolicy": "Never",
        "command": ["sh", "-c", "cat /kept/word 2>/dev/null; echo here >/kept/word"],
        "volumeMounts": [{"name": "kept", "mountPath": "/kept"}],
    }  # fmt: skip
    for name, says in (("first", ""), ("second", "here\n")):
        pod = {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
            "spec": {"restartPolicy": "Never", "containers": [container],
                     "volumes": [{"name": "kept", "persistentVolumeClaim": {"claimName": "kept"}}]},
        }  # fmt: skip
        apply(namespace, claim, pod)
        kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", f"pod/{name}", f"--namespace={namespace}", "--timeout=90s")
        assert kubectl("logs", name, f"--namespace={namespace}") == says
    phase = kubectl("get", "pvc", "kept", f"--namespace={namespace}", "-ojsonpath={.status.phase}")
    assert phase == "Bound"
    volume = kubectl("get", "pvc", "kept", f"--namespace={namespace}", "-ojsonpath={.spec.volumeName}")
    kubectl("delete", "pod", "first", "second", f"--namespace={namespace}")
    kubectl("delete", "pvc", "kept", f"--namespace={namespace}")
    until(lambda: volume not in kubectl("get", "pv", "--output=name"), "the volume is removed with its claim")


# --- private --------------------------------------------------------------------------------------------------------


def test_the_kubeconfig_is_private_and_a_persons_own_is_not_read(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / ".kube" / "config"
    own.parent.mkdir()
    own.write_text("this is no kubeconfig")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(own))
    assert stat.S_IMODE(cluster.kubeconfig.stat().st_mode) == 0o600
    assert clusters.ensure(Progress()) == cluster
    assert kubectl("config", "view", "--minify", "-ojsonpath={.clusters[0].cluster.server}") == cluster.server
    assert own.read_text() == "this is no kubeconfig" and list(own.parent.iterdir()) == [own]


def test_the_identity_is_that_of_the_cluster(cluster: Cluster) -> None:
    recorded = identity.load()
    assert recorded.name == cluster.name and recorded.server == cluster.server
    assert recorded.kube_system_uid == kubectl("get", "namespace", "kube-system", "-ojsonpath={.metadata.uid}")
    identity.require()


def test_another_cluster_under_our_address_is_not_written_to(cluster: Cluster) -> None:
    whole = paths.identity().read_text()
    try:
        paths.identity().write_text(json.dumps({**json.loads(whole), "kube_system_uid": "another"}))
        with pytest.raises(SlipwayError, match="is not the one that was created"):
            identity.require()
    finally:
        paths.identity().write_text(whole)


def test_a_silent_server_is_given_up_in_time(cluster: Cluster) -> None:
    whole = cluster.kubeconfig.read_text()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        try:
            cluster.kubeconfig.write_text(whole.replace(cluster.server, f"https://127.0.0.1:{silent.getsockname()[1]}"))
            with pytest.raises(inner.Unanswered):
                inner.read("/api/v1/nodes", 1)
        finally:
            cluster.kubeconfig.write_text(whole)


def test_another_checkout_sees_nothing_of_this_one(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = create.free_ports()
    assert not {cluster.http, cluster.https} & set(ports)
    monkeypatch.setenv("SLIPWAY_CLUSTER", str(tmp_path / "other"))
    assert paths.name() != cluster.name
    assert clusters.find() is None and clusters.status()["condition"] == "not created yet"
    assert not clusters.stop(Progress()) and not clusters.delete(Progress())
    monkeypatch.undo()
    assert clusters.status()["condition"] == "ready"


# --- commands -------------------------------------------------------------------------------------------------------


def slipway(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "checks.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=600)


def test_status_says_it_for_people_and_for_programs(cluster: Cluster) -> None:
    completed = slipway("cluster", "status")
    assert completed.returncode == 0 and f"{cluster.name}, ready" in completed.stdout
    current = lab_kubeconfig.current_path(cluster.kubeconfig.parent)
    assert f"http://127.0.0.1:{cluster.http}" in completed.stdout and f"KUBECONFIG={current}" in completed.stdout
    assert current.is_file()
    data = json.loads(slipway("cluster", "status", "--json").stdout)
    assert data["format"] == "slipway-cluster/1" and len(data["nodes"]) == 3
    assert f"{cluster.name} is ready" in slipway("status").stdout


def test_a_ready_cluster_is_used_as_it_is(cluster: Cluster) -> None:
    completed = slipway("cluster", "up")
    assert completed.returncode == 0 and "is ready" in completed.stdout
    assert "Creating" not in completed.stderr and "Repairing" not in completed.stderr


def test_an_unknown_addon_changes_nothing(cluster: Cluster) -> None:
    completed = slipway("cluster", "up", "--addon", "traefik")
    assert completed.returncode == 64 and "metrics-server, ingress, network-policy" in completed.stderr
