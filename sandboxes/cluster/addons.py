"""What a lab may need in the cluster besides Kubernetes itself: installed when asked for, waited for until it serves."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxes import images
from sandboxes.cluster import identity, kubectl, load
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
    """One add-on: `images` it runs, `workload` that has to be rolled out, `api` that has to answer (may be empty)."""

    name: str
    purpose: str
    images: tuple[str, ...]
    namespace: str
    workload: str
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
            "deployment/metrics-server",
            "/apis/metrics.k8s.io/v1beta1/nodes",
        ),
        Addon(
            "ingress",
            "Contour with Envoy: requests from outside by host and path",
            ("ghcr.io/projectcontour/contour:v1.33.8", "envoyproxy/envoy:distroless-v1.38.3"),
            "projectcontour",
            "deployment/contour",
        ),
    )
}


def find(name: str) -> Addon:
    """The add-on of that name. Raises SlipwayError for one that there is not."""
    if name in ADDONS:
        return ADDONS[name]
    raise SlipwayError(f"“{name}” is no add-on.", f"They are: {', '.join(ADDONS)}.", Exit.WRONG_USAGE)


def install(client: "APIClient", engine: Engine, addon: Addon, settings: Settings, progress: Progress) -> None:
    """Install an add-on, or bring it to what its manifest says, and wait until it serves. Raises SlipwayError."""
    images.ensure(addon.images, source=settings.image_source, progress=progress)
    load.load(client, engine, addon.images, progress)
    identity.require()
    kubectl.must("apply", "--filename=-", text=addon.manifest, seconds=60)
    if not (missing := lacks(addon)):
        return
    with progress.step(f"Waiting for {addon.name}") as report:
        deadline = time.monotonic() + SECONDS
        while missing:
            report(missing)
            if time.monotonic() > deadline:
                raise SlipwayError(
                    f"The add-on {addon.name} does not serve: {missing}.",
                    f"`kubectl --namespace {addon.namespace} get pods,events` says why.",
                )
            time.sleep(PAUSE)
            missing = lacks(addon)


def lacks(addon: Addon) -> str:
    """What an installed add-on does not do yet, as a clause; empty where it serves."""
    try:
        found = kubectl.get(addon.workload, f"--namespace={addon.namespace}")
        status = found["status"]
        wanted, ready = found["spec"]["replicas"], status.get("readyReplicas", 0)
        if status.get("observedGeneration", 0) < found["metadata"]["generation"] or ready < wanted:
            return f"{ready} of {wanted} Pods are ready{_waiting(addon.namespace, found)}"
        if status.get("updatedReplicas", 0) < wanted or status.get("replicas", 0) > wanted:
            return "the old Pods are being replaced"
        if addon.api and '"items":[]' in kubectl.run("get", "--raw", addon.api):
            return "it has measured nothing yet"
    except kubectl.Unanswered as error:
        return str(error)
    return ""


def _waiting(namespace: str, workload: dict[str, Any]) -> str:
    """Why Pods of a workload are not ready, as the end of a clause; empty where the cluster gives no reason."""
    labels = ",".join(f"{key}={value}" for key, value in workload["spec"]["selector"]["matchLabels"].items())
    for pod in kubectl.get("pods", f"--namespace={namespace}", f"--selector={labels}")["items"]:
        for container in pod["status"].get("containerStatuses", []):
            reason = container["state"].get("waiting", {}).get("reason", "")
            if reason not in ("", "ContainerCreating", "PodInitializing"):
                return f"; container {container['name']}: {reason}"
    return ""


def installed() -> list[str]:
    """The add-ons that are in the cluster. Raises kubectl.Unanswered."""
    items = kubectl.get("deployments", "--all-namespaces")["items"]
    present = {(each["metadata"]["namespace"], f"deployment/{each['metadata']['name']}") for each in items}
    return [addon.name for addon in ADDONS.values() if (addon.namespace, addon.workload) in present]
