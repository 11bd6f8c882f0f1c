"""The removal of namespaces and named objects from the cluster, even where finalizers block it."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from checks.api_resources import KINDS
from checks.clients.cluster import MERGE, Cluster
from checks.clients.discovery import Resource, items, resources
from checks.lifecycle import namespace_defaults
from checks.snapshot import Json

DEADLINE = 30.0  # seconds for the whole removal
PATIENCE = 3.0  # seconds that a controller gets to act on its finalizer
CLEARING = 15.0  # seconds that a provisioner gets to remove its volume and the data in it
PAUSE = 0.1
# The Pods of a lab need no grace period.
AT_ONCE = {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0, "propagationPolicy": "Background"}
# Controllers of Pods are deleted before the Pods, and Pods before what they use.
FIRST = ("cronjobs", "deployments", "statefulsets", "daemonsets", "jobs", "replicasets", "replicationcontrollers")
# The annotation of a volume that was provisioned for a claim.
PROVISIONER = "pv.kubernetes.io/provisioned-by"
DEFAULTS = frozenset(f"{kind} {name}" for kind, name in namespace_defaults.DEFAULTS)
# Rules about what the API server admits: while they apply, they may refuse every other deletion.
RULES = ("ValidatingAdmissionPolicyBinding", "ValidatingAdmissionPolicy")
UNNAMED = frozenset({"Event", "EndpointSlice", "Endpoints", "Lease", "PodMetrics", "ControllerRevision"})


@dataclass(frozen=True)
class Found:
    """An object that exists, with the resource that it is served as."""

    resource: Resource
    item: Json

    @property
    def name(self) -> str:
        return f"{self.resource.kind} {self.item['metadata']['name']}"

    @property
    def path(self) -> str:
        about = self.item["metadata"]
        return self.resource.path(about.get("namespace", ""), about["name"])


def remove(cluster: Cluster, namespaces: tuple[str, ...], objects: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Remove namespaces and their contents, the volumes of their claims, and the objects "Kind/name".

    Return the removed objects as text, and a sentence for each object that could not be removed.
    """
    if not namespaces and not objects:
        return [], []
    known = resources(cluster)
    found = _inside(cluster, known, namespaces)
    outside = sorted(_outside(cluster, namespaces, objects), key=lambda entry: entry.resource.kind not in RULES)
    for entry in outside:
        if entry.resource.kind in RULES:
            cluster.write("DELETE", entry.path, AT_ONCE)
    _empty(cluster, found)
    paths = [entry.path for entry in outside] + [f"{KINDS['Namespace'].path()}/{name}" for name in namespaces]
    later = [entry.path for entry in outside if _is_removed_by_provisioner(entry.item)]
    for path in paths:
        if path not in later:
            cluster.write("DELETE", path, AT_ONCE)
    left = _wait(cluster, known, namespaces, paths, later)
    gone = [name for name in namespaces if f"{KINDS['Namespace'].path()}/{name}" not in left]
    named = [entry for entry in found if entry.item["metadata"]["namespace"] in gone]
    named += [entry for entry in outside if entry.path not in left]
    removed = sorted(entry.name for entry in named if _is_reported(entry))
    return [*removed, *(f"Namespace {name}" for name in gone)], [_reason(cluster, path) for path in left]


def _is_removed_by_provisioner(volume: Json) -> bool:
    """Tell whether the provisioner removes a volume after its claim. If deleted earlier, the volume would leave its folder."""
    about, spec = volume["metadata"], volume.get("spec") or {}
    made = PROVISIONER in (about.get("annotations") or {}) and spec.get("persistentVolumeReclaimPolicy") == "Delete"
    return made and bool(spec.get("claimRef"))


def _order(resource: Resource) -> tuple[int, str]:
    rank = FIRST.index(resource.plural) if resource.plural in FIRST else len(FIRST)
    return (rank + (resource.plural != "pods" and rank == len(FIRST)), resource.plural)


def _is_reported(found: Found) -> bool:
    made_by_others = found.item["metadata"].get("ownerReferences")
    return not made_by_others and found.name not in DEFAULTS and found.resource.kind not in UNNAMED


def _inside(cluster: Cluster, known: Iterable[Resource], namespaces: Iterable[str]) -> list[Found]:
    """Return the objects of every kind in the namespaces."""
    wanted = [(resource, name) for name in namespaces for resource in known if resource.namespaced]
    jobs = [(resource, cluster.pool.submit(items, cluster, resource, name)) for resource, name in wanted]
    return [Found(resource, item) for resource, job in jobs for item in job.result()]


def _outside(cluster: Cluster, namespaces: tuple[str, ...], objects: tuple[str, ...]) -> list[Found]:
    """Return the named objects that exist, and the volumes that claims in the namespaces are bound to."""
    found = []
    for kind in dict.fromkeys(["PersistentVolume", *(entry.partition("/")[0] for entry in objects)]):
        served = KINDS[kind]
        resource = Resource(f"/{served.group}", served.plural, kind, False, frozenset())
        for item in items(cluster, resource):
            claim = (item.get("spec") or {}).get("claimRef") or {}
            if f"{kind}/{item['metadata']['name']}" in objects or claim.get("namespace") in namespaces:
                found.append(Found(resource, item))
    return found


def _empty(cluster: Cluster, found: Iterable[Found]) -> None:
    """Delete all objects of the kinds that were found, in their namespaces, controllers first."""
    places = {(entry.resource, entry.item["metadata"]["namespace"]) for entry in found}
    for resource, namespace in sorted(places, key=lambda place: (_order(place[0]), place[1])):
        if "deletecollection" in resource.verbs:
            # The server answers when it has deleted all of them: hundreds of events take a while.
            cluster.write("DELETE", resource.path(namespace), AT_ONCE, timeout=DEADLINE)


def _wait(cluster: Cluster, known: list[Resource], namespaces: tuple[str, ...], paths: list[str], later: list[str]) -> list[str]:
    """Wait until the objects at the paths are gone.

    After PATIENCE, remove the finalizers of objects that are being deleted. After CLEARING, delete the volumes that
    their provisioner has not removed (`later`). Return the paths of the objects that still exist at the end.
    """
    started, patience = time.monotonic(), PATIENCE
    while present := _present(cluster, paths):
        waiting, waited = list(present), time.monotonic() - started
        if waited > DEADLINE:
            return waiting
        _ask_again(cluster, {path: item for path, item in present.items() if path not in later})
        for name in namespaces:
            _finish(cluster, known, name)
        if waited > CLEARING:
            while later:
                cluster.write("DELETE", later.pop(), AT_ONCE)
        if waited > patience:
            _let_go(cluster, known, namespaces, waiting)
            patience += 1
        time.sleep(PAUSE)
    return []


def _present(cluster: Cluster, paths: Iterable[str]) -> dict[str, Json]:
    """Return the objects at the paths that still exist; {} as the object where the API server does not show it."""
    answers = {path: cluster.request("GET", path, timeout=DEADLINE) for path in paths}
    return {path: answer.json() if answer.status == 200 else {} for path, answer in answers.items() if answer.status != 404}


def _ask_again(cluster: Cluster, present: dict[str, Json]) -> None:
    """Delete the objects whose deletion was refused: a rule applies for a moment after it was deleted itself."""
    for path, item in present.items():
        if item and not item["metadata"].get("deletionTimestamp"):
            cluster.write("DELETE", path, AT_ONCE)


def _finish(cluster: Cluster, known: list[Resource], namespace: str) -> None:
    """Finalize an empty namespace that is being deleted, as the cluster itself does after five seconds.

    Objects cannot be created in a namespace that is terminating, so an empty one stays empty.
    """
    path = f"{KINDS['Namespace'].path()}/{namespace}"
    item = cluster.get(path)
    if item is None or not item["metadata"].get("deletionTimestamp"):
        return
    if left := _inside(cluster, known, (namespace,)):
        _empty(cluster, [entry for entry in left if not entry.item["metadata"].get("deletionTimestamp")])
    else:
        cluster.write("PUT", f"{path}/finalize", {**item, "spec": {**item["spec"], "finalizers": []}})


def _let_go(cluster: Cluster, known: list[Resource], namespaces: tuple[str, ...], waiting: list[str]) -> None:
    """Remove the finalizers from the lab's objects that are being deleted and whose controller has not acted."""
    stuck = [(entry.path, entry.item) for entry in _inside(cluster, known, namespaces)]
    stuck += [(path, item) for path in waiting if (item := cluster.get(path)) is not None]
    for path, item in stuck:
        if item["metadata"].get("deletionTimestamp") and item["metadata"].get("finalizers"):
            cluster.write("PATCH", path, {"metadata": {"finalizers": None}}, headers=MERGE)


def _reason(cluster: Cluster, path: str) -> str:
    item = cluster.get(path) or {}
    conditions = (item.get("status") or {}).get("conditions") or ()
    words = " ".join(condition.get("message", "") for condition in conditions if condition.get("status") == "True")
    return f"The {item.get('kind', 'object')} {path.rpartition('/')[2]} is still being removed. {words}".strip()
