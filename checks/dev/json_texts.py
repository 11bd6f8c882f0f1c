"""All texts of a JSON document: its strings and its keys."""

from collections.abc import Callable
from typing import Any


def change(data: Any, changed: Callable[[str], str]) -> Any:
    """Return a copy of the document with every text changed, and the keys of its objects sorted.

    Text by text, not in the document as a whole: there, an escape such as \\n looks like a letter before a word.
    """
    if isinstance(data, dict):
        return {name: change(value, changed) for name, value in sorted((changed(key), value) for key, value in data.items())}
    if isinstance(data, list):
        return [change(value, changed) for value in data]
    return changed(data) if isinstance(data, str) else data
