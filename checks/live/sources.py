"""The upstream streams of a watcher: one of the Docker engine, one for each kind of the cluster, shared by all labs."""

import threading
from collections.abc import Callable, Iterable

from checks import backend
from checks.api_resources import looked_at
from checks.clients.base import Client, Engine
from checks.clients.cluster import Cluster
from checks.live.cluster_events import NOT_WATCHED, Change, KindWatch
from checks.live.docker_events import DockerEvents, Event
from checks.model import Lab, Scope
from sandboxes.engine.endpoint import Endpoint

MOST_EXECUTIONS = 4096


class MarkedEngine(Engine):
    """A client of the Docker engine that remembers the commands which it runs in containers: they are not the learner's."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self._executions: dict[str, None] = {}

    def ran(self, execution: str) -> bool:
        """Return whether this client has run a command, by the id of its execution."""
        return execution in self._executions

    def starts(self, execution: str) -> None:
        self._executions[execution] = None
        if len(self._executions) > MOST_EXECUTIONS:
            del self._executions[next(iter(self._executions))]


def connect(lab: Lab) -> Client:
    """Connect to what a lab runs on, as `backend.connect` does."""
    client = backend.connect(lab)
    return MarkedEngine(client.endpoint) if isinstance(client, Engine) else client


class Sources:
    """The streams that the watched labs need. They begin with the first lab that needs them, and end with the last one.

    `own` tells whether a command in a container, by the id of its execution, is the grader's own. `on_event`, `on_change` and
    `on_state` are called on the streams' threads; `on_state` gets the sandbox ("docker" or
    "kind") and "" or the reason for which a stream broke off.
    """

    def __init__(
        self,
        own: Callable[[str], bool],
        on_event: Callable[[Event], None],
        on_change: Callable[[Change], None],
        on_state: Callable[[str, str], None],
    ) -> None:
        self._own, self._on_event, self._on_change, self._on_state = own, on_event, on_change, on_state
        self._lock = threading.Lock()
        self._docker: DockerEvents | None = None
        self._watches: dict[str, KindWatch] = {}
        self._clients: dict[str, Client] = {}

    def follow(self, sandbox: str, labs: Iterable[Lab]) -> None:
        """Have the streams that these labs of a sandbox need, and no others.

        Raise SlipwayError where the sandbox is not there.
        """
        wanted = list(labs)
        with self._lock:
            if sandbox == "docker":
                self._follow_docker(bool(wanted))
            else:
                self._follow_cluster({kind for lab in wanted for kind in watched_kinds(lab.scope)}, next(iter(wanted), None))

    def set_health_checks(self, commands: frozenset[str]) -> None:
        """Say which commands in containers are the engine's own health checks."""
        if self._docker is not None:
            self._docker.reader.health_checks = commands

    def _follow_docker(self, wanted: bool) -> None:
        if wanted and self._docker is None:
            engine = backend.connect()
            assert isinstance(engine, Engine)
            self._clients["docker"] = engine
            self._docker = DockerEvents(engine, self._own, self._on_event, lambda reason: self._on_state("docker", reason))
            self._docker.start()
        elif not wanted and self._docker is not None:
            self._docker.stop()
            self._docker = None
            self._clients.pop("docker").close()

    def _follow_cluster(self, kinds: set[str], lab: Lab | None) -> None:
        for kind in self._watches.keys() - kinds:
            self._watches.pop(kind).stop()
        if lab is None:
            if "kind" in self._clients:
                self._clients.pop("kind").close()
            return
        cluster = self._clients.get("kind") or backend.connect(lab)
        assert isinstance(cluster, Cluster)
        self._clients["kind"] = cluster
        for kind in sorted(kinds - self._watches.keys()):
            watch = KindWatch(cluster, kind, self._on_change, lambda reason: self._on_state("kind", reason))
            self._watches[kind] = watch
            watch.start()


def watched_kinds(scope: Scope) -> list[str]:
    """Return the kinds of a lab on the cluster that can be watched."""
    return [kind for kind in looked_at(scope.kinds, scope.cluster) if kind not in NOT_WATCHED]
