"""The declaration of checks, and the rules for the set of checks of a lab."""

import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from checks.model import Finding, Lab
from checks.snapshot import Snapshot
from sandboxes.errors import Exit, SlipwayError

Function = Callable[[Snapshot], Iterable[Finding]]


class RegistryError(Exception):
    """An invalid set of checks: a mistake of the author, with its cause."""


@dataclass(frozen=True)
class Check:
    """A check: a pure function of a Snapshot that yields a Finding for each fault.

    `needs` holds the ids of checks that must pass first. `hints` become more specific, up to almost the answer.
    """

    id: str
    title: str
    function: Function
    points: int
    needs: tuple[str, ...]
    hints: tuple[str, ...]


def check(id: str, title: str, *, hints: Iterable[str], points: int = 1, needs: Iterable[str] = ()) -> Callable:
    """Declare a check. The functions of a module with this decorator, in their order, are the checks of the lab."""

    def declare(function: Function) -> Function:
        function.declared = Check(id, title, function, points, tuple(needs), tuple(hints))
        return function

    return declare


def load(lab: Lab) -> tuple[Check, ...]:
    """Return the checks of a lab, each after the checks that it needs. Raise RegistryError for an invalid set."""
    try:
        module = importlib.import_module(lab.module)
    except ModuleNotFoundError as error:
        if error.name != lab.module:
            raise
        raise RegistryError(f"lab {lab.id} has no module {lab.module}") from error
    declared = [value.declared for value in vars(module).values() if hasattr(value, "declared")]
    return order(lab.id, declared)


def find(lab: Lab, checks: Iterable[Check], id: str) -> Check:
    """Return the check with this id. Raise SlipwayError with the nearest ids where there is none."""
    by_id = {check.id: check for check in checks}
    if not isinstance(id, str):
        advice = f"Its checks are: {', '.join(by_id)}."
        raise SlipwayError(f"A check is named by its id, a text. {str(id)[:80]!r} is none.", advice, Exit.WRONG_USAGE)
    if id in by_id:
        return by_id[id]
    from difflib import get_close_matches  # imported here, because a correct id does not need it

    near = get_close_matches(id, by_id, cutoff=0.4)
    advice = f"Did you mean {' or '.join(near)}?" if near else ""
    raise SlipwayError(
        f"Lab {lab.id} has no check “{id}”.", f"{advice} Its checks are: {', '.join(by_id)}.".strip(), Exit.WRONG_USAGE
    )


def with_needs(checks: Iterable[Check], wanted: Iterable[str]) -> tuple[Check, ...]:
    """Return the wanted checks and all checks that they depend on, in order."""
    by_id = {check.id: check for check in checks}
    kept: set[str] = set()
    stack = list(wanted)
    while stack:
        id = stack.pop()
        if id not in kept:
            kept.add(id)
            stack.extend(by_id[id].needs)
    return tuple(check for check in by_id.values() if check.id in kept)


def order(lab_id: str, checks: list[Check]) -> tuple[Check, ...]:
    """Validate the checks, and return each of them after the checks that it needs. Raise RegistryError otherwise."""
    if not checks:
        raise RegistryError(f"lab {lab_id} has no checks")
    ids = [check.id for check in checks]
    for check in checks:
        if ids.count(check.id) > 1:
            raise RegistryError(f"lab {lab_id} declares the check “{check.id}” twice")
        if not 2 <= len(check.hints) <= 3:
            raise RegistryError(f"check “{check.id}” of lab {lab_id} has {len(check.hints)} hints; it needs 2 or 3")
        if check.points < 1:
            raise RegistryError(f"check “{check.id}” of lab {lab_id} has {check.points} points")
        if missing := [need for need in check.needs if need not in ids]:
            raise RegistryError(f"check “{check.id}” of lab {lab_id} needs “{missing[0]}”, which does not exist")
    return tuple(_sorted(lab_id, checks))


def _sorted(lab_id: str, checks: list[Check]) -> Iterator[Check]:
    """Yield the checks in dependency order; of those that are ready at the same time, the one declared first."""
    position = {check.id: number for number, check in enumerate(checks)}
    sorter = TopologicalSorter({check.id: check.needs for check in checks})
    try:
        sorter.prepare()
    except CycleError as error:
        raise RegistryError(
            f"the checks of lab {lab_id} depend on each other in a cycle: {', '.join(reversed(error.args[1]))}"
        ) from error
    ready: list[str] = []
    while sorter.is_active():
        ready = sorted([*ready, *sorter.get_ready()], key=position.__getitem__)
        id = ready.pop(0)
        yield checks[position[id]]
        sorter.done(id)
