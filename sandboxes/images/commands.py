"""Long-running commands with a log: docker build, mmdebstrap, kind."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_log

# Enough for BuildKit to store what it has built.
SECONDS_TO_END = 30


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
            for line in process.stderr if output else process.stdout:
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


def failure(action: str, code: int, log: Path) -> SlipwayError:
    """Return the error for a failed command, with the last lines of its log."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = "\n".join(f"  {line[:300]}" for line in lines[-4:]) or "  (no output)"
    return SlipwayError(
        f"{action} failed (exit code {code}). Its last lines:\n{last}",
        f"The whole log is {log}. Fix the cause and run the command again: it continues where it stopped.",
    )
