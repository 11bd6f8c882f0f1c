"""What exists in a lab's scope, and its removal. Nothing outside the scope is ever named in a deletion."""

import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from checks.collect.docker import PROJECT_LABEL, container_ids, filtered, image_ids, networks, volumes
from checks.collect.transport import Engine, EngineError
from checks.model import Scope

REMOVE_DEADLINE = 30.0  # seconds: stopping a busy container takes its time


@dataclass
class Inventory:
    """Objects in scope: IDs of containers, tags of images by ID, names of volumes and networks."""

    containers: dict[str, str] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.containers or self.images or self.volumes or self.networks)

    def names(self) -> list[str]:
        """What is there, in words, in the order in which it is removed."""
        return [
            *(f"container {name}" for name in sorted(self.containers.values())),
            *(f"image {(tags or [id[7:19]])[0]}" for id, tags in sorted(self.images.items())),
            *(f"volume {name}" for name in self.volumes),
            *(f"network {name}" for name in self.networks),
        ]


def engine_id(engine: Engine) -> str:
    """The engine's own identity, which survives restarts."""
    return engine.get("/info")["ID"]


def take(engine: Engine, scope: Scope, made: frozenset[str] = frozenset()) -> Inventory:
    """What is in scope now; another tag that the learner gave to an image of the lab is theirs and stays out. `made` are IDs of images that the lab is known to have made: those that lost their tags
    to a later build belong to the lab, and so do the containers created from any of its images."""
    images = {id: [tag for tag in _tags(engine, id) if in_scope(tag, scope)] for id in image_ids(engine, scope)}
    images |= {id: [] for id in made - images.keys() if _exists_untagged(engine, id)}
    containers = {id: _name(engine, id) for id in container_ids(engine, scope)}
    for id in images:
        for each in engine.get(filtered("/containers/json?all=1", ancestor=[id])):
            if each["ImageID"] == id:
                containers[each["Id"]] = each["Names"][0].lstrip("/")
    return Inventory(containers, images, sorted(volumes(engine, scope)), sorted(networks(engine, scope)))


def tag_events(engine: Engine, scope: Scope, since: str) -> frozenset[str]:
    """IDs of images that got a tag of the scope since a time (ISO 8601), from the engine's memory of recent events."""
    # The API takes seconds since 1970; in whole seconds, what happened within this one would be missed.
    begin, end = datetime.fromisoformat(since).timestamp(), time.time()
    path = filtered(f"/events?since={begin:.6f}&until={end:.6f}", type=["image"], event=["tag"])
    answer = engine.request("GET", path)
    if answer.status >= 400:
        raise EngineError(f"the Docker engine did not tell what it has built: {answer.message}")
    found = set()
    for line in answer.body.splitlines():
        event = json.loads(line)
        name = event.get("Actor", {}).get("Attributes", {}).get("name", "")
        if in_scope(name, scope):
            found.add(event["Actor"]["ID"])
    return frozenset(found)


def untagged_builds(engine: Engine, scope: Scope) -> frozenset[str]:
    """IDs of images without a tag that Compose built for the scope's projects: it labels what it builds.

    (When an image was made tells nothing: a build from the cache keeps the time of the first one.)
    """
    found = set()
    for project in scope.projects:
        path = filtered("/images/json", label=[f"{PROJECT_LABEL}={project}"], dangling=["true"])
        found |= {each["Id"] for each in engine.get(path)}
    return frozenset(found)


def remove(engine: Engine, inventory: Inventory) -> list[str]:
    """Remove everything in the inventory. Returns a sentence for each object that could not be removed."""
    kept = []
    for id, name in inventory.containers.items():
        kept += _delete(engine, f"container {name}", f"/containers/{id}?force=1&v=1")
    for id, tags in inventory.images.items():
        for reference in tags or [id]:
            kept += _delete(engine, f"image {reference}", f"/images/{quote(reference, safe=':')}")
    for name in inventory.networks:
        kept += _delete(engine, f"network {name}", f"/networks/{quote(name)}")
    for name in inventory.volumes:
        kept += _delete(engine, f"volume {name}", f"/volumes/{quote(name)}")
    return kept


def _delete(engine: Engine, what: str, path: str) -> list[str]:
    answer = engine.request("DELETE", path, timeout=REMOVE_DEADLINE)
    if answer.status < 400 or answer.status == 404:
        return []
    return [f"The {what} was kept: {answer.message}"]


def _tags(engine: Engine, id: str) -> list[str]:
    image = engine.get(f"/images/{id}/json")
    return image["RepoTags"] or [] if image else []


def _exists_untagged(engine: Engine, id: str) -> bool:
    image = engine.get(f"/images/{id}/json")
    return image is not None and not image["RepoTags"]


def _name(engine: Engine, id: str) -> str:
    container = engine.get(f"/containers/{id}/json")
    if container is None:
        raise EngineError(f"the container {id[:12]} vanished while it was looked at")
    return container["Name"].lstrip("/")


def in_scope(tag: str, scope: Scope) -> bool:
    """Whether an image tag is one of the lab's: named in the scope with or without its tag, or built by its project."""
    repository = tag.rsplit(":", 1)[0]
    ours = {tag, repository} & set(scope.images)
    return bool(ours) or any(repository.startswith(f"{project}-") for project in scope.projects)
