"""A container of another team, first in every Pod and in every template of Pods."""

import copy
from collections.abc import Iterator

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, harmless

NAME, IMAGE = "aa-proxy", "registry.example.com/mesh/proxy:1.9"


@harmless(CLUSTER)
def sidecar_first(snapshot: Json) -> Json:
    """Put a container first in every Pod and template, with its status.

    It has the resources and the rights of the container that was first, so that it changes neither the class of service nor
    what a policy says. Where that one has ended, it has ended as well, without an error.
    """
    for pod in snapshot["objects"].get("Pod", {}).values():
        _add(pod["spec"])
        statuses = (pod.get("status") or {}).get("containerStatuses")
        if statuses:
            statuses.insert(0, _status(statuses[0]))
    for template in templates(snapshot):
        _add(template["spec"])
    return snapshot


def templates(snapshot: Json) -> Iterator[Json]:
    """Yield every template of Pods: of Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs."""
    for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job"):
        yield from (item["spec"]["template"] for item in snapshot["objects"].get(kind, {}).values())
    for item in snapshot["objects"].get("CronJob", {}).values():
        yield item["spec"]["jobTemplate"]["spec"]["template"]


def _add(spec: Json) -> None:
    first = spec["containers"][0]
    kept = {name: copy.deepcopy(first[name]) for name in ("resources", "securityContext") if name in first}
    command = {"args": ["serve"], "imagePullPolicy": "IfNotPresent", "terminationMessagePath": "/dev/termination-log"}
    spec["containers"].insert(0, {"name": NAME, "image": IMAGE, **command, **kept})


def _status(first: Json) -> Json:
    state = copy.deepcopy(first.get("state") or {})
    if "terminated" in state:
        state["terminated"] |= {"exitCode": 0, "reason": "Completed"}
        state["terminated"].pop("message", None)
    elif (state.get("waiting") or {}).get("reason") not in (None, "ContainerCreating", "PodInitializing"):
        # The one beside it is waiting to be restarted.
        state = {"running": {"startedAt": (first.get("lastState", {}).get("terminated") or {}).get("startedAt")}}
    running = "running" in state
    identity = {"containerID": f"containerd://{'5' * 64}", "imageID": f"registry.example.com/mesh/proxy@sha256:{'6' * 64}"}
    return {
        "name": NAME, "image": IMAGE, **identity, "ready": running, "started": running, "restartCount": 0,
        "state": state, "lastState": {},
    }  # fmt: skip
