"""The subscribers of a lab's view: each gets the latest view, and skips those that it was too slow for."""

import threading
from collections.abc import Callable

from checks.live.view import View


class Subscriber:
    """One reader of a lab's views, such as a browser tab. It holds at most one view: the latest."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        """`wake` is called, on the watcher's thread, each time that there is something to take."""
        self._wake = wake
        self._condition = threading.Condition()
        self._latest: View | None = None

    def offer(self, view: View) -> None:
        """Put the latest view in the place of one that was not taken."""
        with self._condition:
            self._latest = view
            self._condition.notify_all()
        self._wake()

    def take(self, timeout: float = 0.0) -> View | None:
        """Return the latest view that was not taken yet, after a wait of at most `timeout` seconds; None where there is none."""
        with self._condition:
            if self._latest is None and timeout > 0:
                self._condition.wait_for(lambda: self._latest is not None, timeout)
            view, self._latest = self._latest, None
            return view
