"""The collector of a lab on Docker: its scope as a Snapshot, by one LIST for each kind and then each object in full."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from checks.clients.answer import Declined
from checks.clients.base import Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.collect.collected import Facts, now
from checks.model import Lab, Probe, Scope
from checks.probes import container_exec
from checks.probes import run as probing
from checks.snapshot import Json, Snapshot

SCOPE = ("containers", "images", "volumes", "networks", "projects")
LOG_LINES = 20
# How often a list is read at most until the engine knows everything that it lists.
LOOKS = 3
# No such container, one that is being removed, and a logging driver that keeps nothing. Older engines answer 500 for it.
NO_LOG, NOT_KEPT = (404, 409, 501), "logging driver"
# Where the engine keeps layers on its own disk: no check uses it, and it does not belong into an evidence file.
STORAGE = "GraphDriver"
# Since Docker 28, containerd's image store also tells which manifests an image has; other engines ignore the question.
MANIFESTS = "?manifests=1"
# What the engine says of the swarm that it is in, without its addresses, keys and certificates.
SWARM_FIELDS = ("LocalNodeState", "ControlAvailable", "NodeID", "Nodes", "Managers", "Error")


def collect(lab: Lab, engine: Engine, context: probing.Context, probes: Iterable[Probe], started: str) -> Snapshot:
    """Collect the state of a lab's scope. Never raises for a failing engine: the snapshot says what is missing and why."""
    facts = Facts("engine")
    readers = READERS | ({"swarm": _swarm} if lab.scope.swarm else {})
    jobs = {kind: engine.submit(read, engine, lab.scope) for kind, read in readers.items()}
    seen, failed = probing.run(tuple(probes), context)
    for kind, job in jobs.items():
        facts.take(kind, job)
    if not facts.errors:
        in_use = {container["Image"] for container in facts.objects["container"].values()}
        facts.add("image", engine.submit(_images, engine, in_use - facts.objects["image"].keys()))
    if not engine.about and not facts.errors:
        facts.attempt("engine", engine.submit(engine.get, "/version"))
    clean = facts.clean(seen, failed)
    return Snapshot(lab.id, engine.time or now(), started, engine.about, **clean, scope=scope_of(lab.scope))


def scope_of(scope: Scope) -> dict[str, list[str]]:
    """Return the names in a scope, by kind in the plural."""
    return {name: list(getattr(scope, name)) for name in SCOPE}


def container_ids(engine: Engine, scope: Scope) -> list[str]:
    """Return the IDs of the containers in scope: those that it names, and those of its Compose projects."""
    ids: dict[str, None] = {}
    if scope.containers:
        # The engine's name filter is a regular expression searched for anywhere, so the names are compared again.
        for container in engine.get_list(filtered("/containers/json?all=1", name=scope.containers)):
            if set(scope.containers) & {name.lstrip("/") for name in container["Names"]}:
                ids[container["Id"]] = None
    for project in scope.projects:
        for container in engine.get_list(filtered("/containers/json?all=1", label=[f"{PROJECT_LABEL}={project}"])):
            ids[container["Id"]] = None
    return list(ids)


def _swarm(engine: Engine, scope: Scope) -> dict[str, Json]:
    """The engine's Swarm mode, under the one name "swarm"."""
    state = engine.get("/info")["Swarm"]
    return {"swarm": {name: state.get(name) for name in SWARM_FIELDS}}


def _containers(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Containers in full, each with the end of its log under "LogTail": most failures are explained there."""
    listed = _whole("container", lambda: container_ids(engine, scope), lambda id: engine.get(f"/containers/{id}/json"))
    containers = {}
    for id, detail in listed.items():
        if detail["Id"] != id or not isinstance(detail["State"], dict) or not isinstance(detail["Config"], dict):
            raise EngineError(f"what the Docker engine answered about the container {id[:12]} could not be understood")
        detail["LogTail"] = _log_tail(engine, id)
        detail.pop(STORAGE, None)
        containers[detail["Name"].lstrip("/")] = detail
    return containers


def _whole(kind: str, ids: Callable[[], Iterable[str]], read: Callable[[str], Json | None]) -> dict[str, Json]:
    """Return the objects with these IDs. One that is gone when it is read has made the list old: it is read again.

    Raises EngineError where the engine lists again and again what it does not know.
    """
    for _ in range(LOOKS):
        details = {id: read(id) for id in ids()}
        whole = {id: detail for id, detail in details.items() if detail is not None}
        if whole.keys() == details.keys():
            return whole
    raise EngineError(f"the Docker engine lists {kind}s that it does not know when it is asked for them; check again in a moment")


def _log_tail(engine: Engine, id: str) -> str:
    """The end of a container's log; empty where there is none, as for a dead container or a logging driver that keeps nothing."""
    try:
        return container_exec.tail(engine, id, LOG_LINES, engine.deadline)["text"]
    except Declined as declined:
        if declined.status in NO_LOG or NOT_KEPT in declined.reason:
            return ""
        raise


def image_ids(engine: Engine, scope: Scope) -> set[str]:
    """Return the IDs of the images with a tag in scope; an entry without a tag means every tag of that repository."""
    names = [*scope.images, *(f"{project}-*" for project in scope.projects)]
    if not names:
        return set()
    return {image["Id"] for image in engine.get_list(filtered("/images/json", reference=names))}


def image(engine: Engine, reference: str) -> Json | None:
    """Return an image, with its build steps under "History"; None where no image has this name or ID."""
    name = quote(reference, safe=":/")
    detail = engine.get(f"/images/{name}/json{MANIFESTS}")
    if detail is not None:
        if not {"Id", "RepoTags"} <= detail.keys():
            raise EngineError(f"what the Docker engine answered about the image {reference[:19]} could not be understood")
        detail.pop(STORAGE, None)
        detail["History"] = engine.get(f"/images/{name}/history") or []
    return detail


def _scoped_images(engine: Engine, scope: Scope) -> dict[str, Json]:
    """The images in scope, each with its build steps under "History"."""
    return _whole("image", lambda: sorted(image_ids(engine, scope)), lambda id: image(engine, id))


def _images(engine: Engine, ids: Iterable[str]) -> dict[str, Json]:
    details = {id: engine.get(f"/images/{id}/json{MANIFESTS}") for id in sorted(ids)}
    images = {id: detail for id, detail in details.items() if detail is not None}
    for detail in images.values():
        detail.pop(STORAGE, None)
    return images


def volumes(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Return the volumes in scope, by name."""
    return _named_or_of_project(engine, scope, "/volumes", scope.volumes, "Volumes")


def networks(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Return the networks in scope, by name."""
    return _named_or_of_project(engine, scope, "/networks", scope.networks)


def _named_or_of_project(engine: Engine, scope: Scope, path: str, names: tuple[str, ...], key: str = "") -> dict[str, Json]:
    queries = [filtered(path, name=names)] if names else []
    queries += [filtered(path, label=[f"{PROJECT_LABEL}={project}"]) for project in scope.projects]
    listed = {item["Name"]: item for query in queries for item in engine.get_list(query, key)}
    projects = {name: (item.get("Labels") or {}).get(PROJECT_LABEL) for name, item in listed.items()}
    return {name: item for name, item in listed.items() if name in names or projects[name] in scope.projects}


READERS: dict[str, Callable[[Engine, Scope], Any]] = {
    "container": _containers,
    "image": _scoped_images,
    "volume": volumes,
    "network": networks,
}
