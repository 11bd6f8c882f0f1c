"""The objects on an engine, compared before and after a proof, and foreign objects that must survive it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from checks.clients.base import Engine, EngineError
from checks.clients.filters import filtered
from checks.model import Lab
from sandboxes.host.signals import finishing

World = frozenset[str]


def look(engine: Engine) -> World:
    """Return every container, image, tag, volume and network of the engine, each as "kind name", and its swarm."""
    resources = set()
    for container in engine.get("/containers/json?all=1"):
        resources.add(f"container {container['Names'][0].lstrip('/')} ({container['Id'][:12]})")
    for image in engine.get("/images/json"):
        resources.add(f"image {image['Id'][7:19]}")
        resources |= {f"tag {tag}" for tag in image["RepoTags"] or () if tag != "<none>:<none>"}
    resources |= {f"volume {volume['Name']}" for volume in engine.get("/volumes")["Volumes"] or ()}
    resources |= {f"network {network['Name']} ({network['Id'][:12]})" for network in engine.get("/networks")}
    swarm = engine.get("/info")["Swarm"]
    if swarm["LocalNodeState"] != "inactive":
        resources.add(f"swarm (node {swarm['NodeID']})")
    return frozenset(resources)


def world(engine: Engine, lab: Lab, foreign: "Foreign") -> World:
    """Return all that a proof of the lab could leave behind or remove: the whole engine, where no other proof runs."""
    return look(engine)


def differences(before: World, after: World) -> Iterator[str]:
    """Yield what was left behind, and what was removed and should have stayed."""
    yield from (f"left behind: {resource}" for resource in sorted(after - before))
    yield from (f"removed, though it is not the lab's: {resource}" for resource in sorted(before - after))


@dataclass(frozen=True)
class Foreign:
    """Foreign objects under one name: a container, an untagged image committed from it, a volume and a network."""

    name: str
    container: str
    image: str


@contextmanager
def foreign(engine: Engine, lab: Lab) -> Iterator[Foreign]:
    """Create foreign objects from the lab's first image while the block runs.

    At the end, images tagged with their name are removed too. Raise EngineError if an object cannot be created.
    """
    image, name = lab.images[0], f"someone-elses-{secrets.token_hex(4)}"
    # Removed by name or label, so that an interruption between creating an object and noting its ID leaves nothing behind.
    made = [f"/containers/{name}?force=1", f"/networks/{name}", f"/volumes/{name}"]
    try:
        _post(engine, "/volumes/create", {"Name": name})
        _post(engine, "/networks/create", {"Name": name})
        settings = {"Binds": [f"{name}:/data"], "NetworkMode": name}
        body = {"Image": image, "Cmd": ["true"], "Labels": {"owner": name}, "HostConfig": settings}
        container = _post(engine, f"/containers/create?name={name}", body)["Id"]
        untagged = _post(engine, f"/commit?container={container}&comment={name}", {})["Id"]
        yield Foreign(name, container, untagged)
    finally:
        with finishing():
            committed = engine.get(filtered("/images/json", label=[f"owner={name}"], dangling=["true"]))
            tagged = engine.get(filtered("/images/json", reference=[name]))
            tags = [tag for image in tagged for tag in image["RepoTags"] if tag.startswith(f"{name}:")]
            images = [*(image["Id"] for image in committed), *tags]
            for path in [*(f"/images/{reference}" for reference in images), *made]:
                engine.request("DELETE", path, timeout=30)


def _post(engine: Engine, path: str, body: dict[str, object]) -> dict[str, str]:
    answer = engine.request("POST", path, body, timeout=30)
    if answer.status >= 400:
        raise EngineError(f"the Docker engine refused POST {path}: {answer.message}")
    return answer.json()
