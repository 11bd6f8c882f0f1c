"""The labs whose proofs would disturb others on the same cluster."""

from checks.model import Lab

# kube-router and kube-proxy both write the filter table of a node: on a busy machine, one may put back what the other has
# just removed, and a Service is refused for a moment.
ADDONS = {"network-policy"}


def runs_apart(lab: Lab) -> bool:
    """Return whether a lab stops nodes, or needs an add-on that changes how the packets of all Pods are handled."""
    return lab.scope.stops_nodes or not ADDONS.isdisjoint(lab.addons)
