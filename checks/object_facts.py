"""What a person changes about the objects of a lab: small facts, by which two snapshots are compared."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from checks.snapshot import Json, Snapshot

Facts = dict[str, Any]
# Records of what happened and measurements: they change by themselves, and no person changes them.
RECORDS = ("Event", "PodMetrics", "NodeMetrics", "ControllerRevision", "EndpointSlice")
CONTENT = ("data", "stringData", "rules", "subjects", "roleRef", "parameters", "provisioner", "value")


def extract(snapshot: Snapshot) -> dict[str, Facts]:
    """Return the facts about each object, by its kind in lower case and its name ("container/web", "deployment/web").

    They are JSON values, the same for two snapshots between which nothing was changed.
    """
    facts: dict[str, Facts] = {}
    for kind, items in snapshot.objects.items():
        if kind == "image":
            facts |= {f"image/{tag}": {"id": id} for id, image in items.items() for tag in image.get("RepoTags") or ()}
        elif kind not in RECORDS:
            read = READERS.get(kind, _kubernetes)
            facts |= {f"{kind.lower()}/{name}": read(item) for name, item in items.items()}
    return facts


def digest(facts: dict[str, Facts]) -> str:
    """Return a short text that is the same for the same facts."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _container(item: Json) -> Facts:
    state, host = item.get("State") or {}, item.get("HostConfig") or {}
    networks = (item.get("NetworkSettings") or {}).get("Networks") or {}
    return {
        "id": item.get("Id", ""),
        "status": state.get("Status", ""),
        "started": state.get("StartedAt", ""),
        "exit": state.get("ExitCode"),
        "oom": bool(state.get("OOMKilled")),
        "health": (state.get("Health") or {}).get("Status", ""),
        "image": item.get("Image", ""),
        "networks": sorted(networks),
        "limits": [host.get("Memory"), host.get("NanoCpus"), (host.get("RestartPolicy") or {}).get("Name")],
    }


def _volume(item: Json) -> Facts:
    return {"created": item.get("CreatedAt", "")}


def _network(item: Json) -> Facts:
    return {"id": item.get("Id", "")}


def _swarm(item: Json) -> Facts:
    return {"state": item.get("LocalNodeState", "")}


def _kubernetes(item: Json) -> Facts:
    about, spec, status = item.get("metadata") or {}, item.get("spec") or {}, item.get("status") or {}
    facts: Facts = {"uid": about.get("uid", ""), "labels": about.get("labels") or {}}
    if about.get("deletionTimestamp"):
        facts["deleting"] = True
    if item.get("kind") == "Pod":
        return facts | _pod(spec, status)
    if item.get("kind") == "Node":
        return facts | {"unschedulable": bool(spec.get("unschedulable")), "taints": spec.get("taints") or []}
    template = (spec.get("template") or {}).get("spec") or {}
    facts |= {"images": _images(template)} if template else {}
    facts |= {"replicas": spec["replicas"]} if "replicas" in spec else {}
    content = {name: item[name] for name in CONTENT if name in item}
    return facts | {"content": digest({"spec": spec, **content})}


def _pod(spec: Json, status: Json) -> Facts:
    containers = status.get("containerStatuses") or ()
    waiting = [((container.get("state") or {}).get("waiting") or {}).get("reason", "") for container in containers]
    return {
        "images": _images(spec),
        "phase": status.get("phase", ""),
        "problem": next((reason for reason in waiting if reason not in ("", "ContainerCreating", "PodInitializing")), ""),
        "restarts": sum(container.get("restartCount", 0) for container in containers),
        "ready": bool(containers) and all(container.get("ready") for container in containers),
        "node": spec.get("nodeName", ""),
    }


def _images(spec: Json) -> list[str]:
    return [container.get("image", "") for container in spec.get("containers") or ()]


READERS: dict[str, Callable[[Json], Facts]] = {
    "container": _container,
    "volume": _volume,
    "network": _network,
    "swarm": _swarm,
}
