"""A stream that is followed on a thread of its own: opened again when it breaks off, until it is stopped."""

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from checks import crash_report
from checks.clients.lines import Lines
from sandboxes.errors import SlipwayError

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0  # seconds until the stream is opened again


class Following(ABC):
    """A thread that follows one stream. A subclass opens it and reads its lines.

    `on_state` gets "" each time that whatever was missed has to be looked at again, and the reason once when the stream
    cannot be followed.
    """

    def __init__(self, name: str, on_state: Callable[[str], None]) -> None:
        """`name` is that of the thread."""
        self._on_state = on_state
        self._stop = threading.Event()
        self._lines: Lines | None = None
        self._reported = self._crash = ""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """Close the stream. The thread ends on its own."""
        self._stop.set()
        if self._lines is not None:
            self._lines.close()

    @abstractmethod
    def follow(self) -> str:
        """Open the stream, and read it until it ends. Return the reason for the end, "" where the end is no trouble.

        Raise SlipwayError where it cannot be opened or read.
        """

    def opened(self, lines: Lines, *, missed: bool) -> bool:
        """Take note that the stream is open. `missed` says whether it begins without what happened before.

        Return False where the thread was stopped meanwhile.
        """
        self._lines = lines
        if self._stop.is_set():
            return False
        if missed or self._reported:
            self._reported = ""
            self._on_state("")
        return True

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            begun = time.monotonic()
            self._report(self._followed())
            pause = FIRST_PAUSE if time.monotonic() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            self._stop.wait(pause)

    def _followed(self) -> str:
        try:
            return self.follow()
        except SlipwayError as error:
            return error.message
        except Exception:  # a line in no known form, or a bug of ours: the next stream may be right
            self._crash = self._crash or crash_report.record()
            return self._crash

    def _report(self, reason: str) -> None:
        if reason and reason != self._reported and not self._stop.is_set():
            self._reported = reason
            self._on_state(reason)
