"""Metamorphic tests of the graders: a harmless change to a recorded snapshot changes no verdict."""

import json
import random
from collections.abc import Iterator

import pytest
from metamorphic import (
    bookkeeping,
    defaults,
    foreign_cluster,
    foreign_docker,
    free_names,
    identities,
    instants,
    later,
    orders,
    replicas,
    sidecars,
)
from metamorphic.changes import CHANGES, Change, of_lab
from metamorphic.recorded import LABS, RIGHT, data, names, recorded_verdict, report, verdict, words

from checks.model import Lab

# The modules of changes: importing one adds its changes to the list.
MODULES = (
    bookkeeping, defaults, foreign_cluster, foreign_docker, free_names, identities, instants, later, orders, replicas, sidecars
)  # fmt: skip
# For each change and lab, this many near misses besides the right states, drawn with a fixed seed: all of them would be ten
# times as many, for the same checks.
NEAR_MISSES = 2


def test_every_module_of_changes_has_one_with_a_docstring() -> None:
    assert {change.function.__module__ for change in CHANGES} == {module.__name__ for module in MODULES}
    assert all(change.function.__doc__ for change in CHANGES)
    assert len({change.name for change in CHANGES}) == len(CHANGES)


def test_every_change_changes_a_recording() -> None:
    solved = {lab.id: data(lab.id, RIGHT[0]) for lab in LABS.values()}
    idle = [
        change.name
        for change in CHANGES
        if all(
            json.dumps(change.applied(solved[lab.id])) == json.dumps(solved[lab.id])
            for lab in LABS.values()
            if change in of_lab(lab.sandbox)
        )
    ]
    assert not idle


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_no_harmless_change_changes_a_verdict(lab: Lab) -> None:
    faults = [fault for change in of_lab(lab.sandbox) for fault in _faults(lab, change)]
    assert not faults, "\n".join(faults)


def _faults(lab: Lab, change: Change) -> Iterator[str]:
    for name in _sample(lab, change):
        yield from _differences(lab, name, change)


def _sample(lab: Lab, change: Change) -> list[str]:
    if change.right_only:
        return list(RIGHT)
    missed = [name for name in names(lab.id) if name not in RIGHT]
    drawn = random.Random(f"{lab.id} {change.name}").sample(missed, min(NEAR_MISSES, len(missed)))
    return [*RIGHT, *drawn]


def _differences(lab: Lab, name: str, change: Change) -> Iterator[str]:
    """Yield for each check whose verdict has changed: lab, change, state, check, and what is found."""
    expected = recorded_verdict(lab.id, name)
    graded = report(lab, change.applied(data(lab.id, name)))
    for id, (outcome, earned) in verdict(graded).items():
        if (outcome, earned) != expected[id]:
            was = f"{expected[id][0]} ({expected[id][1]})"
            yield f"{lab.id} {change.name} {name}: {id} was {was}, is {outcome} ({earned}): {words(graded, id)}"
