"""Other names where no task fixes one, and other forms of the same thing."""

import copy
import re
from collections.abc import Iterator

from checks.dev import json_texts
from checks.snapshot import Json
from metamorphic.bookkeeping import of_cluster
from metamorphic.changes import CLUSTER, DOCKER, harmless
from metamorphic.sidecars import templates

PROJECT = "com.docker.compose.project"


@harmless(CLUSTER)
def other_volume_names(snapshot: Json) -> Json:
    """Give the volumes of Pods and templates other names, except those of claim templates, which a task may fix."""
    claims = {
        claim["metadata"]["name"]
        for item in snapshot["objects"].get("StatefulSet", {}).values()
        for claim in item["spec"].get("volumeClaimTemplates") or ()
    }
    for spec in (
        *(pod["spec"] for pod in snapshot["objects"].get("Pod", {}).values()),
        *(item["spec"] for item in templates(snapshot)),
    ):
        for entry in _named_volumes(spec):
            if entry["name"] not in claims:
                entry["name"] = f"zz-{entry['name']}"
    return snapshot


def _named_volumes(spec: Json) -> Iterator[Json]:
    yield from spec.get("volumes") or ()
    for container in [*spec["containers"], *(spec.get("initContainers") or ())]:
        yield from container.get("volumeMounts") or ()


@harmless(CLUSTER)
def other_node_names(snapshot: Json) -> Json:
    """Give the nodes other names, as in a cluster of another name."""
    names = sorted(snapshot["objects"].get("Node", {}), key=len, reverse=True)
    if not names:  # a lab that does not look at nodes
        return snapshot
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![\w-])")
    changed: Json = json_texts.change(
        snapshot, lambda text: pattern.sub(lambda match: f"harbour7-{match[0].partition('-')[2]}", text)
    )
    return changed


@harmless(CLUSTER)
def endpoints_in_two_slices(snapshot: Json) -> Json:
    """Divide the endpoints of every Service among two EndpointSlices, as the cluster does with many of them."""
    slices = snapshot["objects"].get("EndpointSlice", {})
    for key, item in list(slices.items()):
        first, *others = item.get("endpoints") or [None]
        if others:
            second = copy.deepcopy(item)
            second["endpoints"], item["endpoints"] = others, [first]
            second["metadata"] |= {"name": f"{item['metadata']['name']}-2", "uid": f"dddddddd{item['metadata']['uid'][8:]}"}
            slices[f"{key}-2"] = second
    return snapshot


@harmless(CLUSTER)
def fields_of_tomorrow(snapshot: Json) -> Json:
    """Add a field of a later release to the specification and the status of every object, Pod template and container."""
    for item in of_cluster(snapshot):
        for part in (item.get("spec"), item.get("status")):
            if isinstance(part, dict):
                part["fieldOfTomorrow"] = {"mode": "Usual", "count": 0}
    for spec in (item["spec"] for item in templates(snapshot)):
        for part in (spec, *spec["containers"]):
            part["fieldOfTomorrow"] = ["Usual"]
    return snapshot


@harmless(DOCKER)
def engine_of_tomorrow(snapshot: Json) -> Json:
    """Add a field of a later release to every object of the engine and to its configuration."""
    for items in snapshot["objects"].values():
        for item in items.values():
            for part in (item, item.get("Config"), item.get("HostConfig"), item.get("State")):
                if isinstance(part, dict):
                    part["FieldOfTomorrow"] = {"Mode": "Usual"}
    return snapshot


@harmless(DOCKER)
def other_names_in_projects(snapshot: Json) -> Json:
    """Give the containers, volumes and networks of Compose projects other names, as `container_name` and `name` do."""
    renamed = {}
    for kind in ("container", "volume", "network"):
        for name, item in snapshot["objects"].get(kind, {}).items():
            labels = (item["Config"] if kind == "container" else item).get("Labels") or {}
            if PROJECT in labels and name not in snapshot["scope"][f"{kind}s"]:
                renamed[name] = f"my-{name.partition('-')[2].replace('_', '-')}"
    if not renamed:
        return snapshot
    longest_first = "|".join(map(re.escape, sorted(renamed, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![\w-])(?:{longest_first})(?![\w-])")
    changed: Json = json_texts.change(snapshot, lambda text: pattern.sub(lambda match: renamed[match[0]], text))
    return changed


@harmless()
def blank_lines_in_files(snapshot: Json) -> Json:
    """Begin and end every file of the learner's, and every log, with blank lines."""
    for probe in snapshot["probes"].values():
        if probe["kind"] in ("logs", "pod_logs") and probe.get("text") or _written_by_hand(probe):
            probe["text"] = f"\n\n{probe['text']}\n\n"
    return snapshot


@harmless()
def windows_line_ends(snapshot: Json) -> Json:
    """End the lines of every file of the learner's as Windows does."""
    for probe in snapshot["probes"].values():
        if _written_by_hand(probe):
            probe["text"] = probe["text"].replace("\n", "\r\n")
    return snapshot


def _written_by_hand(probe: Json) -> bool:
    """Tell whether this is a file of the learner's. Programs are the lab's, and are compared with a copy."""
    return probe["kind"] == "file" and bool(probe.get("text")) and not probe["path"].endswith(".py")
