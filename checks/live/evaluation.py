"""The live evaluation of a lab: the same checks over a snapshot in which some probes were not run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from checks import last_probes
from checks.clients.base import Client
from checks.evaluate import evaluate
from checks.model import Finding, Lab, Outcome, Probe, Report, Result
from checks.probes.run import Context, needed
from checks.registry import Check
from checks.snapshot import Snapshot, Unknown
from checks.version import __version__
from sandboxes.settings import Settings

# Kinds of probes that only read, cost little, and leave no trace in what they look at. All others run live where a lab
# allows it.
LIVE_KINDS = frozenset({"allowed", "api", "changes", "elsewhere", "file", "kubectl_aim", "logs", "pod_logs", "shared"})
NOTE = "Looks right so far. Run the check."


@dataclass(frozen=True)
class Looked:
    """A live look at a lab: the report, its snapshot, and the checks that are right as far as one can see live."""

    report: Report
    snapshot: Snapshot
    noted: frozenset[str] = frozenset()

    @property
    def reached(self) -> bool:
        """Whether the engine or the cluster gave an answer to anything."""
        return bool(self.snapshot.objects)


def is_live(probe: Probe) -> bool:
    """Return whether a probe runs while the learner works."""
    return probe.kind in LIVE_KINDS if probe.live is None else probe.live


def live_probes(lab: Lab) -> tuple[Probe, ...]:
    """Return the probes that run live: those that may, unless they come after one that may not."""
    live = {probe.id: probe for probe in lab.probes if is_live(probe)}
    while late := [id for id, probe in live.items() if not live.keys() >= set(probe.options.get("after", ()))]:
        for id in late:
            del live[id]
    return tuple(live.values())


def not_live(lab: Lab, checks: Iterable[Check]) -> frozenset[str]:
    """Return the checks that need a probe which does not run live."""
    live = {probe.id for probe in live_probes(lab)}
    return frozenset(check.id for check in checks if any(probe.id not in live for probe in needed(lab.probes, {check.id})))


def look(
    lab: Lab, checks: Iterable[Check], engine: Client, settings: Settings, collect: Callable[..., Snapshot],
    started: str, passed: Iterable[str],
) -> Looked:  # fmt: skip
    """Collect the state of a lab without the probes that do not run live, and evaluate it.

    What those probes saw in the last check counts while nothing has changed since. `passed` are the checks that have passed.
    """
    context = Context(engine, settings.work / lab.id, settings.state / "cache", lab.namespace)
    snapshot = collect(lab, engine, context, live_probes(lab), started)
    missing = {probe.id for probe in lab.probes} - snapshot.probes.keys() - snapshot.errors.keys()
    kept = last_probes.recall(snapshot, settings) if missing else {}
    known = {id: result for id, result in kept.items() if id in missing}
    unknown = dict.fromkeys(sorted(missing - known.keys()), NOTE)
    whole = replace(snapshot, probes=snapshot.probes | known, errors=snapshot.errors | unknown)
    return judge(lab, checks, whole, passed)


def judge(lab: Lab, checks: Iterable[Check], snapshot: Snapshot, passed: Iterable[str]) -> Looked:
    """Evaluate a snapshot in which NOTE is the error of each probe that was not run. Pure."""
    noted: set[str] = set()
    before = frozenset(passed)
    watched = [replace(check, function=_tolerant(check, before, noted)) for check in checks]
    report = evaluate(lab, watched, snapshot, __version__)
    results = tuple(_without_note(result) for result in report.results)
    right = {result.id for result in results if result.id in noted and result.outcome in (Outcome.PASSED, Outcome.WAITING)}
    return Looked(replace(report, results=results), snapshot, frozenset(right))


def _tolerant(check: Check, passed: frozenset[str], noted: set[str]) -> Callable[[Snapshot], Iterator[Finding]]:
    """Return the check's function, for a snapshot without some probes.

    Where it asks for one of them, nothing was wrong before: what has passed stays passed, anything else waits for a check.
    """

    def function(snapshot: Snapshot) -> Iterator[Finding]:
        try:
            yield from check.function(snapshot)
        except Unknown as unknown:
            if str(unknown) != NOTE:
                raise
            noted.add(check.id)
            if check.id not in passed:
                yield Finding(NOTE, "", waiting=True)

    return function


def _without_note(result: Result) -> Result:
    findings = tuple(finding for finding in result.findings if finding.message != NOTE)
    return result if len(findings) == len(result.findings) else replace(result, findings=findings)
