"""The add-ons that a lab may need besides Kubernetes itself: installed on demand, and waited for until they serve."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandboxes import images
from sandboxes.cluster import identity, kubectl, load
from sandboxes.cluster.client import Unanswered, read
from sandboxes.engine.find import Engine
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import Settings
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

APPS = "/apis/apps/v1"
MANIFESTS = Path(__file__).resolve().parent.parent / "kind"
SECONDS = 180
PAUSE = 0.5


@dataclass(frozen=True)
class Addon:
    """An add-on: the `images` it runs, the `workload` to wait for, and the path of the `api` that it serves, if any.

    The workload is written as in a path of the API: "deployments/NAME" or "daemonsets/NAME". A cluster that has the
    DaemonSet `instead` in the same namespace already does what the add-on is for, and does not get it.
    """

    name: str
    purpose: str
    images: tuple[str, ...]
    namespace: str
    workload: str
    api: str = ""
    instead: str = ""

    @property
    def manifest(self) -> str:
        return (MANIFESTS / f"{self.name}.yaml").read_text(encoding="utf-8")


ADDONS = {
    addon.name: addon
    for addon in (
        Addon(
            "metrics-server",
            "what Pods and nodes use: `kubectl top`, autoscaling",
            ("registry.k8s.io/metrics-server/metrics-server:v0.9.0",),
            "kube-system",
            "deployments/metrics-server",
            "/apis/metrics.k8s.io/v1beta1/nodes",
        ),
        Addon(
            "ingress",
            "Contour with Envoy: requests from outside by host and path",
            ("ghcr.io/projectcontour/contour:v1.33.8", "envoyproxy/envoy:distroless-v1.38.3"),
            "projectcontour",
            "deployments/contour",
        ),
        Addon(
            "network-policy",
            "kube-router as a firewall: network policies take effect",
            ("cloudnativelabs/kube-router:v2.1.0",),
            "kube-system",
            "daemonsets/kube-router",
            instead="kindnet",
        ),
    )
}


def find(name: str) -> Addon:
    """Return the add-on of that name. Raises SlipwayError for an unknown one."""
    if name in ADDONS:
        return ADDONS[name]
    raise SlipwayError(f"Unknown add-on “{name}”.", f"The add-ons are: {', '.join(ADDONS)}.", Exit.WRONG_USAGE)


def install(client: "APIClient", engine: Engine, addon: Addon, settings: Settings, progress: Progress) -> None:
    """Install an add-on, or update it to its manifest, and wait until it serves. Raises SlipwayError.

    Nothing is installed in a cluster that does by itself what the add-on is for.
    """
    if needless(addon):
        return
    images.ensure(addon.images, source=settings.image_source, progress=progress)
    load.load(client, engine, addon.images, progress)
    identity.require()
    kubectl.apply(addon.manifest)
    if not (missing := lacks(addon)):
        return
    with progress.step(f"Waiting for {addon.name}") as report:
        deadline = time.monotonic() + SECONDS
        while missing:
            report(missing)
            if time.monotonic() > deadline:
                raise SlipwayError(
                    f"The add-on {addon.name} is not ready: {missing}.",
                    f"`kubectl --namespace {addon.namespace} get pods,events` says why.",
                )
            time.sleep(PAUSE)
            missing = lacks(addon)


def needless(addon: Addon) -> bool:
    """Tell whether the cluster does by itself what the add-on is for, as the official node image does with kindnet."""
    if not addon.instead:
        return False
    try:
        daemon_sets = read(f"{APPS}/namespaces/{addon.namespace}/daemonsets")["items"]
    except Unanswered as error:
        raise SlipwayError(
            f"The add-on {addon.name} cannot be installed: {error}.", "`./slipway cluster up` repairs it."
        ) from error
    return addon.instead in {item["metadata"]["name"] for item in daemon_sets}


def lacks(addon: Addon) -> str:
    """Return what an installed add-on does not do yet, as a clause; empty where it serves."""
    try:
        workload = read(f"{APPS}/namespaces/{addon.namespace}/{addon.workload}")
        wanted, ready, current, updated = _pods_of(workload)
        if workload["status"].get("observedGeneration", 0) < workload["metadata"]["generation"] or ready < wanted:
            return f"{ready} of {wanted} Pods are ready{_waiting(addon.namespace, workload)}"
        if updated < wanted or current > wanted:
            return "the old Pods are being replaced"
        if addon.api and not read(addon.api)["items"]:
            return "it has measured nothing yet"
    except Unanswered as error:
        return str(error)
    return ""


def _pods_of(workload: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return how many Pods a workload should have; how many are ready, are there at all, and are of its newest template."""
    status = workload["status"]
    if "desiredNumberScheduled" in status:
        names = ("desiredNumberScheduled", "numberReady", "currentNumberScheduled", "updatedNumberScheduled")
        wanted, ready, current, updated = (status.get(name, 0) for name in names)
        return wanted, ready, current, updated
    ready, current, updated = (status.get(name, 0) for name in ("readyReplicas", "replicas", "updatedReplicas"))
    return workload["spec"]["replicas"], ready, current, updated


def _waiting(namespace: str, workload: dict[str, Any]) -> str:
    """Return why Pods of a workload are not ready, as the end of a clause; empty where the cluster gives no reason."""
    labels = ",".join(f"{key}={value}" for key, value in workload["spec"]["selector"]["matchLabels"].items())
    for pod in read(f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(labels)}")["items"]:
        for container in pod["status"].get("containerStatuses", []):
            reason = container["state"].get("waiting", {}).get("reason", "")
            if reason not in ("", "ContainerCreating", "PodInitializing"):
                return f"; container {container['name']}: {reason}"
    return ""


def installed() -> list[str]:
    """Return the names of the add-ons that are in the cluster. Raises Unanswered."""
    present = {
        (item["metadata"]["namespace"], f"{plural}/{item['metadata']['name']}")
        for plural in ("deployments", "daemonsets")
        for item in read(f"{APPS}/{plural}")["items"]
    }
    return [addon.name for addon in ADDONS.values() if (addon.namespace, addon.workload) in present]
