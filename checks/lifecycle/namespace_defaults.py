"""What a cluster puts into every namespace a moment after it was made."""

import time

from checks.clients.base import EngineError
from checks.clients.cluster import Cluster

FURNITURE = ("serviceaccounts/default", "configmaps/kube-root-ca.crt")
SECONDS = 30.0


def wait(cluster: Cluster, namespaces: tuple[str, ...]) -> None:
    """Wait until the namespaces have what each is given. Raises EngineError when that takes more than 30 seconds.

    Until then, a Pod made in one of them is forbidden: its service account is not there.
    """
    paths = [f"/api/v1/namespaces/{name}/{each}" for name in namespaces for each in FURNITURE]
    deadline = time.monotonic() + SECONDS
    while missing := [path for path in paths if cluster.request("GET", path).status == 404]:
        if time.monotonic() > deadline:
            raise EngineError(f"new namespaces stay without what belongs in each: {', '.join(missing)}")
        time.sleep(0.05)
