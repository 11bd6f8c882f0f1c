"""The order of the repair's actions, and the clean-up after a creation that fails.

The conditions are played; tests/live/test_cluster_repair.py brings real clusters into them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar, cast

import pytest

from sandboxes.cluster import repair
from sandboxes.cluster.nodes import Node
from sandboxes.cluster.state import Condition, State
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings
from sandboxes.steps import Progress


class Cluster:
    """A cluster that goes through given conditions, one for each look, and records what is done to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.conditions: Iterator[Condition] = iter(())
        self.done: list[str] = []
        self.failure: BaseException | None = None
        self.image = Settings().node_image
        monkeypatch.setattr(repair, "look", lambda *_: State(next(self.conditions), "of a reason"))
        monkeypatch.setattr(repair, "SETTLE_SECONDS", 0)
        monkeypatch.setattr(repair, "START_SECONDS", 0)
        monkeypatch.setattr(repair.create, "export", lambda *_: self.done.append("export"))
        monkeypatch.setattr(repair.create, "remove", lambda *_: self.done.append("remove"))
        monkeypatch.setattr(repair.create, "image", lambda: self.image)
        monkeypatch.setattr(repair.create, "make", self.make)
        monkeypatch.setattr(repair.nodes, "start", lambda *_: self.done.append("start"))
        monkeypatch.setattr(repair.nodes, "find", lambda *_: ["control-plane"])

    def make(self, *_: object) -> None:
        self.done.append("create")
        if self.failure:
            raise self.failure

    def make_ready(self, *conditions: Condition) -> list[str]:
        self.conditions = iter(conditions)
        client: Any = None
        repair.make_ready(repair.Context(client, client, Settings(), Progress()))
        return self.done


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return Cluster(monkeypatch)


READY = Condition.READY


@pytest.mark.parametrize(
    ("conditions", "done"),
    [
        ([READY], []),
        ([Condition.LOST, READY], ["export"]),
        ([Condition.FOREIGN, Condition.STOPPED, READY], ["export", "start"]),
        ([Condition.STOPPED, READY], ["start"]),
        ([Condition.SILENT, READY], []),
        ([Condition.NOT_READY, Condition.NOT_READY, READY], []),
        ([Condition.ABSENT, READY], ["create"]),
        ([Condition.DAMAGED, READY], ["remove", "create"]),
        ([Condition.HALF_MADE, READY], ["remove", "create"]),
        ([Condition.FOREIGN, Condition.FOREIGN, READY], ["export", "remove", "create"]),
        ([*[Condition.SILENT] * 3, READY], ["remove", "create"]),
    ],
)
def test_make_ready_does_the_smallest_thing_first(cluster: Cluster, conditions: list[Condition], done: list[str]) -> None:
    assert cluster.make_ready(*conditions) == done


def test_make_ready_says_why_a_new_cluster_is_not_ready(cluster: Cluster) -> None:
    with pytest.raises(SlipwayError, match="was created, but of a reason"):
        cluster.make_ready(Condition.ABSENT, Condition.SILENT, Condition.SILENT)


@pytest.mark.parametrize("failure", [SlipwayError("no disk"), KeyboardInterrupt()])
def test_recreate_leaves_nothing_of_a_cluster_that_was_not_completed(cluster: Cluster, failure: BaseException) -> None:
    cluster.failure = failure
    with pytest.raises(type(failure)):
        cluster.make_ready(Condition.ABSENT)
    assert cluster.done == ["create", "remove"]


def test_recreate_keeps_the_reason_when_the_clean_up_fails_too(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster.failure = SlipwayError("no disk")

    def remove(*_: object) -> None:
        raise SlipwayError("no engine")

    monkeypatch.setattr(repair.create, "remove", remove)
    with pytest.raises(SlipwayError, match="no disk"):
        cluster.make_ready(Condition.ABSENT)


def test_make_ready_names_the_image_of_a_cluster_from_another_one(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    cluster.image = "kindest/node:v1.30.0"
    cluster.make_ready(READY)
    words = " ".join(capsys.readouterr().err.split())
    assert "created from kindest/node:v1.30.0; `slipway cluster reset` recreates it from" in words


@pytest.mark.parametrize(
    ("waiting", "resolved", "restarted"),
    [
        (("c-worker",), True, ["c-worker"]),
        (("c-worker",), False, ["c-control-plane", "c-worker"]),  # the engine has left a swarm
        ((), True, ["c-control-plane", "c-worker"]),
    ],
)
def test_restart_includes_the_control_plane_where_its_name_is_lost(
    waiting: tuple[str, ...], resolved: bool, restarted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(endpoint: object, node: str, command: list[str], seconds: float) -> str:
        asked.append([node, *command])
        if not resolved:
            raise SlipwayError("exit code 2")
        return "172.18.0.2"

    class Client:
        names: ClassVar[list[str]] = []

        def restart(self, name: str, timeout: int) -> None:
            self.names.append(name)

    client, engine = Client(), SimpleNamespace(endpoint=None)
    monkeypatch.setattr(repair.nodes, "run", run)
    monkeypatch.setattr(repair.nodes, "expected", lambda: ["c-control-plane", "c-worker"])
    monkeypatch.setattr(repair, "look", lambda *_: State(READY))
    existing = tuple(Node(name, True, datetime.now(UTC)) for name in ("c-control-plane", "c-worker"))
    context: Any = repair.Context(cast(Any, client), cast(Any, engine), Settings(), Progress())
    repair.restart_nodes(context, State(Condition.NOT_READY, "a reason", existing, waiting))
    assert Client.names == restarted
    assert asked == [[name, "getent", "hosts", "c-control-plane"] for name in waiting]
    Client.names.clear()
