"""The application of a JSON Patch (RFC 6902) that copies only what it changes.

`jsonpatch` changes a document in place, so that each patch needs a copy of the whole document first; and it parses each pointer
several times. Of the operations, those that `json_difference` writes are known here: add, remove, replace and copy.
"""

from typing import Any

from jsonpointer import unescape

from checks.dev.json_difference import Operation


def apply(document: Any, patch: list[Operation]) -> Any:
    """Return the document after the patch. What the patch leaves alone is shared with `document`, which stays as it is.

    A patch that does not apply raises ValueError, LookupError, TypeError or AttributeError.
    """
    draft = _Draft(document)
    for operation in patch:
        draft.change(operation)
    return draft.document


class _Draft:
    """A document under change: an object or a list is copied when it is changed for the first time."""

    def __init__(self, document: Any) -> None:
        self._top: dict[str, Any] = {"": document}
        # By identity: the copies that belong to this draft alone.
        self._copies: dict[int, Any] = {id(self._top): self._top}

    @property
    def document(self) -> Any:
        return self._top[""]

    def change(self, operation: Operation) -> None:
        """Apply one operation."""
        *names, last = _names(operation["path"])
        parent = self._own(names)
        kind = operation["op"]
        if kind == "add":
            _add(parent, last, operation["value"])
        elif kind == "copy":
            _add(parent, last, self._shared(self._value(operation["from"])))
        elif kind == "remove":
            del parent[_key(parent, last)]
        elif kind == "replace":
            if isinstance(parent, dict) and last not in parent:
                raise KeyError(last)
            parent[_key(parent, last)] = operation["value"]
        else:
            raise ValueError(f"unknown operation {kind!r}")

    def _own(self, names: list[str]) -> Any:
        """Return the object or list that these names lead to, once it and all around it belong to this draft."""
        place: Any = self._top
        for name in names:
            key = _key(place, name)
            inner = place[key]
            if id(inner) not in self._copies:
                place[key] = inner = inner.copy()
                self._copies[id(inner)] = inner
            place = inner
        return place

    def _value(self, pointer: str) -> Any:
        place: Any = self._top
        for name in _names(pointer):
            place = place[_key(place, name)]
        return place

    def _shared(self, value: Any) -> Any:
        """Return a value that gets a second place: changed in one of the two, it is copied again."""
        # What this draft has not copied holds nothing that it has.
        if self._copies.pop(id(value), None) is not None:
            for inner in value.values() if isinstance(value, dict) else value:
                self._shared(inner)
        return value


def _names(pointer: str) -> list[str]:
    """Split a pointer at its slashes. The first name is empty, and leads to the document itself."""
    names = pointer.split("/")
    return [unescape(name) for name in names] if "~" in pointer else names


def _key(place: Any, name: str) -> str | int:
    """Return the key or index that a name stands for. Raises ValueError for a word in a list."""
    if not isinstance(place, list):
        return name
    if not name.isdecimal():
        raise ValueError(f"{name!r} is no index of a list")
    return int(name)


def _add(parent: Any, name: str, value: Any) -> None:
    if not isinstance(parent, list):
        parent[name] = value
        return
    index = len(parent) if name == "-" else int(_key(parent, name))
    if index > len(parent):
        raise IndexError(f"the list ends before {name}")
    parent.insert(index, value)
