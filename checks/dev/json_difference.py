"""The difference between two JSON documents as a JSON Patch (RFC 6902) for people to read.

`jsonpatch.make_patch` walks sets, so that the order of its operations differs from run to run, and it moves values between
places that have nothing to do with each other. Here the operations come in the order of the document: what is new in an
object first, then what is gone or changed. A new part that is much like one beside it is a copy of that, changed.
"""

import json
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from jsonpointer import escape

Operation = dict[str, Any]
# What tells the entries of a list apart, in the order in which it is looked for.
LABELS = ("name", "type", "key", "manager", "CreatedBy", "ip", "path")
Pair = tuple[Any, Any]
MISSING = object()
# From how many characters on.
WORTH_A_COPY = 1000


def difference(before: Any, after: Any, path: str = "") -> list[Operation]:
    """Return the operations that make `after` out of `before`, in the order of the document."""
    if type(before) is not type(after) or not isinstance(before, dict | list):
        same = type(before) is type(after) and before == after
        return [] if same else [{"op": "replace", "path": path, "value": after}]
    parts = list(_object(before, after, path) if isinstance(before, dict) else _list(before, after, path))
    whole = [{"op": "replace", "path": path, "value": after}]
    return whole if path and size(parts) > size(whole) else parts


def size(operations: list[Operation]) -> int:
    """Return how much there is to read, in characters."""
    return sum(len(json.dumps(operation)) for operation in operations)


def _object(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Operation]:
    for key in sorted(after.keys() - before.keys()):
        yield from _new(before, after[key], path, escape(key))
    for key in sorted(before):
        place = f"{path}/{escape(key)}"
        if key in after:
            yield from difference(before[key], after[key], place)
        else:
            yield {"op": "remove", "path": place}


def _new(before: dict[str, Any], value: Any, path: str, key: str) -> list[Operation]:
    """Add a value to an object, or copy one that is there still as it was before: whatever is less to read."""
    place = f"{path}/{key}"
    best: list[Operation] = [{"op": "add", "path": place, "value": value}]
    if not isinstance(value, dict) or size(best) < WORTH_A_COPY:
        return best
    for other in sorted(name for name, part in before.items() if isinstance(part, dict)):
        copied: Operation = {"op": "copy", "from": f"{path}/{escape(other)}", "path": place}
        best = min(best, [copied, *difference(before[other], value, place)], key=size)
    return best


def _list(before: list[Any], after: list[Any], path: str) -> Iterator[Operation]:
    place = 0
    for old, new in pairs(before, after):
        if new is MISSING:
            yield {"op": "remove", "path": f"{path}/{place}"}
            continue
        if old is MISSING:
            yield {"op": "add", "path": f"{path}/{place}", "value": new}
        else:
            yield from difference(old, new, f"{path}/{place}")
        place += 1


def pairs(before: list[Any], after: list[Any], label: Callable[[Any], str] | None = None) -> Iterator[Pair]:
    """Yield the entries of two lists side by side, in order; MISSING stands for an entry that the other list lacks."""
    name = label or _label
    matcher = SequenceMatcher(None, list(map(name, before)), list(map(name, after)), autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        yield from zip_longest(before[start:end], after[other_start:other_end], fillvalue=MISSING)


def _label(entry: Any) -> str:
    if isinstance(entry, dict):
        for name in LABELS:
            if isinstance(entry.get(name), str):
                return f"{name} {entry[name]}"
    return json.dumps(entry, sort_keys=True)
