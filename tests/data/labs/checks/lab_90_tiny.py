"""The checks of the lab that the tests use."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import container_images, container_ports, containers

NAME = "slipway-tiny"


@check("image-built", "There is an image called slipway-tiny", hints=["Look at the Dockerfile.", "`docker build --tag`."])
def image_built(snapshot: Snapshot) -> containers.Findings:
    yield from container_images.image_exists(snapshot, NAME, "Build it.")


@check(
    "running",
    "A container of that image runs",
    needs=["image-built"],
    hints=["Look at `docker ps`.", "`docker run --detach --name slipway-tiny`."],
)
def running(snapshot: Snapshot) -> containers.Findings:
    yield from containers.first(
        containers.running(snapshot, NAME, "Run it."),
        _runs_image(snapshot),
    )


def _runs_image(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.container(NAME)
    if container is not None:
        yield from container_images.runs_image(snapshot, container, NAME, "Remove it and run it again.")


@check(
    "answers",
    "The server answers on port 5990",
    points=3,
    needs=["running"],
    hints=["Look at `docker port slipway-tiny`.", "`--publish 5990:8080`."],
)
def answers(snapshot: Snapshot) -> containers.Findings:
    container = snapshot.container(NAME) or {}
    yield from containers.first(
        container_ports.publishes(container, 5990, 8080, "Publish the port."),
        container_ports.answers(snapshot, "page", container, "afloat", "Look at the page."),
    )


@check("note-kept", "The note is on the volume", needs=["running"], hints=["Look at /data.", "`docker exec` writes it."])
def note_kept(snapshot: Snapshot) -> containers.Findings:
    volume = snapshot.volume("slipway-tiny-data")
    if volume is None:
        yield Finding("There is no volume.", "volume/slipway-tiny-data", "Name", "slipway-tiny-data", [], hint="Create it.")
        return
    probe = snapshot.probe("data")
    note = probe["stdout"].strip()
    yield from containers.equal("container/slipway-tiny", "/data/note", "kept", note, "The note is not there.", hint="Write it.")
