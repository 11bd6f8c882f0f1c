"""What Compose created for a lab under names that the lab does not list: projects of the lab's folder, images with own tags.

Compose labels everything with its project, and containers with the folder they were started in. Source: the constants of
Compose's package `api`.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from checks.clients.base import Engine
from checks.clients.filters import PROJECT_LABEL, filtered
from checks.collect import untagged_images
from checks.lifecycle.inventory import Inventory
from checks.model import Scope
from checks.snapshot import Json, tagged
from checks.times import seconds

FOLDER_LABEL = "com.docker.compose.project.working_dir"
IMAGE_LINE = re.compile(r"""\bimage:\s*(?:\\?["'])?([\w./:@-]+)""")


def find(engine: Engine, scope: Scope, folder: Path, since: str, texts: Iterable[str]) -> Inventory:
    """Return what Compose created in the lab's `folder` (absolute) since a time (ISO 8601) beside the scope's own names.

    `texts` are the files of the folder: they name the tags that Compose gives to images. A project that also has containers
    of another folder keeps its networks, volumes and images.
    """
    existing = engine.get(filtered("/containers/json?all=1", label=[PROJECT_LABEL]))
    labels = [container["Labels"] for container in existing] + [actor["Attributes"] for actor in _created(engine, since)]
    containers = {
        container["Id"]: container["Names"][0].lstrip("/") for container in existing if _is_inside(container["Labels"], folder)
    }
    projects = _projects(labels, folder) - set(scope.projects)
    references = {tagged(match[1]) for text in texts for match in IMAGE_LINE.finditer(text)}
    networks, volumes, images = set(), set(), {}
    for project in sorted(projects):
        listed = filtered("/networks", label=[f"{PROJECT_LABEL}={project}"])
        networks |= {network["Name"] for network in engine.get(listed) if _is_newer(network.get("Created", ""), since)}
        kept = engine.get(filtered("/volumes", label=[f"{PROJECT_LABEL}={project}"]))["Volumes"] or ()
        volumes |= {volume["Name"] for volume in kept if _is_newer(volume.get("CreatedAt", ""), since)}
    for project in sorted({*projects, *scope.projects}):
        own = f"{project}-" if project in projects else "\0"
        for image in engine.get(filtered("/images/json", label=[f"{PROJECT_LABEL}={project}"])):
            if tags := [tag for tag in image["RepoTags"] or () if tag.startswith(own) or tag in references]:
                images[image["Id"]] = tags
    return Inventory(containers, images, sorted(volumes), sorted(networks))


def _created(engine: Engine, since: str) -> list[Json]:
    """The containers of Compose that were created, and may have been removed, as far back as the engine remembers."""
    span = untagged_images.Span.until_now(engine, since)
    return list(untagged_images.events(engine, span, type=["container"], event=["create"], label=[PROJECT_LABEL]))


def _projects(labels: Iterable[Json], folder: Path) -> set[str]:
    """The projects all of whose containers were started in the folder, and the one that is named after it by default."""
    default = re.sub(r"^[^a-z0-9]+|[^a-z0-9_-]", "", folder.name.lower())
    inside: dict[str, bool] = {}
    for label in labels:
        project = label[PROJECT_LABEL]
        inside[project] = inside.get(project, True) and _is_inside(label, folder)
    return {project for project, whole in {default: True, **inside}.items() if whole}


def _is_inside(labels: Json, folder: Path) -> bool:
    started_in = labels.get(FOLDER_LABEL, "")
    return bool(started_in) and Path(started_in).resolve().is_relative_to(folder.resolve())


def _is_newer(created: str, since: str) -> bool:
    return bool(created) and seconds(since, created) >= 0
