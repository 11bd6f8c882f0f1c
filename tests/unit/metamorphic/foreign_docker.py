"""Objects on the engine that have nothing to do with the lab."""

import copy
from collections.abc import Iterator

from checks.snapshot import Json
from metamorphic.changes import DOCKER, harmless

NAME = "aa-foreign"
PROJECT, ONE_OFF, SERVICE = (f"com.docker.compose.{name}" for name in ("project", "oneoff", "service"))


@harmless(DOCKER)
def foreign_containers(snapshot: Json) -> Json:
    """Add a container of someone else beside each of the lab's: the same image and command, another name, project and ID."""
    containers = snapshot["objects"].get("container", {})
    for number, original in enumerate(list(containers.values())):
        twin = _twin(original, number)
        labels = {name: value for name, value in (twin["Config"]["Labels"] or {}).items() if not name.startswith("com.docker")}
        twin["Config"]["Labels"] = labels | {PROJECT: "someone-elses", ONE_OFF: "False", SERVICE: "web"}
        containers[twin["Name"].lstrip("/")] = twin
    return _sorted_in_front(snapshot)


@harmless(DOCKER)
def ended_one_off_containers(snapshot: Json) -> Json:
    """Add to each Compose project in scope what `docker compose run` leaves behind: a one-off container that has ended."""
    containers = snapshot["objects"].get("container", {})
    for number, original in enumerate(list(containers.values())):
        if PROJECT in (original["Config"]["Labels"] or {}):
            twin = _twin(original, number)
            twin["Config"]["Labels"][ONE_OFF] = "True"
            twin["State"] |= {"Status": "exited", "Running": False, "Paused": False, "Restarting": False, "ExitCode": 1}
            twin["State"]["FinishedAt"] = twin["State"]["StartedAt"]
            containers[twin["Name"].lstrip("/")] = twin
    return _sorted_in_front(snapshot)


def _twin(original: Json, number: int) -> Json:
    twin: Json = copy.deepcopy(original)
    twin["Id"] = f"{number:08x}{original['Id'][:56]}"
    twin["Name"] = f"/{NAME}-{number}"
    twin["Config"]["Hostname"] = twin["Id"][:12]
    twin["NetworkSettings"]["Ports"] = {}
    twin["HostConfig"]["PortBindings"] = {}
    return twin


def _sorted_in_front(snapshot: Json) -> Json:
    """Put the foreign containers first."""
    containers = snapshot["objects"].get("container", {})
    snapshot["objects"]["container"] = dict(sorted(containers.items(), key=lambda entry: not entry[0].startswith(NAME)))
    return snapshot


@harmless(DOCKER)
def foreign_images(snapshot: Json) -> Json:
    """Add, before each image, a copy under another name, and one that has lost its name to a newer build."""
    images: Json = {}
    for number, (id, original) in enumerate(snapshot["objects"].get("image", {}).items()):
        for tags, mark in (([f"{NAME}-{number}:1"], "a"), ([], "b")):
            twin = copy.deepcopy(original)
            twin["Id"] = f"sha256:{mark * 8}{id.removeprefix('sha256:')[8:]}"
            twin["RepoTags"] = tags
            twin["RepoDigests"] = []
            images[twin["Id"]] = twin
        images[id] = original
    snapshot["objects"]["image"] = images
    return snapshot


@harmless(DOCKER)
def foreign_volumes_and_networks(snapshot: Json) -> Json:
    """Add a volume and a network of someone else, and the volume of a container that named none."""
    objects = snapshot["objects"]
    for name, item in _volumes(snapshot):
        objects.setdefault("volume", {})[name] = item
    created = "2025-12-01T09:00:00.123456789Z"
    objects.setdefault("network", {})[NAME] = {
        "Name": NAME, "Id": "d" * 64, "Created": created, "Scope": "local", "Driver": "bridge", "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": None, "Config": [{"Subnet": "172.30.0.0/16"}]}, "Internal": False,
        "Attachable": False, "Ingress": False, "Containers": {}, "Options": {}, "Labels": {},
    }  # fmt: skip
    return snapshot


def _volumes(snapshot: Json) -> Iterator[tuple[str, Json]]:
    for name in (NAME, "e" * 64):
        folder = f"/var/lib/docker/volumes/{name}/_data"
        yield name, {
            "Name": name, "CreatedAt": snapshot["taken"], "Driver": "local", "Labels": None, "Mountpoint": folder,
            "Options": None, "Scope": "local",
        }  # fmt: skip
