"""Secrets leave a snapshot before anybody sees it.

A value is a secret when its name says so (a variable called …PASSWORD, …TOKEN) or when it is the password of a URL.
On a cluster, all values of a Secret are secrets, and so is the copy of an object that `kubectl apply` leaves in it.
Every place that repeats it (a command line, a log line, a page) is redacted too. Equal secrets get equal marks within
one snapshot, so that a check can still ask whether two values agree; the key behind the marks is thrown away. A secret
in base64 gets the mark of the secret, with the word base64 in it.
"""

import base64
import binascii
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
NAMES = frozenset({"RepoTags", "RepoDigests", "Name", "Image", "Id", "Driver", "Type", "Aliases", "Labels", "Path"}) | {
    "name", "namespace", "labels", "matchLabels", "image", "kind", "type", "reason", "nodeName", "hostname", "uid"
}  # fmt: skip
MARK = "‹redacted {}›"
IN_BASE64 = "base64 "
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def redact(data: Json) -> Json:
    """A copy of JSON `data` without the secrets in it."""
    # "$NAME" stands for a secret that is kept elsewhere; it is none itself.
    values = {value for value in _found(data) if not value.startswith("$")}
    declared, copies = set(_declared(data)), set(_applied(data))
    values |= declared | {value.strip() for value in declared if value.strip()}
    marks = _marks(values | copies) if values | copies else {}
    marks |= {_encode(value): marks[value].replace(" ", f" {IN_BASE64}", 1) for value in values}
    names = list(_names(data))
    elsewhere = [
        value for value in marks.keys() - copies if len(value) >= SHORTEST_ELSEWHERE and not any(value in name for name in names)
    ]
    longest_first = sorted(elsewhere, key=len, reverse=True)
    everywhere = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None
    return _replace(data, marks, everywhere)


def _marks(values: set[str]) -> dict[str, str]:
    """A mark for each secret, under a key that nobody keeps."""
    import hmac

    key = os.urandom(16)
    return {value: MARK.format(hmac.digest(key, value.encode(), "sha256").hex()[:8]) for value in values}


def _encode(value: str) -> str:
    return base64.b64encode(value.encode("utf-8", errors="surrogateescape")).decode()


def secret_value(encoded: str) -> str:
    """A value of a Secret's `data`, decoded; as it stands where it is no text."""
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8")
    except (ValueError, binascii.Error):
        return encoded


def _declared(data: Any) -> Iterator[str]:
    """The secrets of a cluster's objects: values of Secrets, and of variables and keys that are named like secrets."""
    if isinstance(data, list):
        for each in data:
            yield from _declared(each)
    if not isinstance(data, dict):
        return
    kind, values = data.get("kind"), data.get("data")
    if kind == "Secret" and isinstance(values, dict):
        yield from filter(None, map(secret_value, values.values()))
    elif kind == "ConfigMap" and isinstance(values, dict):
        yield from (value for name, value in values.items() if is_secret(name) and value)
    if isinstance(data.get("name"), str) and isinstance(data.get("value"), str) and is_secret(data["name"]):
        yield from filter(None, [data["value"]])
    for each in data.values():
        if isinstance(each, dict | list):
            yield from _declared(each)


def _applied(data: Any) -> Iterator[str]:
    """The copies of objects that `kubectl apply` leaves in their annotations."""
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        if isinstance(each, dict) and isinstance(each.get(APPLIED), str):
            yield each[APPLIED]
        if isinstance(each, dict | list):
            yield from _applied(each)


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
        forced = dict(_forced(data, marks))
        return {name: forced.get(name) or _replace(value, marks, everywhere) for name, value in data.items()}
    if isinstance(data, list):
        return [_replace(value, marks, everywhere) for value in data]
    if not isinstance(data, str):
        return data
    assignment = ASSIGNMENT.match(data)
    if assignment and assignment[2] in marks and is_secret(assignment[1]):
        return f"{assignment[1]}={marks[assignment[2]]}"
    return everywhere.sub(lambda found: marks[found[0]], data) if everywhere else data


def _forced(data: Json, marks: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """The entries of an object of the cluster that are redacted whatever they are: short, or like a name."""
    if data.get("kind") == "Secret" and isinstance(data.get("data"), dict):
        yield "data", {name: marks.get(secret_value(value), value) for name, value in data["data"].items()}
    if isinstance(data.get("name"), str) and data.get("value") in marks and is_secret(data["name"]):
        yield "value", marks[data["value"]]
    if APPLIED in data:
        yield APPLIED, marks[data[APPLIED]]
