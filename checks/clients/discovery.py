"""What a cluster serves: every kind that can be listed, those of other people's definitions included."""

from dataclasses import dataclass

from checks.clients.base import EngineError
from checks.clients.cluster import Cluster, refusal
from checks.snapshot import Json

# Source: the "Aggregated discovery" section of https://kubernetes.io/docs/concepts/overview/kubernetes-api/.
AGGREGATED = {"Accept": "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"}
# The same objects under a second name.
TWICE = ("events.k8s.io",)


@dataclass(frozen=True)
class Resource:
    """A kind as the cluster serves it: `base` is its group and version as a path ("/apis/apps/v1")."""

    base: str
    plural: str
    kind: str
    namespaced: bool
    verbs: frozenset[str]

    def path(self, namespace: str = "", name: str = "") -> str:
        """Return the API path of all objects, of those in a namespace, or of one."""
        where = f"{self.base}/namespaces/{namespace}" if namespace else self.base
        return f"{where}/{self.plural}" + (f"/{name}" if name else "")


def resources(cluster: Cluster) -> list[Resource]:
    """Return every kind that can be listed, in each group's preferred version."""
    listed = []
    for root in ("/api", "/apis"):
        answer = cluster.request("GET", root, headers=AGGREGATED)
        if answer.status >= 400:
            raise EngineError(refusal(answer, f"GET {root}"))
        for group in answer.json()["items"]:
            name = group.get("metadata", {}).get("name", "")
            if name not in TWICE and group["versions"]:
                listed += _of_version(f"{root}/{name}".rstrip("/"), group["versions"][0])
    return listed


def _of_version(base: str, version: Json) -> list[Resource]:
    return [
        Resource(
            f"{base}/{version['version']}",
            resource["resource"],
            (resource.get("responseKind") or {}).get("kind", resource["resource"]),
            resource["scope"] == "Namespaced",
            frozenset(resource.get("verbs") or ()),
        )
        for resource in version.get("resources") or ()
        if "list" in (resource.get("verbs") or ())
    ]


def items(cluster: Cluster, resource: Resource, namespace: str = "") -> list[Json]:
    """Return all objects of a resource; [] where what serves it is not there now."""
    answer = cluster.request("GET", resource.path(namespace))
    if answer.status in (404, 405, 503):
        return []
    if answer.status >= 400:
        raise EngineError(refusal(answer, f"GET {resource.path(namespace)}"))
    return answer.json()["items"] or []
