"""Processes that are started and left running, recorded by pid and start time so that no other one is ever ended.

The pid alone is not enough: the system reuses it after the process has ended.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_lock, open_log, open_regular, read_text, write_whole

LONGEST_LINE = 64 * 1024  # characters
MOST_LINES = 10_000
END_OF_LOG = 64 * 1024  # bytes
# Time for a command that may ask for a password.
SECONDS_TO_TYPE = 120
KILL_SECONDS = 5


@dataclass(frozen=True)
class Process:
    """A process: its pid, its start time as `start_time` returns it, and facts that are kept with it (JSON values)."""

    pid: int
    started: str
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether this process, and not a later one with the same pid, is running."""
        return bool(self.started) and start_time(self.pid) == self.started

    def save(self, path: Path) -> None:
        """Write the record to a file that only its owner can read."""
        write_whole(path, json.dumps(asdict(self)), 0o600)


def load(path: Path) -> Process | None:
    """Return the process recorded in a file; None where there is no readable record or the process has ended."""
    try:
        process = Process(**json_text.loads(read_text(path)))
    except (OSError, ValueError, TypeError):
        return None
    return process if process.alive else None


def start_time(pid: int) -> str:
    """Return a text that identifies when a process started; empty for one that has ended or is a zombie.

    On Linux: the boot's id and clock ticks since the boot. psutil's `create_time` is in wall-clock time there, so the
    recorded process would be taken for another one whenever the machine's clock is corrected.
    """
    if not Path("/proc/self/stat").exists():
        return _create_time(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "" if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def _create_time(pid: int) -> str:
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.Error:
        return ""


def terminate(process: Process, seconds: float, prefix: Sequence[str] = (), tick: Callable[[], None] | None = None) -> bool:
    """Send SIGTERM to a process and wait until it has ended. Returns False if it still runs after `seconds`.

    `prefix` is put before the `kill` command for a process of another user (sudo). `tick` is called while waiting.
    """
    if not process.alive:
        return True
    if prefix:
        ask([*prefix, "kill", "-TERM", str(process.pid)], SECONDS_TO_TYPE)
    else:
        try:
            os.kill(process.pid, signal.SIGTERM)
        except ProcessLookupError:
            return True
    deadline = time.monotonic() + seconds
    while process.alive:
        if time.monotonic() > deadline:
            return False
        if tick:
            tick()
        time.sleep(0.1)
    return True


def kill_childless(process: Process) -> bool:
    """Kill a process of ours that has no child processes. Return whether it has ended: one with children is left alone."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        known = psutil.Process(process.pid)
        if process.alive and not known.children():
            known.kill()
            with suppress(psutil.TimeoutExpired):
                known.wait(KILL_SECONDS)
    return not process.alive


def start_detached(command: Sequence[str], log: Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> Process:
    """Start a process that outlives this one, in its own session. Its output replaces the content of `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_log(log), "wb") as output:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True, env=env, cwd=cwd,
        )  # fmt: skip
    return Process(started.pid, start_time(started.pid))


def ask(command: Sequence[str], seconds: float = 30) -> str:
    """Run a command that ends soon, and return its standard output; empty where it cannot be started or takes longer."""
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def lines_of(stream: IO[str]) -> Iterator[str]:
    """Yield the lines of a command's output as they appear, a line without an end in parts."""
    while line := stream.readline(LONGEST_LINE):
        yield line


def run(command: Sequence[str], report: Callable[[str], None], uncut: bool = False) -> str:
    """Run a command, report each line of its output as it appears, and return the last MOST_LINES lines.

    Ctrl-C ends the command. With `uncut` the command is finished first; it needs its own session for that. Raises
    SlipwayError with the command's last line when it fails.
    """
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise SlipwayError(f"The command {command[0]} could not be started: {error.strerror}.") from error
    lines: deque[str] = deque(maxlen=MOST_LINES)
    try:
        for line in lines_of(process.stdout):
            lines.append(line)
            if line.strip():
                report(line.strip())
        code = process.wait()
    except BaseException:
        if uncut:
            print("\nFinishing the current step first, so that nothing is left half-done ...", file=sys.stderr, flush=True)
            process.communicate()
        else:
            process.terminate()
            process.wait()
        raise
    if code != 0:
        errors = [line.strip() for line in lines if line.startswith(("E:", "dpkg:", "error", "Error"))]
        last = (errors or [line.strip() for line in lines if line.strip()] or ["no output"])[-1]
        raise SlipwayError(f"`{' '.join(command[:6])} …` failed with exit code {code}: {last}")
    return "".join(lines)


@contextmanager
def exclusive(path: Path, waiting: str) -> Iterator[None]:
    """Hold a lock file. While another process holds it, print `waiting` to standard error and wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(open_lock(path), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waiting, file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def last_lines(path: Path, count: int = 3) -> list[str]:
    """Return the last lines of a log that are not empty; [] where there is no log."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - END_OF_LOG))
            text = file.read(END_OF_LOG).decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][-count:]
