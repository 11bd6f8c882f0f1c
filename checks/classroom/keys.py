"""The keys of a class: one secret, from which the key of each learner is derived by HKDF-SHA256 (RFC 5869)."""

import hmac
import re
import secrets
import stat
from pathlib import Path

from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import read_whole, write_whole

FILE = "class.key"
SIZE = 32  # bytes: the length of a SHA-256 digest
PURPOSE = b"slipway-submission/1\0"
_LINE = re.compile(rb"slipway-class-key/1 ([0-9a-f]{64})\n?")
_LIMIT = 256  # bytes


def create(folder: Path) -> bytes:
    """Write a new secret into the folder of a class, readable by its owner only, and return it.

    Raise SlipwayError where there is one already: with another secret, every join file and submission would be invalid.
    """
    path = folder / FILE
    if path.exists() or path.is_symlink():
        raise SlipwayError(f"{path} already exists.", "Keep it: every join file of the class depends on it.", Exit.WRONG_USAGE)
    secret = secrets.token_bytes(SIZE)
    write_whole(path, f"slipway-class-key/1 {secret.hex()}\n", 0o600)
    return secret


def load(folder: Path) -> bytes:
    """Return the secret of a class. Raise SlipwayError where the file is missing or damaged."""
    path = folder / FILE
    try:
        line = _LINE.fullmatch(read_whole(path, _LIMIT))
    except OSError as error:
        raise SlipwayError(
            f"The secret of the class, {path}, cannot be read ({error.strerror or error}).",
            "Restore it from a backup: no submission can be verified without it.",
        ) from error
    if line is None:
        raise SlipwayError(f"The secret of the class, {path}, is damaged.", "Restore it from a backup.")
    return bytes.fromhex(line[1].decode("ascii"))


def is_exposed(path: Path) -> bool:
    """Tell whether others than the owner may read a file; False where it is missing."""
    try:
        return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False


def learner_key(secret: bytes, class_id: str, learner: str) -> bytes:
    """Return the key with which a learner signs. It tells nothing about the secret or about another learner's key."""
    return hkdf(secret, salt=class_id.encode("utf-8"), info=PURPOSE + learner.encode("utf-8"))


def hkdf(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes by HKDF-SHA256: RFC 5869 with a single block of output.

    `hkdf(bytes([11] * 22), salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)))` is the first of the RFC's test cases.
    """
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")
