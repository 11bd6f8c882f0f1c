"""The events of the cluster: one watch for each kind, for all labs that are watched, opened again when it breaks off.

Source: "Efficient detection of changes" in https://kubernetes.io/docs/reference/using-api/api-concepts/.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from checks.api_resources import KINDS
from checks.clients.answer import Declined, EngineError
from checks.clients.cluster import Cluster
from checks.clients.lines import Lines
from checks.live.following import Following
from checks.snapshot import Json
from sandboxes import json_text

GONE = 410
# The API server ends a watch after this time. A silent one is broken: bookmarks come about once a minute.
SECONDS, SILENCE = 600, 150.0
# The API server keeps no history of these, so there is nothing to watch.
NOT_WATCHED = ("PodMetrics", "NodeMetrics")


class Gone(Exception):
    """The API server no longer has the history since our resource version: list, and watch from there."""


@dataclass(frozen=True)
class Change:
    """A change of an object of the cluster: "added", "modified" or "deleted"."""

    kind: str
    namespace: str
    name: str
    action: str


def read(line: bytes) -> tuple[str, Json]:
    """Return the type and the object of a line of a watch. Raise Gone, or EngineError for any other error and for other text."""
    try:
        data = json_text.loads(line)
        kind, item = str(data["type"]), data["object"]
        if kind != "ERROR":
            dict(item["metadata"])["resourceVersion"]
            return kind, item
        code, message = int(item.get("code") or 0), str(item.get("message", ""))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise EngineError("the cluster's watch is not valid") from error
    if code == GONE:
        raise Gone(message)
    raise EngineError(f"the cluster ended a watch: {message}")


class KindWatch(Following):
    """The changes of the objects of one kind in the whole cluster: calls back for each."""

    def __init__(self, cluster: Cluster, kind: str, on_change: Callable[[Change], None], on_state: Callable[[str], None]) -> None:
        """`on_change` gets a Change. `on_state` is that of Following."""
        super().__init__(f"slipway-watch-{kind}", on_state)
        self._cluster, self._kind, self._on_change = cluster, kind, on_change
        self._path = KINDS[kind].path()
        self._version = ""  # the last resource version seen; "" before the first list
        self._uid = ""  # of the cluster that it belongs to

    def follow(self) -> str:
        """Watch from the last resource version on, until the API server ends it. No change in between is missed."""
        try:
            self._begin()
            query = f"watch=1&allowWatchBookmarks=true&timeoutSeconds={SECONDS}&resourceVersion={self._version}"
            with _not_gone(), self._cluster.lines(f"{self._path}?{query}", idle=SILENCE) as lines:
                if self.opened(lines, missed=False):
                    self._read(lines)
        except Gone:
            self._version = ""
        return ""

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

    def _read(self, lines: Lines) -> None:
        for line in lines:
            action, item = read(line)
            about = item["metadata"]
            self._version = str(about["resourceVersion"])
            if action != "BOOKMARK":
                self._on_change(Change(self._kind, str(about.get("namespace", "")), str(about.get("name", "")), action.lower()))


@contextmanager
def _not_gone() -> Iterator[None]:
    """Raise Gone where the API server refuses a watch because it has no history from there on."""
    try:
        yield
    except Declined as declined:
        if declined.status == GONE:
            raise Gone(declined.reason) from declined
        raise
