"""The collector of a lab on Docker: its scope as a Snapshot, by one LIST for each kind and then each object in full."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from checks.clients.base import DEADLINE, Engine, EngineError
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.collect.collected import Facts, now
from checks.model import Lab, Probe, Scope
from checks.probes import container_exec
from checks.probes import run as probing
from checks.redact import redact
from checks.snapshot import Json, Snapshot

SCOPE = ("containers", "images", "volumes", "networks", "projects")
LOG_LINES = 20
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
    jobs = {kind: engine.pool.submit(read, engine, lab.scope) for kind, read in readers.items()}
    seen, failed = probing.run(tuple(probes), context)
    for kind, job in jobs.items():
        facts.take(kind, job)
    if not facts.errors:
        in_use = {container["Image"] for container in facts.objects["container"].values()}
        facts.add("image", engine.pool.submit(_images, engine, in_use - facts.objects["image"].keys()))
    if not engine.about and not facts.errors:
        facts.attempt("engine", engine.pool.submit(engine.get, "/version"))
    clean = redact({"objects": facts.objects, "probes": seen, "errors": facts.errors | failed})
    return Snapshot(lab.id, engine.time or now(), started, engine.about, **clean, scope=scope_of(lab.scope))


def scope_of(scope: Scope) -> dict[str, list[str]]:
    """Return the names in a scope, by kind in the plural."""
    return {name: list(getattr(scope, name)) for name in SCOPE}


def container_ids(engine: Engine, scope: Scope) -> list[str]:
    """Return the IDs of the containers in scope: those that it names, and those of its Compose projects."""
    ids: dict[str, None] = {}
    if scope.containers:
        # The engine's name filter is a regular expression searched for anywhere, so the names are compared again.
        for container in engine.get(filtered("/containers/json?all=1", name=scope.containers)):
            if set(scope.containers) & {name.lstrip("/") for name in container["Names"]}:
                ids[container["Id"]] = None
    for project in scope.projects:
        for container in engine.get(filtered("/containers/json?all=1", label=[f"{PROJECT_LABEL}={project}"])):
            ids[container["Id"]] = None
    return list(ids)


def _swarm(engine: Engine, scope: Scope) -> dict[str, Json]:
    """The engine's Swarm mode, under the one name "swarm"."""
    state = engine.get("/info")["Swarm"]
    return {"swarm": {name: state.get(name) for name in SWARM_FIELDS}}


def _containers(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Containers in full, each with the end of its log under "LogTail": most failures are explained there."""
    containers = {}
    for id in container_ids(engine, scope):
        detail = engine.get(f"/containers/{id}/json")
        if detail is not None:
            detail["LogTail"] = _log_tail(engine, id)
            detail.pop(STORAGE, None)
            containers[detail["Name"].lstrip("/")] = detail
    return containers


def _log_tail(engine: Engine, id: str) -> str:
    """The end of a container's log; empty where there is none, as for a dead container or a logging driver that keeps nothing."""
    try:
        return container_exec.tail(engine, id, LOG_LINES, DEADLINE)["text"]
    except EngineError:
        return ""


def image_ids(engine: Engine, scope: Scope) -> set[str]:
    """Return the IDs of the images with a tag in scope; an entry without a tag means every tag of that repository."""
    names = [*scope.images, *(f"{project}-*" for project in scope.projects)]
    if not names:
        return set()
    return {image["Id"] for image in engine.get(filtered("/images/json", reference=names))}


def image(engine: Engine, reference: str) -> Json | None:
    """Return an image, with its build steps under "History"; None where no image has this name or ID."""
    name = quote(reference, safe=":/")
    detail = engine.get(f"/images/{name}/json{MANIFESTS}")
    if detail is not None:
        detail.pop(STORAGE, None)
        detail["History"] = engine.get(f"/images/{name}/history") or []
    return detail


def _scoped_images(engine: Engine, scope: Scope) -> dict[str, Json]:
    """The images in scope, each with its build steps under "History"."""
    details = {id: image(engine, id) for id in sorted(image_ids(engine, scope))}
    return {id: detail for id, detail in details.items() if detail is not None}


def _images(engine: Engine, ids: Iterable[str]) -> dict[str, Json]:
    details = {id: engine.get(f"/images/{id}/json{MANIFESTS}") for id in sorted(ids)}
    images = {id: detail for id, detail in details.items() if detail is not None}
    for detail in images.values():
        detail.pop(STORAGE, None)
    return images


def volumes(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Return the volumes in scope, by name."""
    return _named_or_of_project(engine, scope, "/volumes", scope.volumes, lambda answer: answer["Volumes"] or [])


def networks(engine: Engine, scope: Scope) -> dict[str, Json]:
    """Return the networks in scope, by name."""
    return _named_or_of_project(engine, scope, "/networks", scope.networks, lambda answer: answer)


def _named_or_of_project(
    engine: Engine, scope: Scope, path: str, names: tuple[str, ...], unpack: Callable[[Any], list[Json]]
) -> dict[str, Json]:
    queries = [filtered(path, name=names)] if names else []
    queries += [filtered(path, label=[f"{PROJECT_LABEL}={project}"]) for project in scope.projects]
    listed = {item["Name"]: item for query in queries for item in unpack(engine.get(query))}
    projects = {name: (item.get("Labels") or {}).get(PROJECT_LABEL) for name, item in listed.items()}
    return {name: item for name, item in listed.items() if name in names or projects[name] in scope.projects}


READERS: dict[str, Callable[[Engine, Scope], Any]] = {
    "container": _containers,
    "image": _scoped_images,
    "volume": volumes,
    "network": networks,
}
