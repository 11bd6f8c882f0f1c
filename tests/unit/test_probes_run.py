"""Which probes are run, in which order, and what becomes of those that fail."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.probes import run as probing
from checks.snapshot import Json
from sandboxes.engine.endpoint import Endpoint


def probe(id: str, *after: str, checks: tuple[str, ...] = (), kind: str = "test") -> Probe:
    return Probe(id, kind, {"after": list(after)} if after else {}, checks=checks)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[probing.Context]:
    client = Engine(Endpoint("unix:///nowhere"))
    yield probing.Context(client, tmp_path, tmp_path)
    client.close()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], Any]], list[str]]:
    """A function that makes probes of the kind "test" give what a function of their id gives. Returns the ids, as they end."""

    def answering(give: Callable[[str], Any]) -> list[str]:
        ended: list[str] = []

        def run(asked: Probe, context: probing.Context) -> Json:
            try:
                return give(asked.id)
            finally:
                ended.append(asked.id)

        monkeypatch.setitem(probing.PROBERS, "test", run)
        return ended

    return answering


def test_run_gives_each_result_under_its_id(context: probing.Context, answer: Callable[..., list[str]]) -> None:
    answer(lambda id: {"ok": id == "a"})
    assert probing.run((probe("a"), probe("b")), context) == ({"a": {"ok": True}, "b": {"ok": False}}, {})


def test_run_lets_probes_run_side_by_side(context: probing.Context, answer: Callable[..., list[str]]) -> None:
    """Each waits here for the others: one after the other, they would never end."""
    together = threading.Barrier(3)
    answer(lambda id: {"at": together.wait(timeout=20)})
    seen, errors = probing.run((probe("a"), probe("b"), probe("c")), context)
    assert len(seen) == 3 and errors == {}


def test_run_begins_a_probe_only_when_all_that_it_comes_after_have_ended(
    context: probing.Context, answer: Callable[..., list[str]]
) -> None:
    """Also when one of them failed, and whatever the order in which they are declared."""
    later = threading.Event()

    def give(id: str) -> Json:
        if id == "slow":
            later.wait(0.3)
        if id == "failing":
            raise EngineError("away")
        return {}

    ended = answer(give)
    probing.run((probe("last", "middle"), probe("middle", "slow", "failing"), probe("slow"), probe("failing")), context)
    assert ended == ["failing", "slow", "middle", "last"]


@pytest.mark.parametrize("after", [("b",), ("absent",)], ids=["a circle", "an unknown probe"])
def test_run_ends_although_probes_wait_for_what_never_comes(
    context: probing.Context, answer: Callable[..., list[str]], after: tuple[str, ...]
) -> None:
    answer(lambda id: {})
    assert probing.run((probe("a", *after), probe("b", "a")), context)[0].keys() == {"a", "b"}


def test_run_reports_what_failed_apart_from_what_was_seen(context: probing.Context, answer: Callable[..., list[str]]) -> None:
    """A failing engine, or our own fault, is never a fact about the learner's work."""

    def give(id: str) -> Json:
        if id == "fine":
            return {"ok": True}
        raise {"engine": EngineError("the engine is away"), "ours": KeyError("State")}[id]

    answer(give)
    seen, errors = probing.run((probe("engine"), probe("ours"), probe("fine")), context)
    assert seen == {"fine": {"ok": True}}
    assert errors.keys() == {"engine", "ours"}
    assert errors["engine"] == "the engine is away"
    assert "“ours”" in errors["ours"] and "a bug in Slipway" in errors["ours"]


def test_needed_takes_the_probes_of_the_wanted_checks_and_those_of_all() -> None:
    probes = (probe("all"), probe("one", checks=("x", "y")), probe("other", checks=("z",)))
    assert [probe.id for probe in probing.needed(probes, {"x"})] == ["all", "one"]
    assert [probe.id for probe in probing.needed(probes, {"y", "z"})] == ["all", "one", "other"]
    assert [probe.id for probe in probing.needed(probes, set())] == ["all"]


def test_needed_takes_all_that_must_run_before_in_the_order_of_the_lab() -> None:
    chain = (
        probe("d", checks=("n",)),
        probe("c", "b", "d", checks=("x",)),
        probe("b", "a", checks=("n",)),
        probe("a", checks=("n",)),
    )
    assert [probe.id for probe in probing.needed(chain, {"x"})] == ["d", "c", "b", "a"]
    assert probing.needed(chain, {"other"}) == ()
