"""Submissions: one signed file for one lab of one learner, and reading what is sent in place of one.

The file is gzip of two lines of canonical JSON: the envelope, then the evidence. The envelope names the class, the learner,
the lab, the version of the course, the time, a receipt and the SHA-256 digest of the evidence, and ends with the HMAC-SHA256
of all of it. The evidence is parsed only after both are verified. No name or path in a file is ever used as one.
"""

import hashlib
import hmac
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checks import evidence
from checks.classroom import names, strict_json
from checks.classroom.strict_json import Limits, NotStrict
from checks.evidence import Evidence
from checks.grade import Graded
from sandboxes.host.atomic_write import write_whole

FORMAT = "slipway-submission/1"
SUFFIX = ".slipway"
MOST_BYTES = 4 * 2**20  # of the file as it is sent
MOST_EVIDENCE = 16 * 2**20  # bytes, decompressed
MOST_ENVELOPE = 2048  # bytes
# Evidence of learners is 5 to 20 times as large as its file, a ZIP bomb 1,000 times: it is found after this many bytes.
MOST_RATIO, LEAST_BOUND = 200, 4 * 2**20
EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_GZIP = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"  # deflate; no name, no comment, no time
_FIELDS = ("class", "course", "evidence", "format", "lab", "learner", "receipt", "sent")


class SubmissionError(Exception):
    """A file that is not accepted as a submission. `reason` is a sentence for the instructor."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Envelope:
    """What a submission says of itself.

    `sent` is in UTC, by the learner's clock. `digest` is the SHA-256 of the evidence, as hexadecimal digits.
    """

    class_id: str
    learner: str
    lab: str
    course: str
    sent: datetime
    digest: str

    @property
    def receipt(self) -> str:
        """The receipt: the first 16 hexadecimal digits of the SHA-256 of all other fields."""
        return hashlib.sha256(strict_json.dumps(self._content())).hexdigest()[:16]

    def to_json(self) -> dict[str, str]:
        """Return the envelope as it is signed."""
        return {**self._content(), "receipt": self.receipt}

    def _content(self) -> dict[str, str]:
        return {
            "format": FORMAT,
            "class": self.class_id,
            "learner": self.learner,
            "lab": self.lab,
            "course": self.course,
            "sent": self.sent.strftime(_TIME),
            "evidence": self.digest,
        }


@dataclass(frozen=True)
class Submission:
    """A verified submission. `evidence_bytes` is the evidence as it was signed: canonical JSON."""

    envelope: Envelope
    evidence: Evidence
    evidence_bytes: bytes


def seal(graded: Graded, *, class_id: str, learner: str, key: bytes, sent: datetime) -> tuple[Envelope, bytes]:
    """Return the envelope and the bytes of a signed submission. `sent` is aware; the key is not part of the result."""
    body = strict_json.dumps(evidence.to_json(graded))
    envelope = Envelope(
        class_id=class_id,
        learner=learner,
        lab=graded.report.lab,
        course=graded.report.course,
        sent=sent.astimezone(UTC).replace(microsecond=0),
        digest=hashlib.sha256(body).hexdigest(),
    )
    return envelope, pack(sign(envelope.to_json(), key), body)


def sign(envelope: dict[str, Any], key: bytes) -> dict[str, Any]:
    """Return an envelope with its signature."""
    return {**envelope, "signature": _signature(envelope, key)}


def _signature(envelope: dict[str, Any], key: bytes) -> str:
    return hmac.new(key, strict_json.dumps(envelope), hashlib.sha256).hexdigest()


def pack(envelope: dict[str, Any], body: bytes) -> bytes:
    """Return the bytes of a file with this envelope and this evidence. The same input gives the same bytes."""
    compress = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compress.compress(strict_json.dumps(envelope) + b"\n" + body) + compress.flush()


def file_name(envelope: Envelope) -> str:
    """Return the name of the file: `01-flask-ada.slipway`."""
    return f"{envelope.lab}-{envelope.learner}{SUFFIX}"


def write(path: Path, sealed: bytes) -> Path:
    """Write a submission, whole or not at all, readable by its owner only. Raise SlipwayError on failure."""
    write_whole(path, sealed, 0o600)
    return path


def read(data: bytes, class_id: str, key_of: Callable[[str], bytes | None]) -> Submission:
    """Return the submission that a file holds. Raise SubmissionError for anything else.

    `key_of` returns the key of a learner of the class, and None for an id that is not in its roster.
    """
    envelope, body = unseal(data, class_id, key_of)
    try:
        found = evidence.from_json(strict_json.loads(body, Limits(MOST_EVIDENCE)))
    except NotStrict as error:
        raise SubmissionError(f"The evidence cannot be read: {error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise SubmissionError(f"The evidence is not complete ({type(error).__name__}: {str(error)[:200]}).") from error
    _require_agreement(envelope, found)
    return Submission(envelope, found, body)


def unseal(data: bytes, class_id: str, key_of: Callable[[str], bytes | None]) -> tuple[Envelope, bytes]:
    """Return the verified envelope and the bytes of the evidence, which is not parsed. Raise SubmissionError."""
    first, separator, body = _decompress(data).partition(b"\n")
    if not separator or len(first) > MOST_ENVELOPE:
        raise SubmissionError("The file does not begin with the envelope of a submission.")
    fields = _fields(first)
    if fields["class"] != class_id:
        raise SubmissionError(f"The file was made for the class “{fields['class']}”, not for “{class_id}”.")
    key = key_of(fields["learner"])
    if key is None:
        raise SubmissionError(f"The learner “{fields['learner']}” is not in the roster of the class.")
    signature = fields.pop("signature")
    if not hmac.compare_digest(signature, _signature(fields, key)):
        raise SubmissionError("The signature is wrong: the file was changed, or was signed with another key.")
    if not hmac.compare_digest(fields["evidence"], hashlib.sha256(body).hexdigest()):
        raise SubmissionError("The evidence was changed: it is not the evidence that was signed.")
    return _envelope(fields), body


def _decompress(data: bytes) -> bytes:
    """Return the content of a gzip file with exactly one member, at most MOST_EVIDENCE bytes of evidence."""
    if not data:
        raise SubmissionError("The file is empty.")
    if len(data) > MOST_BYTES:
        raise SubmissionError(f"The file has more than {MOST_BYTES // 2**20} MiB.")
    if data.startswith(b"PK"):
        raise SubmissionError("The file is a ZIP archive, not a submission.")
    if not data.startswith(_GZIP[: len(data)]):
        raise SubmissionError("The file is not a submission: it does not begin as `slipway submit` begins one.")
    bound = min(MOST_EVIDENCE, max(LEAST_BOUND, MOST_RATIO * len(data)))
    most = bound + MOST_ENVELOPE + 1
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        content = inflate.decompress(data, most + 1)
    except zlib.error as error:
        raise SubmissionError("The file is damaged: it cannot be decompressed.") from error
    if len(content) > most:
        raise SubmissionError(f"The file holds more than {bound // 2**20} MiB.")
    if not inflate.eof:
        raise SubmissionError("The file is truncated.")
    if inflate.unused_data:
        raise SubmissionError("The file continues after its end.")
    return content


def _fields(line: bytes) -> dict[str, str]:
    """Return the fields of an envelope: exactly those that exist, each a string, in canonical form."""
    try:
        fields = strict_json.loads(line, Limits(MOST_ENVELOPE, depth=1, values=20, string=200))
    except NotStrict as error:
        raise SubmissionError(f"The envelope cannot be read: {error}.") from error
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise SubmissionError("The envelope is not an object of strings.")
    if fields.get("format") != FORMAT:
        raise SubmissionError(f"The format of the file is {str(fields.get('format'))[:40]!r}, not {FORMAT!r}.")
    if set(fields) != {*_FIELDS, "signature"}:
        raise SubmissionError("The envelope has other fields than those of a submission.")
    if strict_json.dumps(fields) != line:
        raise SubmissionError("The envelope is not written as `slipway submit` writes it.")
    shapes = (
        ("class", names.CLASS.fullmatch(fields["class"])),
        ("learner", names.is_learner(fields["learner"])),
        ("lab", names.LAB.fullmatch(fields["lab"])),
        ("course", names.COURSE.fullmatch(fields["course"])),
        ("receipt", _is_hex(fields["receipt"], 16)),
        ("evidence", _is_hex(fields["evidence"], 64)),
        ("signature", _is_hex(fields["signature"], 64)),
    )
    if wrong := next((name for name, valid in shapes if not valid), None):
        raise SubmissionError(f"The envelope has a wrong value: {wrong}.")
    return fields


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and not set(text) - set("0123456789abcdef")


def _envelope(fields: dict[str, str]) -> Envelope:
    try:
        sent = datetime.fromisoformat(fields["sent"]).replace(tzinfo=UTC)
    except ValueError as error:
        raise SubmissionError("The envelope has a wrong value: sent.") from error
    if sent < EARLIEST or sent.strftime(_TIME) != fields["sent"]:
        raise SubmissionError("The envelope has a wrong value: sent.")
    named = (fields["class"], fields["learner"], fields["lab"], fields["course"])
    envelope = Envelope(*named, sent, fields["evidence"])
    if envelope.receipt != fields["receipt"]:
        raise SubmissionError("The envelope has a wrong value: receipt.")
    return envelope


def _require_agreement(envelope: Envelope, found: Evidence) -> None:
    """Raise SubmissionError where the evidence is about another lab, course or moment than it says."""
    report, snapshot = found.report, found.snapshot
    if not envelope.lab == report.lab == snapshot.lab:
        raise SubmissionError(f"The file is for lab {envelope.lab}, but its evidence is about lab {snapshot.lab[:60]}.")
    if not envelope.course == report.course == found.course:
        raise SubmissionError(f"The file names version {envelope.course} of the course, but its evidence another one.")
    if report.taken != snapshot.taken:
        raise SubmissionError("The report and the snapshot in the evidence were taken at different times.")
