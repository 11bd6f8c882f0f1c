"""The watcher of this machine: labs that someone is looking at, and the streams that mark them as changed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from checks.clients.base import Client
from checks.live.cluster_events import Change
from checks.live.docker_events import Event
from checks.live.sources import MarkedEngine, Sources
from checks.live.subscribers import Subscriber
from checks.live.watched_lab import WatchedLab
from checks.model import Lab
from checks.snapshot import Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

CONTAINERS, VOLUMES = "container", "volume"
OF_SWARM = ("service", "node")
MOST_ENGINES = 64


class Watcher:
    """Watches labs for any number of subscribers: one look serves all, and without subscribers nothing is asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._labs: dict[str, WatchedLab] = {}
        self._engines: list[MarkedEngine] = []
        self._health: dict[str, frozenset[str]] = {}
        self._sources = Sources(self._ran, self._on_event, self._on_change, self._on_state)

    def watched(self, lab: Lab) -> WatchedLab:
        """Return a lab as it is watched, whether anyone is looking or not."""
        with self._lock:
            if lab.id not in self._labs:
                self._labs[lab.id] = WatchedLab(lab, self.settings, self._on_connected, self._on_looked)
            return self._labs[lab.id]

    @contextmanager
    def subscribed(self, lab: Lab, subscriber: Subscriber) -> Iterator[WatchedLab]:
        """Watch a lab for a subscriber while the block runs."""
        watched = self.watched(lab)
        self.add(watched, subscriber)
        try:
            yield watched
        finally:
            self.remove(watched, subscriber)

    def add(self, watched: WatchedLab, subscriber: Subscriber) -> None:
        """Give a subscriber the views of a lab, from the latest on."""
        watched.subscribe(subscriber)
        self._follow()

    def remove(self, watched: WatchedLab, subscriber: Subscriber) -> None:
        """Stop giving a subscriber the views of a lab."""
        watched.unsubscribe(subscriber)
        self._follow()

    def close(self) -> None:
        """Close every stream."""
        for sandbox in ("docker", "kind"):
            self._sources.follow(sandbox, ())

    def _follow(self) -> None:
        """Have the streams of the labs that someone is looking at."""
        with self._lock:
            looked_at = [watched for watched in self._labs.values() if watched.watched]
        for sandbox in ("docker", "kind"):
            of_sandbox = [watched for watched in looked_at if watched.lab.sandbox == sandbox]
            try:
                self._sources.follow(sandbox, [watched.lab for watched in of_sandbox])
            except SlipwayError:
                # There may be no cluster yet: the lab's own look says so, and follows again when it has connected.
                continue

    def _on_connected(self, client: Client) -> None:
        if isinstance(client, MarkedEngine):
            self._engines = [*self._engines[-MOST_ENGINES:], client]
        self._follow()

    def _on_looked(self, lab: Lab, snapshot: Snapshot) -> None:
        if lab.sandbox == "docker":
            self._health[lab.id] = frozenset(_health_checks(snapshot))
            self._sources.set_health_checks(frozenset().union(*self._health.values()))

    def _ran(self, execution: str) -> bool:
        return any(engine.ran(execution) for engine in self._engines)

    def _on_event(self, event: Event) -> None:
        """Mark the labs that an event of the engine may concern."""
        kind, _, name = event.subject.partition("/")
        for watched in self._of("docker"):
            scope = watched.lab.scope
            foreign = (kind == CONTAINERS and name not in scope.containers) or (kind == VOLUMES and name not in scope.volumes)
            if (foreign and event.project not in scope.projects) or (kind in OF_SWARM and not scope.swarm):
                continue
            watched.mark(event.subject, event.action)

    def _on_change(self, change: Change) -> None:
        """Mark the labs that a change of the cluster may concern."""
        for watched in self._of("kind"):
            if not change.namespace or change.namespace in watched.lab.scope.namespaces:
                watched.mark(f"{change.kind.lower()}/{change.name}", change.action)

    def _on_state(self, sandbox: str, reason: str) -> None:
        """Have the labs looked at again: something may have been missed, or nothing answers any more."""
        for watched in self._of(sandbox):
            watched.mark()

    def _of(self, sandbox: str) -> list[WatchedLab]:
        with self._lock:
            return [watched for watched in self._labs.values() if watched.watched and watched.lab.sandbox == sandbox]


def _health_checks(snapshot: Snapshot) -> Iterator[str]:
    """Yield the commands by which the engine checks the health of the containers, as its events name them."""
    for container in snapshot.objects.get("container", {}).values():
        kind, *words = ((container.get("Config") or {}).get("Healthcheck") or {}).get("Test") or [""]
        if kind in ("CMD", "CMD-SHELL"):
            yield " ".join(words if kind == "CMD" else ["/bin/sh", "-c", *words])
