"""The images that containers run, told by tag and by content.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.

The ID of an image is the digest of its configuration in the engine's own image store. In containerd's store it is the digest
of an index that also lists how the image was built, so a build that takes every step from the cache gives a new ID, and the
image that had the tag before is gone, even if containers use it. This is why content is compared: layers and configuration.
"""

from datetime import datetime

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown, tagged
from checks.vocabulary.containers import Findings, subject

# What an image's configuration gives to every container, whatever the options of `docker run`.
INHERITED = ("ExposedPorts", "Labels", "Volumes")


def image_exists(snapshot: Snapshot, reference: str, hint: str) -> Findings:
    """Yield a finding unless an image has this tag (`:latest` if the reference names none).

    Example:
        yield from container_images.image_exists(snapshot, "harbour-web:1", "`docker build --tag harbour-web:1 .`")
        # There is no image called harbour-web:1 yet.
    """
    if snapshot.image(reference) is None:
        tags = sorted(tag for image in snapshot.of_kind("image").values() for tag in image["RepoTags"] or ())
        message = f"There is no image called {reference} yet."
        yield Finding(message, f"image/{reference}", "RepoTags", reference, tags, hint=hint)


def made_from(snapshot: Snapshot, container: Json, reference: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the container was created from an image that has this tag, or had it at that time.

    Example:
        yield from container_images.made_from(snapshot, web, "harbour-web:1", "Name the image in `docker run`.")
        # web was created from python:3.11-slim, not from harbour-web:1.
    """
    image = snapshot.image_of(container) or {}
    tags, used = image.get("RepoTags") or [], container["Config"]["Image"]
    if tagged(reference) not in [*tags, tagged(used)]:
        name = subject(container).partition("/")[2]
        message = f"{name} was created from {used}, not from {reference}."
        yield Finding(message, subject(container), "Config.Image", reference, used, hint=hint, cost=cost)


def runs_image(snapshot: Snapshot, container: Json, reference: str, hint: str) -> Findings:
    """Yield a finding unless the container runs the content of the image that has this tag now, whatever the IDs.

    Raises Unknown if no image has the tag.

    Example:
        yield from container_images.runs_image(snapshot, web, "harbour-web:1", "Remove the container, and run it again.")
        # web does not run the image that harbour-web:1 refers to now.
    """
    image = snapshot.image(reference)
    if image is None:
        raise Unknown(f"the image {reference} was not found")
    if has_content_of(snapshot, container, image):
        return
    name, used = subject(container).partition("/")[2], container["Config"]["Image"]
    message = f"{name} does not run the image that {reference} refers to now."
    why = f"It was created from {used}."
    if used in (reference, f"{reference}:latest") or used.startswith("sha256:"):
        why = "The image was built again after the container was created: a container keeps the image it was created from."
    expected, observed = image["Id"], container["Image"]
    yield Finding(message, subject(container), "Image", expected, observed, why, hint)


def has_content_of(snapshot: Snapshot, container: Json, image: Json) -> bool:
    """Tell whether the container was created from this image, or from one with the same layers and configuration.

    Where the engine no longer has the container's own image and names no manifest (containerd's store before Docker 28),
    the image counts if it was there first: its configuration is older than the container, and the container has its tag.

    Example:
        container_images.has_content_of(snapshot, web, image)
        # True
    """
    if container["Image"] == image["Id"]:
        return True
    manifest = (container.get("ImageManifestDescriptor") or {}).get("digest")
    if manifest in _manifests(image):
        return True
    own = snapshot.image_of(container)
    if own is not None:
        return _content(own) == _content(image)
    return not manifest and _was_there_first(image, container)


def image_behind(snapshot: Snapshot, container: Json) -> Json | None:
    """Return the image that the container runs: by its ID, or else the one with its tag if the content is the same.

    None if the engine has neither: the image was built again with other content, and the container still runs the old one.

    Example:
        image = container_images.image_behind(snapshot, web)
    """
    own = snapshot.image_of(container)
    if own is not None:
        return own
    used = tagged(container["Config"]["Image"])
    others = (image for image in snapshot.of_kind("image").values() if used in (image["RepoTags"] or ()))
    return next((image for image in others if has_content_of(snapshot, container, image)), None)


def image_kept(snapshot: Snapshot, container: Json, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding if the image that the container runs exists no longer, because it was built again since.

    Example:
        yield from container_images.image_kept(snapshot, web, "`docker compose up -d` recreates it.")
        # The image that web was created from exists no longer: it was built again.
    """
    if image_behind(snapshot, container) is None:
        where, used = subject(container), container["Config"]["Image"]
        message = f"The image that {where.partition('/')[2]} was created from exists no longer: it was built again."
        why = "A container keeps the image that it was created from, also when a build gives its tag to another one."
        yield Finding(message, where, "Image", f"the image that {used} refers to now", container["Image"], why, hint, cost=cost)


def _manifests(image: Json) -> set[str]:
    """The digests of the image's manifests, each of which names a configuration and layers; empty before Docker 28."""
    manifests = image.get("Manifests") or ()
    return {manifest["Descriptor"]["digest"] for manifest in manifests if manifest.get("Kind") == "image"}


def _content(image: Json) -> tuple[object, ...]:
    """What decides how a container of the image behaves. The time of the build does not."""
    return image["RootFS"].get("Layers"), image["Config"], image.get("Os"), image.get("Architecture")


def _was_there_first(image: Json, container: Json) -> bool:
    """Whether the container can have been created from this content: it has the tag, came later, and inherits everything."""
    if tagged(container["Config"]["Image"]) not in (image["RepoTags"] or ()):
        return False
    if datetime.fromisoformat(image["Created"]) > datetime.fromisoformat(container["Created"]):
        return False
    own, given = image["Config"], container["Config"]
    names, there = ({entry.partition("=")[0] for entry in config.get("Env") or ()} for config in (own, given))
    return names <= there and all((own.get(key) or {}).keys() <= (given.get(key) or {}).keys() for key in INHERITED)
