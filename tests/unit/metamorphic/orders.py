"""Other orders: of lists whose order means nothing to the API, and of the keys of objects."""

from collections.abc import Callable
from typing import Any

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, DOCKER, harmless

# Lists by the key that they are found under. Those whose order means something stay: commands and their arguments, init
# containers, layers and build steps, the log of a health check.
FREE_ON_CLUSTER = frozenset(
    {"accessModes", "addresses", "ImageNames", "conditions", "containers", "containerStatuses", "endpoints", "env", "envFrom"}
    | {"hosts", "imagePullSecrets", "items", "loadBalancer", "managedFields", "metrics", "ownerReferences", "paths", "ports"}
    | {"rules", "scopes", "taints", "tls", "tolerations", "volumeMounts", "volumes", "volumeClaimTemplates", "finalizers"}
    | {"currentMetrics", "active", "matchExpressions", "policies", "values", "limits", "nodeSelectorTerms"}
)
FREE_ON_DOCKER = frozenset(
    {"Env", "Mounts", "Binds", "CapAdd", "CapDrop", "SecurityOpt", "RepoTags", "RepoDigests", "Aliases", "DNSNames", "Dns"}
    | {"ExtraHosts", "GroupAdd", "Links", "Ulimits", "MaskedPaths", "ReadonlyPaths", "addresses"}
)
# The bindings of a published port: a list under the port's own name.
PORTS = ("Ports", "PortBindings")


@harmless()
def other_order_of_keys(snapshot: Json) -> Json:
    """Turn round the order of all keys, and so also of all objects of a kind."""
    turned: Json = _reversed_keys(snapshot)
    return turned


def _reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed_keys(value[key]) for key in reversed(value)}
    return [_reversed_keys(part) for part in value] if isinstance(value, list) else value


@harmless(CLUSTER)
def other_order_of_lists(snapshot: Json) -> Json:
    """Turn round the lists of Kubernetes' objects whose order means nothing: containers, variables, conditions and so on."""
    _reorder(snapshot["objects"], FREE_ON_CLUSTER, lambda part: part.reverse())
    return snapshot


@harmless(CLUSTER)
def first_entry_last(snapshot: Json) -> Json:
    """Move the first entry of each such list of Kubernetes' objects to its end, and keep the order of the others."""
    _reorder(snapshot["objects"], FREE_ON_CLUSTER, lambda part: part.append(part.pop(0)))
    return snapshot


@harmless(DOCKER)
def other_order_of_docker_lists(snapshot: Json) -> Json:
    """Turn round the lists of Docker's objects whose order means nothing: variables, mounts, tags, aliases and so on."""
    _reorder(snapshot["objects"], FREE_ON_DOCKER, lambda part: part.reverse())
    for container in snapshot["objects"].get("container", {}).values():
        for owner in (container["NetworkSettings"], container["HostConfig"]):
            for bindings in (binding for name in PORTS for binding in (owner.get(name) or {}).values()):
                (bindings or []).reverse()
    return snapshot


def _reorder(value: Any, free: frozenset[str], change: Callable[[list[Any]], None]) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, list) and part and key in free and not _refer_to_each_other(part):
                change(part)
            _reorder(part, free, change)
    elif isinstance(value, list):
        for part in value:
            _reorder(part, free, change)


def _refer_to_each_other(entries: list[Any]) -> bool:
    """Tell whether a variable of a container refers to another one: that has to be defined above it."""
    return any("$(" in str(entry.get("value", "")) for entry in entries if isinstance(entry, dict))
