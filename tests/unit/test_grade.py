"""The one loop that polls: it waits for what converges, and for nothing else, until its deadline."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from checks import backend, catalog, grade, progress
from checks.clients.base import Engine
from checks.dev import replay
from checks.dev.paths import places
from checks.model import Lab, Outcome, Probe, Report
from checks.snapshot import Snapshot
from sandboxes import settings
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT, Settings

ENGINE = Engine(Endpoint("unix:///nowhere"))


class Clock:
    """A clock that moves only when the code sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(grade, "time", made)
    return made


@pytest.fixture
def solved(lab: Lab) -> Snapshot:
    return replay.load(places(settings.load()).recording(lab, "solved"), lab)


def starting(solved: Snapshot) -> Snapshot:
    """The same, at the moment in which the server does not listen yet."""
    data = copy.deepcopy(solved.to_json())
    data["taken"] = data["objects"]["container"]["slipway-tiny"]["State"]["StartedAt"][:19] + "Z"
    data["probes"]["page"] = {**data["probes"]["page"], "ok": False, "error": "refused"}
    return Snapshot.from_json(data)


@pytest.fixture
def see(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[tuple[str, ...]]]:
    """A function that makes the engine show these recorded snapshots one after the other, the last one for ever."""

    def showing(*snapshots: Snapshot) -> list[tuple[str, ...]]:
        left, asked = list(snapshots), []

        def collect(lab: Lab, engine: object, context: object, probes: tuple[Probe, ...], started: str) -> Snapshot:
            asked.append(tuple(probe.id for probe in probes))
            return left.pop(0) if len(left) > 1 else left[0]

        monkeypatch.setattr(backend, "collector", lambda lab: collect)
        return asked

    return showing


def run(lab: Lab, *wanted: str, wait: float | None = None, reported: list[float] | None = None) -> Report:
    on_wait = (lambda report, left: reported.append(left)) if reported is not None else (lambda report, left: None)
    return grade.grade(lab, ENGINE, settings.load(), wanted=wanted, wait=wait, on_wait=on_wait).report


def test_grade_returns_at_once_when_nothing_waits(lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list]) -> None:
    asked = see(solved)
    assert run(lab).passed
    assert (len(asked), clock.slept) == (1, [])


def test_grade_returns_at_once_when_something_is_wrong(lab: Lab, clock: Clock, see: Callable[..., list]) -> None:
    asked = see(replay.load(places(settings.load()).recording(lab, "ended"), lab))
    assert run(lab).outcome is Outcome.NOT_YET
    assert (len(asked), clock.slept) == (1, [])


def test_grade_waits_for_what_starts(lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list]) -> None:
    asked = see(*[starting(solved)] * 4, solved)
    reported: list[float] = []
    assert run(lab, reported=reported).passed
    assert len(asked) == 5
    assert reported == sorted(reported, reverse=True)
    assert reported[0] == lab.wait


def test_grade_pauses_longer_each_time_up_to_a_second(lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list]) -> None:
    """A container that needs long is not asked about five times a second."""
    see(*[starting(solved)] * 12, solved)
    assert run(lab).passed
    growing = [seconds for seconds in clock.slept if seconds < grade.LONGEST_PAUSE]
    assert growing[0] == grade.FIRST_PAUSE
    assert len(growing) < 6
    assert all(later > earlier for earlier, later in pairwise(growing))
    assert set(clock.slept[len(growing) :]) == {grade.LONGEST_PAUSE}


def test_grade_looks_a_last_time_at_the_deadline(lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list]) -> None:
    asked = see(starting(solved), solved)
    assert run(lab, wait=0.05).passed
    assert (len(asked), clock.slept) == (2, [pytest.approx(0.05)])


def test_grade_is_patient_with_slow_commands_until_the_last_look(
    lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list], monkeypatch: pytest.MonkeyPatch
) -> None:
    see(starting(solved))
    patience: list[bool] = []
    evaluate = grade.evaluate
    monkeypatch.setattr(grade, "evaluate", lambda *given, patient: patience.append(patient) or evaluate(*given))
    grade.grade(lab, ENGINE, settings.load(), wait=2)
    assert patience[0] and not patience[-1]


def test_grade_returns_the_last_report_when_time_is_up(
    lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list]
) -> None:
    see(starting(solved))
    report = run(lab)
    assert report.outcome is Outcome.WAITING
    assert clock.now - 1000 == pytest.approx(lab.wait)
    assert report.results[2].findings


@pytest.mark.parametrize("wait", [0, 0.1, 3])
def test_grade_waits_as_long_as_it_is_given(
    lab: Lab, clock: Clock, solved: Snapshot, see: Callable[..., list], wait: float
) -> None:
    asked = see(starting(solved))
    run(lab, wait=wait)
    assert clock.now - 1000 == pytest.approx(wait)
    assert len(asked) >= 1


def test_grade_of_one_check_runs_what_it_needs_and_no_more(lab: Lab, solved: Snapshot, see: Callable[..., list]) -> None:
    asked = see(solved)
    assert [result.id for result in run(lab, "answers").results] == ["image-built", "running", "answers"]
    assert asked == [("page",)]
    assert [result.id for result in run(lab, "image-built").results] == ["image-built"]
    assert asked[1] == ()


def test_grade_refuses_an_unknown_check_before_it_asks_the_engine(lab: Lab, solved: Snapshot, see: Callable[..., list]) -> None:
    asked = see(solved)
    with pytest.raises(SlipwayError, match="no check “anwsers”"):
        run(lab, "anwsers")
    assert asked == []


def test_remember_keeps_what_passed(lab: Lab, solved: Snapshot, see: Callable[..., list]) -> None:
    see(solved)
    chosen: Settings = settings.load()
    graded = grade.grade(lab, ENGINE, chosen)
    grade.remember(graded, chosen)
    kept = progress.read(chosen, lab.id)
    assert kept.passed.keys() == {"image-built", "running", "answers", "note-kept"}
    assert kept.images == sorted(solved.objects["image"])


def test_regrade_is_pure(lab: Lab, solved: Snapshot) -> None:
    before = solved.dumps()
    reports = {json.dumps(grade.regrade(lab, solved).to_json()) for _ in range(3)}
    assert len(reports) == 1
    assert solved.dumps() == before


def test_regrade_of_one_check_reports_what_it_needs_and_no_more(lab: Lab, solved: Snapshot) -> None:
    assert [result.id for result in grade.regrade(lab, solved, ["running"]).results] == ["image-built", "running"]
    assert len(grade.regrade(lab, solved).results) == 4


def test_check_starts_without_what_it_may_not_need() -> None:
    code = "import sys, checks.cli.checking; print(*sys.modules)"
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(completed.stdout.split())
    assert "checks.probes.run" in loaded
    assert not {"secrets", "difflib", "typer", "rich", "docker", "kubernetes", "yaml"} & loaded
