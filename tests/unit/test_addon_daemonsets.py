"""Add-ons that run on every node: what counts as ready, and a cluster that already does what the add-on is for."""

from pathlib import Path
from typing import Any

import pytest

from sandboxes import images, settings
from sandboxes.cluster import addons, kubectl
from sandboxes.cluster.client import Unanswered
from sandboxes.errors import SlipwayError
from sandboxes.steps import Progress

POLICY = addons.find("network-policy")
PATH = "/apis/apps/v1/namespaces/kube-system/daemonsets"
SELECTOR = {"matchLabels": {"k8s-app": "kube-router"}}
# As an API server with three nodes reported it while the DaemonSet was updated to its second generation.
STATES = {
    "unseen": {
        "currentNumberScheduled": 3, "desiredNumberScheduled": 3, "numberMisscheduled": 0, "numberReady": 0,
        "numberUnavailable": 3, "observedGeneration": 1, "updatedNumberScheduled": 3,
    },
    "starting": {
        "currentNumberScheduled": 3, "desiredNumberScheduled": 3, "numberMisscheduled": 0, "numberReady": 1,
        "numberAvailable": 1, "numberUnavailable": 2, "observedGeneration": 2, "updatedNumberScheduled": 3,
    },
    "ready": {
        "currentNumberScheduled": 3, "desiredNumberScheduled": 3, "numberMisscheduled": 0, "numberReady": 3,
        "numberAvailable": 3, "observedGeneration": 2, "updatedNumberScheduled": 3,
    },
}  # fmt: skip
# The old Pods are ready, and those of the new template come one after another.
STATES["updating"] = {**STATES["ready"], "updatedNumberScheduled": 1}


def daemon_set(name: str, status: dict[str, int] = STATES["ready"]) -> dict[str, Any]:
    """A DaemonSet of kube-system, as far as add-ons look at it."""
    metadata = {"name": name, "namespace": "kube-system", "generation": 2}
    return {"metadata": metadata, "spec": {"selector": SELECTOR}, "status": status}


def serve(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    """Answer requests to the API server with these objects, and no others."""

    def read(path: str) -> Any:
        if path not in answers:
            raise Unanswered(f"nothing at {path}")
        return answers[path]

    monkeypatch.setattr(addons, "read", read)


@pytest.mark.parametrize(
    ("state", "clause"),
    [
        ("unseen", "0 of 3 Pods are ready; container kube-router: ImagePullBackOff"),
        ("starting", "1 of 3 Pods are ready; container kube-router: ImagePullBackOff"),
        ("updating", "the old Pods are being replaced"),
        ("ready", ""),
    ],
)
def test_a_daemon_set_serves_when_it_is_ready_on_every_node(monkeypatch: pytest.MonkeyPatch, state: str, clause: str) -> None:
    waiting = {"name": "kube-router", "state": {"waiting": {"reason": "ImagePullBackOff"}}}
    pods = {"items": [{"status": {"containerStatuses": [waiting]}}]}
    serve(
        monkeypatch,
        {
            f"{PATH}/kube-router": daemon_set("kube-router", STATES[state]),
            "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-router": pods,
        },
    )
    assert addons.lacks(POLICY) == clause


@pytest.mark.parametrize(("names", "needless"), [(["kube-proxy", "kindnet"], True), (["kube-proxy", "network"], False)])
def test_a_cluster_whose_network_enforces_policies_needs_no_add_on(
    monkeypatch: pytest.MonkeyPatch, names: list[str], needless: bool
) -> None:
    serve(monkeypatch, {PATH: {"items": [daemon_set(name) for name in names]}})
    assert addons.needless(POLICY) is needless
    assert not addons.needless(addons.find("ingress"))


def test_nothing_is_installed_where_the_network_enforces_policies(monkeypatch: pytest.MonkeyPatch, folders: Path) -> None:
    serve(monkeypatch, {PATH: {"items": [daemon_set("kindnet")]}})
    monkeypatch.setattr(images, "ensure", lambda *args, **options: pytest.fail("gets an image"))
    monkeypatch.setattr(kubectl, "apply", lambda manifest: pytest.fail("applies the manifest"))
    addons.install(None, None, POLICY, settings.load(), Progress())  # type: ignore[arg-type]


def test_a_silent_cluster_is_not_taken_for_one_that_enforces_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, {})
    with pytest.raises(SlipwayError, match="network-policy cannot be installed: nothing at"):
        addons.needless(POLICY)


def test_installed_add_ons_are_found_by_their_workloads(monkeypatch: pytest.MonkeyPatch) -> None:
    contour = {"metadata": {"name": "contour", "namespace": "projectcontour"}}
    serve(
        monkeypatch,
        {
            "/apis/apps/v1/deployments": {"items": [contour]},
            "/apis/apps/v1/daemonsets": {"items": [daemon_set("kube-router"), daemon_set("contour")]},
        },
    )
    assert addons.installed() == ["ingress", "network-policy"]
