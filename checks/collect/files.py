"""Probes of files: those in an image's layers, and those in the learner's folder."""

import hashlib
import json
import os
import tarfile
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from checks.collect.transport import Engine, EngineError
from checks.model import Probe
from checks.snapshot import Json

FILE_LIMIT = 256 * 1024  # bytes


def workspace_file(probe: Probe, workspace: Path) -> Json:
    """The text of `path` in the learner's copy of the lab, and when it was last changed (ISO 8601, UTC)."""
    result: Json = {"kind": "file", "path": probe.options["path"], "ok": False, "error": "", "text": "", "modified": ""}
    path = workspace / probe.options["path"]
    try:
        if not path.resolve().is_relative_to(workspace.resolve()):
            return {**result, "error": "points outside the lab's folder"}
        with path.open("rb") as file:
            text = file.read(FILE_LIMIT).decode("utf-8", errors="replace")
            modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except FileNotFoundError:
        return {**result, "error": "no such file"}
    except OSError as error:
        return {**result, "error": error.strerror or str(error)}
    return {**result, "ok": True, "text": text, "modified": modified.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


def image_files(probe: Probe, engine: Engine, cache: Path) -> Json:
    """The files in an image's layers whose path matches one of `patterns`, also those that a later layer deletes.

    An image never changes under its ID, so what was read once is kept in `cache`.
    """
    image, patterns = probe.options["image"], probe.options["patterns"]
    result: Json = {"kind": "image_files", "image": image, "ok": False, "error": "", "files": []}
    detail = engine.get(f"/images/{quote(image, safe='')}/json")
    if detail is None:
        return {**result, "error": "no such image"}
    key = hashlib.sha256(json.dumps([detail["Id"], patterns]).encode()).hexdigest()[:24]
    kept = cache / f"image-files-{key}.json"
    try:
        files = json.loads(kept.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        files = _read_layers(engine, detail["Id"], patterns, probe.timeout)
        cache.mkdir(parents=True, exist_ok=True)
        temporary = kept.with_suffix(".part")
        temporary.write_text(json.dumps(files), encoding="utf-8")
        temporary.replace(kept)
    return {**result, "ok": True, "id": detail["Id"], "files": files}


def _read_layers(engine: Engine, id: str, patterns: list[str], timeout: float) -> list[Json]:
    """Streams `docker save` once; nothing is unpacked to disk."""
    found: list[Json] = []
    order: dict[str, int] = {}
    with engine.stream(f"/images/{id}/get", timeout=timeout) as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    if member.name == "manifest.json":
                        layers = json.load(archive.extractfile(member))[0]["Layers"]
                        order = {name: number for number, name in enumerate(layers)}
                    elif member.isfile() and (member.name.endswith("layer.tar") or member.name.startswith("blobs/")):
                        found += _matching(archive.extractfile(member), member.name, patterns)
        except (tarfile.TarError, OSError, ValueError) as error:
            raise EngineError(f"the layers of the image could not be read ({error})") from error
    kept = [{**each, "layer": order[each["layer"]]} for each in found if each["layer"] in order]
    return sorted(kept, key=lambda each: (each["layer"], each["path"]))


def _matching(layer: object, name: str, patterns: list[str]) -> list[Json]:
    try:
        with tarfile.open(fileobj=layer, mode="r|*") as archive:
            entries = [(entry.name.removeprefix("./"), entry.size) for entry in archive if not entry.isdir()]
    except tarfile.ReadError:
        return []  # a configuration blob, not a layer
    hits = [(path, size) for path, size in entries if any(fnmatchcase(path, pattern) for pattern in patterns)]
    return [{"layer": name, "path": f"/{path}", "size": size} for path, size in hits]
