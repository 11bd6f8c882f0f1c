"""Image archives for machines without a registry: several images in one file, in the format of `docker save`.

Source of the format: the OCI image layout and Docker's manifest.json, as the Docker Engine API's "ImageGet" describes.
"""

import errno
import hashlib
import os
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sandboxes import json_text
from sandboxes.errors import Exit, SlipwayError
from sandboxes.images import state_folder
from sandboxes.images.catalogue import find, known
from sandboxes.images.client import connect, inspect
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

CHUNK = 1 << 20
MANIFEST_LIMIT = 4 * 2**20  # bytes
BLOBS = "blobs/sha256/"


def save(references: Iterable[str], path: Path, progress: Progress | None = None) -> int:
    """Write images to one file and return its size in bytes. A file of that name stays until this one is complete.

    Raises SlipwayError where an image is missing or the file cannot be written.
    """
    names = [find(reference).reference for reference in references]
    if not names:
        raise SlipwayError("There is no image to save.", "Name a lab that uses images, or --all.", Exit.WRONG_USAGE)
    progress = progress or Progress()
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with connect() as (client, _):
        _require(client, names)
        try:
            with progress.step(f"Saving {len(names)} images to {path}") as report, partial.open("xb") as file:
                size = _write(client, names, file, report)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as error:
            raise _cannot_write(path, error) from error
        finally:
            state_folder.discard(partial)
    return size


def _require(client: "APIClient", names: list[str]) -> None:
    if absent := [name for name in names if not inspect(client, name)]:
        raise SlipwayError(
            f"Missing on the engine: {', '.join(absent)}.",
            f"Get them with `slipway images pull {' '.join(absent)}` or `build`.",
        )


def _write(client: "APIClient", names: list[str], file: IO[bytes], report: Callable[[str], None]) -> int:
    from sandboxes.engine import streams

    size = 0
    try:
        with streams.opened(client, "GET", "/images/get", streams.Bounds(), params={"names": names}) as stream:
            for part in stream.parts():
                file.write(part)
                size += len(part)
                report(f"{size / 1e6:.0f} MB")
    except streams.Refused as refusal:
        raise SlipwayError(f"The engine refused to export the images: {refusal}.", "Run it again.") from refusal
    return size


def _cannot_write(path: Path, error: OSError) -> SlipwayError:
    reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
    kept = " The existing file is unchanged." if path.exists() else ""
    return SlipwayError(f"{path} could not be written: {reason}.{kept}", "Free some space, or choose another path.")


def load(path: Path, progress: Progress | None = None) -> list[str]:
    """Load the images of a file into the engine and return their references.

    The whole file is verified against its own checksums first. Raises SlipwayError, and loads nothing, for a file that is
    truncated, damaged, of another kind, or has images that do not belong to the course.
    """
    progress = progress or Progress()
    with connect() as (client, _):
        with progress.step(f"Checking {path}") as report:
            names = verify(path, report)
        with progress.step(f"Loading {len(names)} images") as report:
            _load(client, path, report)
    return names


def verify(path: Path, report: Callable[[str], None] = lambda detail: None) -> list[str]:
    """Verify a file of images and return their references. Raises SlipwayError as `load` does."""
    try:
        entries, present = _read(path, report)
    except tarfile.ReadError as error:
        whole = "unexpected end" not in str(error)
        raise _refuse(path, "it is not an image archive" if whole else "it is truncated") from error
    except (EOFError, ValueError, KeyError, TypeError) as error:
        raise _refuse(path, "it is truncated or damaged") from error
    except OSError as error:
        raise SlipwayError(f"{path} cannot be read: {error.strerror or error}.", "Choose a file that you can read.") from error
    if entries is None:
        raise _refuse(path, "it is not an image archive" if present else "it is truncated or empty")
    names = [name for entry in entries for name in entry.get("RepoTags") or []]
    for entry in entries:
        if absent := {entry["Config"], *entry["Layers"]} - present:
            raise _refuse(
                path,
                f"it is truncated: {len(absent)} parts of {', '.join(entry['RepoTags'] or ['an image'])} are missing",
            )
    if foreign := [name for name in names if known(name) is None]:
        raise _refuse(path, f"it has images that do not belong to the course: {', '.join(foreign)}", foreign=True)
    if not names:
        raise _refuse(path, "it has no image with a tag")
    return names


def _read(path: Path, report: Callable[[str], None]) -> tuple[list[dict[str, Any]] | None, set[str]]:
    """Return the manifest (None without one) and the names of all members; each blob is verified against its digest."""
    manifest, present, size = None, set(), 0
    with tarfile.open(path, "r:*") as tar:
        for member in tar:
            present.add(member.name)
            if not member.isfile():
                continue
            with tar.extractfile(member) as content:
                if member.name == "manifest.json":
                    manifest = [dict(entry) for entry in json_text.loads(content.read(MANIFEST_LIMIT))]
                elif member.name.startswith(BLOBS) and _digest(content, member.size) != member.name.removeprefix(BLOBS):
                    raise ValueError(f"{member.name} is damaged")
            size += member.size
            report(f"{size / 1e6:.0f} MB")
    return manifest, present


def _digest(content: IO[bytes], size: int) -> str:
    digest, read = hashlib.sha256(), 0
    while chunk := content.read(CHUNK):
        digest.update(chunk)
        read += len(chunk)
    if read != size:
        raise EOFError("the file ends within a member")
    return digest.hexdigest()


def _refuse(path: Path, why: str, foreign: bool = False) -> SlipwayError:
    fix = (
        "Load other images with `docker load`." if foreign else "Create it again with `slipway images save`, and copy all of it."
    )
    return SlipwayError(f"{path} was not loaded: {why}.", fix)


def _load(client: "APIClient", path: Path, report: Callable[[str], None]) -> None:
    from sandboxes.engine import streams

    try:
        with (
            path.open("rb") as file,
            streams.opened(client, "POST", "/images/load", streams.UPLOAD, params={"quiet": "false"}, data=file) as stream,
        ):
            for event in stream.events():
                if message := event.get("error"):
                    raise SlipwayError(f"The engine could not load the images: {message}.", "See `slipway doctor`.")
                stream.advance()
                report(" ".join(str(event.get("stream") or event.get("status") or "").split()))
    except streams.Refused as refusal:
        raise SlipwayError(f"The engine could not load the images: {refusal}.", "See `slipway doctor`.") from refusal
