"""The leaves of a snapshot that a task fixes, and single changes of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from checks import notebook_file
from checks.model import Lab
from checks.snapshot import Json
from metamorphic.reads import Path

REMOVED = object()
QUOTED = re.compile(r"`([^`\n]+)`")
AMOUNT = re.compile(r"(\d+)(m|Ki|Mi|Gi|%)")
# What the systems call the states that tasks ask for in other words ("is running", "is ready", "can read but not write").
STATES = frozenset(
    {"running", "exited", "healthy", "Running", "True", "Bound", "Released", "Complete", "Guaranteed", "Burstable", "BestEffort"}
)


@dataclass(frozen=True)
class Mutation:
    """One change of a leaf: what it is called, and the new value (REMOVED: the key or the entry is gone)."""

    name: str
    value: Any


def fixed(value: Any, words: frozenset[str]) -> bool:
    """Tell whether a task fixes this value: it is a literal of a task, a state that tasks ask for, or a yes or no."""
    if isinstance(value, bool):
        return True
    return isinstance(value, str | int | float) and (str(value) in words or value in STATES)


def words_of_tasks(lab: Lab) -> frozenset[str]:
    """Return the literals in the tasks of a lab, as a whole and in their parts: of `app=web`, also `app` and `web`."""
    cells = notebook_file.read(lab.folder / "lab.ipynb")["cells"]
    tasks = "\n".join(cell["source"] for cell in cells if "task" in cell["metadata"].get("tags", ()))
    words: set[str] = set()
    for literal in QUOTED.findall(tasks):
        words |= {literal, *literal.split(), *re.split(r"[\s=:]+", literal)}
    return frozenset(word.strip("\"'") for word in words) - {""}


def mutations(value: Any) -> Iterator[Mutation]:
    """Yield the changes of a leaf: another number or string of its kind, and its removal."""
    if isinstance(value, bool):
        yield Mutation("the opposite", not value)
    elif isinstance(value, int | float):
        yield Mutation("another number", value * 3 + 1777)
    elif amount := AMOUNT.fullmatch(value):
        yield Mutation("another amount", f"{int(amount[1]) * 3 + 17}{amount[2]}")
    elif value.isdigit():
        yield Mutation("another number", str(int(value) * 3 + 1777))
    else:
        yield Mutation("another string", "aa-other")
    yield Mutation("removed", REMOVED)


def at(snapshot: Json, path: Path) -> Any:
    """Return what is at a path of a snapshot's JSON."""
    value: Any = snapshot
    for step in path:
        value = value[step]
    return value


def change(parent: Any, key: Any, value: Any) -> None:
    """Set or remove an entry of an object or a list, in place."""
    if value is REMOVED:
        del parent[key]
    else:
        parent[key] = value


def restore(parent: Any, kept: Any) -> None:
    """Give an object or a list the contents of a copy that was made before the change, in the same order."""
    parent.clear()
    if isinstance(parent, dict):
        parent.update(kept)
    else:
        parent.extend(kept)
