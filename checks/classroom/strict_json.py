"""Strict JSON: bytes from someone else, bounded in size, depth, number of values and length of strings."""

import json
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandboxes import json_text

LARGEST = 2**64  # no integer of an engine or a cluster has more bits
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


class NotStrict(ValueError):
    """Bytes that are not the JSON that is read here; says why."""


@dataclass(frozen=True)
class Limits:
    """What is read at most: bytes, levels of nesting, values, and characters of one string."""

    size: int
    depth: int = 64
    values: int = 200_000
    string: int = 2**20


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of a JSON value: keys sorted, no space, UTF-8. Raise ValueError for NaN and infinity.

    Half of a pair of surrogates, which JSON may hold and UTF-8 may not, becomes an escape.
    """
    return _CANONICAL.encode(value).encode("utf-8", errors="backslashreplace")


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
        value = json_text.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise NotStrict("it is not UTF-8") from error
    except json_text.TooDeep as error:
        raise NotStrict(f"it is nested more than {limits.depth} levels deep") from error
    except json.JSONDecodeError as error:
        raise NotStrict(f"it is not valid JSON ({error.msg}, line {error.lineno}, column {error.colno})") from error
    except NotStrict:
        raise
    except ValueError as error:  # Python converts no more than 4,300 digits
        raise NotStrict("it has a huge number") from error
    _bound(value, limits, len(text))
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise NotStrict(f"it has the key “{twice[:80]}” twice in one object")
    return table


def _refuse_constant(name: str) -> Any:
    raise NotStrict(f"it has {name}, which is not a JSON number")


def _bound(value: Any, limits: Limits, length: int) -> None:
    """Raise NotStrict where a value, which a text of `length` characters holds, exceeds the limits."""
    level, depth = [[value]], 0
    while level:
        if depth > limits.depth:
            raise NotStrict(f"it is nested more than {limits.depth} levels deep")
        depth += 1
        deeper = []
        for item in level:
            values: Iterable[Any] = item
            if type(item) is dict:
                values = item.values()
                if length > limits.string:
                    _bound_strings(item, limits)
            if length > limits.string:
                _bound_strings(values, limits)
            for found in values:
                kind = type(found)
                if kind is str:
                    continue
                if kind is dict or kind is list:
                    deeper.append(found)
                elif kind is int and not -LARGEST <= found <= LARGEST or kind is float and not math.isfinite(found):
                    raise NotStrict("it has a huge number")
        level = deeper


def _bound_strings(values: Iterable[Any], limits: Limits) -> None:
    if any(type(found) is str and len(found) > limits.string for found in values):
        raise NotStrict(f"it has a string of more than {limits.string} characters")
