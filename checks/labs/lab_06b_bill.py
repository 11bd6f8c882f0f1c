"""The bill of materials of lab 06b: which image it describes, and which of its components an advisory names."""

import re
from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, registry_images, texts

FILE = "sbom.cdx.json"
SUBJECT = f"file/{FILE}"
# What the program is made of beside its own code and Go's library.
MODULE = "harbour.example/flags"
WRITE = f"`python3 sbom.py berth-sign:2.1 > {FILE}` writes it, after the last push of 2.1."


def describes(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the file is a bill of materials of what berth-sign:2.1 refers to now.

    Example:
        yield from lab_06b_bill.describes(snapshot)
        # sbom.cdx.json describes another image than berth-sign:2.1.
    """
    file = snapshot.probe("bill")
    if not file["ok"]:
        yield Finding(f"{FILE}: {file['error']}.", SUBJECT, "", "a bill of materials", file["error"], hint=WRITE)
        return
    bill = texts.json_object(file["text"])
    if str(bill.get("bomFormat")) != "CycloneDX":
        message = f"{FILE} is not a bill of materials in the CycloneDX format."
        yield Finding(message, SUBJECT, "bomFormat", "CycloneDX", bill.get("bomFormat") or file["text"][:200], hint=WRITE)
        return
    described, known = _described(bill), registry_images.digests(snapshot, "fixed")
    if described not in known:
        message = f"{FILE} describes another image than berth-sign:2.1."
        why = "The tag was pushed again after the bill was written, or the bill is that of another tag."
        yield Finding(message, SUBJECT, "metadata.component.version", known, described, why, WRITE)
    elif MODULE not in [name for name, _ in components(bill)]:
        message = f"{FILE} does not list {MODULE}, which is part of the program."
        yield Finding(message, SUBJECT, "components", MODULE, [name for name, _ in components(bill)], hint=WRITE)


def _described(bill: Json) -> str:
    """The digest of the image that a bill names; "" where it names none."""
    metadata = bill.get("metadata")
    component = metadata.get("component") if isinstance(metadata, dict) else None
    return str(component.get("version", "")) if isinstance(component, dict) else ""


def components(bill: Json) -> list[tuple[str, str]]:
    """Return the components of a bill of materials, each with its name and version.

    Example:
        lab_06b_bill.components({"components": [{"name": "stdlib", "version": "1.24.4"}]})
        # [('stdlib', '1.24.4')]
    """
    listed = bill.get("components")
    parts = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    return [(str(part.get("name", "")), str(part.get("version", ""))) for part in parts]


def unaffected(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for each component of the bill that one of the lab's advisories names in this version.

    Example:
        yield from lab_06b_bill.unaffected(snapshot)
        # harbour.example/flags v1.2.0 has a known vulnerability: HARBOUR-2026-002.
    """
    bill = texts.json_object(snapshot.probe("bill")["text"])
    for name, version in components(bill):
        for advisory in _advisories(snapshot):
            if name == advisory["package"] and _number(advisory["introduced"]) <= _number(version) < _number(advisory["fixed"]):
                message = f"{name} {version} has a known vulnerability: {advisory['id']}."
                hint = f"Change its version in go.mod to {advisory['fixed']}, build 2.1 again, push it, and write the bill again."
                expected = f"{advisory['fixed']} or later"
                yield Finding(message, SUBJECT, name, expected, version, f"{advisory['summary']}.", hint)


def _advisories(snapshot: Snapshot) -> Iterator[Json]:
    yield from texts.json_object(snapshot.probe("advisories")["text"])["advisories"]


def _number(version: str) -> list[int]:
    """A version as numbers: v1.10.0 is later than v1.9.0."""
    return [int(part) for part in re.findall(r"\d{1,9}", version)]
