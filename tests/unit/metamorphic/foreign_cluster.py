"""Objects of a cluster that have nothing to do with the lab, in its namespaces."""

import copy
from collections.abc import Callable, Iterator

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, harmless

NAME = "aa-foreign"
LABELS = {"team": "foreign"}
OLD = "2025-12-31T08:00:00Z"
IMAGE = "registry.example.com/foreign"
# Some namespaces accept no container without them.
AMOUNTS = {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": "2m", "memory": "2Mi"}}
PODS = {"metadata": {"labels": LABELS}, "spec": {"containers": [{"name": "main", "image": f"{IMAGE}:7", "resources": AMOUNTS}]}}


@harmless(CLUSTER)
def foreign_objects(snapshot: Json) -> Json:
    """Add an object of every collected kind that someone else has made in each of the lab's namespaces, before the others.

    None of them takes a host name, a label, a claim or an amount of the lab.
    """
    own, *others = snapshot["scope"]["namespaces"]
    for namespace, prefix in ((own, ""), *((name, f"{name}/") for name in others)):
        for kind, make in MAKERS.items():
            items = snapshot["objects"].get(kind)
            if items is not None:
                foreign = {prefix + item["metadata"]["name"]: item for item in make(snapshot, namespace)}
                snapshot["objects"][kind] = {**foreign, **items}
    return snapshot


@harmless(CLUSTER)
def foreign_failing_pods(snapshot: Json) -> Json:
    """Add a Pod of someone else whose image cannot be pulled, with the events about it."""
    pod = _pod(snapshot, snapshot["scope"]["namespaces"][0], "broken")
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}
    pod["status"]["containerStatuses"][0] |= {"ready": False, "started": False, "state": waiting}
    pod["status"] |= {"phase": "Pending", "conditions": _conditions("False")}
    snapshot["objects"]["Pod"] = {pod["metadata"]["name"]: pod, **snapshot["objects"]["Pod"]}
    about = {"kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    for reason in (
        "Failed",
        "FailedScheduling",
        "Unhealthy",
        "Killing",
        "FailedCreate",
        "ScalingReplicaSet",
        "SuccessfulRescale",
    ):
        event = {"type": "Warning", "reason": reason, "message": f"foreign {reason}", "count": 3, "metadata": {}}
        event |= {"involvedObject": about, "lastTimestamp": snapshot["taken"], "source": {"component": "kubelet"}}
        snapshot["objects"].setdefault("Event", {})[f"{NAME}.{reason}"] = event
    return snapshot


def _item(kind: str, version: str, namespace: str, **parts: Json) -> Json:
    about = {"name": NAME, "namespace": namespace, "uid": _uid(kind, namespace), "creationTimestamp": OLD, "labels": LABELS}
    return {"apiVersion": version, "kind": kind, "metadata": {**about, "generation": 1}, **copy.deepcopy(parts)}


def _uid(kind: str, namespace: str) -> str:
    return f"99999999-0000-4000-8000-{sum(map(ord, kind)):06d}{sum(map(ord, namespace)):06d}"


def _conditions(ready: str) -> list[Json]:
    return [{"type": name, "status": ready, "lastTransitionTime": OLD} for name in ("Ready", "ContainersReady")]


def _pod(snapshot: Json, namespace: str, suffix: str = "pod") -> Json:
    nodes = sorted(snapshot["objects"].get("Node", {}))
    spec = {**PODS["spec"], "nodeName": nodes[-1] if nodes else "node", "restartPolicy": "Always"}
    identity = {"image": f"{IMAGE}:7", "imageID": f"{IMAGE}@sha256:{'9' * 64}"}
    status = {"name": "main", "ready": True, "started": True, "restartCount": 0, "state": {"running": {"startedAt": OLD}}}
    statuses = [{**identity, **status, "lastState": {}, "containerID": f"containerd://{'9' * 64}"}]
    state = {
        "phase": "Running",
        "podIP": "10.244.9.9",
        "startTime": OLD,
        "conditions": _conditions("True"),
        "qosClass": "Burstable",
    }
    item = _item("Pod", "v1", namespace, spec=spec, status={**state, "containerStatuses": statuses})
    item["metadata"] |= {"name": f"{NAME}-{suffix}", "uid": _uid(suffix, namespace)}
    return item


def _selecting(kind: str, **status: int) -> Callable[[Json, str], Iterator[Json]]:
    """Return what makes a workload that runs no Pod."""

    def make(snapshot: Json, namespace: str) -> Iterator[Json]:
        spec = {"selector": {"matchLabels": LABELS}, "template": PODS}
        if kind != "DaemonSet":
            spec["replicas"] = 0
        yield _item(kind, "apps/v1", namespace, spec=spec, status={"observedGeneration": 1, **status})

    return make


def _plain(kind: str, version: str, **parts: Json) -> Callable[[Json, str], Iterator[Json]]:
    def make(snapshot: Json, namespace: str) -> Iterator[Json]:
        yield _item(kind, version, namespace, **parts)

    return make


def _of_the_cluster(kind: str, version: str, **parts: Json) -> Callable[[Json, str], Iterator[Json]]:
    def make(snapshot: Json, namespace: str) -> Iterator[Json]:
        item = _item(kind, version, namespace, **parts)
        del item["metadata"]["namespace"]
        if namespace == snapshot["scope"]["namespaces"][0]:
            yield item

    return make


def _pods(snapshot: Json, namespace: str) -> Iterator[Json]:
    yield _pod(snapshot, namespace)


_BACKEND = {"service": {"name": NAME, "port": {"number": 80}}}
_PATHS = {"paths": [{"path": "/", "pathType": "Prefix", "backend": _BACKEND}]}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "3Gi"}}, "storageClassName": "foreign"}
_REFERENCE = {"kind": "PersistentVolumeClaim", "namespace": "elsewhere", "name": NAME, "uid": "99999999-1"}
_VOLUME = {
    "accessModes": ["ReadWriteOnce"],
    "capacity": {"storage": "3Gi"},
    "storageClassName": "foreign",
    "claimRef": _REFERENCE,
}
_SCALED = {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME}
_JOB = {"completions": 1, "parallelism": 1, "backoffLimit": 6, "template": PODS}
_DONE = {"type": "Complete", "status": "True", "lastTransitionTime": OLD}
_PORT = {"name": "", "port": 80, "protocol": "TCP"}
MAKERS: dict[str, Callable[[Json, str], Iterator[Json]]] = {
    "Pod": _pods,
    "Deployment": _selecting("Deployment", replicas=0),
    "ReplicaSet": _selecting("ReplicaSet", replicas=0),
    "StatefulSet": _selecting("StatefulSet", replicas=0),
    "DaemonSet": _selecting("DaemonSet", desiredNumberScheduled=0, currentNumberScheduled=0, numberReady=0),
    "ConfigMap": _plain("ConfigMap", "v1", data={"key": "value"}),
    "Secret": _plain("Secret", "v1", type="Opaque", data={}, DataFacts={}),
    "Service": _plain(
        "Service", "v1",
        spec={"type": "ClusterIP", "clusterIP": "10.96.99.99", "selector": LABELS, "ports": [{**_PORT, "targetPort": 80}]},
        status={"loadBalancer": {}},
    ),
    "EndpointSlice": _plain("EndpointSlice", "discovery.k8s.io/v1", addressType="IPv4", endpoints=[], ports=[_PORT]),
    "PersistentVolumeClaim": _plain("PersistentVolumeClaim", "v1", spec=_CLAIM, status={"phase": "Pending"}),
    "PersistentVolume": _of_the_cluster("PersistentVolume", "v1", spec=_VOLUME, status={"phase": "Available"}),
    "Job": _plain("Job", "batch/v1", spec=_JOB, status={"succeeded": 1, "conditions": [_DONE], "startTime": OLD}),
    "CronJob": _plain("CronJob", "batch/v1", spec={"schedule": "7 7 7 7 *", "jobTemplate": {"spec": _JOB}}, status={}),
    "HorizontalPodAutoscaler": _plain(
        "HorizontalPodAutoscaler", "autoscaling/v2", spec={"scaleTargetRef": _SCALED, "maxReplicas": 2, "metrics": []}, status={}
    ),
    "Ingress": _plain("Ingress", "networking.k8s.io/v1", spec={"rules": [{"host": "foreign.example.org", "http": _PATHS}]}, status={}),
    "IngressClass": _of_the_cluster("IngressClass", "networking.k8s.io/v1", spec={"controller": "example.com/foreign"}),
    "StorageClass": _of_the_cluster("StorageClass", "storage.k8s.io/v1", provisioner="example.com/foreign", reclaimPolicy="Delete"),
}  # fmt: skip
