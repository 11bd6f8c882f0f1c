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

MANIFESTS = Path(__file__).resolve().parent.parent / "kind"
SECONDS = 180
PAUSE = 0.5


@dataclass(frozen=True)
class Addon:
    """An add-on: the `images` it runs, the `deployment` to wait for, and the path of the `api` that it serves, if any."""

    name: str
    purpose: str
    images: tuple[str, ...]
    namespace: str
    deployment: str
    api: str = ""

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
            "metrics-server",
            "/apis/metrics.k8s.io/v1beta1/nodes",
        ),
        Addon(
            "ingress",
            "Contour with Envoy: requests from outside by host and path",
            ("ghcr.io/projectcontour/contour:v1.33.8", "envoyproxy/envoy:distroless-v1.38.3"),
            "projectcontour",
            "contour",
        ),
    )
}


def find(name: str) -> Addon:
    """Return the add-on of that name. Raises SlipwayError for an unknown one."""
    if name in ADDONS:
        return ADDONS[name]
    raise SlipwayError(f"Unknown add-on “{name}”.", f"The add-ons are: {', '.join(ADDONS)}.", Exit.WRONG_USAGE)


def install(client: "APIClient", engine: Engine, addon: Addon, settings: Settings, progress: Progress) -> None:
    """Install an add-on, or update it to its manifest, and wait until it serves. Raises SlipwayError."""
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


def lacks(addon: Addon) -> str:
    """Return what an installed add-on does not do yet, as a clause; empty where it serves."""
    try:
        deployment = read(f"{_deployments(addon.namespace)}/{addon.deployment}")
        status = deployment["status"]
        wanted, ready = deployment["spec"]["replicas"], status.get("readyReplicas", 0)
        if status.get("observedGeneration", 0) < deployment["metadata"]["generation"] or ready < wanted:
            return f"{ready} of {wanted} Pods are ready{_waiting(addon.namespace, deployment)}"
        if status.get("updatedReplicas", 0) < wanted or status.get("replicas", 0) > wanted:
            return "the old Pods are being replaced"
        if addon.api and not read(addon.api)["items"]:
            return "it has measured nothing yet"
    except Unanswered as error:
        return str(error)
    return ""


def _waiting(namespace: str, deployment: dict[str, Any]) -> str:
    """Return why Pods of a Deployment are not ready, as the end of a clause; empty where the cluster gives no reason."""
    labels = ",".join(f"{key}={value}" for key, value in deployment["spec"]["selector"]["matchLabels"].items())
    for pod in read(f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(labels)}")["items"]:
        for container in pod["status"].get("containerStatuses", []):
            reason = container["state"].get("waiting", {}).get("reason", "")
            if reason not in ("", "ContainerCreating", "PodInitializing"):
                return f"; container {container['name']}: {reason}"
    return ""


def installed() -> list[str]:
    """Return the names of the add-ons that are in the cluster. Raises Unanswered."""
    deployments = read(_deployments())["items"]
    present = {(item["metadata"]["namespace"], item["metadata"]["name"]) for item in deployments}
    return [addon.name for addon in ADDONS.values() if (addon.namespace, addon.deployment) in present]


def _deployments(namespace: str = "") -> str:
    """Return the path of a namespace's Deployments, or of those of all namespaces."""
    return f"/apis/apps/v1/namespaces/{namespace}/deployments" if namespace else "/apis/apps/v1/deployments"
