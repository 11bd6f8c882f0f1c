"""The same state some time later, and after some more history."""

import copy
from datetime import datetime, timedelta

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, harmless

LUNCH = timedelta(hours=2)
# What these labs ask for is known by its events alone, which the course's cluster keeps for a day.
OF_EVENTS = ("16-namespaces", "21-autoscaling")
# What writes all the time in these labs would have written meanwhile.
BUSY = ("08-debugging", "18-daemonsets")
REVISION, HASH = "deployment.kubernetes.io/revision", "pod-template-hash"
TRIED = "registry.example.com/tried-before:0.1"


@harmless(right_only=True)
def looked_at_after_lunch(snapshot: Json) -> Json:
    """Take the same snapshot two hours later: nothing has happened since, and what has passed stays passed."""
    if snapshot["lab"] in BUSY:
        return snapshot
    later = datetime.fromisoformat(snapshot["taken"]) + LUNCH
    return snapshot | {"taken": f"{later:%Y-%m-%dT%H:%M:%SZ}"}


@harmless(CLUSTER, right_only=True)
def events_forgotten(snapshot: Json) -> Json:
    """Forget all events, as the cluster does after a while."""
    if snapshot["lab"] not in OF_EVENTS:
        snapshot["objects"]["Event"] = {}
    return snapshot


@harmless(CLUSTER)
def longer_history(snapshot: Json) -> Json:
    """Give every Deployment an older revision with another image, which has no Pods any more."""
    objects = snapshot["objects"]
    for key, deployment in objects.get("Deployment", {}).items():
        uid = deployment["metadata"]["uid"]
        own = [item for item in objects.get("ReplicaSet", {}).values() if _of(item, uid)]
        for item in (deployment, *own):
            notes = item["metadata"].setdefault("annotations", {})
            notes[REVISION] = str(int(notes.get(REVISION, 0)) + 1)
        if own:
            old = _older(copy.deepcopy(own[0]), deployment)
            prefix = f"{key.rpartition('/')[0]}/" if "/" in key else ""
            objects["ReplicaSet"][prefix + old["metadata"]["name"]] = old
    return snapshot


def _of(item: Json, uid: str) -> bool:
    return any(owner["uid"] == uid for owner in item["metadata"].get("ownerReferences") or ())


def _older(item: Json, deployment: Json) -> Json:
    about, created = item["metadata"], deployment["metadata"]["creationTimestamp"]
    about |= {"name": f"{deployment['metadata']['name']}-0f0f0f0f0f", "uid": f"eeeeeeee{about['uid'][8:]}"}
    about |= {"creationTimestamp": created}
    about["annotations"] |= {REVISION: "1"}
    about["labels"] |= {HASH: "0f0f0f0f0f"}
    item["spec"] |= {"replicas": 0}
    item["spec"]["template"]["spec"]["containers"][0]["image"] = TRIED
    item["status"] = {"replicas": 0, "observedGeneration": 1}
    return item
