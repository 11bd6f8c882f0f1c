"""Probes of files: those in an image's layers, and those in the learner's folder."""

import errno
import hashlib
import json
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.probes import image_layers
from checks.snapshot import Json
from sandboxes import json_text, settings
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_regular, read_text, write_whole

FILE_LIMIT = 256 * 1024  # bytes
# What this machine lacks or has damaged; whoever wrote the file has no part in it.
DAMAGED = (errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
# Part of the key under which an image's files are kept: what was read in another form is read again.
FORM = 2


def workspace_file(probe: Probe, workspace: Path) -> Json:
    """Return the text of a file in the learner's copy of the lab, and when it was last changed (ISO 8601, UTC).

    It is that of `path`; with `paths`, the first of them that exists, or the first of all. With `original`, the file is the
    lab's own, as the learner got it.
    """
    if probe.options.get("original"):
        return _read(settings.load().labs / workspace.name, probe.options["path"])
    names = probe.options.get("paths") or [probe.options["path"]]
    name = next((name for name in names if _is_called(workspace / name)), names[0])
    return _read(workspace, name)


def _is_called(path: Path) -> bool:
    """Tell whether there is a file of exactly this name, also on a disk that takes other letters for the same name."""
    try:
        return path.exists() and path.name in os.listdir(path.parent)
    except OSError:
        return False


def _nearly(path: Path) -> str:
    """Return the name of a file that differs only in what an editor adds, the case, or the ending of YAML; "" for none."""
    try:
        others = sorted(os.listdir(path.parent))
    except OSError:
        return ""
    return next((other for other in others if other != path.name and _core(other) == _core(path.name)), "")


def _core(name: str) -> str:
    return re.sub(r"\.yml$", ".yaml", name.casefold().removesuffix(".txt"))


def _read(folder: Path, name: str) -> Json:
    result: Json = {"kind": "file", "path": name, "ok": False, "error": "", "text": "", "modified": ""}
    path = folder / name
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return {**result, "error": "points outside the lab's folder"}
        with os.fdopen(open_regular(path.resolve()), "rb") as file:
            text = file.read(FILE_LIMIT).decode("utf-8-sig", errors="replace")
            modified = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
    except FileNotFoundError:
        near = _nearly(path)
        return {**result, "error": f"no such file, but there is {near}" if near else "no such file"}
    except OSError as error:
        if error.errno in DAMAGED:
            raise EngineError(f"the file {name} could not be read ({error.strerror})") from error
        return {**result, "error": error.strerror or str(error)}
    return {**result, "ok": True, "text": text, "modified": modified.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}


def image_files(probe: Probe, engine: Engine, cache: Path) -> Json:
    """The files in an image's layers whose path matches one of `patterns`, also those that a later layer deletes.

    With `digests`, each has the "sha256" of its content, unless it is larger than 256 KiB. With `contains`, a regular
    expression, only those whose content matches it, files of more than 256 KiB left out. Of a program it also says, under
    "interpreter", which loader it asks for: an empty one, if it is static. An image never changes under its ID, so what was
    found once is kept in `cache`.
    """
    image, patterns, contains = probe.options["image"], probe.options["patterns"], probe.options.get("contains", "")
    digests = bool(probe.options.get("digests"))
    result: Json = {"kind": "image_files", "image": image, "ok": False, "error": "", "files": []}
    detail = engine.get(f"/images/{quote(image, safe='')}/json")
    if detail is None:
        return {**result, "error": "no such image"}
    key = hashlib.sha256(json.dumps([FORM, detail["Id"], patterns, contains, digests]).encode()).hexdigest()[:24]
    kept = cache / f"image-files-{key}.json"
    try:
        files = json_text.loads(read_text(kept))
    except (OSError, ValueError):
        search = image_layers.Search(tuple(patterns), re.compile(contains.encode()) if contains else None, digests)
        files = image_layers.read(engine, detail["Id"], search, probe.timeout)
        with suppress(SlipwayError):  # without its cache, the next check takes longer; this one is as good
            write_whole(kept, json.dumps(files))
    return {**result, "ok": True, "id": detail["Id"], "files": files}
