"""A job of a test run: a process with a log, and what it reports of its tests."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from checks.dev.lanes.plugin import EVENTS
from sandboxes import settings
from sandboxes.host import processes


class Use(Enum):
    """How a job uses the engine of this machine with the cluster on it: not at all, beside others, or alone."""

    NONE = "none"
    SHARED = "shared"
    ALONE = "alone"


@dataclass(frozen=True)
class Job:
    """What is to run: `command` in a lane, where so many jobs run at once, after the jobs named in `needs`.

    A step prepares something and has no tests: what needs it cannot run when it fails. What comes `after` it only waits
    for its end.
    """

    name: str
    command: tuple[str, ...]
    lane: str
    needs: tuple[str, ...] = ()
    use: Use = Use.NONE
    step: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()


@dataclass
class Test:
    """A test as reported: `seconds` with set-up and tear-down, `outcome` in pytest's words, "" while it runs."""

    id: str
    outcome: str = ""
    seconds: float = 0.0
    text: str = ""
    properties: dict[str, Any] = field(default_factory=dict)


class Running:
    """A job that was started, in a process group of its own."""

    def __init__(self, job: Job, folder: Path, environment: Mapping[str, str]) -> None:
        self.job = job
        slug = "".join(letter if letter.isalnum() else "-" for letter in job.name)
        self.log = folder / f"{slug}.log"
        self.events = folder / f"{slug}.events"
        self.events.touch()
        self.tests: dict[str, Test] = {}
        self.collected: list[str] = []
        self.left_out: list[str] = []
        self.current = ""
        self.finished: int | None = None
        self.since = self.begun = time.monotonic()
        self._read = 0
        variables = {**os.environ, **environment, **job.environment, EVENTS: str(self.events), "PYTHONUNBUFFERED": "1"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                job.command, cwd=settings.ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, restore_signals=True,
            )  # fmt: skip

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    @property
    def code(self) -> int | None:
        """The exit code; None while the process runs."""
        return self.process.poll()

    @property
    def ended_well(self) -> bool:
        """Whether the process came to its end by itself: failed tests are an end, a crash is none."""
        return self.code == 0 if self.job.step else self.finished is not None and self.code in (0, 1, 5)

    def follow(self) -> list[Test]:
        """Read what was reported since the last call. Returns the tests that have ended meanwhile."""
        with self.events.open("rb") as file:
            file.seek(self._read)
            lines = file.read()
        whole = lines[: lines.rfind(b"\n") + 1]
        self._read += len(whole)
        return [test for line in whole.splitlines() for test in self._take(json.loads(line))]

    def _take(self, event: dict[str, Any]) -> Sequence[Test]:
        match event["event"]:
            case "collected":
                self.collected, self.left_out = event["tests"], event["left_out"]
            case "begun":
                self.current, self.since = event["test"], time.monotonic()
                self.tests[self.current] = Test(self.current)
            case "report":
                _add(self.tests[event["test"]], event)
            case "ended":
                self.current = ""
                return [self.tests[event["test"]]]
            case "error":
                self.tests[event["test"]] = Test(event["test"], "error", text=event["text"])
                return [self.tests[event["test"]]]
            case "finished":
                self.finished = event["code"]
        return []

    def interrupt(self) -> None:
        """Send SIGINT to the process group of the job, as Ctrl-C does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGINT)

    def last_lines(self, count: int = 20) -> list[str]:
        return processes.last_lines(self.log, count)

    def doing(self) -> str:
        """Return what the job is doing, for the line of progress."""
        if self.job.step or not self.collected:
            last = self.last_lines(1)
            return f"{self.job.name}: {last[0][:90]}" if last else self.job.name
        if not self.current:
            return self.job.name
        name = self.current.rpartition("::")[2]
        return f"{self.job.name}: {name[:70]} ({time.monotonic() - self.since:.0f} s)"


def _add(test: Test, event: dict[str, Any]) -> None:
    """Merge the report of one phase of a test into what is known of it."""
    test.seconds += event["seconds"]
    test.properties.update(event["properties"])
    outcome = event["outcome"]
    if outcome == "failed" and event["when"] != "call":
        outcome = "error"
    outcome = {"xskipped": "xfailed", "xpassed": "xpassed"}.get(outcome, outcome)
    # A set-up or tear-down that went well says nothing of the test; an error in either outweighs that it passed.
    if outcome == "passed" and event["when"] != "call":
        return
    if not test.outcome or outcome in ("failed", "error"):
        test.outcome = outcome
    test.text = "\n".join(filter(None, (test.text, event["text"])))
