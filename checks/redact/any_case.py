"""Regular expressions that ignore case and are fast on ASCII."""

import re
from collections.abc import Iterator
from functools import cached_property


class AnyCase:
    """A regular expression that ignores case. `pattern` is in lower case.

    An expression that ignores case tries all its alternatives at every letter, and takes six times as long as one that knows
    the letters that it can begin with. So ASCII is read in lower case. Of other letters, some are equal to ASCII letters when
    case is ignored but are no ASCII letters in lower case, such as the long s.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def _lower(self) -> re.Pattern[str]:
        return re.compile(self._pattern)

    @cached_property
    def _any(self) -> re.Pattern[str]:
        return re.compile(self._pattern, re.I)

    def within(self, text: str) -> bool:
        """Tell whether the expression matches anywhere in the text."""
        return bool(self._lower.search(text.lower()) if text.isascii() else self._any.search(text))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where each match in the text begins and ends."""
        matches = self._lower.finditer(text.lower()) if text.isascii() else self._any.finditer(text)
        return (match.span() for match in matches)
