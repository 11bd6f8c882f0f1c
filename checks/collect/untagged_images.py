"""What a lab has created under none of its names: untagged images and unnamed volumes, as the engine knows them."""

import json
import time
from collections.abc import Iterable, Iterator
from datetime import datetime

from checks.clients.base import Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.model import Made, Scope
from checks.snapshot import Json, Snapshot, is_anonymous


def seen(snapshot: Snapshot) -> Made:
    """Return the images and unnamed volumes that a snapshot shows."""
    images = {id for id, image in snapshot.objects.get("image", {}).items() if "History" in image}
    containers = snapshot.objects.get("container", {}).values()
    mounts = [mount for container in containers for mount in container["Mounts"]]
    volumes = {mount["Name"] for mount in mounts if mount["Type"] == "volume" and is_anonymous(mount["Name"])}
    return Made(frozenset(images), frozenset(volumes))


def recall(engine: Engine, scope: Scope, since: str) -> Made:
    """Return those that the engine still knows: from its events since a time (ISO 8601), and from the labels of Compose."""
    return Made(_tagged(engine, scope, since) | _untagged_builds(engine, scope), _unnamed_volumes(engine, scope, since))


def _tagged(engine: Engine, scope: Scope, since: str) -> frozenset[str]:
    """IDs of images that got a tag of the scope."""
    tags = events(engine, since, type=["image"], event=["tag"])
    return frozenset(event["ID"] for event in tags if in_scope(event["Attributes"].get("name", ""), scope))


def _untagged_builds(engine: Engine, scope: Scope) -> frozenset[str]:
    """IDs of images without a tag that Compose built for the scope's projects: it labels what it builds.

    (The time of an image says nothing: a build from the cache keeps the time of the first one.)
    """
    ids: set[str] = set()
    for project in scope.projects:
        path = filtered("/images/json", label=[f"{PROJECT_LABEL}={project}"], dangling=["true"])
        ids |= {image["Id"] for image in engine.get(path)}
    return frozenset(ids)


def _unnamed_volumes(engine: Engine, scope: Scope, since: str) -> frozenset[str]:
    """Volumes without a name that containers of the scope have mounted."""
    created = events(engine, since, type=["container"], event=["create"])
    own = {event["ID"] for event in created if _names_ours(event["Attributes"], scope)}
    mounted = events(engine, since, type=["volume"], event=["mount"]) if own else ()
    volumes = (event["ID"] for event in mounted if event["Attributes"].get("container") in own)
    return frozenset(name for name in volumes if is_anonymous(name))


def _names_ours(attributes: Json, scope: Scope) -> bool:
    return attributes.get("name") in scope.containers or attributes.get(PROJECT_LABEL) in scope.projects


def events(engine: Engine, since: str, **filters: Iterable[str]) -> Iterator[Json]:
    """Yield the actors of the engine's recent events since a time (ISO 8601), each with "ID" and "Attributes"."""
    # The API takes seconds since 1970; in whole seconds, what happened within this one would be missed.
    begin, end = datetime.fromisoformat(since).timestamp(), time.time()
    answer = engine.request("GET", filtered(f"/events?since={begin:.6f}&until={end:.6f}", **filters))
    if answer.status >= 400:
        raise EngineError(f"the Docker engine did not list its events: {answer.message}")
    yield from (json.loads(line)["Actor"] for line in answer.body.splitlines())


def in_scope(tag: str, scope: Scope) -> bool:
    """Return whether a tag is one of the lab's: named in the scope with or without its tag, or built by its project."""
    repository = tag.rsplit(":", 1)[0]
    ours = {tag, repository} & set(scope.images)
    return bool(ours) or any(repository.startswith(f"{project}-") for project in scope.projects)
