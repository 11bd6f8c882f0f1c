"""The history of a lab's checks: since when each has its outcome, what broke it, and the last transitions.

One file per lab in the state folder. Two watchers, such as JupyterLab's and a terminal's, share it under a lock.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from checks.live import causes
from checks.live.causes import Cause
from checks.model import Outcome, Report
from checks.object_facts import Facts
from sandboxes import json_text
from sandboxes.host.atomic_write import open_lock, read_text, write_whole
from sandboxes.settings import Settings

FORMAT = "slipway-history/1"
LIMIT = 4 * 2**20  # bytes
MOST = 50
# A check that waits, or whose outcome is unknown for the moment, is not broken.
RED = (Outcome.NOT_YET.value, Outcome.BLOCKED.value)


@dataclass
class Standing:
    """Where a check stands: its outcome, since when (ISO 8601, UTC), when it passed, and since when and why it is broken."""

    outcome: str
    since: str
    passed: str = ""
    broken: str = ""
    why: str = ""


@dataclass
class History:
    """The history of a lab since it was started at `started`: `checks` by id, and `transitions` with the newest last.

    `facts` are those of the last look (see `checks.object_facts`), taken at `looked` (ISO 8601).
    """

    started: str = ""
    looked: str = ""
    checks: dict[str, Standing] = field(default_factory=dict)
    transitions: list[dict[str, str]] = field(default_factory=list)
    facts: dict[str, Facts] = field(default_factory=dict)

    def note(self, report: Report, facts: dict[str, Facts], at: str, known: list[Cause]) -> list[dict[str, str]]:
        """Add a report at a time (ISO 8601), with the changes since the last one. Return the new transitions, to and from passed.

        What could not be checked leaves a check as it was.
        """
        new: list[dict[str, str]] = []
        for result in report.results:
            before = self.checks.get(result.id)
            outcome = result.outcome.value
            if result.outcome is Outcome.COULD_NOT_CHECK or (before and before.outcome == outcome):
                continue
            why = causes.explain(result, known) if before else ""
            self.checks[result.id] = _next(before, outcome, at, why)
            if before is not None and Outcome.PASSED in (before.outcome, outcome):
                new.append({"at": at, "check": result.id, "from": before.outcome, "to": outcome, "why": why})
        self.transitions = [*self.transitions, *new][-MOST:]
        self.facts, self.looked = facts, at
        return new

    @property
    def passed(self) -> set[str]:
        """The checks whose last known outcome is passed."""
        return {id for id, standing in self.checks.items() if standing.outcome == Outcome.PASSED}


def _next(before: Standing | None, outcome: str, at: str, why: str) -> Standing:
    if outcome == Outcome.PASSED:
        return Standing(outcome, at, passed=at)
    passed = before.passed if before else ""
    if before is not None and before.broken:  # broken still: by what broke it first
        return Standing(outcome, at, passed, before.broken, before.why or why)
    broken = bool(before and before.outcome == Outcome.PASSED) or bool(passed and outcome in RED)
    return Standing(outcome, at, passed, at, why) if broken else Standing(outcome, at, passed)


def path(settings: Settings, lab_id: str) -> Path:
    """Return the file with the history of a lab."""
    return settings.state / "live" / f"{lab_id}.json"


def read(settings: Settings, lab_id: str, started: str) -> History:
    """Return the history of a lab that was started at `started`; an empty one where there is none of that start."""
    try:
        data: dict[str, Any] = json_text.loads(read_text(path(settings, lab_id), LIMIT))
        if data.pop("format") != FORMAT or data["started"] != started:
            return History(started)
        data["checks"] = {id: Standing(**standing) for id, standing in data["checks"].items()}
        kept = History(**data)
        wrong = not all(isinstance(entry, dict) for entry in [*kept.transitions, *kept.facts.values()])
        return History(started) if wrong else kept
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        # A history is a comfort: without it, the view begins afresh.
        return History(started)


@contextmanager
def changing(settings: Settings, lab_id: str, started: str) -> Iterator[History]:
    """Change the history of a lab, and write it at the end of the block where it differs. Two processes wait for each other.

    Where the state folder cannot be written, the change lasts as long as the object.
    """
    file = path(settings, lab_id)
    lock = _lock(file)
    try:
        history = read(settings, lab_id, started)
        before = asdict(history)
        yield history
        if lock is not None and _lasting(asdict(history)) != _lasting(before):
            text = json.dumps({"format": FORMAT, **asdict(history)}, indent=1, sort_keys=True)
            write_whole(file, text + "\n", 0o600)
    finally:
        if lock is not None:
            os.close(lock)


def _lasting(data: dict[str, Any]) -> dict[str, Any]:
    """The part of a history that is worth writing: all but the time of the last look."""
    return {name: value for name, value in data.items() if name != "looked"}


def _lock(file: Path) -> int | None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = open_lock(file.with_suffix(".lock"))
    except OSError:
        return None
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock
