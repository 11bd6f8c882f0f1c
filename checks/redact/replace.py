"""Replacing known secrets in texts by their marks."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from checks.redact.encodings import base64_cores, exact_base64, plain_forms
from checks.redact.text_secrets import Span

_MARK = "‹redacted {}›"
MARK = re.compile(r"‹redacted [^›]*›")
IN_BASE64 = "base64 "
# A value this short stands in too many harmless places to be replaced everywhere; it is replaced where it is declared.
SHORTEST_ELSEWHERE = 5
# A value that is shorter than this is replaced as a word of its own only, not as a part of one.
SHORTEST_WITHIN = 8
# A value that is longer than this is looked for whole, and in other encodings by its beginning.
LONGEST_PATTERN = 400
BEGINNING = 60
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")
_BREAK = r"(?:[ \t]*\r?\n[ \t]*|\\n)"
_WRAPPED = re.compile(rf"[A-Za-z0-9+/_-]++(?:{_BREAK}[A-Za-z0-9+/_-]++)++={{0,2}}")
_LINES = re.compile(rf"([A-Za-z0-9+/_=-]+?)({_BREAK}|\Z)")


class Marks:
    """The marks of secrets, under a key that is thrown away with this object: equal secrets get equal marks."""

    def __init__(self) -> None:
        self._key = os.urandom(16)

    def mark(self, value: str) -> str:
        import hmac

        raw = value.encode("utf-8", errors="surrogatepass")
        return _MARK.format(hmac.digest(self._key, raw, "sha256").hex()[:8])


def in_base64(mark: str) -> str:
    """The mark of the same secret in base64."""
    return mark.replace(" ", f" {IN_BASE64}", 1)


class Replacer:
    """Replaces secrets in texts. `values` are the secrets, each with other spellings of it that were met; a value in
    `public` is a name as well, and is replaced in encoded forms only."""

    def __init__(self, values: Mapping[str, Iterable[str]], public: Iterable[str] = ()) -> None:
        self.marks, self._public = Marks(), frozenset(public)
        self._plain: dict[str, str] = {}
        self._cores: dict[str, str] = {}
        self._blocks: list[tuple[re.Pattern[str], str]] = []
        self._long: dict[str, str] = {}
        self._done: dict[str, str] = {}
        for value, spellings in values.items():
            self._learn(value, spellings)
        self._pattern = _alternatives(map(_bounded, sorted(self._plain, key=len, reverse=True)))
        self._core_pattern = _alternatives(map(re.escape, sorted(self._cores, key=len, reverse=True)))

    def _learn(self, value: str, spellings: Iterable[str]) -> None:
        mark = self.marks.mark(value)
        if len(value) > LONGEST_PATTERN:
            self._long.update(dict.fromkeys(plain_forms(value).union(spellings), mark))
            self._long.update(dict.fromkeys(exact_base64(value), in_base64(mark)))
            self._cores.update(dict.fromkeys(base64_cores(value[:BEGINNING]), in_base64(mark)))
            return
        for form in exact_base64(value):
            if len(form) >= 4:
                self._plain.setdefault(form, in_base64(mark))
        if len(value) < SHORTEST_ELSEWHERE:
            return
        self._cores.update(dict.fromkeys(base64_cores(value), in_base64(mark)))
        forms = plain_forms(value).union(spellings)
        raw = value.encode("utf-8", errors="surrogatepass").hex()
        forms |= {raw, raw.upper()}
        if value in self._public:
            forms = {form for form in forms if form.lower() != value.lower()}
        self._plain.update(dict.fromkeys((form for form in forms if len(form) >= SHORTEST_ELSEWHERE), mark))
        if "\n" in value.strip() and value not in self._public:
            lines = [re.escape(line.strip()) for line in value.strip().splitlines()]
            self._blocks.append((re.compile(r"(?:\\+[rn]|\s)+".join(lines)), mark))

    def text(self, text: str, spans: Sequence[Span] = ()) -> str:
        """Return the text with the secrets in it replaced: those at `spans`, then those known from elsewhere."""
        if not spans:
            return self._known(text)
        pieces, at = [], 0
        for span in outermost(spans):
            pieces += [self._known(text[at : span.start]), self.marks.mark(span.value)]
            at = span.end
        return self._known(text[at:]) if not at else "".join([*pieces, self._known(text[at:])])

    def _known(self, text: str) -> str:
        """Replace the known secrets in a text. Each text is searched once."""
        if (replaced := self._done.get(text)) is None:
            replaced = self._done[text] = self._replaced(text)
        return replaced

    def _replaced(self, text: str) -> str:
        if len(text) < 4:
            return text
        for form, mark in self._long.items():
            text = text.replace(form, mark)
        for pattern, mark in self._blocks:
            text = pattern.sub(mark, text)
        if self._core_pattern:
            text = self._base64(text)
        return self._pattern.sub(lambda match: self._plain[match[0]], text) if self._pattern else text

    def _base64(self, text: str) -> str:
        assert self._core_pattern is not None
        pieces, at = [], 0
        while match := self._core_pattern.search(text, at):
            start, end = match.span()
            while start > at and text[start - 1] in _BASE64:
                start -= 1
            while end < len(text) and text[end] in _BASE64:
                end += 1
            while end < len(text) and text[end] == "=":
                end += 1
            pieces += [text[at:start], self._cores[match[0]]]
            at = end
        text = "".join([*pieces, text[at:]]) if at else text
        return _WRAPPED.sub(self._wrapped, text) if "\n" in text or "\\n" in text else text

    def _wrapped(self, block: re.Match[str]) -> str:
        """A block of base64 in lines, with the lines replaced over which a secret runs."""
        assert self._core_pattern is not None
        lines = _LINES.findall(block[0])
        joined, starts = "".join(line for line, _ in lines), [0]
        for line, _ in lines:
            starts.append(starts[-1] + len(line))
        pieces, at = [], 0
        for match in self._core_pattern.finditer(joined):
            first, last = bisect_right(starts, match.start()) - 1, bisect_right(starts, match.end() - 1) - 1
            if first >= at:
                pieces += [*("".join(pair) for pair in lines[at:first]), self._cores[match[0]], lines[last][1]]
                at = last + 1
        return "".join([*pieces, *("".join(pair) for pair in lines[at:])])


def outermost(spans: Iterable[Span]) -> list[Span]:
    """The spans in the order in which they stand in their text, those inside others left out."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.end > span.start and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return kept


def _alternatives(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined) if joined else None


def _bounded(form: str) -> str:
    """A pattern for a form: short ones are words of their own, which a line break that is written as \\n does not join."""
    if len(form) >= SHORTEST_WITHIN:
        return re.escape(form)
    return rf"(?:(?<![A-Za-z0-9+/])|(?<=\\[nrt])){re.escape(form)}(?![A-Za-z0-9+/=])"
