"""Finding all secrets of a snapshot's data, and a copy of the data without them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from checks.redact import known
from checks.redact.encodings import decoded
from checks.redact.identities import identities, is_public
from checks.redact.leaves import APPLIED, HEADERS, Declared, Leaf, Path, declared, json_leaves, yaml_leaves
from checks.redact.replace import SHORTEST_ELSEWHERE, Replacer
from checks.redact.text_secrets import HINT, Span, password_of_basic, secrets_in_text

# How often a secret is looked into for secrets: a Secret with a file, in that a URL, in that a password.
DEEPEST = 4
LONG_LINE = 16  # characters from which a line of a secret of several lines is a secret of its own


@dataclass
class Secrets:
    """What was found: the values with the other spellings that were met, where they stand, and those that stay in place."""

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
    secrets = Secrets()
    leaves = list(json_leaves(data))
    # Under "errors" the keys are names of kinds and probes: a reason is no secret because it is about Secrets.
    for entry in declared(leaf for leaf in leaves if leaf.path[:1] != ("errors",)):
        secrets.declared[entry.leaf.path] = entry
        secrets.learn(entry.value, entry.leaf.value if entry.value != entry.leaf.value and not entry.prefix else "")
    for leaf in leaves:
        if leaf.path and leaf.path[-1] == APPLIED:
            for span in text_secrets(leaf.value):
                secrets.learn(span.value)
        elif spans := list(_spans(leaf)):
            secrets.spans[leaf.path] = spans
            for span in spans:
                if span.elsewhere:
                    secrets.learn(span.value, leaf.value[span.start : span.end])
    return secrets


def _spans(leaf: Leaf) -> Iterator[Span]:
    """The secrets in the text of a leaf. A header's value is read together with its name."""
    yield from text_secrets(leaf.value)
    name = leaf.path[-1] if leaf.path else ""
    if isinstance(name, str) and HEADERS.fullmatch(name):
        before = f"{name}: "
        for span in secrets_in_text(before + leaf.value):
            if span.start >= len(before):
                yield span._replace(start=span.start - len(before), end=span.end - len(before))


def text_secrets(text: str) -> Iterator[Span]:
    """The secrets in a text, read as YAML or JSON where it is that."""
    if not HINT.search(text):
        return
    leaves = yaml_leaves(text) if "\n" in text or text[:1] in "{[" else None
    yield from secrets_in_text(text, yaml_read=leaves is not None)
    for entry in declared(leaves or (), in_text=True):
        leaf = entry.leaf
        # An alias has no place in the text: its secret is replaced where its anchor is.
        yield Span(min(leaf.start + len(entry.prefix), leaf.end), leaf.end, entry.value)
    for leaf in leaves or ():
        # What a scalar says may be spelled otherwise in the text: folded, escaped.
        if leaf.value != text[leaf.start : leaf.end] and HINT.search(leaf.value):
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
        leaves = list(json_leaves(json.loads(value)))
    except (ValueError, RecursionError):
        return
    yield from (entry.value for entry in declared(leaves))
    # A registry's entry in a dockerconfigjson: `user:password` in base64.
    yield from (leaf.value for leaf in leaves if leaf.path and leaf.path[-1] == "auth")


def redact(data: Any) -> Any:
    """A copy of a snapshot's data (JSON) without the secrets in it.

    `redact({"Env": ["DB_PASSWORD=s3cret"], "log": "using s3cret"})` has the same mark in both places.
    """
    secrets = secrets_of(data)
    copies = {leaf.value for leaf in json_leaves(data) if leaf.path and leaf.path[-1] == APPLIED}
    if not secrets.values and not secrets.spans and not copies:
        return data
    known.remember(secrets.values)
    return _Copy(secrets, Replacer(secrets.values, _public(secrets.values, data))).of(data, ())


def _public(values: Iterable[str], data: Any) -> list[str]:
    candidates = [value for value in values if len(value) >= SHORTEST_ELSEWHERE]
    names = identities(data) if candidates else set()
    return [value for value in candidates if is_public(value, names)]


@dataclass
class _Copy:
    secrets: Secrets
    replacer: Replacer

    def of(self, data: Any, path: Path) -> Any:
        if isinstance(data, dict):
            return {self._key(key): self.of(value, (*path, key)) for key, value in data.items()}
        if isinstance(data, list):
            return [self.of(value, (*path, number)) for number, value in enumerate(data)]
        if path in self.secrets.declared:
            entry = self.secrets.declared[path]
            return f"{entry.prefix}{self.replacer.marks.mark(entry.value)}"
        if not isinstance(data, str):
            return data
        if path and path[-1] == APPLIED:
            return self.replacer.marks.mark(data)
        return self.replacer.text(data, self.secrets.spans.get(path, ()))

    def _key(self, key: str) -> str:
        return self.replacer.text(key)
