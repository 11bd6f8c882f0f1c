"""The grading run of a class: what becomes a grade, what is named instead, and that no submission spoils another."""

import json
import os
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import class_cases as cases
import pytest

from checks import catalog, registry
from checks.classroom import assess, workers
from checks.classroom.folder import open_class
from checks.classroom.records import Grade, GradeOutcome, Rejection
from checks.classroom.rulebooks import rulebook_of, versions
from checks.classroom.store import open_store
from checks.grade import regrade
from checks.model import Outcome
from sandboxes.errors import SlipwayError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases.classroom(tmp_path / "c")
    return tmp_path / "c"


def only(folder: Path, **options: object) -> Grade:
    summary, store = cases.run(folder, **options)
    (grade,) = store.grades()
    assert len(summary.ungraded) == (not grade.graded)
    return grade


@pytest.mark.parametrize("name", cases.names())
def test_a_submission_gets_what_the_checks_find_in_its_snapshot(folder: Path, name: str) -> None:
    cases.hand_in(folder, "ada", cases.body(name))
    grade = only(folder)
    report = regrade(catalog.find(cases.LAB), cases.snapshot(name))
    assert (grade.learner, grade.lab, grade.outcome, grade.submitted_at) == ("ada", cases.LAB, "graded", cases.SENT)
    found = [(item.check, item.outcome, item.earned, item.findings) for item in grade.criteria]
    assert found == [(item.id, item.outcome, item.earned, item.findings) for item in report.results]


def test_the_report_in_a_file_decides_nothing(folder: Path) -> None:
    content = json.loads(cases.body("untouched"))
    solved = json.loads(cases.body("solved"))["report"]
    # “1 of 1, all passed”: the one check that is named would be the only one to count.
    content["report"] = {**solved, "results": solved["results"][:1], "taken": content["report"]["taken"]}
    cases.hand_in(folder, "ada", cases.strict_json.dumps(content))
    grade = only(folder)
    assert len(grade.criteria) == len(registry.load(catalog.find(cases.LAB)))
    assert grade.earned == regrade(catalog.find(cases.LAB), cases.snapshot("untouched")).earned


def test_errors_in_a_snapshot_are_neither_points_nor_lost_points(folder: Path) -> None:
    content = json.loads(cases.body("solved"))
    content["snapshot"]["errors"]["container"] = "the engine did not answer"
    cases.hand_in(folder, "ada", cases.strict_json.dumps(content))
    grade = only(folder)
    assert grade.graded and grade.unchecked > 0 and grade.earned + grade.unchecked == grade.maximum
    reasons = {item.reason for item in grade.criteria if item.outcome is Outcome.COULD_NOT_CHECK}
    assert "the engine did not answer" in reasons


def test_evidence_of_a_version_with_other_checks_is_refused_plainly(folder: Path) -> None:
    content = json.loads(cases.body("solved"))
    content["course"] = content["report"]["course"] = "0.0.9"
    cases.hand_in(folder, "ada", cases.strict_json.dumps(content), course="0.0.9")
    grade = only(folder)
    assert not grade.graded and grade.reason.startswith("It cannot be graded: it is evidence of course version 0.0.9")


def test_evidence_of_a_version_that_graded_the_lab_alike_is_graded(folder: Path) -> None:
    content = json.loads(cases.body("solved"))
    content["course"] = content["report"]["course"] = "0.0.9"
    cases.hand_in(folder, "ada", cases.strict_json.dumps(content), course="0.0.9")
    store = open_store(folder)
    _, today = rulebook_of(open_class(folder), store)
    store.note_rules("0.0.9", today)
    assert only(folder).graded


def test_only_versions_with_the_same_fingerprint_grade_alike() -> None:
    known = {("0.0.8", "a", "1"), ("0.0.9", "a", "2"), ("0.0.9", "b", "1")}
    assert versions({"a": "1"}, known)["a"] == {"0.0.8", cases.__version__}


def test_grading_again_grades_nothing_twice(folder: Path) -> None:
    path = cases.hand_in(folder, "ada", cases.body("solved"))
    (folder / "submissions" / "copy.slipway").write_bytes(path.read_bytes())
    first, store = cases.run(folder)
    again, _ = cases.run(folder)
    assert (first.graded, first.known, again.graded, again.known) == (1, 1, 0, 2)
    assert len(list(store.grades())) == 1


def test_a_second_submission_is_a_second_grade(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    cases.run(folder)
    cases.hand_in(folder, "ada", cases.body("solved"), "ada-2.slipway", sent=cases.SENT + timedelta(hours=1))
    _, store = cases.run(folder)
    first, second = store.grades()
    assert first.earned < second.earned == second.maximum


HOSTILE = {
    "empty": lambda folder: b"",
    "noise": lambda folder: os.urandom(4096),
    "archive": lambda folder: b"PK\x03\x04" + bytes(100),
    "truncated": lambda folder: cases.signed(folder, "ada", cases.body())[:-200],
    "forged key": lambda folder: cases.signed(folder, "ada", cases.body(), key=b"k" * 32),
    "no learner": lambda folder: cases.signed(folder, "eve", cases.body(), key=b"k" * 32),
    "bomb": lambda folder: cases.signed(folder, "ada", b'{"a":"' + b"0" * (17 * 2**20) + b'"}'),
}
SIGNED = {
    "not json": b"{]",
    "a list": b"[]",
    "no snapshot": b'{"format":"slipway-evidence/1"}',
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "many values": b"[" + b"0," * 600_000 + b"0]",
    "nan": cases.body().replace(b'"lab":', b'"extra":NaN,"lab":', 1),
    "objects of texts": json.dumps(
        {
            **json.loads(cases.body()),
            "snapshot": {**json.loads(cases.body())["snapshot"], "objects": {"container": {"my-running-app": "x"}}},
        }
    ).encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_proves_no_learner_is_named_and_is_no_grade(folder: Path, name: str) -> None:
    (folder / "submissions" / "Learner Ada_7_assignsubmission_file_").mkdir()
    path = folder / "submissions" / "Learner Ada_7_assignsubmission_file_" / "01-flask-ada.slipway"
    path.write_bytes(HOSTILE[name](folder))
    summary, store = cases.run(folder)
    (rejection,) = store.rejections()
    assert list(store.grades()) == [] and summary.ungraded == [rejection]
    assert isinstance(rejection, Rejection) and rejection.reason and (rejection.learner, rejection.lab) == ("ada", cases.LAB)


@pytest.mark.parametrize("name", SIGNED)
def test_signed_evidence_that_cannot_be_read_is_no_zero(folder: Path, name: str) -> None:
    cases.hand_in(folder, "ada", SIGNED[name])
    grade = only(folder)
    assert (grade.learner, grade.outcome, grade.criteria) == ("ada", GradeOutcome.NOT_GRADED, ()) and grade.reason


def test_a_check_that_does_not_end_costs_only_its_own_submission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = json.loads(cases.body("solved"))
    slow["snapshot"]["engine"]["slow"] = "yes"
    cases.hand_in(folder, "ada", cases.strict_json.dumps(slow))
    cases.hand_in(folder, "bob", cases.body("solved"))
    evaluate = assess.evaluate

    def endless(lab: object, checks: object, snapshot: cases.Snapshot, course: str) -> object:
        while "slow" in snapshot.engine:
            time.monotonic()
        return evaluate(lab, checks, snapshot, course)

    monkeypatch.setattr(assess, "evaluate", endless)
    _, store = cases.run(folder, seconds=0.3)
    ada, bob = store.grades()
    assert not ada.graded and "of computing" in ada.reason
    assert bob.graded and bob.earned == bob.maximum


def test_another_failure_costs_only_its_own_submission(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    cases.hand_in(folder, "bob", cases.body("solved"))
    monkeypatch.setattr(
        assess,
        "criteria_on",
        lambda lab, snapshot, course, was=assess.criteria_on: (
            was(lab, snapshot, course) if snapshot.objects["container"] else 1 / 0
        ),
    )
    _, store = cases.run(folder)
    assert [grade.graded for grade in store.grades()] == [False, True]


def test_processes_give_the_same_as_one_and_keep_the_order(folder: Path) -> None:
    for number, name in enumerate(cases.names()):
        cases.hand_in(folder, ("ada", "bob")[number % 2], cases.body(name), f"{number:02}.slipway")
    (folder / "submissions" / "05b").write_bytes(b"noise")
    _, store = cases.run(folder, jobs=2)
    alone = open_store(folder.parent)
    cases.grading.run(open_class(folder), alone, cases.grading.Request((folder / "submissions",), cases.NOW, jobs=1))
    assert list(store.grades()) == list(alone.grades()) and len(list(store.grades())) == len(cases.names())
    assert store.rejections() == alone.rejections() != []


def end_process(items: list) -> None:
    if any(item.name == "b" for item in items):
        os._exit(9)


def test_a_file_that_ends_its_process_is_named_and_the_others_are_not_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook, _ = rulebook_of(open_class(folder), open_store(folder))
    items = [workers.Item(name, str(folder / "submissions" / name)) for name in "abc"]
    for item in items:
        Path(item.path).write_bytes(b"noise" + item.name.encode())
    monkeypatch.setattr(workers, "_run", _ends)
    results = list(workers.assess_all(items, rulebook, frozenset(), 2))
    assert [result.item.name for result in results] == ["a", "b", "c"]
    ended = [result.assessment.reason for result in results if "ended the process" in result.assessment.reason]
    assert len(ended) == 1 and "ended the process" in results[1].assessment.reason


def _ends(items: list) -> list:
    end_process(items)
    return workers._worker.run(items)


def test_a_run_for_one_learner_grades_no_other(folder: Path) -> None:
    for learner in ("ada", "bob"):
        cases.hand_in(folder, learner, cases.body("solved"))
    (folder / "submissions" / "noise").write_bytes(b"noise")
    summary, store = cases.run(folder, learner="bob")
    assert [grade.learner for grade in store.grades()] == ["bob"] and summary.ungraded == [] and store.rejections() == []


def test_a_file_under_the_name_of_another_learner_counts_for_who_signed_it(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body(), "Learner Bob_12_assignsubmission_file_/01-flask-bob.slipway")
    summary, store = cases.run(folder)
    assert [grade.learner for grade in store.grades()] == ["ada"] and "uploaded by bob, but ada signed" in summary.notes[0]


def test_the_lms_is_believed_about_lateness_only_as_a_remark(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body(), "adalearner_LATE_12_345_01-flask-ada.slipway")
    assert only(folder).late_by_lms


def test_submissions_in_an_archive_are_graded(folder: Path) -> None:
    with zipfile.ZipFile(folder / "submissions" / "all.zip", "w") as archive:
        for learner in ("ada", "bob"):
            name = f"Learner {learner.title()}_1_assignsubmission_file_/01-flask-{learner}.slipway"
            archive.writestr(name, cases.signed(folder, learner, cases.body("solved")))
    summary, store = cases.run(folder)
    assert summary.graded == 2 and summary.notes == [] and {grade.learner for grade in store.grades()} == {"ada", "bob"}


def test_two_runs_at_once_are_refused(folder: Path) -> None:
    from checks.classroom import class_lock

    with class_lock.hold(folder), pytest.raises(SlipwayError, match="Another run"):
        cases.run(folder)
