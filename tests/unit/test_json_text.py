"""JSON from outside: what cannot be read is a ValueError, and reading it disturbs nothing else in the process."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from checks.vocabulary import texts
from sandboxes import json_text
from sandboxes.recursion import without_finalizers

DEEP = 3 * sys.getrecursionlimit()
# So many allocations fall due before the collector runs: near the limit, each level of a list is one.
ALLOCATIONS = range(sys.getrecursionlimit() - 200, sys.getrecursionlimit() + 40, 4)


class Closes:
    """Something in a cycle, whose finalizer needs some frames of the stack, as that of a socket or a file does."""

    closed = 0

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        _descend(40)
        Closes.closed += 1


def _descend(levels: int) -> None:
    if levels:
        _descend(levels - 1)


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A collector that looks at the garbage of the test only, and the failures of finalizers ignored."""
    monkeypatch.setattr(sys, "unraisablehook", lambda failure: None)
    thresholds = gc.get_threshold()
    gc.freeze()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def unclosed(parse: Callable[[str], Any]) -> int:
    """Parse a text that is nested too deeply, so that the collector falls due at every depth. Count finalizers that failed."""
    Closes.closed, made = 0, 0
    text = "[" * DEEP
    for allocations in ALLOCATIONS:
        gc.collect()
        Closes()
        made += 1
        gc.set_threshold(allocations, 10, 10)
        parse(text)
    gc.collect()
    return made - Closes.closed


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="since Python 3.12, no allocation of a parser starts the collector")
def test_without_protection_finalizers_fail(collector: None) -> None:
    def parse(text: str) -> None:
        with pytest.raises(RecursionError):
            json.loads(text)

    assert unclosed(parse) > 0


def test_finalizers_of_other_objects_do_not_fail_in_the_depth_of_a_parser(collector: None) -> None:
    assert unclosed(texts.json_object) == 0


def test_what_is_no_json_is_a_value_error() -> None:
    for text in ("{", "[" * DEEP, b"\xff", "", "nothing"):
        with pytest.raises(ValueError):
            json_text.loads(text)
    with pytest.raises(json_text.TooDeep):
        json_text.loads('{"a":' * DEEP)
    assert json_text.loads(b'{"a": [1.5]}', parse_float=str) == {"a": ["1.5"]}


def test_the_collector_is_as_it_was_before() -> None:
    with pytest.raises(ValueError):
        json_text.loads("[" * DEEP)
    assert gc.isenabled()
    gc.disable()
    try:
        with without_finalizers():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
