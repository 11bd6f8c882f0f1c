"""The secrets that this process has met. They are kept in memory, never on disk."""

from collections.abc import Iterable, Mapping

MOST = 1000  # values: those met last are kept
_met: dict[str, set[str]] = {}


def remember(values: Mapping[str, Iterable[str]]) -> None:
    """Remember secrets, each with the other spellings of it."""
    for value, spellings in values.items():
        _met.pop(value, None)
        _met[value] = set(spellings)
    for value in list(_met)[:-MOST]:
        del _met[value]


def met() -> dict[str, set[str]]:
    """The secrets that were met, as `remember` takes them."""
    return {value: set(spellings) for value, spellings in _met.items()}
