"""`slipway watch` on a real pseudo-terminal: its keys, its size, its colors, and how it leaves the terminal."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from fake_api_server import Authority
from played_live import Played, played

from checks.cli.watching import ENTER, HOME, LEAVE
from checks.render.text import columns
from sandboxes.settings import ROOT

NAME = "my-running-app"
SECONDS = 60.0  # only what hangs
COLOR = re.compile(r"\x1b\[[\d;]*m")
ECHO = 3  # the index of the local modes in what tcgetattr returns


@dataclass
class Terminal:
    """A pseudo-terminal with a command on it, and all that it has written."""

    master: int
    process: subprocess.Popen[bytes]
    before: list[object]
    written: str = ""

    @property
    def screen(self) -> str:
        """What is on the alternate screen now."""
        return self.written.rpartition(HOME)[2]

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def resize(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def until(self, words: str) -> str:
        """Wait until the screen shows some words. Return it without colors."""
        deadline = time.monotonic() + SECONDS
        while words not in (shown := COLOR.sub("", self.screen).replace("\r\n", "\n")):
            assert time.monotonic() < deadline and self.process.poll() is None, (words, self.written[-2000:])
            self._read()
        return shown

    def leaves(self) -> int:
        """Wait until the command has ended. Return its exit code."""
        deadline = time.monotonic() + SECONDS
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.written[-2000:]
            self._read()
        self._read()
        assert self.written.endswith(LEAVE) or LEAVE in self.written
        assert "Traceback" not in self.written
        assert termios.tcgetattr(self.master)[ECHO] == self.before[ECHO]
        return self.process.returncode

    def _read(self) -> None:
        ready, _, _ = select.select([self.master], [], [], 0.1)
        with suppress(OSError):  # the other end is closed
            self.written += os.read(self.master, 65536).decode() if ready else ""


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "checks.cli", "watch", *arguments]


def environment(**changed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **changed}


@contextmanager
def terminal(width: int = 60, height: int = 40, **variables: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    before = termios.tcgetattr(master)
    process = subprocess.Popen(
        command("01"), stdin=slave, stdout=slave, stderr=slave, env=environment(**variables), cwd=ROOT,
        start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(master, process, before)
    finally:
        process.kill()
        process.wait()
        os.close(master)


@pytest.fixture
def shown(ours: Authority, folders: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    with played("01", ours, monkeypatch) as running:
        yield running


def stop_container(shown: Played) -> None:
    """The container ends by itself."""
    shown.snapshot.objects["container"][NAME]["State"].update(Running=False, Status="exited", ExitCode=3)
    shown.change(shown.snapshot, "container", NAME, "die")


def test_keys_give_help_draw_and_reset_and_the_terminal_is_as_before(shown: Played) -> None:
    with terminal() as seen:
        text = seen.until("q quit")
        assert ENTER in seen.written and COLOR.search(seen.screen)
        assert max(columns(line) for line in text.split("\n")) <= 60
        stop_container(shown)
        seen.until("exited with code 3")
        seen.press("h")
        first = seen.until("Hint 1 of")
        seen.press("h")
        assert seen.until("Hint 2 of") != first
        seen.press("s")
        seen.until("in a cell")
        seen.press("d")
        seen.until("my-running-app, my-stopped-app")
        seen.press("\x1b[Ar")  # an arrow key does nothing, and takes no other key with it
        seen.until("Press r again")
        seen.press("d")  # changed one's mind
        seen.until("my-running-app, my-stopped-app")
        assert f"container/{NAME}" in {f"container/{item['Name'][1:]}" for item in shown_containers(shown)}
        seen.press("r")
        seen.until("Press r again")
        seen.press("r")
        seen.until("The lab is at its start.")
        assert not shown_containers(shown)
        seen.press("n")
        seen.until("Lab 02")
        seen.press("q")
        assert seen.leaves() == 0


def shown_containers(shown: Played) -> list[dict[str, object]]:
    engine = shown.engine
    assert engine is not None
    return list(engine.containers.values())


def test_ctrl_c_ends_it_without_a_word_and_a_resize_draws_again_without_color(shown: Played) -> None:
    with terminal(60, NO_COLOR="1") as seen:
        narrow = seen.until("q quit")
        assert not COLOR.search(seen.screen)
        drawn = seen.written.count(HOME)
        seen.resize(120, 40)
        deadline = time.monotonic() + SECONDS
        while seen.written.count(HOME) == drawn:
            assert time.monotonic() < deadline
            seen._read()
        wide = seen.until("q quit")
        assert len(wide.split("\n")) < len(narrow.split("\n"))
        assert 60 < max(columns(line) for line in wide.split("\n")) <= 120
        seen.press("\x03")
        assert seen.leaves() == 130


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_without_a_terminal_changes_are_printed_line_by_line(shown: Played, options: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command("01", *options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment(), cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    stop_container(shown)
    while "exited with code 3" not in lines[-1]:
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    process.send_signal(2)
    _, errors = process.communicate(timeout=SECONDS)
    assert process.returncode == 130 and "Traceback" not in errors
    assert "\x1b" not in "".join(lines)
    if options:
        assert all(json.loads(line)["lab"]["id"] == "01-flask" for line in lines)
    else:
        assert any("passed" in line for line in lines) and "broken since" in lines[-1]
