"""What is in a shared cluster now, beside what a class should have in it: missing, different, or someone else's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.api_resources import KINDS
from checks.classroom import cluster_objects
from checks.classroom.class_file import Class
from checks.classroom.cluster_objects import MARK, Key, Network
from checks.classroom.cluster_record import Record
from checks.clients.named_cluster import NamedCluster
from checks.snapshot import Json
from sandboxes.errors import SlipwayError

# Network plugins that enforce NetworkPolicy, by the names of their DaemonSets.
# Source: the manifests of the projects that https://kubernetes.io/docs/concepts/cluster-administration/addons/ lists.
ENFORCERS = ("antrea-agent", "azure-npm", "calico-node", "canal", "cilium", "kindnet", "kube-router", "ovnkube-node", "weave-net")


@dataclass(frozen=True)
class Difference:
    """The objects that are to be applied: `missing` ones, and `changed` ones, which differ from what they should be."""

    missing: frozenset[Key]
    changed: frozenset[Key]


def objects(cluster: NamedCluster, accounts: str, kinds: Iterable[str] = cluster_objects.ORDER) -> dict[Key, Json]:
    """Return all objects of the kinds that a class uses, by one LIST for each kind; accounts only of the class's namespace.

    Also those of others, since they may have a name that the class needs. Raise EngineError.
    """
    where = {kind: accounts if kind == "ServiceAccount" else "" for kind in kinds}
    jobs = {kind: cluster.pool.submit(lambda path: list(cluster.items(path)), KINDS[kind].path(where[kind])) for kind in where}
    items = ({"kind": kind, **item} for kind, job in jobs.items() for item in job.result())
    return {cluster_objects.key(item): item for item in items}


def network(cluster: NamedCluster, about: Class) -> Network:
    """Return what policies a class needs in a cluster. What `class.toml` says counts more than what the cluster shows."""
    enforced = about.cluster.network_policies
    if enforced is None:
        names = {item["metadata"]["name"] for item in cluster.items(KINDS["DaemonSet"].path())}
        enforced = not names.isdisjoint(ENFORCERS)
    if not enforced:
        return Network(False)
    nodes = list(cluster.items(KINDS["Node"].path()))
    addresses = {
        entry["address"] for node in nodes for entry in node["status"].get("addresses") or () if entry["type"] == "InternalIP"
    }
    return Network(True, tuple(sorted(f"{address}/{128 if ':' in address else 32}" for address in addresses)))


def uid(item: Json) -> str:
    """Return the uid of an object of the cluster."""
    return str(item["metadata"]["uid"])


def is_own(found: Key, item: Json, record: Record) -> bool:
    """Tell whether the class created an object: it has the mark of the class, and the recorded uid."""
    return record.owns(str(found), uid(item), (item["metadata"].get("annotations") or {}).get(MARK, ""))


def compare(wanted: Mapping[Key, Json], live: Mapping[Key, Json], record: Record) -> Difference:
    """Return what is to be applied. Raise SlipwayError where someone else's object has a name that the class needs."""
    there = [key for key in wanted if key in live]
    if foreign := [key for key in there if not is_own(key, live[key], record)]:
        names = ", ".join(map(str, foreign[:5])) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise SlipwayError(
            f"The class needs names that are taken in the cluster: {names}. Nothing was changed.",
            "Remove these objects if they are no longer needed, or give the class another id.",
        )
    if ending := [key for key in there if live[key]["metadata"].get("deletionTimestamp")]:
        raise SlipwayError(
            f"{ending[0]} is still being deleted, with {len(ending) - 1} others. Nothing was changed.", "Try again in a minute."
        )
    changed = {key for key in there if not _covers(wanted[key], live[key])}
    return Difference(frozenset(wanted.keys() - live.keys()), frozenset(changed))


def _covers(wanted: Any, live: Any) -> bool:
    """Tell whether an object has all that it should have. What the cluster or others have added to it does not count."""
    if isinstance(wanted, dict):
        own = (
            {name: value for name, value in wanted.items() if name not in ("apiVersion", "kind")}
            if "metadata" in wanted
            else wanted
        )
        return isinstance(live, dict) and all(_covers(value, live.get(name)) for name, value in own.items())
    if isinstance(wanted, list):
        live = live or []
        return len(wanted) == len(live) and all(_covers(*pair) for pair in zip(wanted, live, strict=True))
    return bool(wanted == live)
