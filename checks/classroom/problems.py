"""Problems in the files of a class: all of them together, each with its line, column and reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from sandboxes.errors import Exit, SlipwayError

MOST_SHOWN = 50


@dataclass(frozen=True, order=True)
class Problem:
    """One problem. `line` and `column` count from 1; both are 0 where the whole file is meant."""

    file: str
    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.reason}"


class InvalidClass(SlipwayError):
    """The files of a class have problems. `problems` holds all of them, in the order of the files' lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        listed = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            listed.append(f"... and {count - MOST_SHOWN} more")
        heading = f"The class has {count} problem{'s' * (count != 1)}:"
        super().__init__("\n".join([heading, *listed]), "Correct the files, then run the command again.", Exit.WRONG_USAGE)
