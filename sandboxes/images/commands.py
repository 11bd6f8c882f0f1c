"""Long commands with a log: docker build, mmdebstrap."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from sandboxes.errors import SlipwayError

# Enough for BuildKit to put away what it has.
SECONDS_TO_END = 30


def run(
    command: Sequence[str],
    what: str,
    log: Path,
    report: Callable[[str], None],
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    end: Callable[[subprocess.Popen], None] | None = None,
) -> None:
    """Run a command to its end, its messages in `log` and each line handed to `report`.

    What it writes to standard output goes to `output` where given. Raises SlipwayError with the log's last lines when
    it fails. When we are interrupted, the command is ended and waited for, by `end` where given.
    """
    with log.open("w", encoding="utf-8", buffering=1) as lines:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, env=env, text=True, errors="replace",
                stdout=output or subprocess.PIPE, stderr=subprocess.PIPE if output else subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            raise SlipwayError(f"{what}: {command[0]} could not be started ({error.strerror}).") from error
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
        raise failure(what, code, log)


def terminate(process: subprocess.Popen) -> None:
    """Ask a process to end, and end it where it does not."""
    try:
        process.terminate()
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def failure(what: str, code: int, log: Path) -> SlipwayError:
    """The error for a failed command, with the last words of its log."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = "\n".join(f"  {line[:300]}" for line in lines[-4:]) or "  (no output)"
    return SlipwayError(
        f"{what} failed (exit code {code}). The last it said:\n{last}",
        f"The whole log is {log}. When the cause is gone, run the command again: it continues where it was.",
    )
