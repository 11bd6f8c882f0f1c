"""What the API server and the engine note for themselves: resource versions, managers of fields, generations."""

from collections.abc import Iterator

from checks.snapshot import Json
from metamorphic.changes import CLUSTER, DOCKER, harmless

MANAGER = "some-operator"


def of_cluster(snapshot: Json) -> Iterator[Json]:
    """Yield every object of the cluster."""
    for items in snapshot["objects"].values():
        yield from (item for item in items.values() if "metadata" in item)


@harmless(CLUSTER)
def other_resource_version(snapshot: Json) -> Json:
    """Give every object a resourceVersion and a selfLink, as older servers do."""
    for number, item in enumerate(of_cluster(snapshot)):
        item["metadata"]["resourceVersion"] = str(900000 + number)
        item["metadata"]["selfLink"] = f"/api/v1/items/{number}"
    return snapshot


@harmless(CLUSTER)
def more_managers(snapshot: Json) -> Json:
    """Let an operator manage one more field of every object, before and after all others that do."""
    for item in of_cluster(snapshot):
        time = item["metadata"].get("creationTimestamp") or snapshot["taken"]
        note = {"manager": MANAGER, "operation": "Apply", "apiVersion": "v1", "time": time, "fieldsType": "FieldsV1"}
        item["metadata"]["managedFields"] = [note, *(item["metadata"].get("managedFields") or ()), dict(note)]
    return snapshot


@harmless(CLUSTER)
def more_annotations(snapshot: Json) -> Json:
    """Give every object, and every template of Pods, a label and an annotation of a tool that the course does not know."""
    for item in of_cluster(snapshot):
        template = ((item.get("spec") or {}).get("template") or {}) if isinstance(item.get("spec"), dict) else {}
        for about in (item["metadata"], *([template["metadata"]] if template.get("metadata") else ())):
            about["labels"] = {"example.com/team": "harbour", **(about.get("labels") or {})}
            about["annotations"] = {"example.com/note": "kept by a tool", **(about.get("annotations") or {})}
    return snapshot


@harmless(DOCKER)
def more_docker_labels(snapshot: Json) -> Json:
    """Give every container, image, volume and network a label of a tool that the course does not know."""
    for kind, items in snapshot["objects"].items():
        for item in items.values():
            owner = item.get("Config") if kind in ("container", "image") else item if kind != "swarm" else None
            if owner is not None:
                owner["Labels"] = {"com.example.team": "harbour", **(owner.get("Labels") or {})}
    return snapshot
