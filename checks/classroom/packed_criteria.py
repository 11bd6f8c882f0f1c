"""Criteria as they are stored: JSON compressed by zlib. Packing bounds the values that a submission brings along."""

import json
import zlib
from collections.abc import Iterable
from typing import Any

from checks.classroom.records import Criterion, criterion_from_json

DEEPEST = 64  # levels of a value in a finding
MOST_BYTES = 2**20  # of the JSON text


def pack(criteria: Iterable[Criterion]) -> bytes:
    """Return criteria as they are stored. Raise ValueError where the values in their findings are beyond the bounds."""
    criteria = tuple(criteria)
    values = [value for criterion in criteria for finding in criterion.findings for value in (finding.expected, finding.observed)]
    _bound(values)
    text = json.dumps(criteria, default=vars, separators=(",", ":"))
    if len(text) > MOST_BYTES:
        raise ValueError(f"its findings have more than {MOST_BYTES} bytes")
    return zlib.compress(text.encode("ascii"), 1)


def unpack(packed: bytes) -> tuple[Criterion, ...]:
    """Return the criteria that `pack` wrote; none for what was not graded."""
    return tuple(criterion_from_json(item) for item in json.loads(zlib.decompress(packed))) if packed else ()


def _bound(values: list[Any]) -> None:
    level = values
    for _ in range(DEEPEST):
        level = [
            inner
            for value in level
            if isinstance(value, dict | list | tuple)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ValueError(f"its findings hold values that are nested more than {DEEPEST} levels deep")
