"""The one exception for problems that a person can fix, and the exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line."""

    PASSED = 0
    NOT_YET = 1
    COULD_NOT_CHECK = 2
    WRONG_USAGE = 64


class SlipwayError(Exception):
    """A problem that the person at the keyboard can fix.

    `message` is one sentence that says what is wrong, `fix` one that says what to do about it (may be empty).
    The command line prints both and exits with `exit_code`; no traceback is ever shown for it.
    """

    def __init__(self, message: str, fix: str = "", exit_code: Exit = Exit.COULD_NOT_CHECK) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()
