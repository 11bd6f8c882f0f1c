"""A class of thirty on a real cluster: opened, used by a learner and the grader, opened again, and closed."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from cluster_support import kubectl, until

from checks.api_resources import KINDS
from checks.classroom import cluster_objects, shared_cluster
from checks.classroom import folder as class_folder
from checks.classroom.folder import ClassFolder
from checks.classroom.shared_cluster import Opened
from checks.clients import named_kubeconfig
from checks.clients.named_cluster import NamedCluster
from checks.snapshot import Json
from checks.version import __version__
from sandboxes.cluster import kubeconfig, paths
from sandboxes.cluster.manage import Cluster

CLASS, LABS = "thirty", ("11-pods", "14-configuration")
LEARNERS = [f"learner{number:02}" for number in range(30)]
OWN, OTHERS = "thirty-learner00-11-pods", "thirty-learner01-11-pods"
FOREIGN = "thirty-foreign"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "box"},
    "spec": {"containers": [{"name": "box", "image": "busybox:1.35", "imagePullPolicy": "Never", "command": ["sleep", "60"]}]},
}
TOML = """id = "thirty"
title = "Thirty"
course = "{course}"
zone = "UTC"
where = "shared cluster"
[cluster]
network_policies = true
[labs]
{labs}
"""


class Counting(NamedCluster):
    """The client of an instructor, with the number of its requests."""

    def __init__(self) -> None:
        path = paths.kubeconfig()
        super().__init__(named_kubeconfig.load(path, kubeconfig.read(path).context))
        self.requests: Counter[str] = Counter()

    def send(self, method: str, path: str, timeout: float, body: bytes | None, headers: Mapping[str, str]) -> Any:
        with self._lock:
            self.requests[method] += 1
        return super().send(method, path, timeout, body, headers)


@dataclass
class OpenClass:
    """The class, what opening it for the first time did, how long that took, and the requests that it needed."""

    classroom: ClassFolder
    opened: Opened
    seconds: float
    requests: Counter[str]

    def as_learner(self, *arguments: str, learner: str = LEARNERS[0], text: str = "") -> subprocess.CompletedProcess[str]:
        return self._kubectl(f"kubeconfigs/{learner}.kubeconfig", arguments, text)

    def as_grader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._kubectl("grader.kubeconfig", arguments, "")

    def _kubectl(self, name: str, arguments: tuple[str, ...], text: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "KUBECONFIG": str(self.classroom.folder / "cluster" / name)}
        command = ["kubectl", "--request-timeout=20s", *arguments]
        return subprocess.run(command, input=text, capture_output=True, text=True, env=environment, timeout=60)


@pytest.fixture(scope="module")
def thirty(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenClass]:
    """The class of thirty, open; closed at the end where a test has not closed it."""
    folder = tmp_path_factory.mktemp("class") / CLASS
    class_folder.create(folder, id=CLASS, title="Thirty", zone="UTC", where="shared cluster")
    labs = "\n".join(f"{lab} = {{}}" for lab in LABS)
    (folder / "class.toml").write_text(TOML.format(course=__version__, labs=labs), encoding="utf-8")
    rows = "".join(f"{learner},Learner\n" for learner in LEARNERS)
    (folder / "roster.csv").write_text("id,name\n" + rows, encoding="utf-8")
    classroom, client = class_folder.open_class(folder), Counting()
    # Someone else's, with a name and labels that look as if they were the class's.
    labels = {cluster_objects.CLASS: CLASS, cluster_objects.MANAGED: cluster_objects.MANAGER}
    foreign = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": FOREIGN, "labels": labels}}
    kubectl("apply", "--filename=-", text=json.dumps(foreign))
    began = time.monotonic()
    try:
        opened = shared_cluster.open_(classroom, client)
        yield OpenClass(classroom, opened, time.monotonic() - began, client.requests)
    finally:
        if (folder / "cluster" / "record.json").exists():
            shared_cluster.close(classroom, client)
        kubectl("delete", "namespace", FOREIGN, "--ignore-not-found")
        client.close()


def of_the_class() -> dict[str, str]:
    """The resource versions of all objects with the mark of a class, by kind, namespace and name."""
    versions = {}
    for kind in cluster_objects.ORDER:
        items: list[Json] = json.loads(kubectl("get", KINDS[kind].plural, "--all-namespaces", "--output=json"))["items"]
        for item in items:
            about = item["metadata"]
            if cluster_objects.MARK in (about.get("annotations") or {}):
                versions[f"{kind} {about.get('namespace', '')}/{about['name']}"] = about["resourceVersion"]
    return versions


def test_thirty_learners_are_prepared_with_two_requests_for_each_object(thirty: OpenClass) -> None:
    print(f"{len(LEARNERS)} learners, {thirty.opened.created} objects: {thirty.seconds:.1f} s", file=sys.stderr)
    # A namespace with quota, limits, policy, role and binding for each lab, an account for each learner; once: a namespace,
    # the grader's account, its role and its binding.
    assert thirty.opened.created == len(of_the_class()) == len(LEARNERS) * (len(LABS) * 6 + 1) + 4
    assert thirty.opened.kubeconfigs == len(LEARNERS) + 1
    assert thirty.requests["PATCH"] == thirty.opened.created
    assert thirty.requests["POST"] == thirty.opened.kubeconfigs
    assert thirty.requests["GET"] <= thirty.opened.created + thirty.opened.kubeconfigs + 20


def test_a_learner_works_in_a_namespace_of_their_own_and_in_no_other(thirty: OpenClass) -> None:
    until(lambda: thirty.as_learner("get", "serviceaccount", "default").returncode == 0, "the namespace's default account")
    created = thirty.as_learner("apply", "--filename=-", text=json.dumps(POD))
    assert created.returncode == 0, created.stderr
    listed = json.loads(thirty.as_learner("get", "pods", "--output=json").stdout)["items"]
    assert [(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in listed] == [(OWN, "box")]
    assert listed[0]["spec"]["containers"][0]["resources"]["limits"] == {"memory": "192Mi"}
    refused = thirty.as_learner("apply", f"--namespace={OTHERS}", "--filename=-", text=json.dumps(POD))
    assert refused.returncode != 0 and "Forbidden" in refused.stderr
    deleted = thirty.as_learner("delete", "pod", "box", "--now")
    assert deleted.returncode == 0, deleted.stderr


def test_secrets_of_others_cannot_be_read_and_own_rights_not_extended(thirty: OpenClass) -> None:
    secret = ("create", "secret", "generic", "key", "--from-literal=code=7")
    assert thirty.as_learner(*secret, learner=LEARNERS[1]).returncode == 0
    assert thirty.as_learner("get", "secret", "key", "--output=name", learner=LEARNERS[1]).stdout == "secret/key\n"
    for refused in (
        ("get", "secret", "key", f"--namespace={OTHERS}"),
        ("get", "secrets", "--all-namespaces"),
        ("get", "serviceaccounts", "--namespace=thirty-accounts"),
        ("delete", "resourcequota", "slipway-class"),
        ("delete", "namespace", OWN),
        ("create", "rolebinding", "more", "--clusterrole=cluster-admin", f"--serviceaccount={OWN}:default"),
        ("create", "token", "l-learner01", "--namespace=thirty-accounts"),
    ):
        completed = thirty.as_learner(*refused)
        assert completed.returncode != 0 and "orbidden" in completed.stderr, (refused, completed.stderr)


def test_a_privileged_pod_and_a_port_of_the_nodes_are_refused(thirty: OpenClass) -> None:
    privileged = json.loads(json.dumps(POD))
    privileged["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    refused = thirty.as_learner("apply", "--filename=-", text=json.dumps(privileged))
    assert refused.returncode != 0 and "violates PodSecurity" in refused.stderr
    refused = thirty.as_learner("create", "service", "nodeport", "gate", "--tcp=80")
    assert refused.returncode != 0 and "exceeded quota" in refused.stderr


def test_the_grader_lists_and_can_do_nothing_else(thirty: OpenClass) -> None:
    listed = thirty.as_grader("get", "secrets", "--all-namespaces", "--output=name")
    assert listed.returncode == 0, listed.stderr
    for refused in (
        ("get", "secret", "key", f"--namespace={OTHERS}"),
        ("delete", "configmap", "kube-root-ca.crt", f"--namespace={OWN}"),
        ("get", "roles", "--all-namespaces"),
        ("create", "configmap", "a", f"--namespace={OWN}"),
    ):
        completed = thirty.as_grader(*refused)
        assert completed.returncode != 0 and "orbidden" in completed.stderr, (refused, completed.stderr)


def test_a_second_run_changes_nothing(thirty: OpenClass) -> None:
    before = of_the_class()
    client = Counting()
    try:
        opened = shared_cluster.open_(thirty.classroom, client)
    finally:
        client.close()
    assert (opened.created, opened.changed, opened.kubeconfigs) == (0, 0, 0)
    assert of_the_class() == before
    assert set(client.requests) == {"GET"} and client.requests["GET"] <= 20


def test_closing_leaves_nothing_of_the_class_and_all_that_is_of_others(thirty: OpenClass) -> None:
    # A namespace of the class that someone else has replaced meanwhile.
    kubectl("delete", "namespace", OTHERS)
    kubectl("create", "namespace", OTHERS)
    learner = NamedCluster(named_kubeconfig.load(thirty.classroom.folder / "cluster/kubeconfigs/learner00.kubeconfig", LABS[0]))
    client = Counting()
    try:
        assert learner.request("GET", f"/api/v1/namespaces/{OWN}/pods").status == 200
        closed = shared_cluster.close(thirty.classroom, client)
        # The API server forgets a token's account within seconds.
        until(lambda: learner.request("GET", f"/api/v1/namespaces/{OWN}/pods").status == 401, "the end of a learner's token")
    finally:
        client.close()
        learner.close()
    assert closed.foreign == (f"Namespace {OTHERS}",)
    assert of_the_class() == {}
    names = json.loads(kubectl("get", "namespaces", "--output=json"))["items"]
    assert {name for item in names if (name := item["metadata"]["name"]).startswith(CLASS)} == {FOREIGN, OTHERS}
    kubectl("delete", "namespace", OTHERS)
    left = [path for path in (thirty.classroom.folder / "cluster").rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert left == []
