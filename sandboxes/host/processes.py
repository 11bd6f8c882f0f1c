"""Processes that we start and leave running: remembered by pid and start time, so that no other is ever ended.

A pid alone is not enough: the system hands it out again after the process has gone.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole


@dataclass(frozen=True)
class Process:
    """A running process: its pid, when it started (in the system's own words) and what we want to remember of it."""

    pid: int
    started: str
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        return bool(self.started) and start_time(self.pid) == self.started

    def save(self, path: Path) -> None:
        """Write the record, readable by its owner only."""
        write_whole(path, json.dumps(asdict(self)), 0o600)


def load(path: Path) -> Process | None:
    """The process recorded in a file, or None where there is no readable record or the process has gone."""
    try:
        process = Process(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return process if process.alive else None


def start_time(pid: int) -> str:
    """When a process started, as the system puts it; empty for one that has gone or is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _start_time_from_ps(pid)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "" if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def _start_time_from_ps(pid: int) -> str:
    done = subprocess.run(["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True)
    words = done.stdout.split()
    return "" if not words or words[0].startswith("Z") else " ".join(words[1:])


def terminate(process: Process, seconds: float, prefix: Sequence[str] = (), tick: Callable[[], None] | None = None) -> bool:
    """Ask a process to end (SIGTERM) and wait until it has; False when it is still there after `seconds`.

    `prefix` is put before the `kill` command where another user's process is meant (sudo).
    """
    if not process.alive:
        return True
    if prefix:
        subprocess.run([*prefix, "kill", "-TERM", str(process.pid)], check=False)
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


def start_detached(command: Sequence[str], log: Path, env: dict[str, str] | None = None, cwd: Path | None = None) -> Process:
    """Start a process that outlives us, in a session of its own, with its output in `log` (made anew)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True, env=env, cwd=cwd,
        )  # fmt: skip
    return Process(started.pid, start_time(started.pid))


def run(command: Sequence[str], report: Callable[[str], None], uncut: bool = False) -> str:
    """Run a command to its end, reporting each line of its output as it comes, and return the output.

    Ctrl-C ends the command; one that must not be cut (`uncut`, it needs a session of its own) is waited for first.
    Raises SlipwayError with its last line when it fails.
    """
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise SlipwayError(f"The command {command[0]} could not be started: {error.strerror}.") from error
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if line.strip():
                report(line.strip())
        code = process.wait()
    except BaseException:
        if uncut:
            print("\nFinishing the present step first, so that nothing is left half-made ...", file=sys.stderr, flush=True)
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
    """Hold a lock file; where another process holds it, say `waiting` on standard error and wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(waiting, file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def last_lines(path: Path, count: int = 3) -> list[str]:
    """The last lines of a log that say something; [] where there is no log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 65536))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()][-count:]
