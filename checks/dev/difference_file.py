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
one here, wherever the time is written. So the patch holds what is different, and not when it was. `sha256` is the sum of the
solved state's file: over another one, the patch would lead to a state that never was.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jsonpatch import JsonPatch

from checks.dev import json_layout
from checks.dev.json_difference import MISSING, Operation, difference, pairs
from checks.dev.recorded_times import TIME
from checks.snapshot import Json

FORMAT = "slipway-difference/1"
SOLVED = "solved.json"
_TIMES = re.compile(f"({TIME.pattern})")
_HINT = re.compile(r"\d(?:\d:\d\d:\d\d|\d{9})")


class OtherSolved(ValueError):
    """The difference was made from another solved state than the one that is there now."""


def encode(data: Json, solved: str) -> str:
    """Return the text of the file for a snapshot's JSON with sorted keys. `solved` is the text of the lab's solved.json."""
    times = _times(json.loads(solved), data)
    # Events come last: they tell again what the objects before them show.
    patch = sorted(difference(_at(solved, times), data), key=lambda operation: operation["path"].startswith("/objects/Event"))
    head = {"format": FORMAT, "lab": data["lab"], "from": SOLVED, "sha256": _sum(solved)}
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


def decode(file: Json, solved: str) -> Json:
    """Return the snapshot's JSON. Raises OtherSolved where `solved` is not the text that the difference was made from.

    A damaged file raises ValueError, KeyError, TypeError, AttributeError, JsonPatchException or JsonPointerException.
    """
    if file["sha256"] != _sum(solved):
        raise OtherSolved(f"made from another {SOLVED}")
    return JsonPatch(file["patch"]).apply(_at(solved, file["times"]), in_place=True)


@lru_cache(maxsize=2)
def _sum(solved: str) -> str:
    return hashlib.sha256(solved.encode()).hexdigest()


@lru_cache(maxsize=2)
def _split(solved: str) -> list[str]:
    """Cut the text at each time: what stands between two times, a time, and so on."""
    parts = [""]
    for line in solved.splitlines(keepends=True):
        # The expression for all forms of a time is slow, and most lines hold none.
        first, *others = _TIMES.split(line) if _HINT.search(line) else [line]
        parts[-1] += first
        parts += others
    return parts


def _at(solved: str, times: dict[str, str]) -> Json:
    """Read the solved state with other times in it."""
    return json.loads("".join([times.get(part, part) for part in _split(solved)]))


def _times(before: Json, after: Json) -> dict[str, str]:
    """Map each time in `before` to the one that `after` has most often in its place, unless it is the same."""
    votes: dict[str, Counter[str]] = {}
    for old, new in _pairs_of_times(before, after):
        votes.setdefault(old, Counter())[new] += 1
    most = {old: max(sorted(found), key=found.__getitem__) for old, found in sorted(votes.items())}
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
