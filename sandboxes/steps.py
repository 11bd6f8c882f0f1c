"""The display of long steps: a spinner on a terminal, a line for each where a file or a screen reader receives the output."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

Report = Callable[[str], None]
# Without a terminal, a running step prints at most one line in this time.
QUIET_SECONDS = 10


class Progress:
    """The display of steps that run one after the other, with the seconds that each took."""

    def __init__(self, console: "Console | None" = None) -> None:
        from rich.console import Console

        # A notebook's kernel sets FORCE_COLOR, which makes rich assume a terminal: a cell would fill with spinner frames.
        terminal = None if sys.stderr.isatty() else False
        self.console = console or Console(stderr=True, highlight=False, force_terminal=terminal)

    def note(self, text: str) -> None:
        """Print a message between two steps."""
        self.console.print(text, markup=False)

    @contextmanager
    def step(self, title: str) -> Iterator[Report]:
        """Run one step: `with progress.step("Building") as report:` and call `report("layer 2 of 5")` for each detail."""
        from rich.markup import escape

        started = time.monotonic()
        if not self.console.is_terminal:
            self.console.print(f"- {title} ...", markup=False)
            try:
                yield self._slowly(title)
            except BaseException as error:
                self.console.print(f"  {_ending(error)}: {title}", markup=False)
                raise
            self.console.print(f"  done in {time.monotonic() - started:.0f} s", markup=False)
            return
        with self.console.status(escape(title)) as status:

            def report(detail: str) -> None:
                passed = time.monotonic() - started
                room = max(0, self.console.width - len(title) - 14)
                status.update(f"{escape(title)} [dim]{escape(detail[:room])} · {passed:.0f} s[/dim]")

            try:
                yield report
            except BaseException as error:
                self.console.print(f"[red]{_ending(error):6}[/red] {escape(title)}")
                raise
        self.console.print(f"[green]done[/green]   {escape(title)} [dim]{time.monotonic() - started:.0f} s[/dim]")

    def _slowly(self, title: str) -> Report:
        """Return a report that prints few enough lines for a log or a screen reader."""
        printed = time.monotonic()

        def report(detail: str) -> None:
            nonlocal printed
            if time.monotonic() - printed >= QUIET_SECONDS:
                printed = time.monotonic()
                self.console.print(f"  {detail[:76]}", markup=False)

        return report


def _ending(error: BaseException) -> str:
    return "failed" if isinstance(error, Exception) else "stopped"
