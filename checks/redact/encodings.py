"""The forms in which a secret can stand in a text: escaped, percent-encoded, in base64, in hexadecimal digits."""

import base64
import binascii
import html
import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

_URLSAFE = str.maketrans("+/", "-_")


def decoded(encoded: str) -> str:
    """A value of a Secret's `data`, whatever variant of base64 it is in; the value itself where it is no text.

    `decoded("czNjcmV0")` is "s3cret".
    """
    letters = "".join(encoded.split()).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True).decode("utf-8")
    except (ValueError, binascii.Error):
        return encoded


def to_base64(value: str) -> str:
    return base64.b64encode(_bytes(value)).decode()


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", errors="surrogateescape")


def plain_forms(value: str) -> set[str]:
    """The value as it is, and as texts of the usual kinds spell it: URLs, JSON, YAML, HTML, shells, Compose files."""
    forms = {value}
    if value.isascii() and value.isalnum():
        return forms
    raw = _bytes(value)
    for encode in (lambda: quote(raw, safe=""), lambda: quote(raw), lambda: quote_plus(raw)):
        forms |= {encoded := encode(), _lower_escapes(encoded)}
    once = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    forms |= once | {json.dumps(form)[1:-1] for form in once}
    forms |= {html.escape(value), html.escape(value, quote=False), html.escape(value).replace("&#x27;", "&#39;")}
    forms |= {value.replace("$", "$$"), value.replace("'", "''"), value.replace("'", "'\\''"), value.replace("/", "\\/")}
    forms |= {_go_escapes(form) for form in once}
    return forms - {""}


def _lower_escapes(text: str) -> str:
    parts = text.split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


def _go_escapes(text: str) -> str:
    """As Go's JSON writes it: with the letters that mean something in HTML escaped."""
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def exact_base64(value: str) -> Iterator[str]:
    """The value alone in base64: with and without padding, in both alphabets, with a line break at its end."""
    for ending in ("", "\n", "\r\n"):
        letters = to_base64(value + ending)
        for form in (letters, letters.rstrip("=")):
            yield form
            yield form.translate(_URLSAFE)


def base64_cores(value: str) -> set[str]:
    """What of the value any base64 of a text that contains it has in common, for each of the three ways to align it."""
    cores = set()
    for raw in (_bytes(value), to_base64(value).encode()):
        for shift in range(3):
            letters = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
            core = letters[first:last]
            cores |= {core, core.translate(_URLSAFE)}
    return cores
