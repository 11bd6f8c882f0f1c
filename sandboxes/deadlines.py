"""Deadlines of whole exchanges: a socket whose time is over is shut down, however many bytes still drip in.

A timeout of a socket limits each wait. A server that sends one byte at a time, as its status line, a header or the size of
a chunk, is never late for one of them.
"""

import errno
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

BOTH_WAYS = 2  # SHUT_RDWR


class Deadline:
    """A time (monotonic) at which a socket is shut down. `passed` says whether that has happened."""

    def __init__(self, sock: Any, time: float) -> None:
        self.sock = sock
        self.time = time
        self.passed = False

    def extend(self, time: float) -> None:
        """Move the deadline to a later time (monotonic). One that has passed stays so."""
        self.time = max(self.time, time)

    def end(self) -> None:
        """End every wait of another thread on the socket."""
        self.passed = True
        with suppress(OSError):  # the other side may have been faster
            self.sock.shutdown(BOTH_WAYS)


class _Watch:
    """One thread for all deadlines of a process. It starts with the first one."""

    def __init__(self) -> None:
        self._open: set[Deadline] = set()
        self._change = threading.Condition()
        self._next: float | None = None
        self._thread: threading.Thread | None = None

    def add(self, deadline: Deadline) -> None:
        with self._change:
            self._open.add(deadline)
            if self._thread is None or not self._thread.is_alive():  # a process that was forked has no thread
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError as error:
                    raise OSError(errno.EAGAIN, "this machine starts no more threads") from error
            if self._next is None or deadline.time < self._next:
                self._change.notify()

    def remove(self, deadline: Deadline) -> None:
        with self._change:
            self._open.discard(deadline)

    def _run(self) -> None:
        with self._change:
            while True:
                now = time.monotonic()
                for deadline in [deadline for deadline in self._open if deadline.time <= now]:
                    self._open.discard(deadline)
                    deadline.end()
                self._next = min((deadline.time for deadline in self._open), default=None)
                self._change.wait(None if self._next is None else self._next - time.monotonic())


_WATCH = _Watch()


@contextmanager
def ending(sock: Any, at: float) -> Iterator[Deadline]:
    """Shut a socket down at a time (monotonic), unless the block has ended by then."""
    deadline = Deadline(sock, at)
    _WATCH.add(deadline)
    try:
        yield deadline
    finally:
        _WATCH.remove(deadline)
