"""The files of a learner's copy of a lab, reached through descriptors only: never through a link, never into a device."""

import errno
import os
import shlex
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import NotAFile, NotAFolder, open_below, read_in, refuse_special, write_in

Relative = Path
# Folders in which programs keep what they can compute again. They are never saved.
CACHES = ("__pycache__", ".ipynb_checkpoints")


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


def has_mode(source: Path, work: Path, lab_id: str, relative: Relative) -> bool:
    """Tell whether a file of the lab's folder has the permissions that `copy` gives it. Raise OSError."""
    with open_below(work, lab_id, *relative.parts[:-1]) as folder:
        found = os.stat(relative.name, dir_fd=folder, follow_symlinks=False).st_mode
    return stat.S_IMODE(found) == _mode(is_executable(source))


def prune(work: Path, lab_id: str, kept: Iterable[Relative]) -> list[str]:
    """Remove the caches in the lab's folder, and the folders that are empty and that none of the `kept` files is in.

    Return a sentence for each folder that could not be removed. A folder with links or devices in it stays, and so does what
    is on another file system.
    """
    needed, sentences = {Path(".")}.union(*(relative.parents for relative in kept)), []
    try:
        with open_below(work, lab_id) as top:
            device = os.fstat(top).st_dev
            for folder, names, entries, descriptor in os.fwalk(".", topdown=False, dir_fd=top, follow_symlinks=False):
                if os.fstat(descriptor).st_dev != device:
                    continue
                cached = entries if set(Path(folder).parts) & set(CACHES) else ()
                for name in cached:
                    _try(os.unlink, name, descriptor, Path(folder, name), work / lab_id, sentences)
                for name in names:
                    if Path(folder, name) not in needed:
                        _try(os.rmdir, name, descriptor, Path(folder, name), work / lab_id, sentences)
    except FileNotFoundError:
        pass
    return sentences


def _try(action: Callable[..., None], name: str, folder: int, relative: Path, copy: Path, sentences: list[str]) -> None:
    try:
        action(name, dir_fd=folder)
    except OSError as error:
        closed = error.errno == errno.ENOTEMPTY and not os.access(name, os.R_OK | os.X_OK, dir_fd=folder, effective_ids=True)
        if closed or error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.ENOENT):
            sentences.append(refused(copy / relative, PermissionError(errno.EACCES, "Permission denied") if closed else error))


def refused(path: Path, error: OSError) -> str:
    """Return a sentence about a file or folder that could not be removed, with the remedy."""
    reason = (error.strerror or str(error)).lower()
    remedy = f"A container may have created it: remove it with `sudo rm -r {shlex.quote(str(path))}`."
    return f"Could not remove {path}: {reason}. {remedy}"


def exists(work: Path, lab_id: str, relative: Relative) -> bool:
    """Tell whether there is a regular file of this name in the lab's folder."""
    try:
        with open_below(work, lab_id, *relative.parts[:-1]) as folder:
            return stat.S_ISREG(os.stat(relative.name, dir_fd=folder, follow_symlinks=False).st_mode)
    except (FileNotFoundError, NotAFolder):
        return False


def readable(work: Path, lab_id: str, relative: Relative) -> bool:
    """Tell whether there is a regular file of this name that this user may read. A container's user may own it."""
    try:
        with open_below(work, lab_id, *relative.parts[:-1]) as folder:
            return exists(work, lab_id, relative) and os.access(relative.name, os.R_OK, dir_fd=folder, effective_ids=True)
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
    write(kept, work, *parts, executable=is_executable(source), modified=about.st_mtime_ns)


def is_executable(source: Path) -> bool:
    """Tell whether the owner of a file of the course may run it."""
    return bool(source.stat().st_mode & stat.S_IXUSR)


def write(content: bytes, work: Path, *parts: str, executable: bool = False, modified: int | None = None) -> None:
    """Write a file to a place below `work`. Raise OSError, also for a link or a device in its place."""
    with open_below(work, *parts[:-1], create=True) as folder:
        write_in(folder, parts[-1], content, _mode(executable), modified)


def _mode(executable: bool) -> int:
    return 0o755 if executable else 0o644
