"""The objects that a cluster creates in every new namespace a moment after the namespace itself."""

import time

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster

DEFAULTS = (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))
SECONDS = 30.0


def wait(cluster: Cluster, namespaces: tuple[str, ...]) -> None:
    """Wait until the namespaces have their default objects. Raise EngineError after 30 seconds.

    Until then, the cluster refuses to create a Pod in one of them, because its service account is missing. A slow API
    server may take all that time for one answer.
    """
    paths = [f"{KINDS[kind].path(namespace)}/{name}" for namespace in namespaces for kind, name in DEFAULTS]
    deadline = time.monotonic() + SECONDS
    while missing := [path for path in paths if _is_missing(cluster, path, deadline)]:
        if time.monotonic() > deadline:
            raise EngineError(f"new namespaces do not get their default objects: {', '.join(missing)}")
        time.sleep(0.05)


def _is_missing(cluster: Cluster, path: str, deadline: float) -> bool:
    left = max(1.0, deadline - time.monotonic())
    return cluster.request("GET", path, timeout=left).status == 404
