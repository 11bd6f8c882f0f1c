"""Probe of a cluster: in which other namespaces there are objects of a lab's names.

A kubectl that aims at another namespace creates them there. Only names of namespaces are kept.
"""

from urllib.parse import quote

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster, refusal
from checks.model import Probe
from checks.snapshot import Json

# The API leaves everything but the metadata out of its response.
# Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches.
METADATA = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}


def elsewhere(probe: Probe, cluster: Cluster, namespace: str) -> Json:
    """Look for `objects` ("Pod/web") in all namespaces but the lab's own.

    The result has, under "namespaces", the names of the namespaces for each object that exists in another one.
    """
    jobs = {name: cluster.submit(_namespaces, cluster, name) for name in probe.options["objects"]}
    namespaces = {name: sorted(job.result() - {namespace}) for name, job in jobs.items()}
    return {"kind": probe.kind, "ok": True, "namespaces": {name: places for name, places in namespaces.items() if places}}


def _namespaces(cluster: Cluster, name: str) -> set[str]:
    """Return the namespaces that have an object of this kind and name. Raises EngineError."""
    kind, _, own = name.partition("/")
    path = f"{KINDS[kind].path()}?fieldSelector={quote(f'metadata.name={own}', safe='')}"
    answer = cluster.request("GET", path, headers=METADATA)
    if answer.status != 200:
        raise EngineError(refusal(answer, f"GET {path}"))
    items = answer.json().get("items", ())
    if items is not None and not isinstance(items, list):
        raise EngineError(f"the cluster's answer to GET {path} could not be understood: it is no list")
    return {item["metadata"]["namespace"] for item in items or ()}
