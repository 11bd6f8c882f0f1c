"""The recorded states of the labs, each parsed once, and the verdicts on them."""

import json
from functools import cache
from typing import Any

from checks import catalog, grade
from checks.dev import replay
from checks.dev.paths import places
from checks.dev.replay import Recording
from checks.model import Lab, Outcome, Report
from checks.snapshot import SNAPSHOT_FORMAT, Json, Snapshot
from sandboxes.settings import ROOT, Settings

LABS = {lab.id: lab for lab in catalog.labs(ROOT / "labs")}
# Right work: every check passes.
RIGHT = ("solved", "second")


@cache
def _recordings(lab_id: str) -> dict[str, Recording]:
    """The recordings of a lab by name."""
    return {recording.name: recording for recording in replay.recordings(LABS[lab_id], places(Settings()))}


@cache
def _text(lab_id: str, name: str) -> str:
    """A recorded snapshot as JSON text."""
    snapshot = replay.load(_recordings(lab_id)[name].path, LABS[lab_id])
    return json.dumps({"format": SNAPSHOT_FORMAT, **vars(snapshot)})


def names(lab_id: str) -> list[str]:
    """Return the names of the recordings of a lab, those of right work first."""
    return sorted(_recordings(lab_id), key=lambda name: (name not in RIGHT, name))


def data(lab_id: str, name: str) -> Json:
    """Return a fresh copy of a recorded snapshot's JSON."""
    copied: Json = json.loads(_text(lab_id, name))
    return copied


def report(lab: Lab, snapshot: Json) -> Report:
    """Return the report for a snapshot's JSON."""
    return grade.regrade(lab, Snapshot.from_json(snapshot))


@cache
def recorded_verdict(lab_id: str, name: str) -> dict[str, tuple[Outcome, int]]:
    """Return the verdict on a recorded snapshot, without any change."""
    return verdict(report(LABS[lab_id], data(lab_id, name)))


def verdict(graded: Report) -> dict[str, tuple[Outcome, int]]:
    """Return the outcome and the points of each check, by its id."""
    return {result.id: (result.outcome, result.earned) for result in graded.results}


def words(graded: Report, check_id: str) -> str:
    """Return what a report says of a check: its findings, or why it could not be checked."""
    result = next(result for result in graded.results if result.id == check_id)
    texts = [f"{finding.message} [{finding.path}: {_short(finding.observed)}]" for finding in result.findings]
    return " / ".join(texts) or result.reason or f"blocked by {', '.join(result.blocked_by)}"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"
