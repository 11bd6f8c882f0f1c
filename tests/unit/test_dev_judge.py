"""What speaks against a report; recordings judged by it, coverage, and traces of a machine."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs

from checks import catalog, grade
from checks.dev import judge, misses, replay
from checks.dev.misses import Miss
from checks.dev.paths import Places, places
from checks.dev.proof import prove
from checks.model import Finding, Lab, Outcome, Report, Result
from checks.registry import RegistryError
from sandboxes import settings
from sandboxes.errors import SlipwayError

WHOLE = Finding("It is wrong.", "container/x", "State", "right", "wrong", "because of a reason", "Mend it.")
MISS = Miss("x", "a", "a reason", "solved")


def report(**outcomes: Outcome) -> Report:
    results = [
        Result(id, id, outcome, findings=(WHOLE,) if outcome is Outcome.NOT_YET else (), blocked_by=("a",))
        for id, outcome in outcomes.items()
    ]
    return Report("90-tiny", "", "1", "", tuple(results))


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    return catalog.find("90")


@pytest.fixture
def where(lab: Lab) -> Places:
    return places(settings.load())


def test_solved_means_that_every_check_passes() -> None:
    assert list(judge.all_pass(report(a=Outcome.PASSED))) == []
    for outcome in set(Outcome) - {Outcome.PASSED}:
        assert len(list(judge.all_pass(report(a=outcome, b=Outcome.PASSED)))) == 1


def test_untouched_passes_what_is_declared_and_nothing_else(lab: Lab) -> None:
    declared = replace(lab, passes_untouched=("a",))
    assert list(judge.untouched(declared, report(a=Outcome.PASSED, b=Outcome.NOT_YET, c=Outcome.BLOCKED))) == []
    assert "b passes in the untouched lab" in "".join(judge.untouched(declared, report(a=Outcome.PASSED, b=Outcome.PASSED)))
    assert "a is listed in passes_untouched" in "".join(judge.untouched(declared, report(a=Outcome.NOT_YET)))
    for outcome in (Outcome.WAITING, Outcome.COULD_NOT_CHECK):
        assert f"“{outcome}”" in "".join(judge.untouched(lab, report(a=outcome)))


def test_a_near_miss_fails_its_check_for_its_own_reason() -> None:
    assert list(judge.missed(MISS, report(a=Outcome.NOT_YET, b=Outcome.PASSED))) == []
    assert "does not say “another”" in "".join(judge.missed(replace(MISS, says="another"), report(a=Outcome.NOT_YET)))
    assert "no check “z”" in "".join(judge.missed(replace(MISS, check="z"), report(a=Outcome.NOT_YET)))
    for outcome in set(Outcome) - {Outcome.NOT_YET}:
        assert list(judge.missed(MISS, report(a=outcome)))
    assert "b could not be checked" in "".join(judge.missed(MISS, report(a=Outcome.NOT_YET, b=Outcome.COULD_NOT_CHECK)))


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        ("message", "", "message"),
        ("subject", "", "subject"),
        ("expected", None, "expected value"),
        ("hint", "", "hint"),
    ],
)
def test_an_incomplete_finding_is_named(part: str, value: object, words: str) -> None:
    result = Result("a", "A", Outcome.NOT_YET, findings=(replace(WHOLE, **{part: value}),))
    assert f"has no {words}" in "".join(judge.complete(Report("x", "", "1", "", (result,))))
    nothing = Result("a", "A", Outcome.NOT_YET, findings=(replace(WHOLE, observed=None, path=""),))
    assert "has no observed value" in "".join(judge.complete(Report("x", "", "1", "", (nothing,))))


def test_every_recording_of_the_tiny_lab_holds(lab: Lab, where: Places) -> None:
    names = {recording.name for recording in replay.recordings(lab, where)}
    assert names == {"untouched", "solved", "second", "other-tag", "ended", "old-image", "ports-swapped", "no-volume"}
    assert [fault for recording in replay.recordings(lab, where) for fault in replay.faults(recording)] == []


@pytest.mark.parametrize(
    ("name", "stead"), [("solved", "untouched"), ("untouched", "solved"), ("ended", "solved"), ("old-image", "ended")]
)
def test_a_recording_of_another_state_does_not_hold(lab: Lab, where: Places, name: str, stead: str) -> None:
    shutil.copy(where.recording(lab, stead), where.recording(lab, name))
    assert [fault for recording in replay.recordings(lab, where) if recording.name == name for fault in replay.faults(recording)]


def test_a_recording_that_is_missing_or_cut_is_named(lab: Lab, where: Places) -> None:
    path = where.recording(lab, "solved")
    path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    with pytest.raises(SlipwayError, match="damaged"):
        replay.load(path, lab)
    path.unlink()
    with pytest.raises(SlipwayError, match="no recording solved.json") as refused:
        replay.load(path, lab)
    assert "slipway dev record 90-tiny" in refused.value.fix


def test_a_check_that_nothing_shows_to_fail_is_found(lab: Lab, where: Places) -> None:
    assert list(replay.coverage(lab, where)) == []
    path = where.misses(lab.id)
    path.write_text(path.read_text(encoding="utf-8").replace('"note-kept"', '"gone"'), encoding="utf-8")
    where.second(lab).unlink()
    where.miss(lab, "ended").unlink()
    (where.recordings(lab.id) / "forgotten.json").write_text("{}", encoding="utf-8")
    faults = "\n".join(replay.coverage(lab, where))
    for words in ("check note-kept has no near miss", "“gone”, which does not exist", "no second", "ended has no script"):
        assert words in faults
    assert "forgotten.json belongs to no near miss" in faults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[misses.solved]\ncheck = "a"\nsays = "b"', "name of another recording"),
        ('[misses.x]\nsays = "b"', "'check' is missing"),
        ('[misses.x]\ncheck = "a"\nsays = "b"\nfrom = "second"', "solved, untouched"),
        ('[misses.x]\ncheck = "a"\nsays = "b"\nform = "solved"', "unknown entries: form"),
        ("[misses", "cannot be used"),
    ],
)
def test_faulty_near_misses_are_named(lab: Lab, where: Places, text: str, words: str) -> None:
    where.misses(lab.id).write_text(text, encoding="utf-8")
    with pytest.raises(SlipwayError, match=r"misses\.toml") as refused:
        misses.read(lab, where)
    assert words in refused.value.message


def test_a_proof_turns_errors_into_faults_but_not_ctrl_c() -> None:
    def failing(error: BaseException) -> list[str]:
        raise error

    for error in (SlipwayError("gone", "mend"), RegistryError("twice"), ZeroDivisionError("by zero")):
        proof = prove("x", "it holds", lambda error=error: failing(error))
        assert not proof.holds
        assert str(error) in proof.faults[0]
    with pytest.raises(KeyboardInterrupt):
        prove("x", "it holds", lambda: failing(KeyboardInterrupt()))


def test_a_snapshot_spoilt_in_one_field_is_noticed(lab: Lab, where: Places) -> None:
    """The recordings are no decoration: what a check reads in them decides."""
    data = json.loads(where.recording(lab, "solved").read_text(encoding="utf-8"))
    data["objects"]["container"]["slipway-tiny"]["State"]["Status"] = "dead"
    report = grade.regrade(lab, replay.Snapshot.from_json(data))
    dead = next(result for result in report.results if result.id == "running")
    assert dead.outcome is Outcome.NOT_YET
    assert "is dead" in dead.findings[0].message
