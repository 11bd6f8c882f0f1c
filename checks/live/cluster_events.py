"""The events of the cluster: one watch for each kind, for all labs that are watched, opened again when it breaks off.

Source: "Efficient detection of changes" in https://kubernetes.io/docs/reference/using-api/api-concepts/.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from checks.api_resources import KINDS
from checks.clients.answer import Declined, EngineError
from checks.clients.cluster import Cluster
from checks.clients.lines import Lines
from checks.snapshot import Json
from sandboxes import json_text
from sandboxes.errors import SlipwayError

GONE = 410
# The API server ends a watch after this time. A silent one is broken: bookmarks come about once a minute.
SECONDS, SILENCE = 600, 150.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
# The API server keeps no history of these, so there is nothing to watch.
NOT_WATCHED = ("PodMetrics", "NodeMetrics")


class Gone(Exception):
    """The API server no longer has the history since our resource version: list, and watch from there."""


@dataclass(frozen=True)
class Change:
    """A change of an object of the cluster: "added", "modified" or "deleted"; `at` is ISO 8601 in UTC."""

    kind: str
    namespace: str
    name: str
    action: str
    at: str


def read(line: bytes) -> tuple[str, Json]:
    """Return the type and the object of a line of a watch. Raise Gone, or EngineError for any other error and for other text."""
    try:
        data = json_text.loads(line)
        kind, item = str(data["type"]), data["object"]
        if kind != "ERROR":
            str(item["metadata"]["resourceVersion"])
            return kind, item
        code, message = int(item.get("code") or 0), str(item.get("message", ""))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise EngineError("the cluster's watch is not valid") from error
    if code == GONE:
        raise Gone(message)
    raise EngineError(f"the cluster ended a watch: {message}")


class KindWatch:
    """A thread that watches the objects of one kind in the whole cluster, and calls back for each change.

    `on_change` gets a Change. `on_state` gets "" each time that the objects have to be looked at as a whole, because a watch
    began without what happened before, and the reason once when the cluster cannot be watched.
    """

    def __init__(self, cluster: Cluster, kind: str, on_change: Callable[[Change], None], on_state: Callable[[str], None]) -> None:
        self._cluster, self._kind, self._on_change, self._on_state = cluster, kind, on_change, on_state
        self._path = KINDS[kind].path()
        self._version = ""  # the last resource version seen; "" before the first list
        self._uid = ""  # of the cluster that it belongs to
        self._stop = threading.Event()
        self._lines: Lines | None = None
        self._reported = ""
        self._thread = threading.Thread(target=self._run, name=f"slipway-watch-{kind}", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Close the watch. The thread ends on its own."""
        self._stop.set()
        if self._lines is not None:
            self._lines.close()

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                self._begin()
                self._follow()
            except Gone:
                self._version = ""
            except SlipwayError as error:
                self._lost(error)
            pause = FIRST_PAUSE if time.monotonic() - begun > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            self._stop.wait(pause)

    def _lost(self, error: SlipwayError) -> None:
        if not self._stop.is_set() and error.message != self._reported:
            self._reported = error.message
            self._on_state(error.message)

    def _begin(self) -> None:
        """List once where there is nothing to go on from: at the beginning, in another cluster, and after Gone."""
        self._cluster.refresh()
        if self._uid != self._cluster.identity.kube_system_uid:
            self._uid, self._version = self._cluster.identity.kube_system_uid, ""
        if not self._version:
            answer = self._cluster.get(f"{self._path}?limit=1")
            if answer is None:
                raise EngineError(f"the cluster does not serve the kind {self._kind}")
            self._version = str((answer.get("metadata") or {}).get("resourceVersion", ""))
            self._on_state("")

    def _follow(self) -> None:
        """Watch from the last resource version on, until the API server ends it. No change in between is missed."""
        query = f"watch=1&allowWatchBookmarks=true&timeoutSeconds={SECONDS}&resourceVersion={self._version}"
        with _not_gone(), self._cluster.lines(f"{self._path}?{query}", idle=SILENCE) as lines:
            self._lines = lines
            if self._stop.is_set():
                return
            if self._reported:
                self._reported = ""
                self._on_state("")
            for line in lines:
                action, item = read(line)
                self._version = str(item["metadata"]["resourceVersion"])
                if action != "BOOKMARK":
                    about = item["metadata"]
                    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                    self._on_change(
                        Change(self._kind, str(about.get("namespace", "")), str(about.get("name", "")), action.lower(), at)
                    )


@contextmanager
def _not_gone() -> Iterator[None]:
    """Raise Gone where the API server refuses a watch because it has no history from there on."""
    try:
        yield
    except Declined as declined:
        if declined.status == GONE:
            raise Gone(declined.reason) from declined
        raise
