"""Recorded states of any lab, played live: a stand-in engine or API server shows them, and sends an event for each change.

The watcher and its clients are the real ones, over real sockets. Only the probes answer from the recording.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from queue import Queue
from urllib.parse import parse_qs, urlsplit

import pytest
import recorded
from event_stream import event_stream
from fake_api_server import Authority, Decoy, Reply, decoy
from fake_engine import FakeEngine

from checks import backend, catalog, grade, progress
from checks.api_resources import KINDS
from checks.lifecycle import sandbox
from checks.live.subscribers import Subscriber
from checks.live.view import View
from checks.live.watched_lab import WatchedLab
from checks.model import Lab, Made, Probe
from checks.probes import run as probing
from checks.snapshot import Json, Snapshot
from sandboxes import settings
from sandboxes.settings import Settings

SECONDS = 15.0
INACTIVE = {"LocalNodeState": "inactive", "ControlAvailable": False, "Nodes": 0, "Error": "", "NodeID": ""}


@dataclass
class Played:
    """A lab whose objects are those of `snapshot`. `show` replaces them, `tell` sends an event (kind, name, action)."""

    lab: Lab
    snapshot: Snapshot
    show: Callable[[Snapshot], None]
    tell: Callable[..., None]
    requests: Callable[[], list[str]]
    engine: FakeEngine | None = None
    settings: Settings = field(default_factory=settings.load)

    def start(self) -> None:
        """Start the lab at the time of the recording, and take note of what has passed, as a full check does."""
        report, client = grade.regrade(self.lab, self.snapshot), backend.connect(self.lab)
        with progress.changing(self.settings, self.lab.id) as state:
            state.started, state.engine = self.snapshot.started, sandbox.of(self.lab).identity(client)
            state.note(report, Made())
        client.close()

    def probe(self, probes: tuple[Probe, ...], context: probing.Context) -> tuple[dict[str, Json], dict[str, str]]:
        """Answer probes from the recording, in the place of `probes.run`."""
        ids = [probe.id for probe in probes]
        known = {id: self.snapshot.probes[id] for id in ids if id in self.snapshot.probes}
        return known, {id: self.snapshot.errors.get(id, "not recorded") for id in ids if id not in known}

    def change(self, snapshot: Snapshot, kind: str = "", name: str = "", action: str = "modified") -> float:
        """Show a state, and send an event. Return its time, in seconds since 1970."""
        self.snapshot = snapshot
        self.show(snapshot)
        moment = time.time()
        self.tell(kind or self._any()[0], name or self._any()[1], action)
        return moment

    def _any(self) -> tuple[str, str]:
        scope = self.lab.scope
        if self.lab.sandbox == "kind":
            return "Namespace", scope.namespaces[0]
        return "network" if not scope.containers else "container", next(iter(scope.containers), "any")


@dataclass
class Looking:
    """A subscriber with all views that it has got."""

    watched: WatchedLab
    subscriber: Subscriber
    views: list[View] = field(default_factory=list)

    def until(self, right: Callable[[dict[str, str]], bool], seconds: float = SECONDS) -> View:
        """Wait for a view in which the outcomes are as wanted."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            view = self.subscriber.take(timeout=0.05)
            if view is not None:
                self.views.append(view)
                if right(outcomes(view)):
                    return view
        raise AssertionError([outcomes(view) for view in self.views[-3:]])


def outcomes(view: View) -> dict[str, str]:
    """The outcome of each check of a view, and the view's own under "state"."""
    return {check["id"]: check["outcome"] for task in view["tasks"] for check in task["checks"]} | {"state": view["state"]}


def check(view: View, id: str) -> View:
    """One check of a view."""
    return next(check for task in view["tasks"] for check in task["checks"] if check["id"] == id)


@contextmanager
def played(number: str, authority: Authority, patch: pytest.MonkeyPatch, name: str = "solved") -> Iterator[Played]:
    """Play a lab, started, from a recorded state on. Sockets are in a folder of their own: their paths have to be short."""
    lab, snapshot = catalog.find(number), recorded.state(number, name)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slipway-")))
        on = _cluster(lab, snapshot, authority, folder, patch) if lab.sandbox == "kind" else _docker(lab, snapshot, folder, patch)
        shown = stack.enter_context(on)
        shown.start()
        patch.setattr(probing, "run", lambda probes, context: shown.probe(probes, context))
        yield shown


@contextmanager
def _docker(lab: Lab, snapshot: Snapshot, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Played]:
    engine = FakeEngine(folder / "events.sock")
    engine.ahead = _ahead(snapshot)
    with event_stream(folder, engine) as stream:
        patch.setenv("DOCKER_HOST", stream.endpoint.url)

        def show(changed: Snapshot) -> None:
            with stream.lock:
                put(engine, changed)

        def tell(kind: str, name: str, action: str, **attributes: str) -> None:
            stream.send(time.time(), action, name, kind, **attributes)

        show(snapshot)
        yield Played(lab, snapshot, show, tell, lambda: [*engine.log, *stream.asked], engine)


def put(engine: FakeEngine, snapshot: Snapshot) -> None:
    """Put the objects of a snapshot on an engine, in the place of all others."""
    objects = {kind: snapshot.objects.get(kind) or {} for kind in ("container", "image", "volume", "network")}
    engine.containers, engine.images, engine.volumes, engine.networks = {}, {}, {}, {}
    engine.add_recorded(objects)
    engine.info["Swarm"] = next(iter((snapshot.objects.get("swarm") or {}).values()), INACTIVE)
    for container in engine.containers.values():
        text = container.get("LogTail", "").encode()
        engine.logs[container["Id"]] = bytes([1, 0, 0, 0]) + len(text).to_bytes(4, "big") + text if text else b""


def _ahead(snapshot: Snapshot) -> float:
    return datetime.fromisoformat(snapshot.taken).timestamp() - time.time()


@dataclass
class WatchedApi:
    """The lists and watches of an API server. `log` has each change with its resource version."""

    snapshot: Snapshot
    version: int = 100
    log: list[tuple[int, str, bytes]] = field(default_factory=list)
    open: list[tuple[str, Queue[bytes | None]]] = field(default_factory=list)
    watches: list[str] = field(default_factory=list)
    gone: bool = False

    def reply(self, method: str, target: str) -> Reply | None:
        """Answer a request of the watcher; None for what the decoy answers itself."""
        parts, query = urlsplit(target), parse_qs(urlsplit(target).query)
        for kind, served in KINDS.items():
            prefix, plural = f"/{served.group}/", f"/{served.plural}"
            if parts.path.startswith(prefix) and parts.path.endswith(plural) and parts.path.count("/") in (3, 4, 5, 6):
                if parts.path in (served.path(), served.path(parts.path.rpartition("/namespaces/")[2].partition("/")[0])):
                    return (
                        self._watch(kind, int(query["resourceVersion"][0])) if "watch" in query else self._list(kind, parts.path)
                    )
        if parts.path.endswith("/log"):
            pod = self.snapshot.objects["Pod"].get(parts.path.split("/")[-2], {})
            return 200, (pod.get("LogTails") or {}).get(query.get("container", [""])[0], "").encode()
        return (200, b"ok") if parts.path == "/livez" or parts.path.endswith("/proxy/healthz") else None

    def tell(self, kind: str, name: str, action: str) -> None:
        """Send a change of an object to the watches of its kind, and keep it for later ones."""
        self.version += 1
        key = next((key for key in self.snapshot.objects.get(kind, {}) if key.rpartition("/")[2] == name), "")
        item = self.snapshot.objects.get(kind, {}).get(key) or {"metadata": {"name": name}}
        place = {"namespace": self.snapshot.scope["namespaces"][0]} if KINDS[kind].namespaced else {}
        about = {**place, **item["metadata"], "resourceVersion": str(self.version)}
        line = json.dumps({"type": action.upper(), "object": {"kind": kind, "metadata": about}}).encode() + b"\n"
        self.log.append((self.version, kind, line))
        for watched, lines in self.open:
            if watched == kind:
                lines.put(line)

    def drop(self) -> None:
        """Close every watch."""
        for _, lines in self.open:
            lines.put(None)
        self.open = []

    def _list(self, kind: str, path: str) -> Reply:
        items = [_whole(item) for item in self.snapshot.objects.get(kind, {}).values()]
        if "/namespaces/" in path:
            namespace = path.split("/namespaces/")[1].split("/")[0]
            items = [item for item in items if item["metadata"].get("namespace", namespace) == namespace]
        return 200, {
            "kind": f"{kind}List",
            "apiVersion": "v1",
            "metadata": {"resourceVersion": str(self.version)},
            "items": items,
        }

    def _watch(self, kind: str, version: int) -> Reply:
        self.watches.append(kind)
        if self.gone:
            self.gone = False
            about = {"kind": "Status", "code": 410, "message": "too old resource version"}
            return 200, json.dumps({"type": "ERROR", "object": about}).encode()
        lines: Queue[bytes | None] = Queue()
        for at, of, line in self.log:
            if of == kind and at > version:
                lines.put(line)
        self.open = [*self.open, (kind, lines)]
        return 200, iter(lines.get, None)


@contextmanager
def _cluster(
    lab: Lab, snapshot: Snapshot, authority: Authority, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator["PlayedCluster"]:
    patch.setenv("SLIPWAY_CLUSTER", str(folder / "cluster"))
    with decoy(authority) as server:
        server.keep(settings.load().cluster)
        server.clock.offset = _ahead(snapshot)
        api = WatchedApi(snapshot)
        server.choose = api.reply

        def show(changed: Snapshot) -> None:
            api.snapshot = changed

        try:
            yield PlayedCluster(lab, snapshot, show, api.tell, lambda: list(server.log), api=api, server=server)
        finally:
            api.drop()


@dataclass
class PlayedCluster(Played):
    """A played lab on the cluster, with its API server."""

    api: WatchedApi = field(kw_only=True)
    server: Decoy = field(kw_only=True)


def _whole(item: Json) -> Json:
    """A recorded object as the API server has it."""
    if item.get("kind") != "Node":
        return {name: value for name, value in item.items() if name != "LogTails"}
    images = [{"names": [name]} for name in item.get("ImageNames", ())]
    return {**item, "status": {**item["status"], "images": images}}
