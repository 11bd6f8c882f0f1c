"""The leaves of JSON and YAML as one flat list, and which of them are secrets by where they stand."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from checks.redact.encodings import decoded
from checks.redact.names import is_literal, is_secret, is_written, takes_secret

Path = tuple[str | int, ...]
DEEPEST = 200  # levels
YAML_LIMIT = 256 * 1024  # characters
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
# A variable: its value has no line breaks, unless it is a key. (A text of several lines is a file with lines of its own.)
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)=([^\n]+|-----BEGIN.+)", re.S)
_HEADERS = re.compile(r"(?:proxy-)?authorization|(?:set-)?cookie|x-(?:api|auth)-?(?:key|token)", re.I)
_OPTION = re.compile(r"--?[A-Za-z][A-Za-z0-9_-]*")
_TELLERS = frozenset({"name", "kind"})
_ENDS_SECRET = re.compile(r"(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|KEY|PIN)$", re.I)
_BEFORE_SCALAR = re.compile(r"(?:[&!][^\s]*\s+)*")


@lru_cache(maxsize=4096)
def is_header(name: str) -> bool:
    """Tell whether an HTTP header of this name holds a secret."""
    return _HEADERS.fullmatch(name) is not None


class Leaf(NamedTuple):
    """A value with the keys and indexes that lead to it; in a text also where it stands (`start` to `end`)."""

    path: Path
    value: str
    start: int = 0
    end: int = 0


class Declared(NamedTuple):
    """A leaf that is a secret by where it stands. `value` is the secret, `prefix` what stands before it in the leaf."""

    leaf: Leaf
    value: str
    prefix: str = ""


def json_leaves(data: Any) -> Iterator[Leaf]:
    """Yield the strings of JSON, and its numbers under a name of a secret, in the order of the document."""
    levels: list[tuple[Path, Iterator[tuple[str | int, Any]]]] = [((), iter([("", data)]))]
    while levels:
        outer, entries = levels[-1]
        for key, item in entries:
            path = (*outer, key) if len(levels) > 1 else ()
            if isinstance(item, str):
                yield Leaf(path, item)
            elif isinstance(item, dict):
                levels.append((path, iter(item.items())))
                break
            elif isinstance(item, list):
                levels.append((path, enumerate(item)))
                break
            elif type(item) is int and isinstance(key, str) and is_secret(key) and _ENDS_SECRET.search(key):
                yield Leaf(path, str(item))
        else:
            levels.pop()


def yaml_leaves(text: str) -> list[Leaf] | None:
    """The scalars of a YAML or JSON text, aliases as what they stand for; None where it is neither, or is too large.

    It reads events, never objects, so nothing in the text can make it large or deep.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if len(text) > YAML_LIMIT or ":" not in text:
        return None
    reader = _Reader(text)
    try:
        for event in yaml.parse(text, Loader=loader):
            reader.take(event)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return reader.leaves


@dataclass
class _Reader:
    text: str
    leaves: list[Leaf] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)
    # For each open collection: True for a mapping that waits for a key, False for one that waits for a value, a number
    # for a sequence.
    open: list[bool | int] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)

    def take(self, event: Any) -> None:
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self.path.append(f"document {len(self.leaves)}")
        elif name == "DocumentEndEvent":
            self.path.pop()
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin(name == "MappingStartEvent")
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self.open.pop()
            self._after()
        elif name == "ScalarEvent":
            if event.anchor:
                self.anchors[event.anchor] = event.value
            self._scalar(event.value, *self._where(event))
        elif name == "AliasEvent":
            self._scalar(self.anchors.get(event.anchor, ""), 0, 0)

    def _begin(self, mapping: bool) -> None:
        if len(self.open) >= DEEPEST:
            raise ValueError("nested too deeply")
        if self.open and self.open[-1] is True:  # a collection as a key
            self.path.append("")
            self.open[-1] = False
        self.open.append(True if mapping else 0)
        if not mapping:
            self.path.append(0)

    def _after(self) -> None:
        """A value has ended: the place in the collection around it moves on."""
        if self.open and type(self.open[-1]) is int:
            self.open[-1] += 1
            self.path[-1] = self.open[-1]
        elif self.open and self.open[-1] is False:
            self.open[-1] = True
            self.path.pop()

    def _scalar(self, value: str, start: int, end: int) -> None:
        if self.open and self.open[-1] is True:
            self.path.append(value)
            self.open[-1] = False
            return
        self.leaves.append(Leaf(tuple(self.path), value, start, end))
        self._after()

    def _where(self, event: Any) -> tuple[int, int]:
        """Where the scalar's own text stands: without anchor, tag, quotes, and blanks at its end."""
        start = _BEFORE_SCALAR.match(self.text, event.start_mark.index).end()  # type: ignore[union-attr]
        end = event.end_mark.index
        while end > start and self.text[end - 1].isspace():
            end -= 1
        end = max(start, end)
        if end - start >= 2 and self.text[start] in "\"'" and self.text[end - 1] == self.text[start]:
            return start + 1, end - 1
        return start, end


def declared(leaves: Iterable[Leaf], *, in_text: bool = False) -> Iterator[Declared]:
    """The leaves that are secrets by their names, and those of the cluster's Secrets.

    Of a text (`in_text`), what only refers to a secret in the ways of shells and templates is left out, too.
    """
    judge = is_written if in_text else is_literal
    leaves = list(leaves)
    # What can tell that a value beside it is a secret: names, kinds, and options of a command.
    tellers = {leaf.path: leaf.value for leaf in leaves if leaf.path and (leaf.path[-1] in _TELLERS or leaf.value[:1] == "-")}
    for leaf in leaves:
        if entry := _declared_by_place(leaf, tellers, judge):
            yield entry


def _declared_by_place(leaf: Leaf, tellers: dict[Path, str], judge: Callable[[str], bool]) -> Declared | None:
    path, value = leaf.path, leaf.value
    key = path[-1] if path else ""
    if len(path) > 1 and path[-2] in ("data", "stringData") and tellers.get((*path[:-2], "kind")) == "Secret":
        plain = decoded(value) if path[-2] == "data" else value
        return Declared(leaf, plain) if plain else None
    if key == APPLIED:
        return None
    assignment = ASSIGNMENT.fullmatch(value) if "=" in value else None
    if assignment and is_secret(assignment[1]) and judge(assignment[2]):
        return Declared(leaf, assignment[2], f"{assignment[1]}=")
    if _names_a_secret(key, value, path, tellers) and judge(value):
        return Declared(leaf, value)
    return None


def _names_a_secret(key: str | int, value: str, path: Path, tellers: dict[Path, str]) -> bool:
    """Tell whether the key is the name of a secret, or what stands beside the value is."""
    if isinstance(key, int):
        before = tellers.get((*path[:-1], key - 1), "")
        return bool(_OPTION.fullmatch(before)) and takes_secret(before, value)
    if key == "value":
        name = tellers.get((*path[:-1], "name"))
        return name is not None and (is_secret(name) or is_header(name))
    return is_secret(key) and not key.lower().endswith("secrets") and key not in ("kind", "secret")
