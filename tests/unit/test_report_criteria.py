"""A report has exactly the declared criteria, in their order: in every recorded state, and where something is not known."""

from collections.abc import Iterator

import pytest
from metamorphic.recorded import LABS, RIGHT, data, names, report

from checks import registry
from checks.model import Lab, Outcome
from checks.snapshot import Json

BUG = "the check itself failed"


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_a_report_has_exactly_the_declared_criteria(lab: Lab) -> None:
    declared = [(check.id, check.title, check.points) for check in registry.load(lab)]
    for name in names(lab.id):
        graded = report(lab, data(lab.id, name))
        assert [(result.id, result.title, result.points) for result in graded.results] == declared, name
        assert not [result.reason for result in graded.results if BUG in result.reason], name


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_what_is_not_known_takes_no_criterion_out_and_makes_none_fail(lab: Lab) -> None:
    declared = [check.id for check in registry.load(lab)]
    for name, snapshot in _unknown(lab):
        graded = report(lab, snapshot)
        assert [result.id for result in graded.results] == declared, name
        wrong = [f"{result.id} {result.outcome}: {result.reason}" for result in graded.results if not _fair(result.outcome)]
        assert not wrong, f"{name}: {wrong}"
        assert not [f"{result.id}: {result.reason}" for result in graded.results if BUG in result.reason], name


def _fair(outcome: Outcome) -> bool:
    """Whether a right state may have this outcome where something is not known."""
    return outcome in (Outcome.PASSED, Outcome.COULD_NOT_CHECK, Outcome.BLOCKED)


def _unknown(lab: Lab) -> Iterator[tuple[str, Json]]:
    """The solved state without each kind of objects and each probe, one at a time, and without all of them."""
    for place in ("objects", "probes"):
        for name in data(lab.id, RIGHT[0])[place]:
            snapshot = data(lab.id, RIGHT[0])
            del snapshot[place][name]
            snapshot["errors"][name] = "the connection was closed"
            yield f"{place} {name}", snapshot
    snapshot = data(lab.id, RIGHT[0])
    snapshot["errors"] = dict.fromkeys([*snapshot["objects"], *snapshot["probes"]], "the connection was closed")
    yield "everything", snapshot | {"objects": {}, "probes": {}}
