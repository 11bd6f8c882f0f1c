"""The answers of a learner's program and the contents of a learner's files as data: JSON, TOML and YAML, bounded in depth.

A text that nests too deep is treated like one that is not valid: the check fails, and stays in the count.
"""

import math
import tomllib
from typing import Any

from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.recursion import without_finalizers

# Values of a YAML text with each alias as what it stands for: a few aliases of aliases make billions of them.
MOST_VALUES = 100_000


def json_object(text: str) -> Json:
    """Return the JSON object that a text holds; {} for any other text.

    Example:
        texts.json_object('{"visits": 3}')
        # {'visits': 3}
    """
    try:
        value = json_text.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def whole_number(value: object, otherwise: int = 0) -> int:
    """Return a whole number from JSON; `otherwise` for what is none, such as true, 1.5, a text or Infinity.

    Example:
        texts.whole_number(texts.json_object('{"visits": true}').get("visits"), -1)
        # -1
    """
    return value if type(value) is int else otherwise


def toml_table(text: str) -> Json:
    """Return the table that a TOML text holds. Raise ValueError, with what is wrong, for any other text.

    What JSON does not have (a date, NaN) becomes a text: a report, which shows the answers, is JSON.

    Example:
        texts.toml_table('network = "bridge"')
        # {'network': 'bridge'}
    """
    try:
        with without_finalizers():
            return {name: _plain(value) for name, value in tomllib.loads(text).items()}
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _plain(value: object) -> Any:
    """Return a value of TOML as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    known = isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))
    return value if known else str(value)


def yaml_documents(text: str) -> list[Any]:
    """Return the documents of a YAML text; [] for a text that is not valid, nests too deep, or has too many aliases.

    Example:
        texts.yaml_documents("kind: Job")
        # [{'kind': 'Job'}]
    """
    import yaml

    try:
        with without_finalizers():
            documents = list(yaml.safe_load_all(text))
        _count(documents, {})
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return []
    return documents


def _count(value: object, known: dict[int, int]) -> int:
    """Return the number of values in a value, aliases as what they stand for. Raise ValueError for too many, or a circle."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = MOST_VALUES + 1  # seen again within itself, it has no end
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_count(part, known) for part in parts)
    if known[id(value)] > MOST_VALUES:
        raise ValueError("too many values")
    return known[id(value)]
