"""The configuration that kind creates the cluster from: its nodes, ports, and what this machine needs."""

from dataclasses import dataclass
from typing import Any

import yaml

# The ports of the Ingress controller on the control plane's node.
HTTP, HTTPS = 80, 443
# The node that the Ingress controller runs on.
ENTRANCE = "slipway/entrance"
# With one control plane, a leader election only costs seconds at each start. With kubeadm's limit on requests, the
# controllers take five seconds longer to start, and the workers, which ask every five, wait for two rounds. Events are
# evidence of what a learner has seen: an hour, the default, is shorter than a lab with a break.
QUICK = {
    "kind": "ClusterConfiguration",
    "apiServer": {"extraArgs": {"event-ttl": "24h"}},
    "controllerManager": {"extraArgs": {"leader-elect": "false", "kube-api-qps": "200", "kube-api-burst": "400"}},
    "scheduler": {"extraArgs": {"leader-elect": "false"}},
}
# Keys that are generated at once. Only for the version of kubeadm's configuration that has the field.
KEYS = {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "encryptionAlgorithm": "ECDSA-P256"}
# kubeadm gives the control plane four minutes to become healthy. Before it looks for that, it sends a first request, for which
# it gives the API server one: too little for the start of all containers on a machine that is busy.
PATIENCE = tuple(
    {"apiVersion": "kubeadm.k8s.io/v1beta4", "kind": kind, "timeouts": {"kubernetesAPICall": "4m0s"}}
    for kind in ("InitConfiguration", "JoinConfiguration")
)
# The kubelet refuses version 1 of control groups unless it is configured to accept it.
CGROUP_1 = {"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "failCgroupV1": False}


@dataclass(frozen=True)
class Plan:
    """The choices made before a cluster is created. `cgroup` is the engine's version of control groups."""

    name: str
    image: str
    http: int
    https: int
    cgroup: str = "2"


def text(plan: Plan) -> str:
    """Return kind's configuration as YAML."""
    ports = [_port(plan.http, HTTP), _port(plan.https, HTTPS)]
    nodes: list[dict[str, Any]] = [
        {"role": "control-plane", "labels": {ENTRANCE: "true"}, "extraPortMappings": ports},
        {"role": "worker"},
        {"role": "worker"},
    ]
    patches = [QUICK, KEYS, *PATIENCE, *([CGROUP_1] if plan.cgroup == "1" else [])]
    whole: dict[str, Any] = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "name": plan.name,
        "networking": {"apiServerAddress": "127.0.0.1"},
        "nodes": [{**node, "image": plan.image} for node in nodes],
        "kubeadmConfigPatches": [yaml.safe_dump(patch) for patch in patches],
    }
    return yaml.safe_dump(whole, sort_keys=False)


def _port(host: int, container: int) -> dict[str, Any]:
    return {"hostPort": host, "containerPort": container, "listenAddress": "127.0.0.1", "protocol": "TCP"}
