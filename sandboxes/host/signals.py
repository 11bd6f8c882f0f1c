"""Ctrl-C and polite kills: what has to be cleared away is, whenever they come."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

POLITE = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def finishing() -> Iterator[None]:
    """Let the block end before Ctrl-C counts: for clearing away. Pressed once more, it ends the block at once.

    The same goes for the signals that `stopped_by_signals` takes for Ctrl-C. Only the main thread is told of any of
    them, so elsewhere there is nothing to hold back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *POLITE)}
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            before[number](number, frame)
        pressed = True

    for number, handler in before.items():
        if callable(handler):
            signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if pressed:
            raise KeyboardInterrupt


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """A closed terminal and a polite kill end the block as Ctrl-C does; what was to be ignored (nohup) still is."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in POLITE}
    heard = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)
