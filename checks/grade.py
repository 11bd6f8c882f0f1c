"""Collect, evaluate, wait: the one loop that polls, with one deadline."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from checks import backend, progress, registry
from checks.clients.base import Client
from checks.collect import untagged_images
from checks.evaluate import evaluate
from checks.model import Lab, Outcome, Report
from checks.probes.run import Context, needed
from checks.snapshot import Snapshot
from checks.version import __version__
from sandboxes.settings import Settings

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 1.0  # seconds between two looks


@dataclass(frozen=True)
class Graded:
    """A report and the snapshot that it was made from."""

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
    """Grade the wanted checks (all, if none is named) against what is true on the engine or cluster now.

    Looks again while a check is waiting and none is wrong, for at most `wait` seconds (the lab's own time unless given),
    calling `on_wait` with the report so far and the seconds left. Out of time, the last report stands.
    """
    checks = registry.load(lab)
    asked = [registry.find(lab, checks, id).id for id in wanted]
    chosen = registry.with_needs(checks, asked) if asked else checks
    probes = needed(lab.probes, {check.id for check in chosen})
    started = progress.read(settings, lab.id).started
    context = Context(engine, settings.work / lab.id, settings.state / "cache", lab.namespace)
    collect = backend.collector(lab)
    deadline = time.monotonic() + (lab.wait if wait is None else wait)
    pause = FIRST_PAUSE
    while True:
        snapshot = collect(lab, engine, context, probes, started)
        report = evaluate(lab, chosen, snapshot, __version__)
        left = deadline - time.monotonic()
        if left <= 0 or not report.count(Outcome.WAITING):
            return Graded(report, snapshot)
        on_wait(report, left)
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def regrade(lab: Lab, snapshot: Snapshot, wanted: Iterable[str] = ()) -> Report:
    """The report over a snapshot taken earlier, anywhere. Pure."""
    checks = registry.load(lab)
    return evaluate(lab, registry.with_needs(checks, wanted) if wanted else checks, snapshot, __version__)


def remember(graded: Graded, settings: Settings) -> None:
    """Keep in the lab's progress what passed, and what it made that reset would not find by a name."""
    made = untagged_images.seen(graded.snapshot)
    with progress.changing(settings, graded.report.lab) as kept:
        kept.note(graded.report, made)
