"""Ctrl-C while something is cleared away."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from sandboxes.host.signals import POLITE, finishing, stopped_by_signals


def press(number: int = signal.SIGINT) -> None:
    os.kill(os.getpid(), number)


def test_the_block_ends_before_ctrl_c_counts() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), finishing():
        press()
        done.append("cleared away")
    assert done == ["cleared away"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_pressed_twice_it_ends_at_once() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), finishing():
        press()
        press()
        done.append("never reached")
    assert not done


def test_what_went_wrong_meanwhile_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt) as caught, finishing():
        press()
        raise ValueError("full")
    assert isinstance(caught.value.__context__, ValueError)


@pytest.fixture(params=POLITE)
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """A signal that does what it does by default, whatever these tests were started with."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_a_polite_kill_waits_as_well(number: int) -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), stopped_by_signals(), finishing():
        press(number)
        done.append("cleared away")
    assert done == ["cleared away"]
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_was_ignored_before_still_is(number: int) -> None:
    signal.signal(number, signal.SIG_IGN)
    with stopped_by_signals(), finishing():
        press(number)
    assert signal.getsignal(number) is signal.SIG_IGN


def test_in_another_thread_nothing_is_held_back() -> None:
    done = []

    def work() -> None:
        with finishing():
            done.append("cleared away")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == ["cleared away"]
