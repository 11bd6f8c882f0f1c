"""What exists in a lab's scope, and its removal. Nothing outside the scope is ever named in a deletion."""

import time
from dataclasses import dataclass, field
from urllib.parse import quote

from checks.clients.base import Engine, EngineError
from checks.clients.filters import filtered
from checks.collect.docker import container_ids, image_ids, networks, volumes
from checks.collect.untagged_images import in_scope
from checks.model import Made, Scope
from checks.snapshot import is_anonymous

REMOVE_DEADLINE = 30.0  # seconds: stopping a busy container takes its time
NOTHING = Made()


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
            *(f"volume {name}" for name in self.volumes if not is_anonymous(name)),
            *(f"volume {name[:12]}…, which has no name of its own" for name in self.volumes if is_anonymous(name)),
            *(f"network {name}" for name in self.networks),
        ]


def engine_id(engine: Engine) -> str:
    """The engine's own identity, which survives restarts."""
    return engine.get("/info")["ID"]


def take(engine: Engine, scope: Scope, made: Made = NOTHING) -> Inventory:
    """What is in scope now; another tag that the learner gave to an image of the lab is theirs and stays out.

    What the lab is known to have `made` belongs to it without a name: images that lost their tags to a later build, the
    containers created from any of its images, and volumes that never had a name. An image that bears somebody else's tag as
    well is also theirs: of its containers, those that were created by a name of the lab's are the lab's.
    """
    images = {id: [tag for tag in _tags(engine, id) if in_scope(tag, scope)] for id in image_ids(engine, scope)}
    images |= {id: [] for id in made.images - images.keys() if _exists_untagged(engine, id)}
    containers = {id: _name(engine, id) for id in container_ids(engine, scope)}
    for id in images:
        for each in engine.get(filtered("/containers/json?all=1", ancestor=[id])):
            if each["ImageID"] == id and _created_as_ours(engine, each["Id"], id, scope):
                containers[each["Id"]] = each["Names"][0].lstrip("/")
    unnamed = _unnamed(engine, made.volumes, set(containers))
    return Inventory(containers, images, sorted({*volumes(engine, scope), *unnamed}), sorted(networks(engine, scope)))


def _created_as_ours(engine: Engine, container: str, image: str, scope: Scope) -> bool:
    """Whether the reference that a container was created by is the lab's: a tag of its, or the ID of an image of its alone."""
    found = engine.get(f"/containers/{container}/json")
    reference = found["Config"]["Image"] if found else ""
    if in_scope(reference, scope):
        return True
    by_id = bool(reference) and image.removeprefix("sha256:").startswith(reference.removeprefix("sha256:"))
    return by_id and all(in_scope(tag, scope) for tag in _tags(engine, image))


def _unnamed(engine: Engine, made: frozenset[str], own: set[str]) -> set[str]:
    """Which of these volumes without a name are still there, and used by no container but `own` ones."""
    there = {each["Name"] for each in engine.get("/volumes")["Volumes"] or ()} if made else set()
    return {name for name in made & there if own.issuperset(_users(engine, name))}


def _users(engine: Engine, volume: str) -> list[str]:
    return [each["Id"] for each in engine.get(filtered("/containers/json?all=1", volume=[volume]))]


def remove(engine: Engine, inventory: Inventory) -> tuple[list[str], list[str]]:
    """Remove everything in the inventory. Returns what was removed, in words, and a sentence for each object that was kept."""
    removed, kept = Inventory(), []
    for id, name in inventory.containers.items():
        if refusal := _delete(engine, f"container {name}", f"/containers/{id}?force=1&v=1"):
            kept += refusal
        else:
            removed.containers[id] = name
    for id, tags in inventory.images.items():
        references = {tag: _delete(engine, f"image {tag}", f"/images/{quote(tag, safe=':')}") for tag in tags or [id]}
        kept += sum(references.values(), [])
        if not all(references.values()):
            removed.images[id] = [tag for tag in tags if not references[tag]]
    for name in inventory.networks:
        if refusal := _delete(engine, f"network {name}", f"/networks/{quote(name)}") or _outlasting(engine, name):
            kept += refusal
        else:
            removed.networks.append(name)
    for name in inventory.volumes:
        if refusal := _delete(engine, f"volume {name}", f"/volumes/{quote(name)}"):
            kept += refusal
        else:
            removed.volumes.append(name)
    return removed.names(), kept


def _delete(engine: Engine, what: str, path: str) -> list[str]:
    answer = engine.request("DELETE", path, timeout=REMOVE_DEADLINE)
    if answer.status < 400 or answer.status == 404:
        return []
    return [f"The {what} was kept: {answer.message}"]


def _outlasting(engine: Engine, network: str) -> list[str]:
    """A sentence for a network that is still there although its removal was accepted: a swarm takes a moment for it."""
    deadline = time.monotonic() + REMOVE_DEADLINE
    while engine.get(f"/networks/{quote(network)}") is not None:
        if time.monotonic() > deadline:
            return [f"The network {network} was kept: the swarm has not forgotten it yet."]
        time.sleep(0.1)
    return []


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
