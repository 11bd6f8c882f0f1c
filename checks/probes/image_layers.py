"""The files in an image's layers, also those that a later layer deletes. Streamed once; nothing is unpacked to disk."""

import hashlib
import io
import tarfile
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import IO, Protocol

from checks.clients.base import Engine, EngineError
from checks.probes import elf
from checks.snapshot import Json
from sandboxes import json_text

CONTENT_LIMIT = 256 * 1024  # bytes: what is larger is a program or data, not a key, a note or a setting
HEAD = 64 * 1024  # bytes of a program that are read: its headers, and what they point to, stand there
DESCRIPTION_LIMIT = 1024 * 1024  # bytes
DELETED = ".wh."  # an entry with this before its name deletes the file of that name in the layers below
EMPTIED = ".wh..wh..opq"  # an entry of this name deletes all that the layers below have in its folder


class Content(Protocol):
    """What decides whether a file's content is looked for, such as a regular expression over bytes."""

    def search(self, content: bytes, /) -> object:
        """A true value where it is."""


@dataclass(frozen=True)
class Search:
    """What to look for: files whose path matches one of `patterns` and, where it is given, whose content `contains`.

    With `digests`, the digest of each file's content is told, too, unless it is larger than `CONTENT_LIMIT`.
    """

    patterns: tuple[str, ...]
    contains: Content | None = None
    digests: bool = False


@dataclass
class Layer:
    """One layer's hits (path, size in bytes, and of a program its loader), and what it deletes in the layers below."""

    hits: list[Json] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)


def read(engine: Engine, id: str, search: Search, timeout: float) -> list[Json]:
    """The files found, in the order of the layers. Raises EngineError where they cannot be read.

    Each has `layer` (from 0), `path`, `size` in bytes, `step` (the instruction that made the layer) and `deleted_by`
    (the instruction of a later layer that deletes the file; empty where none does); a program has its `interpreter`, and
    where digests are asked for, a file has its `sha256`.
    """
    layers: dict[str, Layer] = {}
    descriptions: dict[str, Json] = {}
    with engine.stream(f"/images/{id}/get", timeout=timeout) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    content = archive.extractfile(member) if member.isfile() else None
                    if content is None:
                        continue
                    if member.size <= DESCRIPTION_LIMIT:
                        content = io.BytesIO(content.read(DESCRIPTION_LIMIT))
                        if content.getvalue()[:1] in (b"{", b"["):
                            descriptions[member.name] = json_text.loads(content.getvalue())
                            continue
                    layers[member.name] = _layer(content, search)
            return _found(layers, descriptions)
        except (tarfile.TarError, OSError, ValueError, LookupError, TypeError) as error:
            raise EngineError(f"the layers of the image could not be read ({error})") from error


def _layer(content: IO[bytes], search: Search) -> Layer:
    """What one layer holds of what is looked for; nothing where `content` is no layer."""
    layer = Layer()
    try:
        with tarfile.open(fileobj=content, mode="r|*") as archive:
            for entry in archive:
                path = PurePosixPath("/", entry.name)
                if path.name == EMPTIED:
                    layer.deleted.add(f"{path.parent}/*")
                elif path.name.startswith(DELETED):
                    layer.deleted.add(str(path.with_name(path.name.removeprefix(DELETED))))
                elif not entry.isdir() and (hit := _hit(archive, entry, search)) is not None:
                    layer.hits.append({"path": str(path), "size": entry.size, **hit})
    except tarfile.ReadError:
        pass
    return layer


def _hit(archive: tarfile.TarFile, entry: tarfile.TarInfo, search: Search) -> Json | None:
    """What more is known of a file that is looked for; None for any other."""
    path = entry.name.removeprefix("./")
    if not any(fnmatchcase(path, pattern) for pattern in search.patterns):
        return None
    content = archive.extractfile(entry).read(CONTENT_LIMIT) if entry.isreg() else b""
    if search.contains and (entry.size > CONTENT_LIMIT or not search.contains.search(content)):
        return None
    loader = elf.interpreter(content[:HEAD])
    known = {"sha256": hashlib.sha256(content).hexdigest()} if search.digests and entry.size <= CONTENT_LIMIT else {}
    return known if loader is None else {**known, "interpreter": loader}


def _found(layers: dict[str, Layer], descriptions: dict[str, Json]) -> list[Json]:
    """The hits of all layers, in the order in which the layers lie on each other."""
    manifest = descriptions["manifest.json"][0]
    history = descriptions[manifest["Config"]].get("history") or []
    steps = [entry.get("created_by", "") for entry in history if not entry.get("empty_layer")]
    stack = [layers.get(name, Layer()) for name in manifest["Layers"]]
    hits = []
    for number, layer in enumerate(stack):
        for hit in sorted(layer.hits, key=lambda entry: entry["path"]):
            deleted = next((n for n in range(number + 1, len(stack)) if _deletes(stack[n], hit["path"])), None)
            step, deleted_by = (steps[n] if n is not None and n < len(steps) else "" for n in (number, deleted))
            hits.append({**hit, "layer": number, "step": step, "deleted_by": deleted_by})
    return hits


def _deletes(layer: Layer, path: str) -> bool:
    """Whether the layer deletes the file, or a folder that it lies in."""
    folders = [str(folder) for folder in PurePosixPath(path).parents]
    return not layer.deleted.isdisjoint([path, *folders, *(f"{folder.rstrip('/')}/*" for folder in folders)])
