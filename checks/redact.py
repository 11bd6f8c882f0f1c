"""Secrets leave a snapshot before anybody sees it.

A value is a secret when its name says so (a variable called …PASSWORD, …TOKEN) or when it is the password of a URL.
Every place that repeats it (a command line, a log line, a page) is redacted too. Equal secrets get equal marks within
one snapshot, so that a check can still ask whether two values agree; the key behind the marks is thrown away.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from checks.snapshot import Json

SECRET_NAME = re.compile(r"(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE_?KEY)(?!_FILE)", re.I)
# A variable: its value has no line breaks, unless it is a key. (A text of several lines is a file with lines of its own.)
ASSIGNMENT = re.compile(r"^([A-Za-z_][A-Za-z0-9_.-]*)=([^\n]+|-----BEGIN.+)\Z", re.S)
# Possessive (`++`), so that a label of a megabyte is read once and not once for each of its letters.
URL_PASSWORD = re.compile(r"://[^\s:/@]*+:([^\s/@]+)@")
YAML = re.compile(r"^[ \t-]*+[\"']?([A-Z0-9_]++)[\"']?:[ \t]*+[\"']?([^\s\"'#]+)", re.M)
INLINE = re.compile(r"(?<![A-Za-z0-9_])([A-Za-z0-9_]++)=[\"']?([^\s\"']+)")
# A value this short stands in too many harmless places to be replaced everywhere; it is replaced where it is declared.
SHORTEST_ELSEWHERE = 5
# A password that is also a name (POSTGRES_PASSWORD=postgres) must not take the name out of every tag and label.
NAMES = frozenset({"RepoTags", "RepoDigests", "Name", "Image", "Id", "Driver", "Type", "Aliases", "Labels", "Path"})
MARK = "‹redacted {}›"


def redact(data: Json) -> Json:
    """A copy of JSON `data` without the secrets in it."""
    # "$NAME" stands for a secret that is kept elsewhere; it is none itself.
    values = {value for value in _found(data) if not value.startswith("$")}
    marks = _marks(values) if values else {}
    names = list(_names(data))
    elsewhere = [value for value in marks if len(value) >= SHORTEST_ELSEWHERE and not any(value in name for name in names)]
    longest_first = sorted(elsewhere, key=len, reverse=True)
    everywhere = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
    return _replace(data, marks, everywhere)


def _marks(values: set[str]) -> dict[str, str]:
    """A mark for each secret, under a key that nobody keeps."""
    import hmac

    key = os.urandom(16)
    return {value: MARK.format(hmac.digest(key, value.encode(), "sha256").hex()[:8]) for value in values}


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


def _names(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value) if key in NAMES else _names(value)
    elif isinstance(data, list):
        for value in data:
            yield from _names(value)


def _found(data: Any) -> Iterator[str]:
    for text in _strings(data):
        assignment = ASSIGNMENT.match(text)
        if assignment and is_secret(assignment[1]):
            yield assignment[2]
        if "://" in text:
            yield from URL_PASSWORD.findall(text)
        if "=" in text:
            yield from (value for name, value in INLINE.findall(text) if is_secret(name))
        if ":" in text:
            yield from (value for name, value in YAML.findall(text) if is_secret(name))


def is_secret(name: str) -> bool:
    """Whether a variable of this name is taken to hold a secret."""
    return bool(SECRET_NAME.search(name))


def _replace(data: Any, marks: dict[str, str], everywhere: re.Pattern[str] | None) -> Any:
    if isinstance(data, dict):
        return {name: _replace(value, marks, everywhere) for name, value in data.items()}
    if isinstance(data, list):
        return [_replace(value, marks, everywhere) for value in data]
    if not isinstance(data, str):
        return data
    assignment = ASSIGNMENT.match(data)
    if assignment and assignment[2] in marks and is_secret(assignment[1]):
        return f"{assignment[1]}={marks[assignment[2]]}"
    return everywhere.sub(lambda found: marks[found[0]], data) if everywhere else data
