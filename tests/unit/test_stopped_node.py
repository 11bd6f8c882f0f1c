"""One node that is stopped: which nodes can be, and how they come back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from checks.cli.cluster import app
from sandboxes.cluster import manage, nodes, paths, repair
from sandboxes.cluster.nodes import Node
from sandboxes.cluster.state import Condition, State
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings
from sandboxes.steps import Progress

RUNNER = CliRunner()


def test_a_worker_has_a_short_name_and_a_whole_one() -> None:
    whole = f"{paths.name()}-worker2"
    assert nodes.worker("worker2") == nodes.worker(whole) == whole


@pytest.mark.parametrize(
    ("named", "reason"),
    [("control-plane", "Without the control plane"), ("worker3", "has no worker .worker3."), ("", "has no worker")],
)
def test_nothing_but_a_worker_of_the_cluster_is_stopped_alone(named: str, reason: str) -> None:
    with pytest.raises(SlipwayError, match=reason) as refused:
        nodes.worker(named)
    assert f"{paths.name()}-worker2" in refused.value.fix


def test_the_command_refuses_to_delete_and_to_stop_one_node() -> None:
    result = RUNNER.invoke(app, ["down", "--delete", "--node", "worker2"])
    assert isinstance(result.exception, SlipwayError) and "cannot be combined" in str(result.exception)


@pytest.mark.parametrize(("running", "words"), [(True, "is stopped"), (False, "was already stopped")])
def test_the_command_says_what_became_of_the_node(running: bool, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manage, "stop_worker", lambda named, progress: (f"slipway-{named}", running))
    result = RUNNER.invoke(app, ["down", "--node", "worker2"])
    assert f"The node slipway-worker2 {words}. `slipway cluster up` starts it again." in result.stdout


class Repaired:
    """A cluster that goes through given conditions, one for each look, and records what is done to it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.conditions: Iterator[Condition] = iter(())
        self.done: list[str] = []
        existing = tuple(Node(name, True, datetime.now(UTC)) for name in ("worker", "worker2"))
        seen = lambda *_: State(next(self.conditions), "the node worker2 is away", existing, ("worker2",))  # noqa: E731
        monkeypatch.setattr(repair, "look", seen)
        monkeypatch.setattr(repair, "REJOIN_SECONDS", 0)
        monkeypatch.setattr(repair, "START_SECONDS", 0)
        monkeypatch.setattr(repair, "_find_control_plane", lambda *_: True)
        monkeypatch.setattr(repair.nodes, "start", lambda *_: self.done.append("start"))
        monkeypatch.setattr(repair.nodes, "come_back", lambda *_: self.done.append("come back"))
        monkeypatch.setattr(repair.create, "make", lambda *_: self.done.append("create"))

    def bring_back(self, *conditions: Condition) -> list[str]:
        self.conditions = iter(conditions)
        client: Any = SimpleNamespace(restart=lambda name, timeout: self.done.append(f"restart {name}"))
        repair.bring_back(repair.Context(client, client, Settings(), Progress()))
        return self.done


@pytest.fixture
def repaired(monkeypatch: pytest.MonkeyPatch) -> Repaired:
    return Repaired(monkeypatch)


@pytest.mark.parametrize(
    ("conditions", "done"),
    [
        ([Condition.READY], ["come back"]),
        ([Condition.STOPPED, Condition.READY], ["start", "come back"]),
        ([Condition.NOT_READY, Condition.READY], ["come back"]),
        ([Condition.STOPPED, Condition.NOT_READY, Condition.READY], ["start", "come back"]),
        ([*[Condition.NOT_READY] * 2, Condition.READY], ["restart worker2", "come back"]),
        ([Condition.STOPPED, *[Condition.NOT_READY] * 2, Condition.READY], ["start", "restart worker2", "come back"]),
    ],
)
def test_a_node_comes_back_by_the_smallest_step(repaired: Repaired, conditions: list[Condition], done: list[str]) -> None:
    assert repaired.bring_back(*conditions) == done


@pytest.mark.parametrize("condition", [Condition.DAMAGED, Condition.FOREIGN, Condition.LOST, Condition.ABSENT])
def test_a_reset_recreates_no_cluster(repaired: Repaired, condition: Condition) -> None:
    with pytest.raises(SlipwayError, match=str(condition)) as refused:
        repaired.bring_back(condition)
    assert "slipway cluster up" in refused.value.fix and repaired.done == []
