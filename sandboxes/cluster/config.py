"""What kind is told about the cluster: its nodes, ports, and what this machine asks for."""

from dataclasses import dataclass
from typing import Any

import yaml

# Where the Ingress controller listens on the control plane's node.
HTTP, HTTPS = 80, 443
# The node that the Ingress controller runs on.
ENTRANCE = "slipway/entrance"


@dataclass(frozen=True)
class Plan:
    """What is decided before a cluster is made. `cgroup` is the engine's version of control groups."""

    name: str
    image: str
    http: int
    https: int
    cgroup: str = "2"


def text(plan: Plan) -> str:
    """kind's configuration, as YAML."""
    ports = [_port(plan.http, HTTP), _port(plan.https, HTTPS)]
    nodes: list[dict[str, Any]] = [
        {"role": "control-plane", "labels": {ENTRANCE: "true"}, "extraPortMappings": ports},
        {"role": "worker"},
        {"role": "worker"},
    ]
    whole: dict[str, Any] = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": plan.name,
        "networking": {"apiServerAddress": "127.0.0.1"},
        "nodes": [{**node, "image": plan.image} for node in nodes],
    }
    if plan.cgroup == "1":
        # The kubelet refuses the older control groups unless it is told to accept them.
        patch = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "failCgroupV1": False}
        whole["kubeadmConfigPatches"] = [yaml.safe_dump(patch)]
    return yaml.safe_dump(whole, sort_keys=False)


def _port(host: int, container: int) -> dict[str, Any]:
    return {"hostPort": host, "containerPort": container, "listenAddress": "127.0.0.1", "protocol": "TCP"}
