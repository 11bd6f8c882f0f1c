"""The proofs of a lab on the real engine."""

from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from checks import backend
from checks.dev import execute, folder_diff, judge, resource_diff
from checks.dev.paths import Places
from checks.dev.proof import Proof, prove
from checks.dev.trial import Trial
from checks.model import Lab, Outcome
from checks.notebook_file import Notebook
from sandboxes.errors import SlipwayError

Faults = Iterator[str]


def proofs(lab: Lab, places: Places) -> Iterator[Proof]:
    """Prove a lab's behavior in two runs, each from an untouched lab."""
    for statement, faults in STATEMENTS.items():
        yield prove(lab.id, statement, lambda faults=faults: faults(lab, places))


def solved(lab: Lab, places: Places) -> Faults:
    """Prove the learner's way in one run: the untouched notebook, the solution over it, reset.

    Untouched, the notebook runs as it is, nothing passes that is not declared to, and every finding is complete. With
    the solution, every check passes: in its cell when the notebook gets there, and at the end. Reset then leaves
    nothing behind, and the lab's folder is byte by byte that of a new copy, so the lab can be done again. Foreign objects
    stay, also on the lab's image.
    """
    engine, ground = backend.connect(lab), _differ(lab)
    with ground.foreign(engine, lab) as foreign:
        before = ground.world(engine, lab, foreign)
        with Trial(lab) as trial:
            yield from (f"untouched: {fault}" for fault in _untouched(trial))
            trial.solve()
            executed = trial.execute()
            yield from execute.unreported(executed)
            yield from _failed_in_cells(executed)
            graded = trial.grade()
            yield from judge.all_pass(graded.report)
            own = sorted(graded.snapshot.digests())
            kept = _tag(trial, own, foreign.name) if lab.sandbox == "docker" else []
            trial.reset()
            yield from (f"after the reset: {fault}" for fault in folder_diff.differences(lab, trial.settings))
            after = ground.world(engine, lab, foreign)
        for tag in kept:
            if f"tag {tag}" not in after:
                yield f"removed, though it is not the lab's: tag {tag}"
            engine.request("DELETE", f"/images/{tag}", timeout=30)
        yield from resource_diff.differences(before, ground.world(engine, lab, foreign))
    engine.close()


def _differ(lab: Lab) -> ModuleType:
    """Return the module with `world` and `foreign` for the lab's sandbox. Only that one is loaded."""
    return import_module("checks.dev.resource_diff_kind" if lab.sandbox == "kind" else "checks.dev.resource_diff")


def _untouched(trial: Trial) -> Faults:
    yield from execute.unreported(trial.execute())
    yield from judge.untouched(trial.lab, trial.grade().report)


def _failed_in_cells(executed: Notebook) -> Faults:
    for id, report in execute.reports(executed).items():
        for result in report.results if report else ():
            if result.outcome is not Outcome.PASSED:
                messages = "; ".join(finding.message for finding in result.findings) or result.reason
                yield f"in cell {id}, {result.id} is “{result.outcome}”: {messages}"


def _tag(trial: Trial, references: list[str], name: str) -> list[str]:
    """Give the images another tag, as a learner does who wants to keep them. Return the new tags."""
    made = []
    for number, reference in enumerate(references):
        answer = trial.engine.request("POST", f"/images/{reference}/tag?repo={name}&tag={number}")
        if answer.status >= 400:
            raise SlipwayError(f"The image {reference} could not be tagged: {answer.message}.")
        made.append(f"{name}:{number}")
    return made


def second(lab: Lab, places: Places) -> Faults:
    """Yield the faults of the second solution, which is right and as different from ours as possible."""
    script = places.second(lab)
    if not script.is_file():
        yield "there is no second right solution (second.sh)"
        return
    with Trial(lab) as trial:
        trial.script(script)
        yield from judge.all_pass(trial.grade().report)


STATEMENTS: dict[str, Callable[[Lab, Places], Faults]] = {
    "untouched, nothing passes; solved, every check passes; reset leaves nothing behind, and touches nothing else": solved,
    "second: another right solution passes": second,
}
