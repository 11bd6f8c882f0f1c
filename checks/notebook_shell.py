"""The shell cells of the labs, `%%bash`: output in order, the exit code in one quiet line, and never a traceback."""

import codecs
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

from IPython.display import display

from checks.notebook_output import Passing, Shown, notice

MAGIC = "bash"
# The type under which the output of a shell cell holds the exit code of a cell that failed.
EXIT_MIME = "application/vnd.slipway.exit+json"
# Linux takes 128 KiB as one argument of a command.
MOST_BYTES = 120_000
READ_BYTES = 64 * 1024
PAUSE = 0.2
# Seconds after which a cell that still runs says so, and between two updates of what it says.
LONG, UPDATE = 20.0, 10.0
# Seconds in which what the shell has printed last is still read, where a process that it left running keeps the output open.
DRAIN = 0.3
# Seconds until a shell that was interrupted is killed.
GRACE = 3.0
STOPS = "To stop it, select the square in the toolbar of the notebook. The panel continues to check your work."


def run(line: str, cell: str) -> None:
    """Run a cell with bash: what it prints appears in order, and a failure is one line.

    Nothing can be typed into the cell: its standard input is empty.
    """
    if len(cell.encode()) > MOST_BYTES:
        display(notice("This cell is too long for a shell cell.\nFix: Save it as a file, and run `bash FILE`."))
        return
    code = _Running(cell).until_end()
    if code:
        display(_ended(code))


class _Running:
    """A shell that runs a cell, in its own process group: an interruption also reaches what the shell has started."""

    def __init__(self, cell: str) -> None:
        self.started = time.monotonic()
        self.passing = Passing()
        self.noticed = self.started + LONG
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [MAGIC, "-c", cell],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )

    def until_end(self) -> int:
        """Show the output until the shell has ended. Return its exit code, 130 where the person interrupted it."""
        try:
            self._show_output()
            return self.process.wait(GRACE)
        except KeyboardInterrupt:
            self._stop()
            return 128 + signal.SIGINT
        finally:
            self.passing.end()
            if self.process.stdout:
                self.process.stdout.close()

    def _show_output(self) -> None:
        """Show what is printed until the shell ends: a process that it left running may keep the output open."""
        output = self.process.stdout
        if output is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            end = 0.0
            while not end or time.monotonic() < end:
                if selector.select(PAUSE):
                    printed = os.read(output.fileno(), READ_BYTES)
                    self._print(self.decoder.decode(printed, not printed))
                    if not printed:
                        return self._wait()
                elif not end and self.process.poll() is not None:
                    end = time.monotonic() + DRAIN
                self._notice()

    def _wait(self) -> None:
        """Wait for a shell that has closed its output."""
        while self.process.poll() is None:
            time.sleep(PAUSE)
            self._notice()

    def _print(self, text: str) -> None:
        if text:
            sys.stdout.write(text)
            sys.stdout.flush()

    def _notice(self) -> None:
        """Say that the cell still runs, from LONG seconds on."""
        now = time.monotonic()
        if now >= self.noticed:
            self.noticed = now + UPDATE
            self.passing.show(notice(f"This cell has been running for {now - self.started:.0f} seconds. {STOPS}"))

    def _stop(self) -> None:
        """End the shell and what it started: first as Ctrl-C does, then by force."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            try:
                self.process.wait(GRACE)
                return
            except subprocess.TimeoutExpired:
                continue


def _ended(code: int) -> Shown:
    """Return the line that says how a cell ended that did not succeed."""
    words = "Interrupted." if code == 128 + signal.SIGINT else f"Exit code {code}"
    if code < 0:
        words = f"Ended by signal {-code} ({signal.Signals(-code).name})"
    page = f'<small style="color: var(--jp-ui-font-color2, #616161)">{words}</small>'
    more: dict[str, Any] = {EXIT_MIME: {"code": code}}
    return Shown(words, page, **more)
