"""A shell command, timed: how long it took, how it ended, what it printed."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAUSE = 0.3  # seconds between two reports of progress


@dataclass(frozen=True)
class Timed:
    """A command that has ended: the seconds that it took, its exit code, and what it printed on both streams."""

    seconds: float
    code: int
    printed: str


def run(command: str, folder: Path, on_line: Callable[[str, float], None]) -> Timed:
    """Run a command with bash in `folder`. `on_line` is told the newest line and the seconds so far, now and then."""
    started, told, lines = time.monotonic(), 0.0, []
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout:
                lines.append(line)
                passed = time.monotonic() - started
                if passed - told >= PAUSE:
                    told = passed
                    on_line(line.strip(), passed)
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
    return Timed(time.monotonic() - started, code, "".join(lines))
