"""The files of a learner's copy of a lab, reached through descriptors only: never through a link, never into a device."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import NotAFile, NotAFolder, open_below, read_in, refuse_special, write_in

Relative = Path


def refuse(work: Path, lab_id: str, starters: Iterable[Relative]) -> None:
    """Raise SlipwayError where the lab's folder, or a folder or file that a lab begins with, is something else by now.

    Nothing is changed: a link may lead to files that are not the lab's.
    """
    try:
        for relative in [Path("lab"), *starters]:
            _refuse_one(work, (lab_id, *relative.parts))
    except (NotAFile, NotAFolder) as error:
        what = (error.strerror or "").partition(",")[0].removeprefix("it is ")
        raise SlipwayError(
            f"{error.filename} is {what}. Slipway does not follow or replace what it did not create; nothing was changed.",
            f"Move it away (`mv '{error.filename}' '{error.filename}.mine'`), then run the command again.",
        ) from error
    except OSError as error:
        raise SlipwayError(f"{work / lab_id} cannot be read ({error.strerror}).", "Check the permissions there.") from error


def _refuse_one(work: Path, parts: tuple[str, ...]) -> None:
    try:
        with open_below(work, *parts[:-1]) as folder:
            refuse_special(parts[-1], folder)
    except FileNotFoundError:
        pass
    except NotAFile as error:
        raise NotAFile(work.joinpath(*parts), error.mode) from error


def files(work: Path, lab_id: str) -> Iterator[Relative]:
    """Yield the regular files of the lab's folder, relative to it, in order. Links are neither followed nor listed."""
    try:
        with open_below(work, lab_id) as top:
            found = []
            for folder, _, names, descriptor in os.fwalk(".", dir_fd=top, follow_symlinks=False):
                for name in names:
                    if stat.S_ISREG(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                        found.append(Path(folder, name))
    except FileNotFoundError:
        return
    yield from sorted(found)


def exists(work: Path, lab_id: str, relative: Relative) -> bool:
    """Tell whether there is a regular file of this name in the lab's folder."""
    try:
        with open_below(work, lab_id, *relative.parts[:-1]) as folder:
            return stat.S_ISREG(os.stat(relative.name, dir_fd=folder, follow_symlinks=False).st_mode)
    except (FileNotFoundError, NotAFolder):
        return False


def read(work: Path, lab_id: str, relative: Relative) -> bytes:
    """Return the content of a file of the lab's folder. Raise OSError."""
    with open_below(work, lab_id, *relative.parts[:-1]) as folder:
        return read_in(folder, relative.name)


def remove(work: Path, lab_id: str, relative: Relative) -> None:
    """Remove a file of the lab's folder, if it is there. Raise OSError."""
    try:
        with open_below(work, lab_id, *relative.parts[:-1]) as folder:
            os.unlink(relative.name, dir_fd=folder)
    except FileNotFoundError:
        pass


def copy(source: Path, work: Path, *parts: str, content: bytes | None = None) -> None:
    """Copy a file of the course to a place below `work`, with its time, executable where it is, and readable by everyone.

    `content` replaces that of the file. Files of a lab end up in images, where another user reads them: the modes of the
    checkout do not matter.
    """
    about = source.stat()
    kept = source.read_bytes() if content is None else content
    write(kept, work, *parts, executable=bool(about.st_mode & stat.S_IXUSR), modified=about.st_mtime_ns)


def write(content: bytes, work: Path, *parts: str, executable: bool = False, modified: int | None = None) -> None:
    """Write a file to a place below `work`. Raise OSError, also for a link or a device in its place."""
    with open_below(work, *parts[:-1], create=True) as folder:
        write_in(folder, parts[-1], content, 0o755 if executable else 0o644, modified)
