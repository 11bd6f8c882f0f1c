"""A pytest plugin that logs what happens to each test, one line of JSON for each, for the process that started pytest."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from checks.dev.lanes.parent import end_with_parent

# The file that the lines go to.
EVENTS = "SLIPWAY_TEST_EVENTS"
# Set for the processes of a whole run: the folder of what they share. It also tells them that the engine and the cluster
# are not theirs to stop.
SHARED = "SLIPWAY_TEST_SHARED"
# The folder of the cluster that all tests share.
CLUSTER = "SLIPWAY_CLUSTER"


def pytest_configure(config: pytest.Config) -> None:
    """Write events where another process waits for them."""
    if path := os.environ.get(EVENTS):
        end_with_parent()
        config.pluginmanager.register(_Events(Path(path)))


class _Events:
    """Events of one pytest process. `left_out` are tests that were collected and are not to run here."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8", buffering=1)
        self.left_out: list[str] = []

    def _write(self, event: str, **values: Any) -> None:
        self.file.write(json.dumps({"event": event, **values}) + "\n")

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.left_out += [item.nodeid for item in items]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._write("collected", tests=[item.nodeid for item in session.items], left_out=self.left_out)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._write("error", test=report.nodeid or "collection", text=report.longreprtext)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._write("begun", test=nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        expected = hasattr(report, "wasxfail")
        self._write(
            "report",
            test=report.nodeid,
            when=report.when,
            outcome=f"x{report.outcome}" if expected else report.outcome,
            seconds=report.duration,
            text=_reason(report) if report.skipped else report.longreprtext,
            properties=dict(report.user_properties) if report.when == "call" else {},
        )

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._write("ended", test=nodeid)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        self._write("finished", code=int(exitstatus))


def _reason(report: pytest.TestReport) -> str:
    """Return why a test was skipped."""
    return str(report.longrepr[2]).removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else report.longreprtext
