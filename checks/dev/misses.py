"""The near misses of a lab: for each check, the mistakes that people really make."""

import tomllib
from dataclasses import dataclass

from checks.dev.paths import Places
from checks.model import Lab
from sandboxes.errors import Exit, SlipwayError

STARTS = ("solved", "untouched")
RESERVED = ("solved", "untouched", "second")


@dataclass(frozen=True)
class Miss:
    """A wrong state that a script creates from `start`. It must fail `check` with a finding that contains `says`."""

    name: str
    check: str
    says: str
    start: str


def read(lab: Lab, places: Places) -> list[Miss]:
    """Read the near misses declared in `misses.toml`; [] without that file. Raises SlipwayError for an invalid file."""
    path = places.misses(lab.id)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("misses", {})
        return [_miss(name, table) for name, table in tables.items()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, TypeError, KeyError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(f"{path} cannot be used: {fault}.", "Correct it.", Exit.WRONG_USAGE) from error


def _miss(name: str, table: dict[str, str]) -> Miss:
    if name in RESERVED:
        raise ValueError(f"“{name}” is the name of another recording")
    if unknown := sorted(set(table) - {"check", "says", "from"}):
        raise ValueError(f"“{name}” has unknown entries: {', '.join(unknown)}")
    start = table.get("from", "solved")
    if start not in STARTS:
        raise ValueError(f"“{name}” starts from “{start}”; it is one of {', '.join(STARTS)}")
    return Miss(name, table["check"], table["says"], start)
