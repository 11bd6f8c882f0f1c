"""Timed shell commands: the seconds, the exit code and the output."""

import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandboxes.host import processes

PAUSE = 0.3  # seconds between two reports of progress


@dataclass(frozen=True)
class Timed:
    """A finished command: the seconds that it took, its exit code, and the last lines of its output on both streams."""

    seconds: float
    code: int
    printed: str


def run(command: str, folder: Path, on_line: Callable[[str, float], None]) -> Timed:
    """Run a command with bash in `folder`. Call `on_line` with the newest line and the seconds so far, every PAUSE seconds."""
    started, reported = time.monotonic(), 0.0
    lines: deque[str] = deque(maxlen=processes.MOST_LINES)
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
            for line in processes.lines_of(process.stdout):
                lines.append(line)
                passed = time.monotonic() - started
                if passed - reported >= PAUSE:
                    reported = passed
                    on_line(line.strip(), passed)
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
    return Timed(time.monotonic() - started, code, "".join(lines))
