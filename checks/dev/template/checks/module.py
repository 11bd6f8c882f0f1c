"""The checks of lab $id."""

from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import container_images, containers

IMAGE = "$word-page"


@check(
    "image-built",
    "There is an image called $word-page",
    hints=[
        "An image is built from a Dockerfile.",
        "`docker build` takes the folder with the Dockerfile, and with --tag the name of the image.",
        "`docker build --tag $word-page .` in the lab's folder.",
    ],
)
def image_built(snapshot: Snapshot) -> containers.Findings:
    yield from container_images.image_exists(snapshot, IMAGE, f"Build it with the name {IMAGE}.")
