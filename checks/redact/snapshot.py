"""Finding all secrets of a snapshot's data, and a copy of the data without them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

from checks.redact import known
from checks.redact.encodings import decoded
from checks.redact.identities import identities, is_public
from checks.redact.leaves import APPLIED, Declared, Leaf, Path, declared, is_header, json_leaves, yaml_leaves
from checks.redact.replace import SHORTEST_ELSEWHERE, Marks, Replacer
from checks.redact.text_secrets import HINT, Span, adds_in_yaml, password_of_basic, secrets_in_text
from sandboxes import json_text

# How often a secret is looked into for secrets: a Secret with a file, in that a URL, in that a password.
DEEPEST = 4
LONG_LINE = 16  # characters from which a line of a secret of several lines is a secret of its own


@dataclass
class Secrets:
    """The secrets of a snapshot: their values with other spellings that were met, their places, and what a place makes one."""

    values: dict[str, set[str]] = field(default_factory=dict)
    declared: dict[Path, Declared] = field(default_factory=dict)
    spans: dict[Path, list[Span]] = field(default_factory=dict)

    def learn(self, value: str, spelling: str = "", level: int = 0) -> None:
        """Remember a secret, and what is a secret inside it."""
        if not value.strip() or level > DEEPEST:
            return
        seen = value in self.values
        self.values.setdefault(value, set()).update(filter(None, [spelling]))
        if not seen:
            for inner in _inside(value):
                self.learn(inner, level=level + 1)


def secrets_of(data: Any) -> Secrets:
    """Find the secrets in a snapshot's raw data."""
    return _secrets(list(json_leaves(data)))


def _secrets(leaves: list[Leaf]) -> Secrets:
    secrets = Secrets()
    # Under "errors" the keys are names of kinds and probes: a reason is no secret because it is about Secrets.
    for entry in declared(leaf for leaf in leaves if leaf.path[:1] != ("errors",)):
        secrets.declared[entry.leaf.path] = entry
        secrets.learn(entry.value, entry.leaf.value if entry.value != entry.leaf.value and not entry.prefix else "")
    # Most texts stand in several objects.
    read = cache(lambda text: list(text_secrets(text)))
    for leaf in leaves:
        if leaf.path and leaf.path[-1] == APPLIED:
            for span in read(leaf.value):
                secrets.learn(span.value)
        elif spans := [*read(leaf.value), *_of_header(leaf)]:
            secrets.spans[leaf.path] = spans
            for span in spans:
                if span.elsewhere:
                    secrets.learn(span.value, leaf.value[span.start : span.end])
    return secrets


def _of_header(leaf: Leaf) -> list[Span]:
    """Return the secrets in the value of a header, which is read together with its name."""
    name = leaf.path[-1] if leaf.path else ""
    if not isinstance(name, str) or not is_header(name):
        return []
    before = f"{name}: "
    spans = secrets_in_text(before + leaf.value)
    return [
        span._replace(start=span.start - len(before), end=span.end - len(before)) for span in spans if span.start >= len(before)
    ]


def text_secrets(text: str) -> Iterator[Span]:
    """The secrets in a text, read as YAML or JSON where it is that."""
    if not HINT.within(text):
        return
    leaves = yaml_leaves(text) if ("\n" in text or text[:1] in "{[") and adds_in_yaml(text) else None
    yield from secrets_in_text(text, yaml_read=leaves is not None)
    for entry in declared(leaves or (), in_text=True):
        leaf = entry.leaf
        # An alias has no place in the text: its secret is replaced where its anchor is.
        yield Span(min(leaf.start + len(entry.prefix), leaf.end), leaf.end, entry.value)
    for leaf in leaves or ():
        # What a scalar says may be spelled otherwise in the text: folded, escaped.
        if leaf.value != text[leaf.start : leaf.end] and HINT.within(leaf.value):
            yield from (Span(leaf.start, leaf.start, span.value) for span in secrets_in_text(leaf.value))


def _inside(value: str) -> Iterator[str]:
    """The secrets inside a secret: its text without blanks at its ends, what it encodes, and those of a file or JSON."""
    yield value.strip()
    if "%" in value and (unquoted := unquote(value)) != value:
        yield unquoted
    if (basic := password_of_basic(value)) and len(value) >= 8:
        yield basic
    plain = decoded(value)
    if plain != value and plain.isprintable() and len(plain) >= SHORTEST_ELSEWHERE:
        yield plain
    lines = value.strip().splitlines()
    if len(lines) > 1:
        yield from (line.strip() for line in lines if len(line.strip()) >= LONG_LINE and not line.strip().count(" "))
    yield from (span.value for span in text_secrets(value))
    if value.lstrip()[:1] in ("{", "["):
        yield from _inside_json(value)


def _inside_json(value: str) -> Iterator[str]:
    try:
        leaves = list(json_leaves(json_text.loads(value)))
    except (ValueError, RecursionError):
        return
    yield from (entry.value for entry in declared(leaves))
    # A registry's entry in a dockerconfigjson: `user:password` in base64.
    yield from (leaf.value for leaf in leaves if leaf.path and leaf.path[-1] == "auth")


def redact(data: Any) -> Any:
    """A copy of a snapshot's data (JSON) without the secrets in it.

    `redact({"Env": ["DB_PASSWORD=s3cret"], "log": "using s3cret"})` has the same mark in both places.
    """
    leaves = list(json_leaves(data))
    secrets = _secrets(leaves)
    if not secrets.values and not secrets.spans:
        if not any(leaf.path and leaf.path[-1] == APPLIED for leaf in leaves):
            return data
        if not secrets.declared:
            return _without_applied(data, Marks())
    known.remember(secrets.values)
    return _Copy(secrets, Replacer(secrets.values, _public(secrets.values, data))).of(data, ())


def _without_applied(data: Any, marks: Marks) -> Any:
    """Return a copy of data without secrets, in which only the applied manifests are replaced: most of a cluster's is such."""
    if isinstance(data, dict):
        return {
            key: marks.mark(value) if key == APPLIED and isinstance(value, str) else _without_applied(value, marks)
            for key, value in data.items()
        }
    return [_without_applied(value, marks) for value in data] if isinstance(data, list) else data


def _public(values: Iterable[str], data: Any) -> list[str]:
    candidates = [value for value in values if len(value) >= SHORTEST_ELSEWHERE]
    names = identities(data) if candidates else set()
    return [value for value in candidates if is_public(value, names)]


@dataclass
class _Copy:
    secrets: Secrets
    replacer: Replacer

    def of(self, data: Any, path: Path) -> Any:
        if isinstance(data, str):
            return self._text(data, path)
        if isinstance(data, dict):
            return {self.replacer.text(key): self.of(value, (*path, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [self.of(value, (*path, number)) for number, value in enumerate(data)]
        return self._declared(path) if path in self.secrets.declared else data

    def _text(self, text: str, path: Path) -> str:
        if path in self.secrets.declared:
            return self._declared(path)
        if path and path[-1] == APPLIED:
            return self.replacer.marks.mark(text)
        return self.replacer.text(text, self.secrets.spans.get(path, ()))

    def _declared(self, path: Path) -> str:
        entry = self.secrets.declared[path]
        return f"{entry.prefix}{self.replacer.marks.mark(entry.value)}"
