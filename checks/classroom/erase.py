"""The removal of a learner: from the store, the evidence, the roster, and what was made of them in the folder of the class."""

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from checks.classroom import class_lock, roster
from checks.classroom.folder import ClassFolder
from checks.classroom.store import Store
from sandboxes.host.atomic_write import read_whole, write_whole

# What Slipway writes into the folder of a class, and what learners have sent. Other files are the instructor's own.
OURS = ("evidence", "exports", "feedback", "invitations", "submissions")
MOST_BYTES = 64 * 2**20
BEGINNING = 4096  # bytes of a compressed file that are read: they hold the envelope


@dataclass(frozen=True)
class Erased:
    """What was removed: the number of rows, and files below the folder of the class. `left` are files that still name the id."""

    rows: int
    files: tuple[str, ...]
    left: tuple[str, ...]


def erase(classroom: ClassFolder, store: Store, learner: str) -> Erased:
    """Remove every trace of a learner. Exports are removed where they name the id: Slipway can write them again.

    An archive that the LMS made holds the work of others, too. It is named, and the instructor decides.
    """
    with class_lock.hold(classroom.folder):
        rows = store.erase(learner)
        _leave_roster(classroom.folder / roster.FILE, learner)
        removed = []
        for path in mentions(classroom.folder, learner):
            if path.relative_to(classroom.folder).parts[0] in OURS and path.suffix.lower() != ".zip":
                path.unlink()
                removed.append(str(path.relative_to(classroom.folder)))
        _remove_empty_folders(classroom.folder, learner)
        left = tuple(str(path.relative_to(classroom.folder)) for path in mentions(classroom.folder, learner))
        return Erased(rows, tuple(removed), left)


def mentions(folder: Path, learner: str) -> Iterator[Path]:
    """Yield each file below a folder that holds the id, or has it in its name, as a word of its own; the database is left out."""
    word = re.compile(rb"(?<![A-Za-z0-9])" + re.escape(learner.encode("utf-8")) + rb"(?![A-Za-z0-9])")
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or ".git" in path.parts or path.name.startswith("class.db"):
            continue
        inside = str(path.relative_to(folder)).encode("utf-8", errors="surrogateescape")
        if word.search(inside) or word.search(_content(path)):
            yield path


def _content(path: Path) -> bytes:
    """Return the bytes of a file, with the beginning of what is compressed in it."""
    try:
        content = read_whole(path, MOST_BYTES)
    except OSError:
        return b""
    with suppress(zlib.error):
        content += b"\n" + zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(content, BEGINNING)
    return content


def _leave_roster(path: Path, learner: str) -> None:
    """Remove the learner's line from the roster; every other byte of it stays."""
    lines = read_whole(path).split(b"\n")
    header, rest = lines[0], lines[1:]
    kept = [line for line in rest if learner not in {item.id for item in roster.parse(header + b"\n" + line)[0]}]
    if len(kept) < len(rest):
        write_whole(path, b"\n".join([header, *kept]), 0o600)


def _remove_empty_folders(folder: Path, learner: str) -> None:
    for path, _, _ in os.walk(folder, topdown=False):
        if learner in Path(path).name and not os.listdir(path):
            os.rmdir(path)
