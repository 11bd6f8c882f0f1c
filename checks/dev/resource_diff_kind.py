"""All that is on a cluster, to be compared before and after; and objects of somebody else, to see that they survive."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checks.clients.base import EngineError
from checks.clients.cluster import MERGE, Cluster, refusal
from checks.clients.discovery import items, resources
from checks.dev.resource_diff import Foreign, World
from checks.lifecycle import namespace_defaults
from checks.model import Lab

# What the cluster writes by itself, at any time.
RESTLESS = frozenset({"Event", "Lease", "PodMetrics", "NodeMetrics", "CSIStorageCapacity"})
SECONDS = 30


def look(cluster: Cluster) -> World:
    """Every object of every kind, each as "kind namespace/name (uid)". Raises EngineError where a kind cannot be listed."""
    known = [each for each in resources(cluster) if each.kind not in RESTLESS]
    jobs = [(each, cluster.pool.submit(items, cluster, each)) for each in known]
    found = set()
    for resource, job in jobs:
        for about in (item["metadata"] for item in job.result()):
            name = f"{about['namespace']}/{about['name']}" if about.get("namespace") else about["name"]
            found.add(f"{resource.kind} {name} ({about.get('uid', '')[:8]})")
    return frozenset(found)


@contextmanager
def foreign(cluster: Cluster, lab: Lab) -> Iterator[Foreign]:
    """Foreign objects while the block runs: a namespace, and in it and beside it what resembles the lab's own."""
    name = f"somebody-elses-{secrets.token_hex(4)}"
    about = {"name": name, "labels": {"owner": name}}
    base = f"/api/v1/namespaces/{name}"
    # A namespace whose name begins like the lab's, and a volume whose name ends like one: neither is the lab's.
    near = f"{lab.namespace}-{name[-8:]}"
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
        # Else what the cluster puts there a moment later would look left behind.
        namespace_defaults.wait(cluster, (name, near))
        yield Foreign(name, "", "")
    finally:
        cluster.write("PATCH", f"{base}/configmaps/{name}", {"metadata": {"finalizers": None}}, headers=MERGE)
        made = [base, f"/api/v1/namespaces/{near}", f"/api/v1/persistentvolumes/{name}"]
        for path in made:
            cluster.write("DELETE", path)
        _wait(cluster, made)


def _make(cluster: Cluster, path: str, kind: str, about: dict[str, object], **more: object) -> None:
    answer = cluster.write("POST", path, {"apiVersion": "v1", "kind": kind, "metadata": about, **more})
    if answer.status >= 400:
        raise EngineError(refusal(answer, f"POST {path}"))


def _wait(cluster: Cluster, paths: list[str]) -> None:
    deadline = time.monotonic() + SECONDS
    while any(cluster.request("GET", path).status != 404 for path in paths):
        if time.monotonic() > deadline:
            raise EngineError(f"somebody else's objects, made for the proof, do not go: {', '.join(paths)}")
        time.sleep(0.1)
