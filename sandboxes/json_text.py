"""JSON that comes from outside: from an engine, a cluster, a container, or a file that anyone can have edited."""

import json
from typing import Any

from sandboxes.recursion import without_finalizers


class TooDeep(ValueError):
    """The values are nested more deeply than the parser can follow."""


def loads(text: str | bytes, **hooks: Any) -> Any:
    """Parse JSON. Raises ValueError for everything else: UnicodeDecodeError, json.JSONDecodeError, or TooDeep.

    `hooks` are those of `json.loads`.
    """
    try:
        with without_finalizers():
            return json.loads(text, **hooks)
    except RecursionError as error:
        raise TooDeep("it is nested too deeply to be read") from error
