"""The end of a lab that stops a node: the node runs again, and takes Pods as before."""

from collections.abc import Collection

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import MERGE, Cluster, refusal
from sandboxes.steps import Progress

NODES = KINDS["Node"].path()


def cordoned(cluster: Cluster) -> list[str]:
    """Return the names of the nodes that take no new Pods because someone has cordoned them."""
    return [node["metadata"]["name"] for node in cluster.get(NODES)["items"] if node["spec"].get("unschedulable")]


def end(cluster: Cluster, before: Collection[str]) -> None:
    """Start the nodes that are stopped, and uncordon those that were not cordoned before the lab.

    Raises SlipwayError where a node does not come back, and EngineError where the cluster refuses.
    """
    from sandboxes.cluster import manage

    manage.bring_back(Progress())
    for name in cordoned(cluster):
        if name not in before:
            answer = cluster.write("PATCH", f"{NODES}/{name}", {"spec": {"unschedulable": None}}, headers=MERGE)
            if answer.status >= 400:
                raise EngineError(refusal(answer, f"uncordoning the node {name}"))
