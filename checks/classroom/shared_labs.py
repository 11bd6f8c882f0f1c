"""The labs that learners can do in a shared cluster: those that need nothing beyond a namespace of their own.

Derived from what a lab declares (sandbox, scope, add-ons, probes) and from the manifests in its folder.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from checks.model import Lab

SHARED_CLUSTER = "shared cluster"
# Facts of the learner's own cluster or of its nodes, by the kind of the probe that looks at them.
OWN_CLUSTER = {
    "allowed": "asks for the rights of accounts, as the cluster's administrator",
    "api": "looks at the cluster itself, as its administrator",
    "kubectl_aim": "looks at the kubectl of the learner's own cluster",
    "built_images": "loads images into the nodes",
    "ingress_http": "takes host names of the cluster's Ingress, which can belong to one learner only",
    "ingress_tls": "takes host names of the cluster's Ingress, which can belong to one learner only",
}
# What a manifest asks of a node, or of a name that exists once in a cluster.
MANIFESTS = {
    "nodePort": "takes a port of the nodes, which can belong to one learner only",
    "hostPath": "uses a folder of a node",
    "hostPort": "takes a port of a node",
    "privileged": "runs a privileged container",
}
_FIELD = re.compile(rf"^[\s-]*({'|'.join(MANIFESTS)}):", re.MULTILINE)
# What a new cluster may lack, and the API that shows that it is there.
SERVED_BY = {"metrics-server": "/apis/metrics.k8s.io/v1beta1"}


def refusal(lab: Lab) -> str:
    """Return why a lab cannot be done in a shared cluster, such as "runs Pods on every node"; "" where it can."""
    return next(_reasons(lab), "")


def usable(labs: Iterable[Lab]) -> list[Lab]:
    """Return the labs that can be done in a shared cluster, in their order."""
    return [lab for lab in labs if not refusal(lab)]


def needed_apis(labs: Iterable[Lab]) -> dict[str, str]:
    """Return the API paths that a cluster must serve for the labs, each with the add-on that brings it."""
    return {SERVED_BY[name]: name for lab in labs for name in lab.addons if name in SERVED_BY}


def _reasons(lab: Lab) -> Iterator[str]:
    if lab.sandbox != "kind":
        yield "runs on a Docker engine"
        return
    scope = lab.scope
    if scope.stops_nodes:
        yield "stops a node of the cluster"
    if scope.cluster:
        yield f"creates objects that belong to the whole cluster ({', '.join(scope.cluster)})"
    if others := scope.namespaces[1:]:
        yield f"creates namespaces ({', '.join(others)})"
    if scope.images:
        yield f"loads images into the nodes ({', '.join(scope.images)})"
    if "DaemonSet" in scope.kinds:
        yield "runs Pods on every node"
    yield from (OWN_CLUSTER[probe.kind] for probe in lab.probes if probe.kind in OWN_CLUSTER)
    yield from (f"needs the add-on {name}" for name in lab.addons if name not in SERVED_BY)
    yield from (MANIFESTS[field] for field in _fields(lab.folder))
    if names := [name for name in scope.namespaces if any(_names(probe.options, name) for probe in lab.probes)]:
        yield f"has checks that look up names in the namespace {names[0]}, and learners have namespaces of other names"


def _fields(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.yaml")):
        if match := _FIELD.search(path.read_text(encoding="utf-8", errors="replace")):
            yield match[1]


def _names(options: object, namespace: str) -> bool:
    """Tell whether a probe's options have the name of a namespace somewhere in them."""
    if isinstance(options, dict):
        return any(_names(value, namespace) for value in options.values())
    if isinstance(options, list | tuple):
        return any(_names(value, namespace) for value in options)
    return isinstance(options, str) and namespace in options
