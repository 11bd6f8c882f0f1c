"""Secrets in a text: in assignments, options, URLs, headers, JSON and log lines, and those known by their form."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from checks.redact.any_case import AnyCase
from checks.redact.names import WORDS, is_secret, is_written, takes_secret

NAME_LIMIT = 128  # characters of a name
VALUE_LIMIT = 20_000  # characters of a value in quotes: a private key of 16,384 bits takes 13,000
BARE_LIMIT = 4_000  # characters of a value without quotes
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
# A text without any of these holds no secret that could be told from its context.
HINT = AnyCase("pass|pwd|secret|token|credential|key|auth|cookie|identified|bearer|basic|://|eyj|curl|redis-cli|swmtkn")
_WORD = AnyCase(f"{WORDS.lower()}|pass(?![a-z])|pwd(?![a-z])")
# Without one of these, the expressions for a group of places find nothing.
_NAMING = AnyCase("pass|pwd|secret|token|credential|key|masterauth")
_AUTHORIZING = AnyCase("authorization|bearer|basic|cookie")
_COMMANDING = AnyCase("identified|password|redis-cli|curl")
_TELLING = AnyCase("pass|pwd|secret|token|credential|key|auth|cookie|identified|bearer|basic|redis-cli")
_SHAPED = re.compile("eyJ|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|npm_|SWMTKN-")
_ASSIGNED = re.compile(r"[ \t]?=[ \t]?")
_QUOTED_KEY = re.compile(r"\\*[\"'][ \t]*:\s*")
_COLON = re.compile(r"[ \t]*:[ \t]*")
_BLANK = re.compile(r"[ \t]+")
_OPENING = re.compile(r"\\*[\"']")
_WHOLE = re.compile(r"[^\s\"'\\]+")
_FIRST = re.compile(r"[^\s\"'\\&;,)\]}#]+")
# Possessive (`++`), so that a label of a megabyte is read once and not once for each of its letters.
URL_PASSWORD = re.compile(r"://[^\s:/@\"']*+:([^\s/\"'‹]+)@")
URL_USER = re.compile(r"https?://([^\s:/@\"']{16,200})@")
DEFAULT = re.compile(r"\$\{(\w+):?[-=]([^}\n]+)\}")
_HEADER = re.compile(r"(?:proxy-)?authorization\\*[\"']?[ \t]*[:=,][ \t]*\\*[\"']?(?:(\w+)[ \t]+)?([^\s\"',\\]+)", re.I)
_BEARER = re.compile(r"\bbearer[ \t]+([A-Za-z0-9._~+/=-]{8,})", re.I)
_BASIC = re.compile(r"\bbasic[ \t]+([A-Za-z0-9+/_-]{8,}={0,2})", re.I)
_SET_COOKIE = re.compile(r"set-cookie\\*[\"']?[ \t]*[:,][ \t]*\\*[\"']?[^=\s;]+=([^;\r\n\"'\\]+)", re.I)
_COOKIE = re.compile(r"(?<![\w-])cookie\\*[\"']?[ \t]*[:,][ \t]*\\*[\"']?([^\r\n\"'\\]+)", re.I)
_PAIR = re.compile(r"[^=;\s]+=([^;\s]+)")
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}"
    r"|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bnpm_[A-Za-z0-9]{30,}|\bSWMTKN-[\w-]{20,}"
)
_COMMANDS = re.compile(
    r"IDENTIFIED[ \t]+BY[ \t]+'([^'\n]+)'|\bPASSWORD[ \t]+'([^'\n]+)'"
    r"|\bredis-cli\b[^\n|;&]{0,200}?[ \t]-a[ \t]+(\S+)"
    r"|\bcurl\b[^\n|;&]{0,300}?[ \t](?:-u|--user)[= \t]+[\"']?[^\s:\"']+:([^\s\"']+)"
    r"|\bmachine[ \t]+\S+\s+login[ \t]+\S+\s+password[ \t]+(\S+)",
    re.I,
)
_INSTRUCTION = re.compile(r"(?:ENV|ARG)[ \t]+$")
_BEGIN, _END = (re.compile(rf"-----{word} [A-Z0-9 ]*PRIVATE KEY[A-Z0-9 ]*-----") for word in ("BEGIN", "END"))
_KEY_LINES = re.compile(r"(?:[A-Za-z0-9+/=]{1,80}+(?:\s|\\n)++)++\Z")


class Span(NamedTuple):
    """A secret in a text: where it stands (`start` to `end`, in characters) and what it is once its escapes are undone.

    `elsewhere` is whether the value is to be replaced wherever else it occurs; a plain word after a colon in prose is not.
    """

    start: int
    end: int
    value: str
    elsewhere: bool = True


def secrets_in_text(text: str, *, yaml_read: bool = False) -> Iterator[Span]:
    """Find the secrets that a text shows. With `yaml_read`, YAML's own `key: value` lines are left to who has read them.

    `secrets_in_text("psql postgres://app:s3cret@db")` finds `s3cret`.
    """
    if not HINT.within(text):
        return
    if _NAMING.within(text):
        yield from _named(text, yaml_read)
    yield from _in_urls(text)
    if _AUTHORIZING.within(text):
        yield from _in_headers(text)
    if _SHAPED.search(text):
        yield from (Span(match.start(), match.end(), match[0]) for match in _SHAPES.finditer(text))
    if _COMMANDING.within(text):
        yield from _in_commands(text)
    if "PRIVATE KEY" in text:
        yield from private_keys(text)


def adds_in_yaml(text: str) -> bool:
    """Tell whether a reading of the text as YAML could find a secret that `secrets_in_text` does not find.

    Without an escape, a scalar is what the text has, except for blanks, line breaks and apostrophes. So a word that
    tells a secret, and the two parts of a URL or a command with a password, have to be there.
    """
    if not text.isascii() or "\\" in text or _TELLING.within(text):
        return True
    return "://" in text and "@" in text or "-u" in text.lower() and "curl" in text.lower()


def _named(text: str, yaml_read: bool) -> Iterator[Span]:
    """The values of names that stand for a secret."""
    ended = covered = -1
    for first, last in _WORD.spans(text):
        if first < ended:
            continue
        start, end = _bounds(text, first, last)
        ended = end
        # What stands in ${NAME…} after the name is a default, which is read below, or a message.
        if text[max(0, start - 2) : start] != "${" and is_secret(text[start:end].strip(".-")):
            spans = list(_values(text, start, end, yaml_read))
            # What stands in a value is no name of another one.
            ended = min((span.end for span in spans), default=end)
            # Of what a longer reading of an earlier value covers, the shorter reading is enough.
            yield from spans[-1:] if start < covered else spans
            covered = max([covered, *(span.end for span in spans)])


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the name around a word begins and ends."""
    least, most = start - NAME_LIMIT, end + NAME_LIMIT
    while start > max(0, least) and text[start - 1] in _NAME:
        start -= 1
    while end < min(len(text), most) and text[end] in _NAME:
        end += 1
    return start, end


def _values(text: str, start: int, end: int, yaml_read: bool) -> Iterator[Span]:
    """What stands after a name: after `=`, after a colon, or after the blank of an option or an instruction."""
    if separator := _ASSIGNED.match(text, end):
        # In the query of a URL, the value ends where the next parameter begins.
        yield from _value(text, separator.end(), query=text[max(0, start - 1) : start] in ("?", "&") and start > 0)
    elif separator := _QUOTED_KEY.match(text, end):
        yield from _value(text, separator.end(), pattern=_FIRST)
    elif separator := _COLON.match(text, end):
        line = max(text.rfind("\n", max(0, start - 500), start) + 1, start - 500)
        in_comment = "#" in text[line:start]
        # "GET /api/v1/secrets: refused" is prose.
        prose = text[start - 1 : start] == "/" or text[end - 1] in "sS"
        if (not yaml_read or in_comment) and not prose:
            yield from _after_colon(text, separator.end())
    elif separator := _BLANK.match(text, end):
        option = text[start : start + 2] == "--" and takes_secret(text[start:end], text[separator.end() : separator.end() + 1])
        if option or _INSTRUCTION.search(text[max(0, start - 8) : start]):
            yield from _value(text, separator.end())


def _value(text: str, at: int, query: bool = False, pattern: re.Pattern[str] = _WHOLE) -> Iterator[Span]:
    if opening := _OPENING.match(text, at):
        end = _closing(text, opening.end(), opening[0])
        raw = text[opening.end() : end]
        if is_written(raw):
            yield Span(opening.end(), end, _unescaped(raw, opening[0]))
        return
    whole = (_FIRST if query else pattern).match(text, at, at + BARE_LIMIT)
    if whole is None or not is_written(whole[0]):
        return
    yield Span(whole.start(), whole.end(), unquote(whole[0]) if query else whole[0])
    first = _FIRST.match(text, at, at + BARE_LIMIT)
    if first is not None and first[0] != whole[0] and is_written(first[0]):
        yield Span(first.start(), first.end(), first[0])


def _closing(text: str, at: int, quote: str) -> int:
    """Where the quotation that begins at `at` ends; the end of the text where it does not.

    In JSON inside JSON a quotation mark has as many backslashes before it as the levels require, one inside has more.
    """
    limit, level = min(len(text), at + VALUE_LIMIT), len(quote) - 1
    while (end := text.find(quote[-1], at, limit)) >= 0:
        backslashes = 0
        while text[end - backslashes - 1] == "\\":
            backslashes += 1
        if backslashes == level or level == 0 and backslashes % 2 == 0:
            return end - level
        at = end + 1
    return limit


def _unescaped(raw: str, quote: str) -> str:
    """What a quoted value says: its escapes undone, once for each level of quotation."""
    for _ in range(len(quote) if "\\" in raw else 0):
        try:
            raw = json.loads(f'"{raw}"', strict=False)
        except ValueError:
            return re.sub(r"\\(.)", r"\1", raw)
    return raw


def _after_colon(text: str, at: int) -> Iterator[Span]:
    """The value after a colon, in YAML that could not be read, in a comment, or in prose."""
    for span in _value(text, at, pattern=_FIRST):
        if span.value.endswith(":"):
            continue
        yield span._replace(elsewhere=not (span.value.isalpha() and span.value.islower()))


def _in_commands(text: str) -> Iterator[Span]:
    for match in _COMMANDS.finditer(text):
        number = match.lastindex or 0
        if is_written(match[number]):
            yield Span(match.start(number), match.end(number), match[number])


def _in_urls(text: str) -> Iterator[Span]:
    if "://" in text and "@" in text:
        for match in URL_PASSWORD.finditer(text):
            if is_written(match[1]):
                yield Span(match.start(1), match.end(1), unquote(match[1]))
        for match in URL_USER.finditer(text):
            if is_written(match[1]):
                yield Span(match.start(1), match.end(1), unquote(match[1]))
    if "${" in text:
        for match in DEFAULT.finditer(text):
            if is_secret(match[1]) and is_written(match[2]):
                yield Span(match.start(2), match.end(2), match[2])


def _in_headers(text: str) -> Iterator[Span]:
    for pattern, number in ((_HEADER, 2), (_BASIC, 1), (_BEARER, 1), (_SET_COOKIE, 1)):
        for match in pattern.finditer(text):
            value = match[number]
            # "the bearer of this" is prose: a token has digits, or is long.
            if pattern is _BEARER and not (len(value) >= 20 or any(letter.isdigit() for letter in value)):
                continue
            if is_written(value):
                yield Span(match.start(number), match.end(number), value)
    for match in _COOKIE.finditer(text):
        for pair in _PAIR.finditer(text, match.start(1), match.end(1)):
            yield Span(pair.start(1), pair.end(1), pair[1])


def private_keys(text: str) -> Iterator[Span]:
    """Private keys in PEM, also one whose beginning or end was cut off."""
    at = 0
    while begin := _BEGIN.search(text, at):
        end = _END.search(text, begin.end(), begin.end() + VALUE_LIMIT)
        at = end.end() if end else min(len(text), begin.end() + VALUE_LIMIT)
        yield Span(begin.start(), at, text[begin.start() : at])
    first = _END.search(text)
    if first and not _BEGIN.search(text, 0, first.start()):
        lines = _KEY_LINES.search(text, max(0, first.start() - VALUE_LIMIT), first.start())
        start = lines.start() if lines else first.start()
        yield Span(start, first.end(), text[start : first.end()])


def password_of_basic(value: str) -> str:
    """The password in the value of a Basic authorization, which is base64 of `user:password`; empty where it is none."""
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2] if decoded.isprintable() else ""
