"""A lab on the cluster removes what is its own, whatever holds it up; whatever else is there survives start and reset."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sample_kind_lab import NAMESPACE, SampleKindLab, docker, until

from checks import progress
from checks.dev import resource_diff, resource_diff_kind
from checks.dev.resource_diff import Foreign
from checks.lifecycle import workspace
from checks.lifecycle.kind import LAB, WORKSPACE, workspace_id
from checks.model import Outcome
from sandboxes.errors import SlipwayError

CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "boats.harbour.example"},
    "spec": {
        "group": "harbour.example",
        "scope": "Namespaced",
        "names": {"plural": "boats", "singular": "boat", "kind": "Boat"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}],
    },
}


@pytest.fixture
def foreign(stopped_kube: SampleKindLab) -> Iterator[Foreign]:
    with resource_diff_kind.foreign(stopped_kube.cluster, stopped_kube.lab) as made:
        yield made


def stuck(kind: str, name: str, finalizer: str = "harbour.example/never-comes") -> dict[str, object]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "finalizers": [finalizer]}}


def test_reset_removes_what_the_lab_made_and_nothing_else(stopped_kube: SampleKindLab, foreign: Foreign) -> None:
    before = resource_diff_kind.look(stopped_kube.cluster)
    assert stopped_kube.start() is True
    stopped_kube.solve()
    kinds = {name.split()[0] for name in resource_diff_kind.look(stopped_kube.cluster) - before}
    assert kinds >= {"Namespace", "Pod", "Service", "Secret", "ConfigMap", "PersistentVolume"}
    removed, left = stopped_kube.reset()
    assert left == []
    assert {"Pod tiny", "Service tiny", "Secret tiny-login", f"Namespace {NAMESPACE}"} <= set(removed)
    assert "ConfigMap kube-root-ca.crt" not in removed
    assert list(resource_diff.differences(before, resource_diff_kind.look(stopped_kube.cluster))) == []
    assert stopped_kube.reset() == ([], [])


def test_reset_gets_through_stuck_finalizers_of_the_labs_own_objects(stopped_kube: SampleKindLab, foreign: Foreign) -> None:
    before = resource_diff_kind.look(stopped_kube.cluster)
    stopped_kube.start()
    volume = {**stuck("PersistentVolume", "slipway-tiny-pv"), "spec": {
        "capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/tmp/x"}}}  # fmt: skip
    stopped_kube.apply(
        stuck("ConfigMap", "held"), stuck("Secret", "held"), stuck("Service", "web") | {"spec": {"ports": [{"port": 80}]}}
    )
    stopped_kube.apply(
        {**stopped_kube.pod("held"), "metadata": {"name": "held", "finalizers": ["harbour.example/never-comes"]}}, volume
    )
    stopped_kube.kubectl("delete", "configmap", "held", "--wait=false")
    begun = time.monotonic()
    assert stopped_kube.reset()[1] == []
    assert time.monotonic() - begun < 30
    assert list(resource_diff.differences(before, resource_diff_kind.look(stopped_kube.cluster))) == []


def test_reset_waits_until_a_volume_is_cleared_away_on_its_node(kube: SampleKindLab) -> None:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "kept"}, "spec": spec}
    volumes = [{"name": "kept", "persistentVolumeClaim": {"claimName": "kept"}}]
    kube.apply(claim, kube.pod("keeper", volumes=volumes, volumeMounts=[{"name": "kept", "mountPath": "/kept"}]))
    kube.kubectl("wait", "--for=condition=Ready", "pod/keeper", "--timeout=60s")
    node = kube.kubectl("get", "pod", "keeper", "--output=jsonpath={.spec.nodeName}")
    name = kube.kubectl("get", "persistentvolumeclaim", "kept", "--output=jsonpath={.spec.volumeName}")
    folder = kube.cluster.get(f"/api/v1/persistentvolumes/{name}")["spec"]["hostPath"]["path"]
    docker("exec", node, "test", "-d", folder)
    assert kube.reset()[1] == []
    docker("exec", node, "test", "!", "-e", folder)
    helpers = kube.cluster.get("/api/v1/namespaces/local-path-storage/pods")["items"]
    assert [pod for pod in helpers if name in pod["metadata"]["name"]] == []


def test_reset_removes_objects_of_other_peoples_kinds(kube: SampleKindLab) -> None:
    kube.apply(CRD)
    try:
        kube.kubectl("wait", "--for=condition=Established", "crd/boats.harbour.example", "--timeout=30s")
        about = {"name": "swift", "finalizers": ["harbour.example/never-comes"]}
        kube.apply({"apiVersion": "harbour.example/v1", "kind": "Boat", "metadata": about})
        removed, left = kube.reset()
        assert ("Boat swift" in removed, left) == (True, [])
    finally:
        kube.kubectl("delete", "crd", "boats.harbour.example")


def test_start_waits_for_a_terminating_namespace_and_creates_it_again(kube: SampleKindLab) -> None:
    kube.apply(stuck("ConfigMap", "held"))
    old = kube.kubectl("get", "namespace", NAMESPACE, "--output=jsonpath={.metadata.uid}")
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")
    seen = kube.result("pod-ready", wait=0)
    assert seen.outcome is Outcome.NOT_YET
    assert "is terminating" in seen.findings[0].why
    assert kube.start() is False
    new = kube.kubectl("get", "namespace", NAMESPACE, "--output=jsonpath={.metadata.uid} {.status.phase}")
    assert new.endswith("Active")
    assert not new.startswith(old)


def test_start_creates_a_removed_namespace_again_and_says_so(kube: SampleKindLab) -> None:
    kube.kubectl("delete", "namespace", NAMESPACE)
    seen = kube.result("pod-ready", wait=0)
    assert f"The namespace {NAMESPACE} does not exist" in seen.findings[0].why
    kube.start()
    kube.solve()
    assert set(kube.outcomes().values()) == {Outcome.PASSED}


@pytest.mark.parametrize("mark", ["", "another-workspace"])
def test_a_namespace_of_that_name_which_is_not_ours_is_refused(stopped_kube: SampleKindLab, mark: str) -> None:
    about = {"name": NAMESPACE, "annotations": {WORKSPACE: mark} if mark else {}}
    stopped_kube.folder.mkdir(parents=True)
    stopped_kube.cluster.write("POST", "/api/v1/namespaces", {"kind": "Namespace", "metadata": about})
    before = resource_diff_kind.look(stopped_kube.cluster)
    with pytest.raises(SlipwayError, match=f"already taken on this cluster: namespace {NAMESPACE}") as refused:
        stopped_kube.start()
    way_out = "Another copy of Slipway" if mark else f"kubectl delete namespace {NAMESPACE}"
    assert way_out in refused.value.fix
    assert progress.read(stopped_kube.settings, stopped_kube.lab.id).started == ""
    stopped_kube.reset()
    assert resource_diff_kind.look(stopped_kube.cluster) >= before


def test_a_volume_that_was_there_before_is_refused(stopped_kube: SampleKindLab) -> None:
    spec = {"capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/tmp/x"}}
    body = {"kind": "PersistentVolume", "metadata": {"name": "slipway-tiny-pv"}, "spec": spec}
    stopped_kube.cluster.write("POST", "/api/v1/persistentvolumes", body)
    with pytest.raises(SlipwayError, match="persistentvolume slipway-tiny-pv"):
        stopped_kube.start()


def test_two_workspaces_do_not_share_a_lab(kube: SampleKindLab) -> None:
    other = replace(kube.settings, work=kube.settings.work.parent / "other", state=kube.settings.state.parent / "other-state")
    with pytest.raises(SlipwayError, match="already taken"):
        workspace.start(kube.lab, kube.cluster, other)
    assert workspace.reset(kube.lab, kube.cluster, other) == ([], [])
    assert kube.kubectl("get", "namespace", NAMESPACE)


def test_the_namespace_bears_our_mark_and_is_kubectls_default(kube: SampleKindLab) -> None:
    about = json.loads(kube.kubectl("get", "namespace", NAMESPACE, "--output=json"))["metadata"]
    assert about["labels"][LAB] == kube.lab.id
    assert about["annotations"][WORKSPACE] == workspace_id(kube.settings)
    kube.kubectl("create", "configmap", "mine")
    assert kube.cluster.get(f"/api/v1/namespaces/{NAMESPACE}/configmaps/mine")


def test_a_lab_started_on_a_cluster_that_is_gone_leaves_this_one_alone(solved_kube: SampleKindLab) -> None:
    with progress.changing(solved_kube.settings, solved_kube.lab.id) as kept:
        here, kept.engine = kept.engine, "another"
    assert solved_kube.reset() == ([], [])
    assert solved_kube.kubectl("get", "pod", "tiny")
    with progress.changing(solved_kube.settings, solved_kube.lab.id) as kept:
        kept.started, kept.engine = "2026-01-01T00:00:00Z", here


def test_reset_keeps_a_pod_of_the_same_name_in_another_namespace(solved_kube: SampleKindLab) -> None:
    solved_kube.kubectl("create", "namespace", "somebody-else")
    try:
        solved_kube.kubectl("run", "tiny", "--namespace=somebody-else", "--image=busybox:1.35", "--command", "--", "sleep", "600")
        solved_kube.reset()
        assert solved_kube.cluster.get("/api/v1/namespaces/somebody-else/pods/tiny")
    finally:
        # At once: what runs in it, a shell's sleep, does not end when it is asked to.
        solved_kube.cluster.write("DELETE", "/api/v1/namespaces/somebody-else/pods/tiny?gracePeriodSeconds=0")
        solved_kube.cluster.write("DELETE", "/api/v1/namespaces/somebody-else")
        until(lambda: solved_kube.cluster.get("/api/v1/namespaces/somebody-else") is None)
