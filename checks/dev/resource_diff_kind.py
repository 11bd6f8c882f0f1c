"""The objects on a cluster, compared before and after a proof, and foreign objects that must survive it."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checks import catalog
from checks.clients.base import EngineError
from checks.clients.cluster import MERGE, Cluster, refusal
from checks.clients.discovery import items, resources
from checks.dev.resource_diff import Foreign, World
from checks.lifecycle import namespace_defaults
from checks.model import Lab

# What the cluster writes by itself, at any time.
RESTLESS = frozenset({"Event", "Lease", "PodMetrics", "NodeMetrics", "CSIStorageCapacity"})
SECONDS = 30
FOREIGN = "someone-elses-"
# The namespace in which short-lived Pods create and remove the volumes of all labs.
VOLUMES, VOLUME_HELPER = "local-path-storage", "helper-pod-"


def look(cluster: Cluster) -> World:
    """Return every object of every kind, each as "kind namespace/name (uid)". Raise EngineError if one cannot be listed."""
    return frozenset(entry for entry, _ in _entries(cluster))


def world(cluster: Cluster, lab: Lab, foreign: Foreign) -> World:
    """Return every object that a proof of the lab could leave behind or remove: all except those of proofs beside it.

    Raise EngineError if a kind cannot be listed.
    """
    others = _Others(lab, foreign)
    return frozenset(entry for entry, owner in _entries(cluster) if not others.own(owner))


def _entries(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """Yield every object as in `look`, and its owner: a namespace, or for an object outside of them "Kind/name"."""
    known = [resource for resource in resources(cluster) if resource.kind not in RESTLESS]
    jobs = [(resource, cluster.pool.submit(items, cluster, resource)) for resource in known]
    for resource, job in jobs:
        for item in job.result():
            about, spec = item["metadata"], item.get("spec") or {}
            namespace = about.get("namespace", "")
            name = f"{namespace}/{about['name']}" if namespace else about["name"]
            # A bound volume and the address of a Service are outside of namespaces, and belong to something in one.
            user = (spec.get("claimRef") or spec.get("parentRef") or {}) if isinstance(spec, dict) else {}
            owner = about["name"] if resource.kind == "Namespace" else namespace or user.get("namespace", "")
            if namespace == VOLUMES and about["name"].startswith(VOLUME_HELPER):
                owner = VOLUME_HELPER
            yield f"{resource.kind} {name} ({about.get('uid', '')[:8]})", owner or f"{resource.kind}/{about['name']}"


class _Others:
    """What belongs to other labs, by name, as long as one lab is proven beside these foreign objects."""

    def __init__(self, lab: Lab, foreign: Foreign) -> None:
        others = [other.scope for other in catalog.labs() if other.id != lab.id]
        self.names = {name for scope in others for name in (*scope.namespaces, *scope.cluster)} - set(lab.scope.namespaces)
        self.mine = {*lab.scope.namespaces, foreign.name, _near(lab, foreign.name)}
        self.foreign = foreign

    def own(self, owner: str) -> bool:
        """Whether an object that belongs to `owner`, a namespace or "Kind/name", is another lab's or its proof's."""
        if owner in self.mine or self.foreign.name in owner:
            return False
        if owner in self.names or owner == VOLUME_HELPER:
            return True
        near = any(owner.startswith(f"{name}-") for name in self.names)
        return near or owner.startswith("lab-") or FOREIGN in owner


@contextmanager
def foreign(cluster: Cluster, lab: Lab) -> Iterator[Foreign]:
    """Create foreign objects while the block runs: a namespace with objects like the lab's own, and others outside of it."""
    name = f"{FOREIGN}{secrets.token_hex(4)}"
    about = {"name": name, "labels": {"owner": name}}
    base = f"/api/v1/namespaces/{name}"
    # A namespace whose name begins like the lab's, and a volume whose name ends like one: neither is the lab's.
    near = _near(lab, name)
    spec = {
        "capacity": {"storage": "1Mi"},
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": name,
        "hostPath": {"path": f"/tmp/{name}"},
    }
    try:
        _make(cluster, "/api/v1/namespaces", "Namespace", about)
        _make(cluster, "/api/v1/namespaces", "Namespace", {**about, "name": near})
        _make(cluster, "/api/v1/persistentvolumes", "PersistentVolume", about, spec=spec)
        _make(cluster, f"{base}/configmaps", "ConfigMap", {**about, "finalizers": ["example.org/kept"]}, data={"a": "b"})
        _make(cluster, f"{base}/secrets", "Secret", about, stringData={"password": "not-the-labs"})
        # Otherwise, what the cluster adds a moment later would look left behind.
        namespace_defaults.wait(cluster, (name, near))
        yield Foreign(name, "", "")
    finally:
        cluster.write("PATCH", f"{base}/configmaps/{name}", {"metadata": {"finalizers": None}}, timeout=SECONDS, headers=MERGE)
        made = [base, f"/api/v1/namespaces/{near}", f"/api/v1/persistentvolumes/{name}"]
        for path in made:
            cluster.write("DELETE", path, timeout=SECONDS)
        _wait(cluster, made)


def _near(lab: Lab, foreign: str) -> str:
    return f"{lab.namespace}-{foreign[-8:]}"


def _make(cluster: Cluster, path: str, kind: str, about: dict[str, object], **more: object) -> None:
    answer = cluster.write("POST", path, {"apiVersion": "v1", "kind": kind, "metadata": about, **more}, timeout=SECONDS)
    if answer.status >= 400:
        raise EngineError(refusal(answer, f"POST {path}"))


def _wait(cluster: Cluster, paths: list[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while any(cluster.request("GET", path, timeout=SECONDS).status != 404 for path in paths):
        if time.monotonic() > deadline:
            raise EngineError(f"the foreign objects of the proof cannot be removed: {', '.join(paths)}")
        time.sleep(0.1)
