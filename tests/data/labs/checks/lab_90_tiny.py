"""The checks of the lab that the tests use."""

from checks import expect
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot

NAME = "slipway-tiny"


@check("image-built", "There is an image called slipway-tiny", hints=["Look at the Dockerfile.", "`docker build --tag`."])
def image_built(snapshot: Snapshot) -> expect.Findings:
    yield from expect.image_exists(snapshot, NAME, "Build it.")


@check(
    "running",
    "A container of that image runs",
    needs=["image-built"],
    hints=["Look at `docker ps`.", "`docker run --detach --name slipway-tiny`."],
)
def running(snapshot: Snapshot) -> expect.Findings:
    yield from expect.first(
        expect.running(snapshot, NAME, "Run it."),
        _runs_image(snapshot),
    )


def _runs_image(snapshot: Snapshot) -> expect.Findings:
    container = snapshot.container(NAME)
    if container is not None:
        yield from expect.runs_image(snapshot, container, NAME, "Remove it and run it again.")


@check(
    "answers",
    "The server answers on port 5990",
    points=3,
    needs=["running"],
    hints=["Look at `docker port slipway-tiny`.", "`--publish 5990:8080`."],
)
def answers(snapshot: Snapshot) -> expect.Findings:
    container = snapshot.container(NAME) or {}
    yield from expect.first(
        expect.publishes(container, 5990, 8080, "Publish the port."),
        expect.answers(snapshot, "page", container, "afloat", "Look at the page."),
    )


@check("note-kept", "The note is on the volume", needs=["running"], hints=["Look at /data.", "`docker exec` writes it."])
def note_kept(snapshot: Snapshot) -> expect.Findings:
    volume = snapshot.volume("slipway-tiny-data")
    if volume is None:
        yield Finding("There is no volume.", "volume/slipway-tiny-data", "Name", "slipway-tiny-data", [], hint="Create it.")
        return
    probe = snapshot.probe("data")
    found = probe["stdout"].strip()
    yield from expect.equal("container/slipway-tiny", "/data/note", "kept", found, "The note is not there.", hint="Write it.")
