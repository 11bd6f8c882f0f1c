"""The solved recordings of the Docker labs, to be changed as a real engine would show another state, and graded again."""

import copy
from functools import cache

from checks import catalog, grade
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Finding, Lab, Outcome, Result
from checks.snapshot import Json, Snapshot
from sandboxes.settings import ROOT, Settings


@cache
def lab_of(number: str) -> Lab:
    """Return the lab of the course with this number, such as "09c"."""
    return catalog.find(number, ROOT / "labs")


@cache
def _recorded(number: str, name: str) -> Snapshot:
    lab = lab_of(number)
    return replay.load(places(Settings()).recording(lab, name), lab)


def recorded(number: str, name: str = "solved") -> Snapshot:
    """Return a recording of a lab, as a copy that a test may change."""
    return copy.deepcopy(_recorded(number, name))


def container(snapshot: Snapshot, name: str) -> Json:
    """Return the container of this name in a recording."""
    return snapshot.objects["container"][name]


def outcome(snapshot: Snapshot, check: str) -> Outcome:
    """Return the outcome of one check, graded with those that it needs."""
    return {result.id: result.outcome for result in _results(snapshot)}[check]


def findings(snapshot: Snapshot, check: str) -> list[Finding]:
    """Return the findings of one check. Fails where it could not be checked."""
    result = next(result for result in _results(snapshot) if result.id == check)
    assert result.outcome is not Outcome.COULD_NOT_CHECK, result.reason
    return list(result.findings)


def _results(snapshot: Snapshot) -> tuple[Result, ...]:
    return grade.regrade(lab_of(snapshot.lab.partition("-")[0]), snapshot).results
