"""Carrying images to a machine without a registry: several in one file, in the format of `docker save`.

Source of the format: the OCI image layout and Docker's manifest.json, as the Docker Engine API's "ImageGet" describes.
"""

import errno
import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sandboxes.errors import Exit, SlipwayError
from sandboxes.images import state_folder
from sandboxes.images.catalogue import find, known
from sandboxes.images.client import connect, inspect
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

CHUNK = 1 << 20
BLOBS = "blobs/sha256/"


def save(references: Iterable[str], path: Path, progress: Progress | None = None) -> int:
    """Write images into one file and return its size in bytes. An older file of that name stays until the new is whole.

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
            f"Not there yet: {', '.join(absent)}.",
            f"Get them with `slipway images pull {' '.join(absent)}` or `build`.",
        )


def _write(client: "APIClient", names: list[str], file: IO[bytes], report: Callable[[str], None]) -> int:
    url = f"{client.base_url}/v{client.api_version}/images/get"
    size = 0
    with client.get(url, params={"names": names}, stream=True, timeout=(5, 900)) as response:
        if response.status_code != 200:
            raise SlipwayError(f"The engine did not hand out the images: {response.text.strip()[:300]}.", "Run it again.")
        for chunk in response.iter_content(CHUNK):
            file.write(chunk)
            size += len(chunk)
            report(f"{size / 1e6:.0f} MB")
    return size


def _cannot_write(path: Path, error: OSError) -> SlipwayError:
    reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
    kept = " The file that was there before is unchanged." if path.exists() else ""
    return SlipwayError(f"{path} could not be written: {reason}.{kept}", "Free some space, or name another place.")


def load(path: Path, progress: Progress | None = None) -> list[str]:
    """Put the images of a file into the engine and return their references.

    The file is read whole and compared with its own checksums first: raises SlipwayError for one that is cut off,
    damaged, of another kind, or holds images that are no part of the course, and nothing of it is loaded.
    """
    progress = progress or Progress()
    with connect() as (client, _):
        with progress.step(f"Checking {path}") as report:
            names = verify(path, report)
        with progress.step(f"Loading {len(names)} images") as report:
            _load(client, path, report)
    return names


def verify(path: Path, report: Callable[[str], None] = lambda detail: None) -> list[str]:
    """The references in a file of images, found whole. Raises SlipwayError as `load` does."""
    try:
        entries, present = _read(path, report)
    except tarfile.ReadError as error:
        whole = "unexpected end" not in str(error)
        raise _refuse(path, "it is no file of images" if whole else "it is cut off") from error
    except (EOFError, ValueError, KeyError, TypeError) as error:
        raise _refuse(path, "it is cut off or damaged") from error
    except OSError as error:
        raise SlipwayError(f"{path} cannot be read: {error.strerror or error}.", "Name a file that you can read.") from error
    if entries is None:
        raise _refuse(path, "it is no file of images" if present else "it is cut off or empty")
    names = [name for entry in entries for name in entry.get("RepoTags") or []]
    for entry in entries:
        if absent := {entry["Config"], *entry["Layers"]} - present:
            raise _refuse(
                path,
                f"it is cut off: {len(absent)} parts of {', '.join(entry['RepoTags'] or ['an image'])} are missing",
            )
    if foreign := [name for name in names if known(name) is None]:
        raise _refuse(path, f"it holds images that are no part of the course: {', '.join(foreign)}", foreign=True)
    if not names:
        raise _refuse(path, "it holds no image with a name")
    return names


def _read(path: Path, report: Callable[[str], None]) -> tuple[list[dict[str, Any]] | None, set[str]]:
    """The manifest, None for none, and the names of all members; each blob is compared with its own name."""
    manifest, present, size = None, set(), 0
    with tarfile.open(path, "r:*") as tar:
        for member in tar:
            present.add(member.name)
            if not member.isfile():
                continue
            with tar.extractfile(member) as content:
                if member.name == "manifest.json":
                    manifest = [dict(entry) for entry in json.loads(content.read())]
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
        raise EOFError("the file ends before its last part does")
    return digest.hexdigest()


def _refuse(path: Path, why: str, foreign: bool = False) -> SlipwayError:
    fix = "Load other images with `docker load`." if foreign else "Make it anew with `slipway images save`, and copy it whole."
    return SlipwayError(f"{path} was not loaded: {why}.", fix)


def _load(client: "APIClient", path: Path, report: Callable[[str], None]) -> None:
    from docker.errors import APIError

    try:
        with path.open("rb") as file:
            for event in client.load_image(file, quiet=False):
                if message := event.get("error"):
                    raise SlipwayError(f"The engine did not take the images: {message}.", "See `slipway doctor`.")
                report(" ".join(str(event.get("stream") or event.get("status") or "").split()))
    except APIError as error:
        raise SlipwayError(f"The engine did not take the images: {error.explanation}.", "See `slipway doctor`.") from error
