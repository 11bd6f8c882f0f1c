"""The objects that a cluster creates in every new namespace a moment after the namespace itself."""

import time

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster

DEFAULTS = (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt"))
SECONDS = 30.0


def wait(cluster: Cluster, namespaces: tuple[str, ...]) -> None:
    """Wait until the namespaces have their default objects. Raises EngineError after 30 seconds.

    Until then, the cluster refuses to create a Pod in one of them, because its service account is missing.
    """
    paths = [f"{KINDS[kind].path(namespace)}/{name}" for namespace in namespaces for kind, name in DEFAULTS]
    deadline = time.monotonic() + SECONDS
    while missing := [path for path in paths if cluster.request("GET", path).status == 404]:
        if time.monotonic() > deadline:
            raise EngineError(f"new namespaces do not get their default objects: {', '.join(missing)}")
        time.sleep(0.05)
