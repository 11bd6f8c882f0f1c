"""The publisher of a lab's views: a new one for each report that says something else, to every subscriber."""

import threading

from checks.collect.collected import now
from checks.live import view
from checks.live.history import History
from checks.live.subscribers import Subscriber
from checks.live.view import View
from checks.model import Lab, Report
from checks.render import draw
from checks.snapshot import Snapshot
from sandboxes.settings import Settings


class Publisher:
    """The subscribers of one lab, and the view that they got last. Safe to use from several threads."""

    def __init__(self, lab: Lab, settings: Settings, not_live: frozenset[str]) -> None:
        """`not_live` are the checks that need a probe which does not run live."""
        self._lab, self._settings, self._not_live = lab, settings, not_live
        self._lock = threading.RLock()
        self._subscribers: tuple[Subscriber, ...] = ()
        self._new: tuple[Subscriber, ...] = ()  # those that have not got a view yet
        self._report, self._history, self._noted = view.unstarted(lab), History(), frozenset[str]()
        self._drawn, self._picture, self._version = "", 0, 0
        self.latest: View | None = None

    def __len__(self) -> int:
        """The number of subscribers."""
        return len(self._subscribers)

    def add(self, subscriber: Subscriber, current: bool) -> None:
        """Add a subscriber. It gets the latest view at once where that is `current`, or else the next one, whatever it shows."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)
            if current and self.latest is not None:
                subscriber.offer(self.latest)
            else:
                self._new = (*self._new, subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Remove a subscriber."""
        with self._lock:
            self._subscribers = tuple(other for other in self._subscribers if other is not subscriber)
            self._new = tuple(other for other in self._new if other is not subscriber)

    def report(self, report: Report, history: History, noted: frozenset[str], snapshot: Snapshot) -> None:
        """Publish a report with its history. `noted` are the checks to run (see `checks.live.evaluation`)."""
        drawn = draw.mermaid(snapshot, self._lab)
        if drawn != self._drawn:
            self._drawn, self._picture = drawn, self._picture + 1
        self._report, self._history, self._noted = report, history, noted
        self._publish("ready", "")

    def not_started(self) -> None:
        """Publish that the lab is not started."""
        self._report, self._history, self._noted = view.unstarted(self._lab), History(), frozenset()
        self._publish("not started", "")

    def state(self, state: str, reason: str) -> None:
        """Publish the last report again in another state, such as while the engine cannot be reached."""
        self._publish(state, reason)

    def _publish(self, state: str, reason: str) -> None:
        built = view.build(
            self._lab, self._settings, self._report, self._history,
            not_live=self._not_live, noted=self._noted, state=state, reason=reason, picture=self._picture,
        )  # fmt: skip
        with self._lock:
            known = self.latest is not None and _same(built, self.latest)
            self._version += 0 if known else 1
            self.latest = {**built, "version": self._version, "checked_at": now()}
            for subscriber in self._new if known else self._subscribers:
                subscriber.offer(self.latest)
            self._new = ()


def _same(one: View, other: View) -> bool:
    """Whether two views show the same, apart from when they were made."""
    return all(one[name] == other[name] for name in one if name not in ("version", "checked_at"))
