"""Secrets in the metadata and the layers of an image.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary.containers import Findings

# How `checks.redact` begins the mark that it puts in the place of a secret.
REDACTED = "‹redacted"


def no_secret_described(
    image: Json, where: str, what: str, hint: str, cost: int | None = None, signs: tuple[str, ...] = ()
) -> Findings:
    """Yield a finding if a variable or a build step of the image contains a secret.

    `where` is the finding's subject, `what` the image in words, `signs` are words that betray a secret under any name.

    Example:
        yield from image_secrets.no_secret_described(image, "image/harbour-api", "harbour-api", "Use a build secret.")
        # harbour-api has a secret in its metadata.
    """
    steps = [step["CreatedBy"] for step in image.get("History", ())]
    texts = [*(image["Config"].get("Env") or ()), *steps]
    secrets = [_masked(text, signs) for text in texts if any(sign in text for sign in (REDACTED, *signs))]
    if secrets:
        message = f"{what} has a secret in its metadata."
        why = "ENV and ARG stay in an image permanently: `docker image inspect` and `docker history` show them."
        yield Finding(message, where, "Config.Env and History", "no secret", secrets, why, hint, cost=cost)


def _masked(text: str, signs: tuple[str, ...]) -> str:
    """The text without the secrets that begin with one of the signs."""
    for sign in signs:
        text = re.sub(rf"{re.escape(sign)}\w+", f"{sign}…", text)
    return text


def no_secret_in_layers(snapshot: Snapshot, probe_id: str, hint: str) -> Findings:
    """Yield a finding for each file with a secret in any layer, deleted files included. Raises Unknown for unreadable layers.

    Example:
        yield from image_secrets.no_secret_in_layers(snapshot, "secrets", "Use RUN --mount=type=secret.")
        # A layer of harbour-api contains a secret: the file /app/.env.
    """
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        raise Unknown(f"the layers of {probe['image']} could not be read ({probe['error']})")
    for file in probe["files"]:
        message = f"A layer of {probe['image']} contains a secret: the file {file['path']}."
        why = f"The step that created the layer: {_step(file['step'])}"
        if file["deleted_by"]:
            message = f"A layer of {probe['image']} still contains a secret: the file {file['path']}, deleted later."
            why += (
                f"\nA later layer deletes the file: {_step(file['deleted_by'])}\nThat hides it from containers. "
                "The layer below stays as it is, and anyone who has the image has the layer."
            )
        where, path = f"image/{probe['image']}", f"layer {file['layer'] + 1} of the image"
        yield Finding(message, where, path, "no secret in any layer", file["path"], why, hint)


def no_password_in_files(snapshot: Snapshot, probe_id: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding for each file in a layer that holds a password in use, as an `image_passwords` probe found them.

    A snapshot that was taken before this probe existed says nothing about it, for or against.

    Example:
        yield from image_secrets.no_password_in_files(snapshot, "passwords-in-image", "Name the file in .dockerignore.")
        # The image of web holds the password that is in use: the file /app/db.env.
    """
    if probe_id not in snapshot.probes and probe_id not in snapshot.errors:
        return
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        raise Unknown(f"the layers of the images of {probe['project']} could not be searched ({probe['error']})")
    for file in probe["files"]:
        service = file["service"]
        message = f"The image of {service} holds the password that is in use: the file {file['path']}."
        why = f"The layer was made by: {_step(file['step'])}"
        if file["deleted_by"]:
            why += f"\nA later layer deletes the file: {_step(file['deleted_by'])}\nThe layer below stays as it is."
        where, path = f"service/{service}", f"layer {file['layer'] + 1} of the image"
        yield Finding(message, where, path, "no password in any layer", file["path"], why, hint, cost=cost)


def _step(created_by: str) -> str:
    """A build step as it is written in the Dockerfile."""
    return created_by.removesuffix(" # buildkit").replace("RUN /bin/sh -c ", "RUN ", 1)
