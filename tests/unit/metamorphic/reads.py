"""Which leaves of a snapshot a check reads: JSON that notes what is taken out of it."""

from collections.abc import ItemsView, Iterator, ValuesView
from typing import Any

from checks.registry import Check
from checks.snapshot import Json, Snapshot

Path = tuple[str | int, ...]


class Notes:
    """The paths of the leaves that were read. An empty list or object is a leaf, too."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()

    def take(self, path: Path, value: Any) -> Any:
        """Note the read of what is at this path, if it is a leaf, and return it."""
        if not isinstance(value, dict | list) or not value:
            self.paths.add(path)
        return value


class NotedObject(dict[str, Any]):
    """An object that notes the leaves that are read."""

    def __init__(self, data: Json, path: Path, notes: Notes) -> None:
        super().__init__({key: noted(value, (*path, key), notes) for key, value in data.items()})
        self.path, self.notes = path, notes

    def __getitem__(self, key: str) -> Any:
        return self.notes.take((*self.path, key), super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key: object) -> bool:
        there = super().__contains__(key)
        if there:
            self.notes.take((*self.path, str(key)), super().__getitem__(str(key)))
        return there

    def __iter__(self) -> Iterator[str]:
        # With a method of its own, `dict(item)` and `{**item}` take each value out with __getitem__.
        return super().__iter__()

    def items(self) -> Any:
        return ItemsView(self)

    def values(self) -> Any:
        return ValuesView(self)

    def pop(self, key: str, *default: Any) -> Any:
        raise AssertionError(f"a check changes its snapshot: {self.path} {key}")

    def __or__(self, other: Any) -> Any:
        return dict(self) | dict(other)

    def __ror__(self, other: Any) -> Any:
        return dict(other) | dict(self)

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self))


class NotedList(list[Any]):
    """A list that notes the leaves that are read."""

    def __init__(self, data: list[Any], path: Path, notes: Notes) -> None:
        super().__init__(noted(value, (*path, place), notes) for place, value in enumerate(data))
        self.path, self.notes = path, notes

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        return self.notes.take((*self.path, number), super().__getitem__(number))

    def __iter__(self) -> Iterator[Any]:
        return (self[number] for number in range(len(self)))

    def __reversed__(self) -> Iterator[Any]:
        return (self[number] for number in reversed(range(len(self))))

    def __contains__(self, value: object) -> bool:
        return value in list(self)

    def __add__(self, other: Any) -> Any:
        return list(self) + list(other)

    def __eq__(self, other: object) -> bool:
        return list(self) == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))


def noted(value: Any, path: Path, notes: Notes) -> Any:
    """Return JSON that notes every read of a leaf, and otherwise behaves like the plain one."""
    if isinstance(value, dict):
        return NotedObject(value, path, notes)
    return NotedList(value, path, notes) if isinstance(value, list) else value


def read_by(check: Check, data: Json) -> set[Path]:
    """Return the paths of the leaves of a snapshot that a check reads, below "objects" and "probes".

    Raises AssertionError where the check finds a fault: what it reads then is not what a right state is judged by.
    """
    notes = Notes()
    watched = {name: noted(data[name], (name,), notes) for name in ("objects", "probes")}
    findings = list(check.function(Snapshot.from_json({**data, **watched})))
    assert not findings, f"{check.id}: {findings[0].message}"
    return notes.paths
