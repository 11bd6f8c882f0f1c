"""One run of tests: its folders, its jobs, its summary, and the clean-up at its end."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from checks.dev.lanes import plan, second_cluster
from checks.dev.lanes.job import Job
from checks.dev.lanes.plugin import CLUSTER, SHARED
from checks.dev.lanes.report import Report
from checks.dev.lanes.schedule import Schedule
from sandboxes import settings
from sandboxes.errors import Exit
from sandboxes.host.signals import finishing, stopped_by_signals


def some(jobs: Sequence[Job], widths: Mapping[str, int] | None = None) -> int:
    """Run jobs that share nothing, in lanes of these widths. Returns the exit code."""
    report = Report(Schedule(jobs, widths or {}, _logs()))
    with stopped_by_signals():
        return _run(report)


def everything() -> int:
    """Run all tests, and stop in the end what they have started. Returns the exit code."""
    if os.environ.get("CI"):
        second_cluster.raise_limit()
    folder = Path(tempfile.mkdtemp(prefix="slipway-tests-"))
    kept = CLUSTER in os.environ
    environment = {
        SHARED: str(folder),
        "SLIPWAY_STATE": str(folder / "slipway_state"),
        "SLIPWAY_WORK": str(folder / "slipway_work"),
        CLUSTER: os.environ.get(CLUSTER, str(cluster_folder())),
    }
    report = Report(Schedule(plan.whole(folder), plan.WIDTHS, _logs(), environment, plan.AT_ONCE), whole=True)
    with stopped_by_signals():
        try:
            return _run(report, [] if kept else [plan.close()], environment)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def cluster_folder() -> Path:
    """Return the folder of the tests' cluster: the same for every run of this checkout, so that what a run that was killed has
    left is used and then removed."""
    checkout = hashlib.sha256(str(settings.ROOT / "tests").encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"slipway-tests-cluster-{checkout}"


def _run(report: Report, last: Sequence[Job] = (), environment: Mapping[str, str] | None = None) -> int:
    try:
        report.schedule.run(report.ended, report.tick)
    except KeyboardInterrupt:
        with finishing():
            _close(report, last, environment)
            report.summary(interrupted=True)
        raise
    _close(report, last, environment)
    if not report.summary():
        return int(Exit.NOT_YET)
    return int(Exit.PASSED if report.tests else Exit.WRONG_USAGE)


def _close(report: Report, jobs: Sequence[Job], environment: Mapping[str, str] | None) -> None:
    """Run the jobs that clear away, as part of the same report."""
    if jobs:
        last = Schedule(jobs, {}, report.schedule.folder, environment)
        last.run(report.ended, report.tick)
        report.schedule.ended += last.ended


def _logs() -> Path:
    """Return the folder for the logs of this run, emptied."""
    folder = settings.load().state / "tests"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
