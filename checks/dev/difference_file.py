"""The file of a recording that is kept as its difference from the lab's solved state.

    {
     "format": "slipway-difference/1",
     "lab": "11-pods",
     "from": "solved.json",
     "sha256": "…",
     "patch": [{"op": "remove", "path": "/objects/Pod/web/metadata/labels/tier"}],
     "times": {"2026-01-01T11:59:50Z": "2026-01-01T11:59:48Z"}
    }

`patch` is a JSON Patch (RFC 6902). `times` comes before it: what happened at one time in the solved state happened at another
one here, whatever value the time is part of. So the patch holds what is different, and not when it was. `sha256` is the sum
of the solved state's file: over another one, the patch would lead to a state that never was.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from checks.dev import json_layout, json_patch
from checks.dev.json_difference import MISSING, Operation, difference, pairs
from checks.dev.recorded_times import TIME
from checks.snapshot import Json

FORMAT = "slipway-difference/1"
SOLVED = "solved.json"
_TIMES = re.compile(f"({TIME.pattern})")
# The expression for all forms of a time is slow, and most values hold none.
_HINT = re.compile(r"\d(?:\d:\d\d:\d\d|\d{9})")


class OtherSolved(ValueError):
    """The difference was made from another solved state than the one that is there now."""


class _Timed(NamedTuple):
    """A value with times in it: its text between two times, a time, and so on; and its type, `str`, `int` or `float`."""

    parts: list[str]
    type: type


class _Container(NamedTuple):
    """What of an object or a list holds times, by key or index; and all these times."""

    inner: "dict[str | int, _Timed | _Container]"
    times: frozenset[str]


class _Solved(NamedTuple):
    """A solved state: the sum of its file, its JSON, and where in that the times are."""

    sum: str
    data: Json
    places: _Container


def encode(data: Json, solved: bytes) -> str:
    """Return the text of the file for a snapshot's JSON with sorted keys. `solved` is the content of the lab's solved.json."""
    before = _read(solved)
    times = _times(before.data, data)
    # Events come last: they tell again what the objects before them show.
    operations = difference(_at(before.data, before.places, times), data)
    patch = sorted(operations, key=lambda operation: operation["path"].startswith("/objects/Event"))
    head = {"format": FORMAT, "lab": data["lab"], "from": SOLVED, "sha256": before.sum}
    return dumps({**head, "patch": patch, "times": times})


def dumps(file: Json) -> str:
    """Return the text of a difference: a line for each operation and each time."""
    patch, times = file["patch"], file["times"]
    parts = [f"{json.dumps(name)}: {json.dumps(file[name], ensure_ascii=False)}" for name in ("format", "lab", "from", "sha256")]
    parts.append(f'"patch": {json_layout.block("[]", map(_line, patch), " ")}')
    parts.append(f'"times": {json_layout.block("{}", (f"{json.dumps(old)}: {json.dumps(times[old])}" for old in times), " ")}')
    return json_layout.block("{}", parts) + "\n"


def _line(operation: Operation) -> str:
    """Write an operation in one line, or, where its value is a long list or object, with a line for each part of that."""
    head = json.dumps({name: operation[name] for name in ("op", "from", "path") if name in operation}, ensure_ascii=False)[:-1]
    if "value" not in operation:
        return head + "}"
    head += ', "value": '
    return f"{head}{json_layout.lay_out(operation['value'], '  ', len(head))}}}"


def decode(file: Json, solved: bytes) -> Json:
    """Return the snapshot's JSON, to be read only: what is as in the solved state is shared with the lab's other recordings.

    Raises OtherSolved where `solved` is not the content that the difference was made from. A damaged file raises ValueError,
    LookupError, TypeError or AttributeError.
    """
    before = _read(solved)
    if file["sha256"] != before.sum:
        raise OtherSolved(f"made from another {SOLVED}")
    return json_patch.apply(_at(before.data, before.places, file["times"]), file["patch"])


@lru_cache(maxsize=2)
def _read(solved: bytes) -> _Solved:
    data = json.loads(solved)
    return _Solved(hashlib.sha256(solved).hexdigest(), data, _container(data))


def _container(data: Any) -> _Container:
    places: dict[str | int, _Timed | _Container] = {}
    times: set[str] = set()
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        if isinstance(value, dict | list):
            if (inner := _container(value)).inner:
                places[key] = inner
                times |= inner.times
        elif value and _HINT.search(text := str(value)) and len(parts := _TIMES.split(text)) > 1:
            places[key] = _Timed(parts, type(value))
            times.update(parts[1::2])
    return _Container(places, frozenset(times))


def _at(data: Any, places: _Container, times: dict[str, str]) -> Any:
    """Return JSON with other times at these places. The rest is shared with `data`."""
    if places.times.isdisjoint(times):
        return data
    changed = data.copy()
    for key, place in places.inner.items():
        if isinstance(place, _Timed):
            changed[key] = place.type("".join([times.get(part, part) for part in place.parts]))
        else:
            changed[key] = _at(data[key], place, times)
    return changed


def _times(before: Json, after: Json) -> dict[str, str]:
    """Map each time in `before` to the one that `after` has most often in its place, unless it is the same."""
    votes: dict[str, Counter[str]] = {}
    for old, new in _pairs_of_times(before, after):
        votes.setdefault(old, Counter())[new] += 1
    most = {old: max(sorted(counts), key=counts.__getitem__) for old, counts in sorted(votes.items())}
    return {old: new for old, new in most.items() if old != new}


def _pairs_of_times(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() & after.keys()):
            yield from _pairs_of_times(before[key], after[key])
    elif isinstance(before, list) and isinstance(after, list):
        for old, new in pairs(before, after):
            if old is not MISSING and new is not MISSING:
                yield from _pairs_of_times(old, new)
    elif type(before) is type(after) and isinstance(before, str | int):
        old, new = str(before), str(after)
        # What has not happened has the year 1: that is not another time of the same thing.
        if TIME.sub("", old) == TIME.sub("", new) and "0001-01-01" not in old + new:
            yield from zip(TIME.findall(old), TIME.findall(new), strict=True)
