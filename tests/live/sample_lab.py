"""What the live tests work with: the sample lab, the command line as a process, and a front before the engine's socket."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from checks import grade
from checks.clients.base import Engine
from checks.grade import Graded
from checks.lifecycle import workspace
from checks.model import Lab, Outcome, Report
from sandboxes.engine import endpoint
from sandboxes.engine.endpoint import Endpoint
from sandboxes.settings import Settings

NAME = "slipway-tiny"
PORT = 5990
# Ended by us, or by the signal itself before our first line and after our last; a shell says 130 for both.
INTERRUPTED = (130, -signal.SIGINT)


@dataclass
class SampleLab:
    """The sample lab, an engine connection and the test's own folders."""

    lab: Lab
    engine: Engine
    settings: Settings

    @property
    def folder(self) -> Path:
        return workspace.folder(self.lab, self.settings)

    def grade(self, wait: float = 5.0, engine: Engine | None = None) -> Graded:
        return grade.grade(self.lab, engine or self.engine, self.settings, wait=wait)

    def outcomes(self, wait: float = 5.0, engine: Engine | None = None) -> dict[str, Outcome]:
        return outcomes(self.grade(wait, engine).report)


def outcomes(report: Report) -> dict[str, Outcome]:
    return {result.id: result.outcome for result in report.results}


def docker(*arguments: str) -> str:
    """The output of a docker command. Raises CalledProcessError when it fails."""
    completed = subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True)
    return completed.stdout.strip()


@dataclass
class Ran:
    """How a command ended: exit code, outputs, seconds, and the most memory it held, in bytes."""

    code: int
    out: str
    err: str
    seconds: float
    memory: int


def slipway(*arguments: str, environment: dict[str, str] | None = None) -> Ran:
    """Run the command line as a process of its own."""
    started = time.monotonic()
    completed = subprocess.run(command(*arguments), capture_output=True, text=True, env=os.environ | (environment or {}))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert "Traceback" not in completed.stdout + completed.stderr, completed.stderr
    assert not re.search("(bug|fault) in Slipway", completed.stdout + completed.stderr), completed.stderr
    return Ran(completed.returncode, completed.stdout, completed.stderr, time.monotonic() - started, memory)


def command(*arguments: str) -> Sequence[str]:
    """The command line, as the launcher runs it once the environment is made."""
    return ["sh", "-c", 'trap \'\' INT; exec "$0" "$@"', sys.executable, "-I", "-m", "checks.cli", *arguments]


def interrupt(arguments: list[str], moment: float, number: signal.Signals = signal.SIGINT) -> subprocess.CompletedProcess[str]:
    """Run a command and press Ctrl-C after some seconds, or send another signal."""
    process = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    time.sleep(moment)
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=30)
    assert "Traceback" not in err, err
    assert "Exception ignored" not in err, err
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


class Front:
    """A socket before the engine's own: the engine's real answers pass through it until they shall not.

    After `limit` bytes from the engine it turns to `then`: "freeze" (nothing passes any more, connections stay open),
    "break" (all connections are closed, and the socket is gone), or "garbage" (every answer is JSON of the wrong shape).
    """

    def __init__(self, path: Path, limit: int, then: str) -> None:
        self.path, self.then = path, then
        self.left = limit
        self.lock = threading.Lock()
        self.open: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def engine(self) -> Engine:
        return Engine(Endpoint(f"unix://{self.path}", "the test"))

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(endpoint.find().socket_path)
                self.open += [near, far]
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                if self.left > 0 or self.then == "break":
                    far.sendall(data)
                elif self.then == "garbage":
                    body = b'{"message": [null, 3]}'
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    near.sendall(head % len(body) + body)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                with self.lock:
                    passing, self.left = data[: self.left], max(0, self.left - len(data))
                near.sendall(data if self.then == "garbage" else passing)
                if self.left == 0 and self.then == "break":
                    self.close()
        if self.left > 0:
            with suppress(OSError):
                near.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.path.unlink(missing_ok=True)
        for connection in [self.listener, *self.open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


@contextmanager
def front(folder: Path, limit: int, then: str) -> Iterator[Front]:
    made = Front(folder / "front.sock", limit, then)
    try:
        yield made
    finally:
        made.close()
