"""The objects in the scope of a lab, and their removal. A deletion never names an object outside the scope."""

import re
import time
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from checks.clients.base import Engine, EngineError
from checks.clients.filters import filtered
from checks.collect.docker import container_ids, image_ids, networks, volumes
from checks.collect.untagged_images import in_scope
from checks.model import Made, Scope
from checks.snapshot import is_anonymous

REMOVE_DEADLINE = 30.0  # seconds: stopping a busy container takes a while
NOTHING = Made()


@dataclass
class Inventory:
    """The objects in scope: container names by ID, image references by ID, and the names of volumes and networks."""

    containers: dict[str, str] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    volumes: list[str] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.containers or self.images or self.volumes or self.networks)

    def add(self, other: "Inventory") -> None:
        """Add the objects of another inventory."""
        self.containers |= other.containers
        for id, tags in other.images.items():
            self.images[id] = list(dict.fromkeys([*self.images.get(id, ()), *tags]))
        self.volumes = sorted({*self.volumes, *other.volumes})
        self.networks = sorted({*self.networks, *other.networks})

    def names(self) -> list[str]:
        """Return the objects as text, in the order of removal."""
        return [
            *(f"container {name}" for name in sorted(self.containers.values())),
            *(f"image {(tags or [id[7:19]])[0]}" for id, tags in sorted(self.images.items())),
            *(f"volume {name}" for name in self.volumes if not is_anonymous(name)),
            *(f"anonymous volume {name[:12]}…" for name in self.volumes if is_anonymous(name)),
            *(f"network {name}" for name in self.networks),
        ]


def engine_id(engine: Engine) -> str:
    """Return the ID of the engine, which survives restarts."""
    return engine.get("/info")["ID"]


def take(engine: Engine, scope: Scope, made: Made = NOTHING) -> Inventory:
    """List the objects in scope. A tag outside the scope that the learner gave to an image is not listed.

    `made` adds objects without a name of the lab: images that lost their tags to a later build, containers created from
    any of the lab's images, and anonymous volumes. Of an image that also has a tag outside the scope, only the containers
    that were created by a name of the lab are listed.
    """
    images = {id: _references(engine, id, scope) for id in image_ids(engine, scope)}
    images |= {id: [] for id in made.images - images.keys() if _exists_untagged(engine, id)}
    containers = {id: _name(engine, id) for id in container_ids(engine, scope)}
    for id in images:
        for container in engine.get(filtered("/containers/json?all=1", ancestor=[id])):
            if container["ImageID"] == id and _created_as_ours(engine, container["Id"], id, scope):
                containers[container["Id"]] = container["Names"][0].lstrip("/")
    unnamed = _unnamed(engine, made.volumes, set(containers))
    return Inventory(containers, images, sorted({*volumes(engine, scope), *unnamed}), sorted(networks(engine, scope)))


def _created_as_ours(engine: Engine, container: str, image: str, scope: Scope) -> bool:
    """Tell whether a container was created by a tag of the lab, or by the ID of an image that only the lab tags."""
    details = engine.get(f"/containers/{container}/json")
    reference = details["Config"]["Image"] if details else ""
    if in_scope(reference, scope):
        return True
    by_id = bool(reference) and image.removeprefix("sha256:").startswith(reference.removeprefix("sha256:"))
    return by_id and all(in_scope(tag, scope) for tag in _tags(engine, image))


def _unnamed(engine: Engine, made: frozenset[str], own: set[str]) -> set[str]:
    """Return the anonymous volumes that still exist and that only the `own` containers use."""
    existing = {volume["Name"] for volume in engine.get("/volumes")["Volumes"] or ()} if made else set()
    return {name for name in made & existing if own.issuperset(_users(engine, name))}


def _users(engine: Engine, volume: str) -> list[str]:
    return [container["Id"] for container in engine.get(filtered("/containers/json?all=1", volume=[volume]))]


def remove(engine: Engine, inventory: Inventory) -> tuple[list[str], list[str]]:
    """Remove everything in the inventory. Return the removed objects, and a sentence for each that could not be removed."""
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
    users = _names_of_users(engine, path)
    reason = f"in use by {', '.join(users)}" if users else _with_names(engine, answer.message)
    return [f"Could not remove the {what}: {reason}"]


def _names_of_users(engine: Engine, path: str) -> list[str]:
    """Return the names of the containers that use the volume or the network at a path, sorted."""
    _, kind, name = path.split("/", 2)
    if kind == "volumes":
        users = engine.get(filtered("/containers/json?all=1", volume=[unquote(name)]))
        return sorted({container["Names"][0].lstrip("/") for container in users})
    if kind == "networks":
        network = engine.get(path) or {}
        return sorted(user.get("Name", "") for user in (network.get("Containers") or {}).values())
    return []


def _with_names(engine: Engine, message: str) -> str:
    """Return the engine's message with the names of containers in the place of their IDs."""

    def named(match: re.Match[str]) -> str:
        container = engine.get(f"/containers/{match[0]}/json")
        return container["Name"].lstrip("/") if container else match[0]

    return re.sub(r"\b[0-9a-f]{12,64}\b", named, message)


def _outlasting(engine: Engine, network: str) -> list[str]:
    """Wait until a swarm has removed a network. Return a sentence if the network still exists after the deadline."""
    deadline = time.monotonic() + REMOVE_DEADLINE
    while engine.get(f"/networks/{quote(network)}") is not None:
        if time.monotonic() > deadline:
            return [f"Could not remove the network {network}: the swarm still lists it."]
        time.sleep(0.1)
    return []


def _references(engine: Engine, id: str, scope: Scope) -> list[str]:
    """Return the image's tags in scope, and digests from repositories in scope in which it has no tag (any more).

    A digest keeps an image that was pushed or pulled, also when its last tag is removed.
    """
    image = engine.get(f"/images/{id}/json") or {}
    tags = [tag for tag in image.get("RepoTags") or () if in_scope(tag, scope)]
    tagged = {tag.rpartition(":")[0] for tag in tags}
    digests = [digest for digest in image.get("RepoDigests") or () if in_scope(digest.partition("@")[0], scope)]
    return [*tags, *(digest for digest in digests if digest.partition("@")[0] not in tagged)]


def _tags(engine: Engine, id: str) -> list[str]:
    image = engine.get(f"/images/{id}/json")
    return image["RepoTags"] or [] if image else []


def _exists_untagged(engine: Engine, id: str) -> bool:
    image = engine.get(f"/images/{id}/json")
    return image is not None and not image["RepoTags"]


def _name(engine: Engine, id: str) -> str:
    container = engine.get(f"/containers/{id}/json")
    if container is None:
        raise EngineError(f"the container {id[:12]} was removed while its state was being collected")
    return container["Name"].lstrip("/")
