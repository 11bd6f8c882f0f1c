"""Strict JSON: bytes from someone else, bounded in size, depth, number of values and length of strings."""

import json
import math
from dataclasses import dataclass
from typing import Any

LONGEST_INTEGER = 20  # characters: every integer of 64 bits, with its sign


class NotStrict(ValueError):
    """Bytes that are not the JSON that is read here; says why."""


@dataclass(frozen=True)
class Limits:
    """What is read at most: bytes, levels of nesting, values, and characters of one string."""

    size: int
    depth: int = 64
    values: int = 500_000
    string: int = 2**20


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value: keys sorted, no space, UTF-8. Raise ValueError for NaN and infinity.

    Half of a pair of surrogates, which JSON may hold and UTF-8 may not, becomes an escape.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", errors="backslashreplace")


def loads(data: bytes, limits: Limits) -> Any:
    """Return the value that UTF-8 bytes hold. Raise NotStrict for anything else.

    Refused are duplicate keys, NaN, infinite and huge numbers, a byte order mark, trailing bytes and all that is beyond the
    limits. The number of values is estimated before anything is parsed, so that no input takes much memory.
    """
    if len(data) > limits.size:
        raise NotStrict(f"it has more than {limits.size} bytes")
    if sum(map(data.count, (b",", b"[", b"{"))) > limits.values:
        raise NotStrict(f"it has more than {limits.values} values")
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError as error:
        raise NotStrict("it is not UTF-8") from error
    except RecursionError as error:
        raise NotStrict(f"it is nested more than {limits.depth} levels deep") from error
    except json.JSONDecodeError as error:
        raise NotStrict(f"it is not valid JSON ({error.msg}, line {error.lineno}, column {error.colno})") from error
    _bound(value, limits)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict(f"it has the key “{twice[:80]}” twice in one object")
    return table


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        raise NotStrict(f"it has a number of {len(digits)} digits")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotStrict(f"it has a number that is too large: {digits[:20]}")
    return value


def _refuse_constant(name: str) -> Any:
    raise NotStrict(f"it has {name}, which is not a JSON number")


def _bound(value: Any, limits: Limits) -> None:
    """Raise NotStrict where a value is nested too deep or has a string that is too long."""
    level, depth = [value], 0
    while level:
        if depth > limits.depth:
            raise NotStrict(f"it is nested more than {limits.depth} levels deep")
        depth += 1
        deeper = []
        for item in level:
            kind = type(item)
            if kind is dict:
                deeper += item.values()
                longest = max(map(len, item), default=0)
            elif kind is list:
                deeper += item
                longest = 0
            else:
                longest = len(item) if kind is str else 0
            if longest > limits.string:
                raise NotStrict(f"it has a string of more than {limits.string} characters")
        level = deeper
