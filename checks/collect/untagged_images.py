"""What a lab has created under none of its names: untagged images and unnamed volumes, as the engine knows them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from checks.clients.base import Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.model import Made, Scope
from checks.snapshot import Json, Snapshot, is_anonymous
from sandboxes import json_text


@dataclass(frozen=True)
class Span:
    """A span of the engine's own time, in seconds since 1970. Its end is before its begin where that clock was put back."""

    begin: float
    end: float

    @classmethod
    def until_now(cls, engine: Engine, since: str) -> "Span":
        """Return the span from a time (ISO 8601) until the engine's present time.

        This machine's clock is not used: an engine waits until its own clock has reached the end of the span.
        """
        now = str(engine.get("/info")["SystemTime"])
        return cls(datetime.fromisoformat(since).timestamp(), datetime.fromisoformat(now).timestamp())


def seen(snapshot: Snapshot) -> Made:
    """Return the images and unnamed volumes that a snapshot shows."""
    images = {id for id, image in snapshot.objects.get("image", {}).items() if "History" in image}
    containers = snapshot.objects.get("container", {}).values()
    mounts = [mount for container in containers for mount in container["Mounts"]]
    volumes = {mount["Name"] for mount in mounts if mount["Type"] == "volume" and is_anonymous(mount["Name"])}
    return Made(frozenset(images), frozenset(volumes))


def recall(engine: Engine, scope: Scope, since: str) -> Made:
    """Return those that the engine still knows: from its events since a time (ISO 8601), and from the labels of Compose."""
    span = Span.until_now(engine, since)
    return Made(_tagged(engine, scope, span) | _untagged_builds(engine, scope), _unnamed_volumes(engine, scope, span))


def _tagged(engine: Engine, scope: Scope, span: Span) -> frozenset[str]:
    """IDs of images that got a tag of the scope."""
    tags = events(engine, span, type=["image"], event=["tag"])
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


def _unnamed_volumes(engine: Engine, scope: Scope, span: Span) -> frozenset[str]:
    """Volumes without a name that containers of the scope have mounted."""
    created = events(engine, span, type=["container"], event=["create"])
    own = {event["ID"] for event in created if _names_ours(event["Attributes"], scope)}
    mounted = events(engine, span, type=["volume"], event=["mount"]) if own else ()
    volumes = (event["ID"] for event in mounted if event["Attributes"].get("container") in own)
    return frozenset(name for name in volumes if is_anonymous(name))


def _names_ours(attributes: Json, scope: Scope) -> bool:
    return attributes.get("name") in scope.containers or attributes.get(PROJECT_LABEL) in scope.projects


def events(engine: Engine, span: Span, **filters: Iterable[str]) -> Iterator[Json]:
    """Yield the actors of the engine's recent events in a span of time, each with "ID" and "Attributes"."""
    if span.begin > span.end:
        return
    # In whole seconds, what happened within this one would be missed.
    path = filtered(f"/events?since={span.begin:.6f}&until={span.end:.6f}", **filters)
    answer = engine.request("GET", path)
    if answer.status >= 400:
        raise EngineError(f"the Docker engine did not list its events: {answer.message}")
    yield from (json_text.loads(line)["Actor"] for line in answer.body.splitlines())


def in_scope(tag: str, scope: Scope) -> bool:
    """Return whether a tag is one of the lab's: named in the scope with or without its tag, or built by its project."""
    repository = tag.rsplit(":", 1)[0]
    ours = {tag, repository} & set(scope.images)
    return bool(ours) or any(repository.startswith(f"{project}-") for project in scope.projects)
