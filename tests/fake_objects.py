"""The objects of a fake API server: created, listed, deleted, and held up by finalizers, as the API conventions say.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/ and, for namespaces,
https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/.
"""

from dataclasses import dataclass, field
from typing import Any

from fake_api_server import Decoy, Reply, status

from checks.snapshot import Json

NAMESPACES = "/api/v1/namespaces"
VOLUMES = "/api/v1/persistentvolumes"
CREATED = "2026-11-23T10:00:00Z"
ALL_VERBS = ("list", "get", "create", "delete", "deletecollection")
# What is served, by path of group and version: plural, kind, whether it is in namespaces.
SERVED = {
    "/api/v1": (
        ("configmaps", "ConfigMap", True), ("events", "Event", True), ("namespaces", "Namespace", False),
        ("persistentvolumeclaims", "PersistentVolumeClaim", True), ("persistentvolumes", "PersistentVolume", False),
        ("pods", "Pod", True), ("serviceaccounts", "ServiceAccount", True), ("services", "Service", True),
    ),
    "/apis/apps/v1": (("daemonsets", "DaemonSet", True), ("deployments", "Deployment", True)),
    "/apis/batch/v1": (("jobs", "Job", True),),
    "/apis/admissionregistration.k8s.io/v1": (
        ("validatingadmissionpolicies", "ValidatingAdmissionPolicy", False),
        ("validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", False),
    ),
}  # fmt: skip


@dataclass
class Objects:
    """Objects by their paths. `unwilling` are paths of objects that remain after their deletion was accepted."""

    server: Decoy
    items: dict[str, Json] = field(default_factory=dict)
    unwilling: set[str] = field(default_factory=set)
    read_only: frozenset[str] = frozenset()

    def serve(self) -> "Objects":
        """Answer for them on the server."""
        self.server.choose = self._reply
        return self

    def add(self, path: str, **more: Any) -> str:
        """An object at "namespaces/x/pods/y" or "persistentvolumes/y" of the core group, or at a whole path."""
        whole = path if path.startswith("/") else f"/api/v1/{path}"
        words = whole.strip("/").split("/")
        about = {"name": words[-1], "uid": whole, "creationTimestamp": CREATED, **more.pop("metadata", {})}
        if "namespaces" in words[:-2]:
            about["namespace"] = words[words.index("namespaces") + 1]
        self.items[whole] = {"metadata": about, "spec": {}, **more}
        return whole

    def add_namespace(self, name: str, **about: Any) -> str:
        """A namespace with what a cluster puts into each."""
        path = self.add(f"namespaces/{name}", metadata=about, spec={"finalizers": ["kubernetes"]})
        self.add(f"namespaces/{name}/serviceaccounts/default")
        self.add(f"namespaces/{name}/configmaps/kube-root-ca.crt")
        return path

    def _reply(self, method: str, target: str) -> Reply | None:
        path = target.partition("?")[0]
        if path in ("/api", "/apis"):
            return 200, {"items": [self._group(base) for base in SERVED if base.startswith(f"{path}/")]}
        base, _, plural = path.rpartition("/")
        is_collection = any(plural == served[0] for kinds in SERVED.values() for served in kinds)
        if method == "POST" and path == NAMESPACES:
            body = self.server.bodies[-1]
            self.add_namespace(body["metadata"]["name"], **{name: body["metadata"][name] for name in ("labels", "annotations")})
            return 201, body
        if method == "PUT" and plural == "finalize":
            return self._finalize(base)
        if is_collection:
            return self._collection(method, path)
        if path not in self.items:
            return None if path.endswith(("kube-system", "/version")) else status(404, "not found")
        if method == "DELETE":
            self._delete(path)
        if method == "PATCH":
            self._patch(path, self.server.bodies[-1]["metadata"])
        return 200, self.items.get(path, {})

    def _group(self, base: str) -> Json:
        resources = [
            {
                "resource": plural,
                "responseKind": {"kind": kind},
                "scope": "Namespaced" if namespaced else "Cluster",
                "verbs": ["list"] if plural in self.read_only else list(ALL_VERBS),
            }
            for plural, kind, namespaced in SERVED[base]
        ]
        group, _, version = base.rpartition("/")
        name = "" if group == "/api" else group.rpartition("/")[2]
        return {"metadata": {"name": name}, "versions": [{"version": version, "resources": resources}]}

    def _collection(self, method: str, path: str) -> Reply:
        inside = [item for item in self.items if item.rpartition("/")[0] == path]
        if method == "DELETE":
            for item in inside:
                self._delete(item)
        return 200, {"apiVersion": "v1", "items": [self.items[item] for item in inside if item in self.items]}

    def _delete(self, path: str) -> None:
        about = self.items[path]["metadata"]
        if path.rpartition("/")[0] == NAMESPACES or about.get("finalizers") or path in self.unwilling:
            about["deletionTimestamp"] = CREATED
        else:
            del self.items[path]

    def _patch(self, path: str, changed: Json) -> None:
        about = self.items[path]["metadata"]
        about.update(changed)
        if not about.get("finalizers") and about.get("deletionTimestamp"):
            del self.items[path]

    def _finalize(self, namespace: str) -> Reply:
        if any(path.startswith(f"{namespace}/") for path in self.items):
            return status(409, "there is still something in it")
        if not self.server.bodies[-1]["spec"]["finalizers"] and namespace not in self.unwilling:
            self.items.pop(namespace, None)
        return 200, {}
