"""What is asked of the cluster when a namespace is emptied."""

from typing import Any

from checks.clients.discovery import Resource
from checks.lifecycle import removal
from checks.lifecycle.removal import Found


class Asked:
    """Stands in for a cluster, and notes what it is asked to write."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.timeouts: list[float] = []

    def write(self, method: str, path: str, body: Any = None, *, timeout: float = 0) -> None:
        self.paths.append(f"{method} {path}")
        self.timeouts.append(timeout)


def found(plural: str, kind: str, verbs: frozenset[str]) -> Found:
    return Found(Resource("/api/v1", plural, kind, True, verbs), {"metadata": {"name": "a", "namespace": "lab"}})


def test_whole_collections_get_the_time_that_hundreds_of_objects_take() -> None:
    cluster, whole = Asked(), frozenset({"deletecollection"})
    removal._empty(
        cluster,
        [found("events", "Event", whole), found("pods", "Pod", whole), found("bindings", "Binding", frozenset())],
    )
    assert [path.rpartition("/")[2] for path in cluster.paths] == ["pods", "events"]
    assert set(cluster.timeouts) == {removal.DEADLINE}
