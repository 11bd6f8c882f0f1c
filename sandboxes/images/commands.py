"""Long-running commands with a log: docker build, mmdebstrap, kind."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.atomic_write import open_log

# Enough for BuildKit to store what it has built.
SECONDS_TO_END = 30
# Lines at the end of a log among which the error is looked for.
SHOWN = 400


def run(
    command: Sequence[str],
    action: str,
    log: Path,
    report: Callable[[str], None],
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    end: Callable[[subprocess.Popen], None] | None = None,
) -> None:
    """Run a command, write its messages to `log`, and pass each line to `report`.

    Its standard output goes to `output`, if that is given. Raises SlipwayError with the last lines of the log when the
    command fails. On an interruption, the command is ended (by `end`, if given) and waited for.
    """
    with os.fdopen(open_log(log), "w", encoding="utf-8", buffering=1) as lines:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, env=env, text=True, errors="replace",
                stdout=output or subprocess.PIPE, stderr=subprocess.PIPE if output else subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise SlipwayError(f"{action}: {command[0]} could not be started ({error.strerror}).") from error
        try:
            for line in processes.lines_of(process.stderr if output else process.stdout):
                lines.write(line)
                if line.strip():
                    report(line.strip())
            code = process.wait()
        except BaseException:
            (end or terminate)(process)
            raise
    if code != 0:
        raise failure(action, code, log)


def terminate(process: subprocess.Popen) -> None:
    """Send SIGTERM to a process, and SIGKILL if it does not end."""
    try:
        process.terminate()
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def reasons(lines: list[str]) -> list[str]:
    """Return the lines of a log that say why a command failed: its last four, or those from its last error on.

    kind prints a stack of Go functions after its error, and the output of kubeadm or Docker before that.
    """
    errors = [number for number, line in enumerate(lines) if line.startswith("ERROR")]
    begin = errors[-1] if errors and errors[-1] < len(lines) - 4 else max(0, len(lines) - 4)
    shown = lines[begin : begin + 4]
    end = next((number for number, line in enumerate(shown) if line.startswith("Stack Trace")), len(shown))
    return shown[:end]


def failure(action: str, code: int, log: Path) -> SlipwayError:
    """Return the error for a failed command, with the last lines of its log."""
    lines = reasons(processes.last_lines(log, SHOWN))
    last = "\n".join(f"  {line[:300]}" for line in lines) or "  (no output)"
    return SlipwayError(
        f"{action} failed (exit code {code}). Its last lines:\n{last}",
        f"The whole log is {log}. Fix the cause and run the command again: it continues where it stopped.",
    )
