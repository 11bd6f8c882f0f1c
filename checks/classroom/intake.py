"""The intake: every file in a folder or ZIP archive as a learning platform delivers it, without reading more than is safe.

Files are listed in the order of their names, so that two runs see them in the same order. A file that cannot be one is
listed, too, with the reason: none is passed over in silence. A link is never followed.
"""

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_whole

MOST_BYTES = 4 * 2**20  # of one file, as it was sent
MOST_FILES = 200_000
DEEPEST = 8  # folders
# What operating systems and archivers add by themselves.
_IGNORED = {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX"}
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)


class Unreadable(Exception):
    """A file that cannot be read; says why, in a sentence for the instructor."""


@dataclass(frozen=True)
class Item:
    """One delivered file. `name` is its path below the folder or in the archive, as the instructor sees it.

    `path` is the file itself, or the archive that holds it as its entry number `entry`. `fault` says why it cannot be read.
    """

    name: str
    path: str
    entry: int | None = None
    fault: str = ""


def items(where: Path) -> list[Item]:
    """List the files of a folder, a ZIP archive, or a folder with archives in it. Raise SlipwayError for anything else."""
    try:
        mode = where.stat().st_mode
    except OSError as error:
        raise SlipwayError(
            f"{where} cannot be read ({error.strerror}).", "Name the downloaded folder or ZIP file.", Exit.WRONG_USAGE
        ) from error
    found = list(_walk(where, "", 0)) if stat.S_ISDIR(mode) else list(_file(where.resolve(), where.name, at_top=True))
    if len(found) > MOST_FILES:
        raise SlipwayError(
            f"{where} has more than {MOST_FILES} files.", "Name the folder with the submissions.", Exit.WRONG_USAGE
        )
    return sorted(found, key=lambda item: item.name)


def _walk(folder: Path, below: str, depth: int) -> Iterator[Item]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Item(below or str(folder), str(folder), fault=f"The folder cannot be read: {error.strerror}.")
        return
    for entry in entries:
        name = f"{below}/{entry.name}" if below else entry.name
        if entry.name in _IGNORED or entry.name.startswith("."):
            continue
        if entry.is_symlink():
            yield Item(name, entry.path, fault="It is a link, which is not followed.")
        elif entry.is_dir():
            if depth >= DEEPEST:
                yield Item(name, entry.path, fault=f"The folders are nested more than {DEEPEST} levels deep.")
            else:
                yield from _walk(Path(entry.path), name, depth + 1)
        elif entry.is_file():
            yield from _file(Path(entry.path), name, at_top=depth == 0)
        else:
            yield Item(name, entry.path, fault="It is not a regular file.")


def _file(path: Path, name: str, at_top: bool) -> Iterator[Item]:
    """Yield a file, or the entries of an archive that the instructor downloaded; a learner's archive is not opened."""
    if at_top and name.lower().endswith(".zip"):
        yield from _archive(path, name)
    else:
        yield Item(name, str(path))


def _archive(path: Path, name: str) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (OSError, *_DAMAGE) as error:
        yield Item(name, str(path), fault=f"It is not a complete ZIP archive ({error}).")
        return
    for number, entry in enumerate(entries):
        parts = entry.filename.split("/")
        if entry.is_dir() or any(part in _IGNORED or part.startswith("._") for part in parts):
            continue
        yield Item(entry.filename, str(path), number, _entry_fault(entry))


def _entry_fault(entry: zipfile.ZipInfo) -> str:
    if entry.flag_bits & 0x1:
        return "It is encrypted."
    if entry.file_size > MOST_BYTES:
        return f"It has more than {MOST_BYTES // 2**20} MiB."
    return ""


class Reader:
    """Reads delivered files, and keeps the last archive open. Not for use in several threads."""

    def __init__(self) -> None:
        self._archive: zipfile.ZipFile | None = None
        self._entries: list[zipfile.ZipInfo] = []

    def read(self, item: Item) -> bytes:
        """Return the bytes of a file, at most MOST_BYTES. Raise Unreadable with the reason."""
        if item.fault:
            raise Unreadable(item.fault)
        try:
            content = read_whole(Path(item.path), MOST_BYTES) if item.entry is None else self._entry(item.path, item.entry)
        except (OSError, *_DAMAGE, IndexError) as error:
            raise Unreadable(f"It cannot be read: {getattr(error, 'strerror', None) or error}.") from error
        if len(content) > MOST_BYTES:
            raise Unreadable(f"It has more than {MOST_BYTES // 2**20} MiB.")
        return content

    def _entry(self, path: str, number: int) -> bytes:
        if self._archive is None or self._archive.filename != path:
            self.close()
            self._archive = zipfile.ZipFile(path)
            self._entries = self._archive.infolist()
        # The size in the directory may be a lie: what is decompressed is bounded here.
        with self._archive.open(self._entries[number]) as file:
            return file.read(MOST_BYTES + 1)

    def close(self) -> None:
        """Close the archive."""
        if self._archive is not None:
            self._archive.close()
            self._archive = None
