"""The images that containers run, told by tag and by ID.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown, tagged
from checks.vocabulary.containers import Findings, subject


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


def made_from(snapshot: Snapshot, container: Json, reference: str, hint: str) -> Findings:
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
        yield Finding(message, subject(container), "Config.Image", reference, used, hint=hint)


def runs_image(snapshot: Snapshot, container: Json, reference: str, hint: str) -> Findings:
    """Yield a finding unless the container runs the image that has this tag now, compared by ID.

    Raises Unknown if no image has the tag.

    Example:
        yield from container_images.runs_image(snapshot, web, "harbour-web:1", "Remove the container, and run it again.")
        # web does not run the image that harbour-web:1 refers to now.
    """
    image = snapshot.image(reference)
    if image is None:
        raise Unknown(f"the image {reference} was not found")
    if container["Image"] == image["Id"]:
        return
    name, used = subject(container).partition("/")[2], container["Config"]["Image"]
    message = f"{name} does not run the image that {reference} refers to now."
    why = f"It was created from {used}."
    if used in (reference, f"{reference}:latest") or used.startswith("sha256:"):
        why = "The image was built again after the container was created: a container keeps the image it was created from."
    expected, observed = image["Id"], container["Image"]
    yield Finding(message, subject(container), "Image", expected, observed, why, hint)
