"""The differences between a lab's folder after a reset and a new copy of the lab: contents, permissions, folders."""

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.lifecycle import workspace
from checks.model import Lab
from sandboxes.settings import Settings

Contents = dict[str, tuple[int, bytes]]


def differences(lab: Lab, settings: Settings) -> Iterator[str]:
    """Yield a sentence for each difference between the learner's copy of a lab and a new one."""
    with TemporaryDirectory(prefix="slipway-new-copy-") as folder:
        new = contents(workspace.prepare(lab, replace(settings, work=Path(folder))))
    found = contents(workspace.folder(lab, settings))
    yield from (f"left in the lab's folder: {name}" for name in sorted(found.keys() - new.keys()))
    yield from (f"missing in the lab's folder: {name}" for name in sorted(new.keys() - found.keys()))
    for name in sorted(new.keys() & found.keys()):
        (mode, content), (wanted, start) = found[name], new[name]
        if content != start:
            yield f"{name} in the lab's folder is not as at the start"
        if mode != wanted:
            yield f"{name} in the lab's folder has the mode {stat.filemode(mode)}, not {stat.filemode(wanted)}"


def contents(folder: Path) -> Contents:
    """Return the mode and the content of everything in a folder, by relative path; a link's content is its target."""
    return {str(path.relative_to(folder)): (path.lstat().st_mode, _content(path)) for path in sorted(folder.rglob("*"))}


def _content(path: Path) -> bytes:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return str(path.readlink()).encode()
    return path.read_bytes() if stat.S_ISREG(mode) else b""
