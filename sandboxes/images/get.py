"""The missing images of the course, pulled or built."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxes.errors import Exit, SlipwayError
from sandboxes.images import state_folder
from sandboxes.images.catalogue import Image, catalogue, find, recipe_hash
from sandboxes.images.client import LABEL, connect, inspect
from sandboxes.settings import IMAGE_SOURCES
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxes.engine.find import Engine
    from sandboxes.images.pull import PullFailed

PULLED, BUILT, OUTDATED, UNKNOWN = "pulled", "built", "built, outdated recipe", "unknown"


@dataclass(frozen=True)
class Status:
    """The state of an image on the engine: `size` in bytes, `origin` is how it got there."""

    image: Image
    present: bool
    size: int = 0
    origin: str = ""
    id: str = ""


def status(references: Iterable[str] | None = None) -> list[Status]:
    """Return the state of some images, by default all of the course. Raises SlipwayError without an engine."""
    images = [find(reference) for reference in (catalogue() if references is None else references)]
    with connect() as (client, _):
        return [_status(image, inspect(client, image.reference)) for image in images]


def missing(references: Iterable[str]) -> list[str]:
    """Return the images that the engine does not have, in the same order. Raises SlipwayError without an engine."""
    return [entry.image.reference for entry in status(references) if not entry.present]


def _status(image: Image, inspected: dict[str, Any] | None) -> Status:
    if inspected is None:
        return Status(image, present=False)
    label = ((inspected.get("Config") or {}).get("Labels") or {}).get(LABEL)
    if label:
        origin = BUILT if label == recipe_hash(image) else OUTDATED
    else:
        origin = PULLED if inspected.get("RepoDigests") else UNKNOWN
    return Status(image, True, int(inspected.get("Size") or 0), origin, str(inspected.get("Id", "")))


def ensure(references: Iterable[str], source: str = "auto", progress: Progress | None = None, again: bool = False) -> None:
    """Pull or build the missing ones of some images, one after the other.

    `source` is "pull" (from a registry), "build" (from packages) or "auto" (pull where a registry answers, build where
    none does). With `again`, the named images are pulled or built even if they exist. The bases of an image come first,
    and only if it is built. Of two commands at the same time, the second waits for the first. After an interruption, the
    next run continues. Raises SlipwayError with the reason for which an image is not available.
    """
    if source not in IMAGE_SOURCES:
        raise SlipwayError(f"Unknown image source “{source}”.", f"Use one of {', '.join(IMAGE_SOURCES)}.", Exit.WRONG_USAGE)
    images = [find(reference) for reference in references]
    with connect() as (client, engine):
        getter = _Getter(client, engine, source, progress or Progress())
        for image in images:
            getter.get(image, again)


class _Getter:
    """One run of `ensure`."""

    def __init__(self, client: "APIClient", engine: "Engine", source: str, progress: Progress) -> None:
        self.client = client
        self.engine = engine
        self.source = source
        self.progress = progress

    def get(self, image: Image, again: bool = False) -> None:
        """Pull or build one image; its bases are built first."""
        if not again and inspect(self.client, image.reference):
            return
        with state_folder.lock(image.slug, image.reference, self.progress):
            # Another command may have pulled or built it in the meantime.
            if not again and inspect(self.client, image.reference):
                return
            if self.source != "build" and not image.local and self._pull(image):
                return
            from sandboxes.images.build import build

            for reference in image.needs:
                self.get(find(reference))
            build(self.client, self.engine, image, self.progress)

    def _pull(self, image: Image) -> bool:
        """Pull an image from its registry. Return False if the image has to be built instead."""
        from sandboxes.images import pull, registry_cache

        name = pull.registry_name(image)
        key = f"{name} through {self.engine.endpoint.url}"
        if self.source == "auto" and (known := registry_cache.recall(key)):
            self.progress.note(f"Not pulling {image.reference}: {name} was not usable {known.age:.0f} s ago.")
            return False
        try:
            with self.progress.step(f"Pulling {image.reference} from {name}") as report:
                pull.pull(self.client, image, report)
        except pull.PullFailed as failure:
            if failure.everywhere:
                registry_cache.remember(key, failure.reason)
            if self.source == "pull":
                raise _cannot_pull(image, name, failure) from failure
            self.progress.note(f"{name}: {failure.reason}. Building {image.reference} instead.")
            return False
        registry_cache.forget()
        return True


def _cannot_pull(image: Image, registry: str, failure: "PullFailed") -> SlipwayError:
    return SlipwayError(
        f"{image.reference} cannot be pulled from {registry}: {failure.reason}.",
        f"Build it with `slipway images build {image.reference}`, load it with `slipway images load FILE`, or set "
        "SLIPWAY_REGISTRY to another registry.",
    )
