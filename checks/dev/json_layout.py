"""JSON as text for people: what fits into a line is in one line, everything else has a line for each of its parts."""

import json
from collections.abc import Iterable
from typing import Any

WIDTH = 130


def dumps(value: Any) -> str:
    """Return the value as text that ends with a line break. Keys stay in their order."""
    return lay_out(value) + "\n"


def lay_out(value: Any, indent: str = "", used: int = 0) -> str:
    """Return the value as text. `indent` is that of the line in which it begins, `used` how many characters precede it there."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or used + len(line) < WIDTH:
        return line
    inner = f"{indent} "
    if isinstance(value, list):
        return block("[]", (lay_out(part, inner, len(inner)) for part in value), indent)
    return block("{}", (_entry(key, part, inner) for key, part in value.items()), indent)


def _entry(key: str, value: Any, indent: str) -> str:
    name = f"{json.dumps(key, ensure_ascii=False)}: "
    return name + lay_out(value, indent, len(indent) + len(name))


def block(brackets: str, parts: Iterable[str], indent: str = "") -> str:
    """Return a list or an object with a line for each of its parts, which are text already. `brackets` are the two around it."""
    lines = f",\n{indent} ".join(parts)
    return f"{brackets[0]}\n{indent} {lines}\n{indent}{brackets[1]}" if lines else brackets
