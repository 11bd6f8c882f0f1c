"""The names that objects are known by: a password that is also such a name must not take the name out of every text."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

# Under these keys stands the name of something, where the value is a text or a list of texts.
NAMES = frozenset({"RepoTags", "RepoDigests", "Name", "Image", "Id", "Driver", "Type", "Aliases", "Path"}) | {
    "name", "namespace", "image", "kind", "type", "reason", "nodeName", "hostname", "uid", "key"
}  # fmt: skip
# What people and tools write under these keys is free: neither the keys in there nor the values are names.
FREE = frozenset({"annotations", "headers", "Options", "DriverOpts", "Env", "env", "Cmd", "Args", "args", "command"})
LABELS = frozenset({"labels", "Labels", "matchLabels", "selector", "nodeSelector"})
# Labels that say which thing an object belongs to.
_NAMING_LABEL = re.compile(r"app|tier|role|component|track|name|job-name|.*kubernetes\.io/.*|com\.docker\.(?:compose|stack)\..*")
# The levels of a snapshot above its objects and its probes' results, whose keys are not those of the API.
ABOVE = {"objects": 2, "probes": 1}


def identities(data: Any) -> set[str]:
    """The names in a snapshot's data: the keys of its objects, and what stands where the APIs have a name."""
    return set(_snapshot(data))


def _snapshot(data: Any) -> Iterator[str]:
    if not isinstance(data, dict):
        yield from _inside(data)
        return
    for part, value in data.items():
        yield from _below(value, ABOVE[part], part == "objects") if part in ABOVE else _inside({part: value})


def _below(data: Any, levels: int, keys: bool) -> Iterator[str]:
    """The keys of this many levels of objects by name, and the names in each object."""
    if levels and isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _below(value, levels - 1, keys)
    else:
        yield from _inside(data, keys)


def _inside(data: Any, keys: bool = True) -> Iterator[str]:
    """The names in an object; with `keys` also its keys, which in the result of a probe may be anything."""
    stack = [data]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack += item
        elif isinstance(item, dict):
            if keys:
                yield from item
            for key, value in item.items():
                if key in NAMES:
                    yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))
                if key in LABELS and isinstance(value, dict):
                    yield from (text for name, text in value.items() if isinstance(text, str) and _NAMING_LABEL.fullmatch(name))
                elif key not in FREE and isinstance(value, dict | list):
                    stack.append(value)


def is_public(value: str, names: Iterable[str]) -> bool:
    """Whether one of the names is this value, or has it as a word: `postgres` in `postgres:15`."""
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])")
    return any(value in name and word.search(name) for name in names)
