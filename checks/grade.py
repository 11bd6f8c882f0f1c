"""The grading loop: collect, evaluate, wait. The only code that polls, with one deadline."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from checks import backend, last_probes, ownership, progress, registry
from checks.clients.base import Client, Engine, EngineError
from checks.collect import untagged_images
from checks.evaluate import evaluate
from checks.model import Lab, Outcome, Report
from checks.probes.run import Context, needed
from checks.snapshot import Snapshot
from checks.version import __version__
from sandboxes.settings import Settings

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 1.0  # seconds between two snapshots


@dataclass(frozen=True)
class Graded:
    """A report and the snapshot that it was evaluated from."""

    report: Report
    snapshot: Snapshot


def grade(
    lab: Lab,
    engine: Client,
    settings: Settings,
    *,
    wanted: Iterable[str] = (),
    wait: float | None = None,
    on_wait: Callable[[Report, float], None] = lambda report, left: None,
) -> Graded:
    """Grade the wanted checks (default: all) against the current state of the engine or cluster.

    While a check has the outcome waiting, take a new snapshot, for at most `wait` seconds (default: `lab.wait`), and call
    `on_wait` with the report so far and the seconds left. When the time is over, return the last report.
    """
    checks = registry.load(lab)
    ids = [registry.find(lab, checks, id).id for id in wanted]
    chosen = registry.with_needs(checks, ids) if ids else checks
    probes = needed(lab.probes, {check.id for check in chosen})
    started = progress.read(settings, lab.id).started
    context = Context(engine, settings.work / lab.id, settings.state / "cache", lab.namespace)
    collect = backend.collector(lab)
    if isinstance(engine, Engine):
        with suppress(EngineError):  # an engine that does not answer is a matter of the report
            ownership.require(lab, engine, settings)
    deadline = time.monotonic() + (lab.wait if wait is None else wait)
    pause = FIRST_PAUSE
    while True:
        snapshot = collect(lab, engine, context, probes, started)
        left = deadline - time.monotonic()
        report = evaluate(lab, chosen, snapshot, __version__, patient=left > 0)
        if left <= 0 or not report.count(Outcome.WAITING):
            return Graded(report, snapshot)
        on_wait(report, left)
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def regrade(lab: Lab, snapshot: Snapshot, wanted: Iterable[str] = ()) -> Report:
    """Return the report for a snapshot that was taken earlier, on any machine. Pure."""
    checks = registry.load(lab)
    return evaluate(lab, registry.with_needs(checks, wanted) if wanted else checks, snapshot, __version__)


def remember(graded: Graded, settings: Settings) -> None:
    """Save the passed checks in the progress, the objects that a reset would not find by name, and what the probes saw."""
    last_probes.keep(graded.snapshot, settings)
    made = untagged_images.seen(graded.snapshot)
    with progress.changing(settings, graded.report.lab) as kept:
        kept.note(graded.report, made)
