"""Submitting a lab, on the learner's machine: what will leave it, and the signed file."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from checks.classroom import submission
from checks.classroom.membership import Membership
from checks.classroom.submission import Envelope
from checks.grade import Graded
from checks.model import Lab, Outcome
from checks.redact import MARK
from checks.render import words
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import refuse_target

MOST_REDACTED = 8  # places that are listed


@dataclass(frozen=True)
class Prepared:
    """A submission that is ready to be written. `notes` are what the learner should know, a sentence each."""

    envelope: Envelope
    sealed: bytes
    graded: Graded
    notes: tuple[str, ...]


def require_lab(membership: Membership, lab: Lab) -> None:
    """Raise SlipwayError where a lab is not part of the class."""
    if lab.id not in membership.times:
        raise SlipwayError(
            f"Lab {lab.id} is not part of the class “{words.name(membership.title)}”.",
            f"Its labs are: {', '.join(membership.times)}.",
            Exit.WRONG_USAGE,
        )


def prepare(membership: Membership, graded: Graded, sent: datetime) -> Prepared:
    """Sign a result. `sent` is aware. Raise SlipwayError where nothing could be checked, or too much was found."""
    results = graded.report.results
    if all(result.outcome is Outcome.COULD_NOT_CHECK for result in results):
        reason = next((words.prose(result.reason) for result in results if result.reason), "")
        raise SlipwayError("Nothing was submitted, because nothing could be checked.", reason)
    envelope, sealed = submission.seal(
        graded, class_id=membership.class_id, learner=membership.learner, key=membership.key, sent=sent
    )
    if len(sealed) > submission.MOST_BYTES or _unpacked(sealed) > submission.MOST_EVIDENCE:
        raise SlipwayError(
            f"The evidence is too large to submit ({len(sealed) / 1e6:.1f} MB compressed).",
            f"Remove what the lab does not ask for, or reset it with `slipway reset {envelope.lab}`.",
        )
    return Prepared(envelope, sealed, graded, tuple(_notes(membership, graded, sent)))


def _unpacked(sealed: bytes) -> int:
    return len(zlib.decompress(sealed, 16 + zlib.MAX_WBITS))


def _notes(membership: Membership, graded: Graded, sent: datetime) -> Iterator[str]:
    report = graded.report
    opens, due = membership.times[report.lab]
    if opens and sent < opens:
        yield f"Lab {report.lab} opens on {spell(opens, membership.zone)}. Your instructor may not accept work before that."
    if due and sent > due:
        yield f"This submission is {late_by(sent, due)} late: lab {report.lab} was due on {spell(due, membership.zone)}."
    elif due:
        yield f"Lab {report.lab} is due on {spell(due, membership.zone)}."
    if report.course != membership.course:
        yield f"Your class uses version {membership.course} of the course, but this is version {report.course}."
    if missing := report.count(Outcome.COULD_NOT_CHECK):
        yield f"{missing} of {len(report.results)} checks could not be checked. See the report for the reason."


def spell(moment: datetime, zone: str) -> str:
    """Return a time for a person: `Mon 12 Oct 2026, 23:59 (Europe/Vienna)`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M} ({zone})"


def late_by(sent: datetime, due: datetime) -> str:
    """Return how late something is, in its two largest units: `1 day 3 hours`, `12 minutes`."""
    seconds = int((sent - due).total_seconds())
    counts = [(seconds // 86400, "day"), (seconds // 3600 % 24, "hour"), (seconds // 60 % 60, "minute")]
    parts = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in counts if count][:2]
    return " ".join(parts) or "less than a minute"


def describe(prepared: Prepared) -> str:
    """Return what will leave the machine, as lines of text."""
    envelope, snapshot = prepared.envelope, prepared.graded.snapshot
    kinds = [f"{len(items)} {kind}" for kind, items in sorted(snapshot.objects.items()) if items]
    places = sorted(set(redacted(snapshot.objects)) | set(redacted(snapshot.probes)))
    probes = ", ".join(sorted(snapshot.probes)) or "none"
    lines = [
        "What will leave your machine, in one file:",
        f"- Class and learner: {envelope.class_id}, {envelope.learner}",
        f"- Lab: {envelope.lab}, version {envelope.course} of the course",
        f"- Result: {prepared.graded.report.earned} of {prepared.graded.report.possible} points",
        f"- State of the lab's objects: {', '.join(kinds) or 'no objects'}",
        f"- Results of probes: {probes}",
        f"- Size: {len(prepared.sealed) / 1000:.1f} kB",
        f"- Redacted, so not in the file: {len(places)} field{'s' * (len(places) != 1)}",
    ]
    lines += [f"    {words.name(place)}" for place in places[:MOST_REDACTED]]
    if len(places) > MOST_REDACTED:
        lines.append(f"    and {len(places) - MOST_REDACTED} more")
    return "\n".join([*lines, *prepared.notes])


def redacted(value: Any, path: str = "") -> Iterator[str]:
    """Yield the place of every value in which a secret was redacted: `container/web/Config/Env/2`."""
    if isinstance(value, str):
        if MARK.search(value):
            yield path
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from redacted(item, f"{path}/{key}" if path else str(key))


def target(prepared: Prepared, output: Path | None) -> Path:
    """Return the file to write: in the current folder, in the folder `output`, or `output` itself if it ends with .slipway.

    Raise SlipwayError where it cannot be written.
    """
    name = submission.file_name(prepared.envelope)
    path = Path(name) if output is None else output if output.suffix == submission.SUFFIX else output / name
    refuse_target(path)
    return path


def finish(prepared: Prepared, path: Path) -> str:
    """Write the file and return its receipt as lines of text. Raise SlipwayError on failure."""
    submission.write(path, prepared.sealed)
    receipt = prepared.envelope.receipt
    grouped = " ".join(receipt[at : at + 4] for at in range(0, len(receipt), 4))
    return f"Written: {path}\nReceipt: {grouped}\nNothing was sent yet: upload the file where your instructor collects it."


def now() -> datetime:
    """Return the time of the machine's clock, in UTC."""
    return datetime.now(UTC)
