"""Our own files: written and read completely or not at all, and never through a link that we did not create."""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sandboxes.errors import Exit, SlipwayError

# Never through a link at the end of the path, never waiting for the other end of a FIFO.
SAFELY = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class NotAFile(OSError):
    """The path to read or write is not a regular file. `strerror` says what it is."""

    def __init__(self, path: Path, mode: int | None) -> None:
        kind = KINDS.get(stat.S_IFMT(mode), "no regular file") if mode is not None else "a link"
        super().__init__(errno.EINVAL, f"it is {kind}, not a regular file", str(path))
        self.mode = mode


def read_whole(path: Path, limit: int = 64 * 2**20) -> bytes:
    """Read a regular file of at most `limit` bytes. Raises OSError, also for a link, a folder, a FIFO, or more bytes."""
    return read_in(None, str(path), limit)


def read_in(folder: int | None, name: str, limit: int = 64 * 2**20) -> bytes:
    """Read a file of a folder that is open (a descriptor), as `read_whole` does."""
    with os.fdopen(_open(name, os.O_RDONLY, folder), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"it has more than {limit} bytes", name)
    return content


def _open(name: str, flags: int, folder: int | None = None, mode: int = 0o600) -> int:
    """Return a descriptor of a regular file. Raise NotAFile for anything else, without waiting and without changing it."""
    try:
        descriptor = os.open(name, flags | SAFELY, mode, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
            raise NotAFile(Path(name), _mode(name, folder)) from error
        raise
    existing = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(existing):
        os.close(descriptor)
        raise NotAFile(Path(name), existing)
    return descriptor


def open_regular(path: Path) -> int:
    """Return a descriptor to read a regular file. Raise OSError for anything else, and never waits."""
    return _open(str(path), os.O_RDONLY)


def read_given(path: Path, limit: int) -> str:
    """Read a file that the person names, in UTF-8; they may name a link. Raises OSError as `read_whole` does, or ValueError."""
    return read_whole(path.resolve(), limit).decode("utf-8")


def read_text(path: Path, limit: int = 64 * 2**20) -> str:
    """Read a regular file in UTF-8. Raises OSError as `read_whole` does, ValueError for other bytes."""
    return read_whole(path, limit).decode("utf-8")


def write_whole(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write `content` beside `path`, then put it in its place: a full disk or Ctrl-C leaves the old file as it was.

    The file gets exactly these rights, whatever the umask. A link, a folder, a FIFO, a socket or a device is never
    replaced. Raises SlipwayError when the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_folder(path.parent) as folder:
            write_in(folder, path.name, content, mode)
    except OSError as error:
        raise SlipwayError(
            f"{path} could not be written ({error.strerror or error}); what was there before is unchanged.",
            "Free some space, or choose another place.",
        ) from error


def write_in(folder: int, name: str, content: str | bytes, mode: int = 0o644, modified: int | None = None) -> None:
    """Write a file of a folder that is open (a descriptor), as `write_whole` does. Raises OSError.

    `modified` is the time of its last change, in nanoseconds since 1970; now, if it is not given.
    """
    if not name:
        raise NotAFile(Path("."), stat.S_IFDIR)
    refuse_special(name, folder)
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = f".{name[:80]}.{threading.get_native_id()}.part"
    # What a killed process has left under this name has other permissions, or is a link: it is never written to.
    with suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFELY, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if modified is not None:
                os.utime(file.fileno(), ns=(modified, modified))
            os.fsync(file.fileno())
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(temporary, dir_fd=folder)
        raise


def refuse_target(path: Path) -> None:
    """Raise SlipwayError where a file of this name cannot be written: before the work that is to be written into it."""
    try:
        if not path.name:
            raise NotAFile(path, stat.S_IFDIR)
        refuse_special(path)
    except OSError as error:
        raise SlipwayError(
            f"{str(path)[:200]} cannot be written ({error.strerror or error}).", "Choose another file.", Exit.WRONG_USAGE
        ) from error


def refuse_special(name: str | Path, folder: int | None = None) -> None:
    """Raise NotAFile where something that is no regular file bears this name."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise NotAFile(Path(name), mode)


@contextmanager
def open_folder(path: Path) -> Iterator[int]:
    """Return a folder as a descriptor. Links on the way to it are the person's own and are followed; see `open_below`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def open_below(root: Path, *parts: str, create: bool = False) -> Iterator[int]:
    """Return a folder below `root` as a descriptor, with no link anywhere on the way from `root` to it.

    Raises NotAFile for a link, or anything else that is no folder, in the place of one.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        at = root
        for part in parts:
            at = at / part
            if create:
                _make_folder(part, descriptor)
            try:
                deeper = os.open(part, os.O_RDONLY | os.O_DIRECTORY | SAFELY, dir_fd=descriptor)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.ENOTDIR):
                    raise NotAFolder(at, _mode(part, descriptor)) from error
                raise
            os.close(descriptor)
            descriptor = deeper
        yield descriptor
    finally:
        os.close(descriptor)


class NotAFolder(OSError):
    """The path of one of our folders is not a folder. `strerror` says what it is, `filename` where."""

    def __init__(self, path: Path, mode: int | None) -> None:
        kind = "a file" if mode is not None and stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode or stat.S_IFLNK), "no folder")
        super().__init__(errno.ENOTDIR, f"it is {kind}, not a folder", str(path))


def _make_folder(name: str, folder: int) -> None:
    """Create a folder that everyone can read, whatever the umask. An existing folder is not changed."""
    with suppress(FileExistsError):
        os.mkdir(name, 0o755, dir_fd=folder)
        os.chmod(name, 0o755, dir_fd=folder)


def open_lock(path: Path) -> int:
    """Return a descriptor of a file to lock. Its content is not changed. Raise OSError for what is no regular file."""
    return _open(str(path), os.O_RDWR | os.O_CREAT)


def open_log(path: Path, mode: int = 0o600) -> int:
    """Return a descriptor of an emptied file to write a log to. Raise OSError for anything else, and leave it unchanged."""
    descriptor = _open(str(path), os.O_WRONLY | os.O_CREAT, mode=mode)
    os.ftruncate(descriptor, 0)
    return descriptor


def _mode(name: str, folder: int | None) -> int | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return None
