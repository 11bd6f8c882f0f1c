"""A watched lab over a stand-in engine: bursts, its own traffic, a machine that slept, a new process, and what it costs."""

import copy
import threading
import time
from collections.abc import Iterator

import pytest
from fake_api_server import Authority
from played_live import Looking, Played, PlayedCluster, check, outcomes, played

from checks import progress
from checks.clients.answer import Answer
from checks.live import watched_lab
from checks.live.sources import MarkedEngine, watched_kinds
from checks.live.subscribers import Subscriber
from checks.live.watcher import Watcher
from checks.probes import container_exec
from checks.snapshot import Snapshot
from sandboxes.engine import endpoint

NAME = "my-running-app"


@pytest.fixture
def shown(ours: Authority, folders: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    with played("01", ours, monkeypatch) as running:
        yield running


@pytest.fixture
def cluster(ours: Authority, folders: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedCluster]:
    with played("12", ours, monkeypatch) as running:
        assert isinstance(running, PlayedCluster)
        yield running


@pytest.fixture
def watcher(request: pytest.FixtureRequest) -> Iterator[Watcher]:
    made = Watcher(next(request.getfixturevalue(name) for name in ("cluster", "shown") if name in request.fixturenames).settings)
    yield made
    made.close()


def killed(snapshot: Snapshot) -> Snapshot:
    changed = copy.deepcopy(snapshot)
    changed.objects["container"][NAME]["State"].update(Running=False, Status="exited", ExitCode=137)
    return changed


def scaled(snapshot: Snapshot) -> Snapshot:
    changed = copy.deepcopy(snapshot)
    changed.objects["Deployment"]["web"]["spec"]["replicas"] = 2
    return changed


def ready(now: dict[str, str]) -> bool:
    return now["state"] == "ready" and "not yet" not in now.values()


def lists(shown: Played) -> int:
    """How many times the engine was asked for the lab's containers: once for each look."""
    return sum("/containers/json" in request and "filters" in request for request in shown.requests())


def still(shown: Played, looks: float = 1.5) -> int:
    """Wait until nothing more is asked for a while. Return the number of requests so far."""
    asked = -1
    while asked != (asked := len(shown.requests())):
        time.sleep(looks)
    return asked


def test_burst_of_events_is_one_look(shown: Played, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_lab, "FIRST_AGAIN", 1000.0)
    subscriber = Subscriber()
    with watcher.subscribed(shown.lab, subscriber) as watched:
        Looking(watched, subscriber).until(ready)
        still(shown)
        looked = lists(shown)
        for _ in range(200):
            shown.tell("container", NAME, "restart")
        still(shown)
        assert 1 <= lists(shown) - looked <= 3


def test_events_of_other_things_cause_no_look(shown: Played, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_lab, "FIRST_AGAIN", 1000.0)
    subscriber = Subscriber()
    with watcher.subscribed(shown.lab, subscriber) as watched:
        Looking(watched, subscriber).until(ready)
        asked = still(shown)
        shown.tell("container", "someone-elses", "die")
        shown.tell("volume", "someone-elses", "destroy")
        shown.tell("container", NAME, "exec_create: ls", execID="theirs")
        time.sleep(1.0)
        assert len(shown.requests()) == asked


def test_command_of_ours_is_known_before_it_can_end(shown: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine may send the end of a command before it answers the request that started it."""
    engine, known = MarkedEngine(endpoint.find()), []
    answers = {"exec": Answer(201, b'{"Id": "ours"}', {}), "start": Answer(200, b"", {}), "json": Answer(200, b"{}", {})}

    def request(method: str, path: str, *rest: object, **options: object) -> Answer:
        word = path.rpartition("/")[2]
        if word == "start":
            known.append(engine.ran("ours"))
        return answers[word]

    monkeypatch.setattr(engine, "request", request)
    monkeypatch.setattr(engine, "get", lambda path: {"Running": False, "ExitCode": 0})
    assert container_exec.run(engine, "web", ["true"], 1.0)["ok"]
    assert known == [True]
    assert not engine.ran("theirs")
    engine.close()


def test_engine_remembers_its_latest_commands_only(shown: Played) -> None:
    engine = MarkedEngine(endpoint.find())
    for number in range(5000):
        engine.starts(f"execution {number}")
    assert engine.ran("execution 4999") and engine.ran("execution 904") and not engine.ran("execution 903")
    engine.close()


def test_lab_is_looked_at_again_when_the_machine_has_slept(
    shown: Played, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it slept, the container ended. No event came: the connection is open, and silent."""
    monkeypatch.setattr(watched_lab, "FIRST_AGAIN", 1000.0)
    clock = Clock()
    monkeypatch.setattr(watched_lab, "time", clock)
    subscriber = Subscriber()
    with watcher.subscribed(shown.lab, subscriber) as watched:
        looking = Looking(watched, subscriber)
        looking.until(ready)
        still(shown)
        shown.snapshot = killed(shown.snapshot)
        shown.show(shown.snapshot)
        time.sleep(1.5)
        assert subscriber.take() is None
        clock.slept = 3600.0
        looking.until(lambda now: now["container-runs"] == "not yet", 2.0 + SLOW)


SLOW = 8.0  # seconds that a busy machine adds


class Clock:
    """The module `time` of a machine whose clock may jump ahead of its steady one."""

    slept = 0.0

    def time(self) -> float:
        return time.time() + self.slept

    def monotonic(self) -> float:
        return time.monotonic()


def test_history_outlives_the_process_and_names_what_broke_in_between(shown: Played) -> None:
    first, subscriber = Watcher(shown.settings), Subscriber()
    with first.subscribed(shown.lab, subscriber) as watched:
        before = Looking(watched, subscriber).until(ready)
    first.close()
    shown.snapshot = killed(shown.snapshot)
    shown.show(shown.snapshot)
    second, subscriber = Watcher(shown.settings), Subscriber()
    with second.subscribed(shown.lab, subscriber) as watched:
        red = check(Looking(watched, subscriber).until(lambda now: now["container-runs"] == "not yet"), "container-runs")
    second.close()
    assert red["broken"]["passed"] == check(before, "container-runs")["since"]
    assert red["broken"]["why"].startswith(f"Container {NAME} was killed")


def test_panel_that_comes_back_gets_a_view_though_nothing_has_changed(shown: Played, watcher: Watcher) -> None:
    versions = []
    for _ in range(2):
        subscriber = Subscriber()
        with watcher.subscribed(shown.lab, subscriber) as watched:
            versions.append(Looking(watched, subscriber).until(ready)["version"])
        still(shown)
    assert versions[0] == versions[1]


def test_lab_that_is_started_again_has_no_history(shown: Played, watcher: Watcher) -> None:
    subscriber = Subscriber()
    with watcher.subscribed(shown.lab, subscriber) as watched:
        looking = Looking(watched, subscriber)
        looking.until(ready)
        shown.change(killed(shown.snapshot), "container", NAME, "die")
        assert looking.until(lambda now: now["container-runs"] == "not yet")["history"]
        with progress.changing(shown.settings, shown.lab.id) as state:
            state.started, state.passed = "2026-01-01T11:59:53Z", {}
        watched.mark()
        view = looking.until(lambda now: True)
    assert view["history"] == [] and check(view, "container-runs")["broken"] is None


def test_nothing_is_asked_when_no_one_is_looking(shown: Played, watcher: Watcher) -> None:
    """Ten minutes have passed by the steady clock of the watcher, with an event in each second."""
    subscriber = Subscriber()
    with watcher.subscribed(shown.lab, subscriber) as watched:
        Looking(watched, subscriber).until(ready)
    asked = still(shown)
    for _ in range(600):
        shown.tell("container", NAME, "die")
        watched.mark()
    time.sleep(1.0)
    assert len(shown.requests()) == asked
    assert not [thread for thread in threading.enumerate() if thread.name == f"slipway-live-{shown.lab.id}"]
    assert not [thread for thread in threading.enumerate() if thread.name == "slipway-docker-events"]


def test_two_hundred_panels_share_one_look_and_one_stream_for_each_kind(cluster: PlayedCluster, watcher: Watcher) -> None:
    subscribers = [Subscriber() for _ in range(200)]
    watched = watcher.watched(cluster.lab)
    for subscriber in subscribers:
        watcher.add(watched, subscriber)
    first = Looking(watched, subscribers[0])
    first.until(ready)
    still(cluster)
    kinds = watched_kinds(cluster.lab.scope)
    assert sorted(cluster.api.watches) == sorted(kinds)
    cluster.change(scaled(cluster.snapshot), "Deployment", "web")
    red = first.until(lambda now: "not yet" in now.values())
    latest = [subscriber.take(timeout=1.0) for subscriber in subscribers[1:]]
    assert all(view is not None and outcomes(view) == outcomes(red) for view in latest)
    for subscriber in subscribers:
        watcher.remove(watched, subscriber)
    assert sorted(cluster.api.watches) == sorted(kinds)


@pytest.mark.parametrize("gone", [False, True])
def test_change_of_the_cluster_while_the_watches_are_broken_is_not_missed(
    cluster: PlayedCluster, watcher: Watcher, gone: bool
) -> None:
    """After a restart of the API server. With `gone`, it has no history either, and says 410."""
    subscriber = Subscriber()
    with watcher.subscribed(cluster.lab, subscriber) as watched:
        looking = Looking(watched, subscriber)
        looking.until(ready)
        still(cluster)
        cluster.api.gone = gone
        solved = cluster.snapshot
        cluster.api.drop()
        cluster.change(scaled(solved), "Deployment", "web")
        red = looking.until(lambda now: "not yet" in now.values(), 2.0 + SLOW)
    broken = [one["broken"]["why"] for task in red["tasks"] for one in task["checks"] if one["broken"]]
    assert "Deployment web was scaled to 2" in broken
