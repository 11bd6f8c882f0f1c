"""What is remembered of a learner's way: whole or not at all, by two commands at once as by one."""

import json
import multiprocessing
from dataclasses import asdict
from pathlib import Path

import pytest

from checks import progress
from checks.model import Made, Outcome, Report, Result
from checks.progress import LabState
from sandboxes import settings
from sandboxes.errors import SlipwayError

LAB = "90-tiny"
FULL = LabState("2026-01-01T00:00:00Z", "engine", {"a": "2026-01-01T00:00:00Z"}, {"a": 2}, ["a"], ["sha256:1"], ["f0"])


def report(taken: str, **outcomes: Outcome) -> Report:
    return Report(LAB, "", "1", taken, tuple(Result(id, id, outcome) for id, outcome in outcomes.items()))


def test_progress_is_empty_before_the_first_check(folders: Path) -> None:
    assert progress.read(settings.load(), LAB) == LabState()
    assert not list(folders.rglob("*.json"))


def test_progress_keeps_a_change(folders: Path) -> None:
    with progress.changing(settings.load(), LAB) as kept:
        kept.__dict__.update(asdict(FULL))
    assert progress.read(settings.load(), LAB) == FULL


def test_progress_keeps_the_first_time_of_passing_and_never_takes_it_back() -> None:
    kept = LabState()
    one, other = Made(frozenset({"sha256:2"}), frozenset({"b"})), Made(frozenset({"sha256:1"}), frozenset({"a"}))
    kept.note(report("2026-01-01T00:00:01Z", a=Outcome.PASSED, b=Outcome.NOT_YET), one)
    kept.note(report("2026-01-01T00:00:02Z", a=Outcome.PASSED, b=Outcome.PASSED), other)
    kept.note(report("2026-01-01T00:00:03Z", a=Outcome.NOT_YET, b=Outcome.COULD_NOT_CHECK), Made())
    assert kept.passed == {"a": "2026-01-01T00:00:01Z", "b": "2026-01-01T00:00:02Z"}
    assert (kept.images, kept.volumes) == (["sha256:1", "sha256:2"], ["a", "b"])


def test_progress_file_that_is_truncated_is_named_with_its_fix(folders: Path) -> None:
    whole = json.dumps(asdict(FULL))
    path = progress.path(settings.load(), LAB)
    path.parent.mkdir(parents=True)
    for length in range(len(whole)):
        path.write_text(whole[:length], encoding="utf-8")
        with pytest.raises(SlipwayError, match="damaged") as refused:
            progress.read(settings.load(), LAB)
        assert "slipway start" in refused.value.fix


@pytest.mark.parametrize("content", ["[]", "3", '{"other": 1}', '{"passed": [1]}', '{"images": "x"}', "\xff", "\0"])
def test_progress_file_of_another_format_is_refused(folders: Path, content: str) -> None:
    path = progress.path(settings.load(), LAB)
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="latin-1")
    with pytest.raises(SlipwayError, match="damaged"):
        progress.read(settings.load(), LAB)


def test_progress_does_not_change_when_the_block_fails(folders: Path) -> None:
    chosen = settings.load()
    with progress.changing(chosen, LAB) as kept:
        kept.started = "before"
    with pytest.raises(KeyboardInterrupt), progress.changing(chosen, LAB) as kept:
        kept.started = "after"
        raise KeyboardInterrupt
    assert progress.read(chosen, LAB).started == "before"


def _count(times: int) -> None:
    for _ in range(times):
        with progress.changing(settings.load(), LAB) as kept:
            kept.hints["a"] = kept.hints.get("a", 0) + 1


def test_progress_changed_by_several_processes_keeps_every_change(folders: Path) -> None:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=_count, args=(100,)) for _ in range(3)]
    for process in both:
        process.start()
    for process in both:
        process.join(60)
        assert process.exitcode == 0
    assert progress.read(settings.load(), LAB).hints == {"a": 300}
