"""Recorded states of two labs, played by a fake Docker engine and a fake API server on real sockets, and graded from there."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import raw_server
import recorded
from fake_api_server import Authority, Reply, decoy, status
from fake_engine import fake_engine
from trouble import Clock, Trouble

from checks import backend, catalog, grade
from checks.api_resources import KINDS
from checks.cli import checking, lab_here
from checks.cli.__main__ import guarded
from checks.clients import base
from checks.clients.base import Client
from checks.model import Lab, Report
from checks.snapshot import Json, Snapshot
from sandboxes import exchange, settings

DOCKER, KUBERNETES = "01", "11"
MOST = 2**20  # bytes of an answer, in these tests
WORKERS = 4  # threads of a client: each opens a connection, and TLS takes most of the time


@dataclass
class Seen:
    """How a check of a whole lab ended: exit code, report, what was printed on stderr, seconds."""

    code: int
    report: Report | None
    errors: str
    seconds: float


@dataclass
class Played:
    """A recorded state that is played by a server. `trouble` of the server breaks its answers."""

    lab: Lab
    snapshot: Snapshot
    server: Any
    patch: pytest.MonkeyPatch
    trouble: Trouble | None = None
    collected: list[bool] = field(default_factory=list)

    @property
    def expected(self) -> Report:
        """The report on the undisturbed state."""
        return grade.regrade(self.lab, self.snapshot)

    def suffer(self, trouble: Trouble, *, after_collection: bool = False) -> None:
        """Break the server's answers; with `after_collection`, only those to requests that come when the facts are there."""
        self.trouble = trouble
        if not after_collection:
            self.server.trouble = trouble
            return
        collect = backend.collector(self.lab)

        def collecting(*arguments: Any, **options: Any) -> Snapshot:
            snapshot = collect(*arguments, **options)
            self.server.trouble = trouble
            trouble.begins()
            return snapshot

        self.patch.setattr(backend, "collector", lambda lab: collecting)

    def move_clock(self, seconds: float) -> None:
        """Set the server's clock forward, or back."""
        if self.lab.sandbox == "docker":
            self.server.ahead += seconds
        else:
            self.server.clock.offset += seconds

    def limit(self, seconds: float, *, probes_only: bool = False) -> None:
        """Give every request so many seconds."""
        if not probes_only:
            self.patch.setattr(Client, "deadline", seconds)
        probes = tuple(replace(probe, timeout=seconds) for probe in self.lab.probes)
        self.lab = replace(self.lab, probes=probes)

    def check(self) -> Seen:
        """Run `slipway check` on it, as the command line does, without waiting."""
        self.patch.setattr(lab_here, "with_checks", lambda words, verb: (self.lab, ()))
        self.patch.setattr(exchange, "LARGEST", MOST)
        self.patch.setattr(base, "WORKERS", WORKERS)
        out, errors = io.StringIO(), io.StringIO()
        begun = time.monotonic()
        with redirect_stdout(out), redirect_stderr(errors):
            code = guarded(lambda: checking.run(checking.Request(wait=0, format="json")))
        seconds = time.monotonic() - begun
        if self.trouble is not None:
            self.trouble.over.set()
        text = out.getvalue()
        return Seen(code, Report.from_json(json.loads(text)) if text else None, errors.getvalue(), seconds)


def _clock(snapshot: Snapshot) -> Clock:
    """A clock that shows the time of the recording."""
    return Clock(datetime.fromisoformat(snapshot.taken).timestamp() - time.time())


@contextmanager
def on_docker(folder: Path, patch: pytest.MonkeyPatch, name: str = "solved") -> Iterator[Played]:
    """Play a recorded state of the Docker lab. The folder is for the engine's socket: its path has to be short."""
    lab, snapshot = catalog.find(DOCKER), recorded.state(DOCKER, name)
    greeting, log = (snapshot.probes[id] for id in ("greeting", "log"))
    with ExitStack() as stack:
        parts = [_http(greeting)] if greeting["ok"] else [b""]
        page = stack.enter_context(raw_server.tcp(parts))
        engine = stack.enter_context(fake_engine(folder))
        engine.add_recorded(snapshot.objects)
        engine.ahead = _clock(snapshot).offset
        for container in snapshot.objects["container"].values():
            text = log["text"] if container["Name"] == f"/{log['container']}" else container["LogTail"]
            engine.logs[container["Id"]] = _frame(text)
        url = f"http://127.0.0.1:{page.address}/"
        probes = (
            replace(probe, options={**probe.options, "url": url}) if probe.id == "greeting" else probe for probe in lab.probes
        )
        patch.setenv("DOCKER_HOST", engine.endpoint.url)
        yield Played(replace(lab, probes=tuple(probes)), snapshot, engine, patch)


@contextmanager
def on_kubernetes(authority: Authority, folder: Path, patch: pytest.MonkeyPatch, name: str = "solved") -> Iterator[Played]:
    """Play a recorded state of the Kubernetes lab. The folder gets the files of the cluster."""
    lab, snapshot = catalog.find(KUBERNETES), recorded.state(KUBERNETES, name)
    patch.setenv("SLIPWAY_CLUSTER", str(folder))
    with decoy(authority) as server:
        server.keep(settings.load().cluster)
        server.clock = _clock(snapshot)
        server.choose = _Cluster(snapshot, lab.namespace).reply
        server.frames = _frames(snapshot.probes["inside-look"])
        yield Played(lab, snapshot, server, patch)


@dataclass
class _Cluster:
    """What the API server of a recorded cluster answers."""

    snapshot: Snapshot
    namespace: str

    def reply(self, method: str, target: str) -> Reply | None:
        parts = urlsplit(target)
        for kind, objects in self.snapshot.objects.items():
            if parts.path == KINDS[kind].path(self.namespace if KINDS[kind].namespaced else ""):
                items = [_whole(item) for item in objects.values()]
                return 200, {"kind": f"{kind}List", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": items}
        if parts.path == "/livez" or parts.path.endswith("/proxy/healthz"):
            return 200, b"ok"
        if "/proxy/" in parts.path:
            return self._page(parts.path)
        if parts.path.endswith("/log"):
            return self._log(parts.path.split("/")[-2], parse_qs(parts.query))
        return None

    def _page(self, path: str) -> Reply:
        pod = path.split("/")[6].partition(":")[0]
        page = next(probe for probe in self.snapshot.probes.values() if probe["kind"] == "pod_http" and probe["pod"] == pod)
        if page["ok"]:
            return page["status"], page["body"].encode()
        return status(404 if "not found" in page["error"] else 503, f"error trying to reach service: {page['error']}")

    def _log(self, name: str, query: dict[str, list[str]]) -> Reply:
        pod, container = self.snapshot.objects["Pod"].get(name), query["container"][0]
        if pod is None:
            return status(404, f'pods "{name}" not found')
        probe = self.snapshot.probes["requests"]
        if name == probe["pod"] and "tailLines" not in query:
            return 200, probe["text"].encode()
        return 200, (pod.get("LogTails") or {}).get(container, "").encode()


def _whole(item: Json) -> Json:
    """A recorded object as the API server has it."""
    if item["kind"] != "Node":
        return {name: value for name, value in item.items() if name != "LogTails"}
    images = [{"names": [name]} for name in item["ImageNames"]]
    return {**item, "status": {**item["status"], "images": images}}


def _frame(text: str) -> bytes:
    data = text.encode()
    return bytes([1, 0, 0, 0]) + len(data).to_bytes(4, "big") + data if data else b""


def _http(probe: Json) -> bytes:
    body = probe["body"].encode()
    head = (
        f"HTTP/1.1 {probe['status']} Word\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _frames(probe: Json) -> list[bytes]:
    """The messages of a command that has ended: what it printed, and its exit code."""
    causes = [{"reason": "ExitCode", "message": str(probe["exit"])}]
    end = {"status": "Success"} if probe["ok"] else {"status": "Failure", "details": {"causes": causes}}
    messages = (b"\x01" + probe["stdout"].encode(), b"\x03" + json.dumps(end).encode())
    return [b"\x82\x7e" + len(message).to_bytes(2, "big") + message for message in messages] + [b"\x88\x02\x03\xe8"]
