"""Ctrl-C while something is cleared away."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sandboxes.host.signals import TERMINATING, finishing, stopped_by_signals


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Ctrl-C does what it does by default: a shell starts what runs in the background with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Fail where the block is interrupted, instead of ending all tests."""
    try:
        yield
    except KeyboardInterrupt:
        pytest.fail("interrupted")


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def test_finishing_ends_the_block_before_ctrl_c_counts() -> None:
    finished = []
    with pytest.raises(KeyboardInterrupt), finishing():
        press()
        finished.append("cleared away")
    assert finished == ["cleared away"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_finishing_ends_at_once_when_ctrl_c_is_pressed_twice() -> None:
    finished = []
    with pytest.raises(KeyboardInterrupt), finishing():
        press()
        press()
        finished.append("never reached")
    assert not finished


def test_finishing_keeps_what_went_wrong_meanwhile() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, finishing():
        press()
        raise ValueError("full")
    assert isinstance(caught.value.__context__, ValueError)


@pytest.fixture(params=TERMINATING)
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that does what it does by default, whatever these tests were started with."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_finishing_lets_a_polite_kill_wait_as_well(number: int) -> None:
    finished = []
    with pytest.raises(KeyboardInterrupt), stopped_by_signals(), finishing():
        press(number)
        finished.append("cleared away")
    assert finished == ["cleared away"]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_signals_that_were_ignored_before_still_are(number: int) -> None:
    signal.signal(number, signal.SIG_IGN)
    finished = []
    with uninterrupted(), stopped_by_signals(), finishing():
        press(number)
        finished.append("continued")
    assert finished == ["continued"]
    assert signal.getsignal(number) is signal.SIG_IGN


def test_finishing_leaves_ctrl_c_ignored_where_it_was(ctrl_c: None) -> None:
    """A command in the background of a script is not ended by the Ctrl-C that is meant for another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted(), finishing():
        press()
        press()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_signals_are_handled_as_before_after_each_block(number: int) -> None:
    with stopped_by_signals():
        with finishing():
            pass
        with pytest.raises(KeyboardInterrupt):
            press(number)
    assert signal.getsignal(number) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_finishing_in_another_thread_holds_nothing_back() -> None:
    finished = []

    def work() -> None:
        with finishing():
            finished.append("cleared away")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert finished == ["cleared away"]


COMMAND = """
import os, signal, time
from checks.cli import __main__ as program

class Connection:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

def run(arguments):
    Connection()
    time.sleep(10)
    return 0

program._run = run
program.command()
"""


def test_a_command_hears_ctrl_c_in_a_finalizer() -> None:
    """Python itself would print the exception and continue."""
    ended = subprocess.run([sys.executable, "-c", COMMAND], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "\nInterrupted. Run the same command again to continue.\n"
