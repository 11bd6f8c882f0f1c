"""Stopping JupyterLab: a server that has done its work and does not end is ended; one that still works is not."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.host.processes import Process, start_time
from sandboxes.jupyter import server

# A program that ignores SIGTERM, as a server does whose threads never end.
STUBBORN = "import signal, socket, subprocess; signal.signal(signal.SIGTERM, signal.SIG_IGN); {}; print('ready', flush=True); signal.pause()"
LISTENS = "listener = socket.create_server(('127.0.0.1', {}))"
HAS_A_KERNEL = "kernel = subprocess.Popen(['sleep', '60'])"
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """A function that starts such a program, with a statement of its own, and records it as the project's server."""
    monkeypatch.setattr(server, "STOP_SECONDS", 0.3)
    port, started = server.free_port(18400), []

    def run(statement: str) -> subprocess.Popen[bytes]:
        program = subprocess.Popen([sys.executable, "-c", STUBBORN.format(statement.format(port))], stdout=subprocess.PIPE)
        started.append(program)
        assert program.stdout is not None and program.stdout.readline() == b"ready\n"
        Process(program.pid, start_time(program.pid), {"port": port}).save(server._record(settings.load()))
        return program

    yield run
    for program in started:
        program.kill()
        program.wait()
        if program.stdout is not None:
            program.stdout.close()


def test_server_that_has_closed_its_port_and_ended_its_kernels_is_ended(start: Start) -> None:
    program = start("pass")
    assert server.stop(settings.load())
    assert start_time(program.pid) == ""
    assert server.find(settings.load()) is None


@pytest.mark.parametrize("statement", [LISTENS, HAS_A_KERNEL], ids=["port", "kernel"])
def test_server_that_still_works_is_left_alone(start: Start, statement: str) -> None:
    program = start(statement)
    with pytest.raises(SlipwayError, match="has not ended after"):
        server.stop(settings.load())
    assert program.poll() is None
    assert server.find(settings.load()) is not None
    for child in psutil.Process(program.pid).children():
        child.kill()
