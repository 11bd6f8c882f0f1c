"""More Pods than the recorded ones, where the task fixes no number."""

import copy
from collections.abc import Iterator

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, harmless

# By lab, the Deployments whose number of Pods is up to the learner.
FREE = {
    "14-configuration": ("board", "office", "radio", "cashier"),
    "16-namespaces": ("web",),
    "22-ingress": ("board", "tides", "quay", "lost"),
    "25-strategies": ("board-blue", "board-green", "lantern"),
}
COUNTS = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas", "fullyLabeledReplicas")


@harmless(CLUSTER)
def more_replicas(snapshot: Json) -> Json:
    """Run one Pod more of each Deployment whose number of Pods no task fixes, as ready as the others, behind its Services."""
    for name in FREE.get(snapshot["lab"], ()):
        deployment = snapshot["objects"]["Deployment"].get(name)
        if deployment is not None:
            _add_pod(snapshot, deployment)
    return snapshot


def _add_pod(snapshot: Json, deployment: Json) -> None:
    sets = [item for item in snapshot["objects"]["ReplicaSet"].values() if _owned_by(item, deployment)]
    running = [item for item in sets if (item.get("status") or {}).get("readyReplicas")]
    pods = [pod for item in running for pod in snapshot["objects"]["Pod"].values() if _owned_by(pod, item)]
    if len(running) != 1 or not pods:
        return
    for item in (deployment, *running):
        item["spec"]["replicas"] = item["spec"].get("replicas", 1) + 1
        for count in COUNTS:
            if count in item["status"]:
                item["status"][count] += 1
    pod = _twin(pods[-1])
    snapshot["objects"]["Pod"][pod["metadata"]["name"]] = pod
    for endpoints in _slices(snapshot, pods[-1]):
        ready = copy.deepcopy(next(entry for entry in endpoints if _names(entry, pods[-1])))
        ready["addresses"] = [pod["status"]["podIP"]]
        ready["targetRef"] |= {"name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
        endpoints.append(ready)


def _owned_by(item: Json, owner: Json) -> bool:
    return any(entry["uid"] == owner["metadata"]["uid"] for entry in item["metadata"].get("ownerReferences") or ())


def _twin(pod: Json) -> Json:
    twin = copy.deepcopy(pod)
    name = f"{twin['metadata']['generateName']}twins"
    twin["metadata"] |= {"name": name, "uid": f"ffffffff{twin['metadata']['uid'][8:]}"}
    twin["status"]["podIP"] = "10.244.9.99"
    for status in twin["status"].get("containerStatuses") or ():
        status["containerID"] = f"containerd://{'f' * 8}{status['containerID'][-56:]}"
    return twin


def _slices(snapshot: Json, pod: Json) -> Iterator[list[Json]]:
    for item in snapshot["objects"].get("EndpointSlice", {}).values():
        endpoints = item.get("endpoints") or []
        if any(_names(entry, pod) for entry in endpoints):
            yield endpoints


def _names(entry: Json, pod: Json) -> bool:
    return (entry.get("targetRef") or {}).get("uid") == pod["metadata"]["uid"]
