"""Looking at live targets: from the learners' targets to a snapshot and a report for each learner and lab.

Every connection is on its own: what fails there costs no other one its result. Nothing is written, started or removed.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from checks import registry
from checks.classroom import live_connections as connections
from checks.classroom.assess import SECONDS, Deadline, within
from checks.classroom.targets import Target
from checks.collect.class_wide import ClassWide, Probed
from checks.evaluate import evaluate
from checks.grade import Graded
from checks.model import Lab, Outcome, Report
from checks.snapshot import Snapshot
from checks.version import __version__
from sandboxes.errors import SlipwayError

AT_ONCE = 16  # connections
SETTLE, PAUSE = 20.0, 4.0  # seconds to wait for what is in progress, and between two looks at it
FAILURES = 2  # labs in a row of which nothing could be collected, after which a target is paused


@dataclass(frozen=True)
class Look:
    """One learner's work in one lab. `source` is the target as the roster writes it."""

    learner: str
    lab: Lab
    target: Target
    source: str


@dataclass(frozen=True)
class Seen:
    """What came of a look: a result, or the reason why there is none. `paused`: the target as a whole cannot be used."""

    look: Look
    graded: Graded | None = None
    reason: str = ""
    paused: bool = False


@dataclass(frozen=True)
class _Taken:
    """A look whose state was collected: the function that gives the snapshot, or a reason."""

    look: Look
    snapshot: Callable[[], Snapshot] | None = None
    reason: str = ""
    paused: bool = False


def look_at(looks: Iterable[Look], folder: Path, settle: float = SETTLE, seconds: float = SECONDS) -> Iterator[Seen]:
    """Yield what came of each look, one at a time. `folder` is that of the class. Never raises for a target.

    What is in progress is looked at again for `settle` seconds. If it still is, it is no result: neither a zero nor a pass.
    `seconds` is the time of computing for one look.
    """
    remaining, end = list(looks), time.monotonic() + settle
    while remaining:
        last, waiting = time.monotonic() + PAUSE > end, []
        for taken in _collect(remaining, folder):
            seen = _judge(taken, seconds)
            if seen.graded and (busy := _in_progress(seen.graded.report)):
                if not last:
                    waiting.append(seen.look)
                    continue
                seen = Seen(seen.look, reason=f"It is still in progress: {busy} Grade it again once that is done.")
            yield seen
        remaining = waiting
        if remaining:
            time.sleep(PAUSE)


def _collect(looks: list[Look], folder: Path) -> Iterator[_Taken]:
    groups: dict[tuple[str, ...], list[Look]] = {}
    for look in looks:
        groups.setdefault(look.target.connection, []).append(look)
    with ThreadPoolExecutor(min(AT_ONCE, len(groups))) as pool:
        jobs = [pool.submit(_of_connection, group, folder) for group in groups.values()]
        while jobs:
            yield from jobs.pop(0).result()


def _of_connection(looks: list[Look], folder: Path) -> list[_Taken]:
    """Collect all looks of one connection. Never raises."""
    collect = _of_cluster if looks[0].target.sandbox == "kind" else _of_engine
    try:
        return collect(looks, folder)
    except SlipwayError as error:
        reason = error.message
    except Exception as error:  # one target must never stop the others
        reason = f"it failed ({type(error).__name__}: {str(error)[:200]})"
    return [_Taken(look, reason=reason, paused=True) for look in looks]


def _of_engine(looks: list[Look], folder: Path) -> list[_Taken]:
    taken: list[_Taken] = []
    failures, reason = 0, ""
    with connections.engine(looks[0].target, folder) as engine:
        for look in looks:
            if failures == FAILURES:
                taken.append(_Taken(look, reason=reason, paused=True))
                continue
            snapshot = connections.look_at_engine(look.lab, engine)
            reason = connections.failed(snapshot)
            failures = failures + 1 if reason else 0
            taken.append(_Taken(look, lambda snapshot=snapshot: snapshot))
    return taken


def _of_cluster(looks: list[Look], folder: Path) -> list[_Taken]:
    """Collect from a cluster once for everyone; each snapshot is made when it is its turn."""
    taken: list[_Taken] = []
    places: list[tuple[Look, dict[str, str]]] = []
    for look in looks:
        try:
            own = look.lab.scope.namespaces
            mapping = look.target.namespaces(look.learner, own) if look.target.shared else {name: name for name in own}
            places.append((look, mapping))
        except ValueError as error:
            taken.append(_Taken(look, reason=f"It cannot be graded there: {error}."))
    labs = {look.lab.id: look.lab for look, _ in places}
    wanted = {name for _, mapping in places for name in mapping.values()}
    with connections.cluster(looks[0].target, folder) as client:
        found = ClassWide(client, looks[0].target.context, labs.values(), wanted, timeout=connections.LIST_SECONDS)
        own = [look for look, _ in places if not look.target.shared]
        # One learner's cluster: there, a few requests for each lab are in proportion.
        probed = {look.lab.id: connections.probe_cluster(look.lab, client) for look in own}
    if found.kinds and found.kinds == found.errors.keys():
        raise SlipwayError(next(iter(found.errors.values())))
    return [*taken, *(_part(found, look, mapping, probed.get(look.lab.id)) for look, mapping in places)]


def _part(found: ClassWide, look: Look, mapping: dict[str, str], probed: Probed | None) -> _Taken:
    missing = [name for name in mapping.values() if look.target.shared and not found.exists(name)]
    if missing:
        return _Taken(look, reason=f"The cluster has no namespace {missing[0]}.")
    run = () if probed is None else connections.reading(look.lab)
    return _Taken(look, lambda: connections.without(found.snapshot(look.lab, mapping, probed or ({}, {})), look.lab, run))


def _judge(taken: _Taken, seconds: float) -> Seen:
    """Evaluate what was collected. Never raises."""
    look, reason = taken.look, taken.reason
    if taken.snapshot is None:
        return Seen(look, reason=reason, paused=taken.paused)
    try:
        with within(seconds):
            snapshot = taken.snapshot()
            report = evaluate(look.lab, registry.load(look.lab), snapshot, __version__)
    except Deadline:
        return Seen(look, reason=f"Checking it took more than {seconds:.0f} s of computing.")
    except Exception as error:
        return Seen(look, reason=f"Checking it failed ({type(error).__name__}: {str(error)[:200]}).")
    if all(result.outcome is Outcome.COULD_NOT_CHECK for result in report.results):
        first = connections.failed(snapshot) or report.results[0].reason
        return Seen(look, reason=f"Nothing of it could be checked: {first}.")
    return Seen(look, Graded(report, snapshot))


def _in_progress(report: Report) -> str:
    """Return what a report is waiting for, as a sentence; "" for nothing."""
    waiting = [result for result in report.results if result.outcome is Outcome.WAITING]
    return f"{waiting[0].title}: {waiting[0].findings[0].message}" if waiting else ""
