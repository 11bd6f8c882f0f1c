"""Ctrl-C and termination signals: a clean-up runs to its end, whenever they arrive."""

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATING = (signal.SIGTERM, signal.SIGHUP)
# How long a finalizer, which takes no exception, is given to end, in seconds.
FINALIZER = 0.01


@contextmanager
def finishing() -> Iterator[None]:
    """Hold back Ctrl-C until the block has ended: for clean-ups. Pressed a second time, it ends the block at once.

    The same applies to the signals that `stopped_by_signals` treats like Ctrl-C. Only the main thread receives signals,
    so in other threads there is nothing to hold back.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, *TERMINATING)}
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
    """Make SIGTERM and SIGHUP end the block as Ctrl-C does. A signal that is ignored (nohup) stays ignored."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in TERMINATING}
    replaced = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in replaced:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in replaced.items():
            signal.signal(number, handler)


def heard_in_finalizers() -> None:
    """Make a Ctrl-C that arrives in a finalizer end the program like any other.

    Python prints what a finalizer or a callback raises, and forgets it: the import system has such callbacks, too. From this
    call on, a KeyboardInterrupt there is raised again in the main thread as soon as the finalizer has ended.
    """
    report = sys.unraisablehook

    def hear(unraisable: "sys.UnraisableHookArgs") -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            threading.Timer(FINALIZER, _thread.interrupt_main).start()
        else:
            report(unraisable)

    sys.unraisablehook = hear
