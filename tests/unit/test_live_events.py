"""The streams of events: what they say, what they leave out, and that nothing is missed when they break off."""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from event_stream import EventStream, event_stream
from fake_api_server import Decoy, Reply, status

from checks.clients.base import Engine, EngineError
from checks.clients.cluster import Cluster
from checks.live import cluster_events
from checks.live.cluster_events import KindWatch
from checks.live.docker_events import DockerEvents, Event, Reader

SECONDS = 5.0
NOW = 1_800_000_000


def line(moment: int, action: str = "stop", kind: str = "container", name: str = "web", **attributes: str) -> bytes:
    actor = {"ID": "0123", "Attributes": {"name": name, **attributes}}
    return json.dumps({"Type": kind, "Action": action, "Actor": actor, "time": moment, "timeNano": moment * 10**9}).encode()


def test_reader_names_the_object_the_action_and_the_project() -> None:
    event = Reader(lambda id: False).read(line(NOW, **{"com.docker.compose.project": "harbour"}))
    assert event == Event("container/web", "stop", "harbour")
    assert Reader(lambda id: False).read(line(NOW, "health_status: healthy")).action == "health_status"


def test_reader_leaves_out_our_own_commands_health_checks_and_what_only_looks() -> None:
    reader = Reader(lambda id: id == "ours", health_checks=frozenset({"/bin/sh -c true"}))
    assert reader.read(line(NOW, "exec_create: cat /data/note", execID="ours")) is None
    assert reader.read(line(NOW + 1, "exec_die", execID="ours")) is None
    assert reader.read(line(NOW + 2, "exec_create: /bin/sh -c true", execID="health")) is None
    assert reader.read(line(NOW + 3, "exec_die", execID="health")) is None
    assert reader.read(line(NOW + 4, "attach")) is None
    learners = reader.read(line(NOW + 5, "exec_die", execID="theirs"))
    assert learners is not None and learners.action == "exec_die"


def test_reader_tells_an_order_to_end_from_a_kill() -> None:
    reader = Reader(lambda id: False)
    assert reader.read(line(NOW, "kill", signal="15")).action == "stop"
    assert reader.read(line(NOW + 1, "kill", signal="9")).action == "kill"


def test_reader_leaves_out_what_it_has_read_before() -> None:
    reader = Reader(lambda id: False)
    assert reader.read(line(NOW)) is not None
    assert reader.read(line(NOW)) is None
    assert reader.read(line(NOW - 1)) is None
    assert reader.read(line(NOW + 1)) is not None


DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b"{}",
        DEEP,
        b'{"Type": "container", "Action": "stop", "Actor": 3, "timeNano": 1}',
        b'{"Type": "container", "Action": "stop", "Actor": {"Attributes": [3]}, "timeNano": 1}',
        b'{"Type": "container", "Action": "stop", "Actor": {}, "timeNano": 1e999}',
    ],
)
def test_reader_refuses_what_is_no_event(text: bytes) -> None:
    with pytest.raises(EngineError, match="not valid"):
        Reader(lambda id: False).read(text)


class Followed:
    """The events and states that a stream reports."""

    def __init__(self) -> None:
        self.events: Queue[object] = Queue()
        self.states: Queue[str] = Queue()

    def event(self) -> object:
        return self.events.get(timeout=SECONDS)

    def state(self) -> str:
        return self.states.get(timeout=SECONDS)


@pytest.fixture
def stream() -> Iterator[EventStream]:
    with tempfile.TemporaryDirectory(prefix="slipway-") as folder, event_stream(Path(folder)) as running:
        yield running


@pytest.fixture
def followed(stream: EventStream) -> Iterator[tuple[EventStream, Followed, DockerEvents]]:
    seen, engine = Followed(), Engine(stream.endpoint)
    following = DockerEvents(engine, lambda id: False, seen.events.put, seen.states.put)
    following.start()
    assert seen.state() == ""
    yield stream, seen, following
    following.stop()
    engine.close()


def test_stream_that_breaks_off_is_opened_again_from_where_it_was(
    followed: tuple[EventStream, Followed, DockerEvents],
) -> None:
    stream, seen, _ = followed
    stream.send(NOW)
    assert seen.event() == Event("container/web", "stop")
    stream.drop()
    assert seen.state() != ""
    assert seen.state() == ""
    assert f"since={NOW}.000000000" in stream.asked[-1]
    stream.send(NOW)  # the engine repeats the event of that very moment
    stream.send(NOW + 1, "start")
    assert seen.event() == Event("container/web", "start")
    assert len(stream.asked) == 2


@pytest.mark.parametrize("text", [b"<html>", DEEP])
def test_stream_that_is_no_stream_of_events_is_opened_again(
    followed: tuple[EventStream, Followed, DockerEvents], text: bytes
) -> None:
    stream, seen, _ = followed
    stream.send_line(text)
    assert "not valid" in seen.state()
    stream.drop()
    assert seen.state() == ""
    stream.send(NOW)
    assert seen.event() == Event("container/web", "stop")


def test_fault_of_ours_in_a_callback_is_reported_once_and_the_stream_is_opened_again(stream: EventStream) -> None:
    states: Queue[str] = Queue()
    engine = Engine(stream.endpoint)
    following = DockerEvents(engine, lambda id: False, lambda event: 1 // 0, states.put)
    following.start()
    assert states.get(timeout=SECONDS) == ""
    for moment in (NOW, NOW + 1):
        stream.send(moment)
        message = states.get(timeout=SECONDS)
        assert message.startswith("This is a bug in Slipway")
        crash = Path(re.search(r"in (\S+)\.$", message)[1])
        stream.drop()
        assert states.get(timeout=SECONDS) == ""
    assert "ZeroDivisionError" in crash.read_text(encoding="utf-8")
    crash.unlink()
    following.stop()
    engine.close()


def test_stopped_stream_ends_at_once_and_asks_nothing_any_more(followed: tuple[EventStream, Followed, DockerEvents]) -> None:
    stream, seen, following = followed
    following.stop()
    following._thread.join(timeout=SECONDS)
    assert not following._thread.is_alive()
    assert len(stream.asked) == 1
    with pytest.raises(Empty):
        seen.states.get_nowait()


def pod(version: int, action: str = "MODIFIED") -> bytes:
    about = {"name": "web-1", "namespace": "harbour", "resourceVersion": str(version)}
    return json.dumps({"type": action, "object": {"kind": "Pod", "metadata": about}}).encode() + b"\n"


def gone() -> bytes:
    return json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": 410, "message": "too old"}}).encode() + b"\n"


class ApiServer:
    """The lists and watches of Pods: each watch is answered with the next of `watches`, the last one with a pause."""

    def __init__(self, server: Decoy, watches: list[Reply]) -> None:
        self.watches, self.version = watches, 100
        self.server = server
        server.choose = self.choose

    def choose(self, method: str, path: str) -> Reply | None:
        if not path.startswith("/api/v1/pods"):
            return None
        if "watch=1" in path:
            if self.watches:
                return self.watches.pop(0)
            time.sleep(0.3)
            return 200, b""
        self.version += 100
        return 200, {"kind": "PodList", "metadata": {"resourceVersion": str(self.version)}, "items": []}

    @property
    def versions(self) -> list[str]:
        """The resource versions that the watches asked for."""
        return [path.rpartition("resourceVersion=")[2] for path in self.server.log if "watch=1" in path]

    @property
    def lists(self) -> int:
        return sum("limit=1" in path for path in self.server.log)


@pytest.fixture
def watching(cluster_folder: Path, server: Decoy) -> Iterator[Callable[[list[Reply]], tuple[ApiServer, Followed]]]:
    started: list[tuple[KindWatch, Cluster]] = []

    def watch(watches: list[Reply]) -> tuple[ApiServer, Followed]:
        api, seen, cluster = ApiServer(server, watches), Followed(), Cluster(cluster_folder)
        running = KindWatch(cluster, "Pod", seen.events.put, seen.states.put)
        started.append((running, cluster))
        running.start()
        return api, seen

    yield watch
    for running, cluster in started:
        running.stop()
        cluster.close()


def test_watch_begins_after_its_list_and_goes_on_where_it_ended(watching: Callable) -> None:
    api, seen = watching([(200, pod(201) + pod(202, "BOOKMARK")), (200, pod(203, "DELETED"))])
    assert seen.state() == ""
    first, second = seen.event(), seen.event()
    assert (first.kind, first.namespace, first.name, first.action) == ("Pod", "harbour", "web-1", "modified")
    assert second.action == "deleted"
    assert api.versions[:2] == ["200", "202"]
    assert api.lists == 1
    assert seen.states.empty()


@pytest.mark.parametrize("answer", [(200, gone()), status(410, "too old resource version")])
def test_watch_whose_history_is_gone_lists_again_and_says_so(watching: Callable, answer: Reply) -> None:
    api, seen = watching([answer, (200, pod(301))])
    assert seen.state() == ""
    assert seen.state() == ""  # look at everything again
    assert seen.event().action == "modified"
    assert api.versions[:2] == ["200", "300"]
    assert api.lists == 2


def test_watch_of_a_recreated_cluster_begins_anew(watching: Callable, server: Decoy, cluster_folder: Path) -> None:
    api, seen = watching([(200, pod(201))])
    assert seen.state() == ""
    seen.event()
    server.keep(cluster_folder, kube_system_uid="another-cluster")
    assert seen.state() == ""
    deadline = time.monotonic() + SECONDS
    while api.versions[-1] != "300" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert api.versions[-1] == "300"


def test_watch_that_is_refused_says_why_once_and_comes_back(watching: Callable) -> None:
    api, seen = watching([status(403, "pods is forbidden"), status(403, "pods is forbidden"), (200, pod(201))])
    assert seen.state() == ""
    assert "do not allow" in seen.state()
    assert seen.state() == ""
    assert seen.event().name == "web-1"
    assert api.lists == 1


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"[]",
        b"{}",
        DEEP,
        b'{"type": "ADDED", "object": {}}',
        b'{"type": "ADDED", "object": {"metadata": [1]}}',
        b'{"type": "ERROR", "object": 3}',
    ],
)
def test_line_that_is_no_change_is_refused(text: bytes) -> None:
    with pytest.raises(EngineError, match="not valid"):
        cluster_events.read(text)
