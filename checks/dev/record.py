"""The recording of a lab: every state of it, created on the real engine or cluster, judged, and stored."""

from collections.abc import Callable, Collection, Iterator

from checks import grade
from checks.dev import judge, misses, replay
from checks.dev.anonymize import neutral
from checks.dev.misses import Miss
from checks.dev.paths import Places
from checks.dev.proof import Proof, prove
from checks.dev.trial import Trial
from checks.model import Lab, Report
from checks.registry import load as load_checks
from sandboxes.errors import Exit, SlipwayError

Faults = Iterator[str]


def record(lab: Lab, places: Places, only: Collection[str] = ()) -> Iterator[Proof]:
    """Record solved, untouched, second and every near miss, or the states named.

    Solved comes first: the others are stored as their differences from it. A state that is not graded as it should be is not
    written. Raises SlipwayError for a state that the lab does not have.
    """
    load_checks(lab)
    states: dict[str, Callable[[], Faults]] = {
        "solved": lambda: _solved(lab, places),
        "untouched": lambda: _untouched(lab, places),
        "second": lambda: _second(lab, places),
        **{miss.name: lambda miss=miss: _miss(lab, places, miss) for miss in misses.read(lab, places)},
    }
    if unknown := sorted(set(only) - set(states)):
        known = f"Its states are: {', '.join(states)}."
        raise SlipwayError(f"Lab {lab.id} has no state called {', '.join(unknown)}.", known, Exit.WRONG_USAGE)
    for name, faults in states.items():
        if not only or name in only:
            yield prove(lab.id, name, faults)
    _forget_unknown(lab, places)


def _untouched(lab: Lab, places: Places) -> Faults:
    with Trial(lab) as trial:
        trial.execute()
        yield from _keep(trial, places, "untouched", lambda report: judge.untouched(lab, report))


def _solved(lab: Lab, places: Places) -> Faults:
    with Trial(lab) as trial:
        trial.solve()
        trial.execute()
        yield from _keep(trial, places, "solved", judge.all_pass)


def _second(lab: Lab, places: Places) -> Faults:
    with Trial(lab) as trial:
        trial.script(places.second(lab))
        yield from _keep(trial, places, "second", judge.all_pass)


def _miss(lab: Lab, places: Places, miss: Miss) -> Faults:
    with Trial(lab) as trial:
        if miss.start == "solved":
            trial.solve()
            trial.execute(only_work=True)
        trial.script(places.miss(lab, miss.name))
        yield from _keep(trial, places, miss.name, lambda report: judge.missed(miss, report))


def _keep(trial: Trial, places: Places, name: str, faults: judge.Judge) -> Faults:
    """Judge the state as it is, and as it is stored: anonymizing must not change what the checks say."""
    graded = trial.grade()
    problems = list(faults(graded.report))
    if not problems:
        snapshot = neutral(graded.snapshot, trial)
        stored = grade.regrade(trial.lab, snapshot)
        problems = [f"anonymizing changes the verdict: {fault}" for fault in faults(stored)]
        problems += [f"anonymizing changes the verdict of {id}" for id in _changed(graded.report, stored)]
        if not problems:
            replay.save(places.recording(trial.lab, name), snapshot)
    yield from problems


def _changed(live: Report, stored: Report) -> list[str]:
    """List the checks whose outcome is another one over the stored snapshot."""
    pairs = zip(live.results, stored.results, strict=True)
    return [result.id for result, again in pairs if result.outcome is not again.outcome]


def _forget_unknown(lab: Lab, places: Places) -> None:
    """Remove recordings of near misses that are no longer declared."""
    known = {"untouched", "solved", "second", *(miss.name for miss in misses.read(lab, places))}
    for path in places.recordings(lab.id).glob("*.json"):
        if path.stem not in known:
            path.unlink()
