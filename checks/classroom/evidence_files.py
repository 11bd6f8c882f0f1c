"""The evidence of a class: submissions as they were sent, kept under the SHA-256 digest of their bytes.

A submission is gzip already, so it is stored as it came and its signature can be verified again. Files are written in a
batch: each under a temporary name, then all flushed to the disk at once, then each renamed, then the names flushed. So a file
that has its final name is complete, and a whole class takes a handful of flushes instead of one for each file.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from sandboxes.host.atomic_write import read_whole

MOST_BYTES = 256 * 2**20
_NAME = re.compile(r"[0-9a-f]{64}")
_PARTIAL = ".part"
_PRIVATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class EvidenceFiles:
    """A folder of evidence, readable by its owner only: `folder/ab/abcdef…`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Return the place of a digest. Raise ValueError for a text that is none."""
        if not _NAME.fullmatch(digest):
            raise ValueError(f"{digest[:80]!r} is not a SHA-256 digest")
        return self.folder / digest[:2] / digest

    def put(self, contents: Iterable[bytes]) -> list[str]:
        """Store each content, and return their digests. Once this returns, all of them are on the disk. Raise OSError."""
        digests, new = [], {}
        for content in contents:
            digest = hashlib.sha256(content).hexdigest()
            digests.append(digest)
            if digest not in new and not self.path(digest).exists():
                new[digest] = self._write_partial(digest, content)
        if new:
            os.sync()
            for digest, partial in new.items():
                os.replace(partial, self.path(digest))
            os.sync()  # the names, too
        return digests

    def _write_partial(self, digest: str, content: bytes) -> Path:
        place = self.path(digest)
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = place.with_suffix(_PARTIAL)
        with suppress(FileNotFoundError):
            partial.unlink()
        descriptor = os.open(partial, _PRIVATE, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return partial

    def read(self, digest: str) -> bytes:
        """Return a content. Raise OSError where it is missing, and ValueError where its bytes have changed."""
        content = read_whole(self.path(digest), MOST_BYTES)
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError("its bytes have changed since it was stored")
        return content

    def remove(self, digests: Iterable[str]) -> None:
        """Remove contents; one that is missing is no error."""
        for digest in digests:
            with suppress(FileNotFoundError):
                self.path(digest).unlink()

    def clean(self) -> None:
        """Remove what an interrupted run left under temporary names."""
        for partial in self.folder.glob(f"??/*{_PARTIAL}"):
            partial.unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        """Yield every digest that is stored, in order."""
        yield from sorted(path.name for path in self.folder.glob("??/*") if _NAME.fullmatch(path.name))
