"""What follows grading: regrading, appeals, copies and erasing."""

import ast
import json
import re
import sqlite3
from datetime import timedelta
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import class_cases as cases
import pytest

from checks import catalog, registry
from checks.classroom import appeal, assess, copies, erase, marks, regrade, rulebooks, rules
from checks.classroom.folder import open_class
from checks.classroom.records import ManualChange
from checks.classroom.store import Store, open_store
from checks.classroom.stored_evidence import EvidenceReader
from checks.model import Finding
from checks.registry import Check
from sandboxes.errors import SlipwayError

CHECKS = registry.load(catalog.find(cases.LAB))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases.classroom(tmp_path / "c")
    return tmp_path / "c"


def today(monkeypatch: pytest.MonkeyPatch, checks: tuple[Check, ...]) -> None:
    """Let these be today's checks of every lab, with a fingerprint of their own."""
    monkeypatch.setattr(assess.registry, "load", lambda lab: checks)
    monkeypatch.setattr(rulebooks.rules, "fingerprint", lambda lab: f"{hash(checks) % 10**9:064}")


def stricter(snapshot: cases.Snapshot) -> list[Finding]:
    return [Finding("The name is wrong.", "container/my-running-app", "Name", "other", "my-running-app")]


def lenient(snapshot: cases.Snapshot) -> list[Finding]:
    return []


def replaced(position: int, function: object) -> tuple[Check, ...]:
    check = CHECKS[position]
    new = Check(check.id, check.title, function, check.points, check.needs, check.hints)
    return (*CHECKS[:position], new, *CHECKS[position + 1 :])


def again(folder: Path, **options: object) -> list[regrade.Regraded]:
    return regrade.run(open_class(folder), open_store(folder), regrade.Request(cases.NOW + timedelta(days=1), **options))


def test_regrading_by_the_same_checks_changes_nothing(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    _, store = cases.run(folder)
    assert again(folder) == [] and len(list(store.grades())) == 1


def test_regrading_lists_each_criterion_that_changes_and_keeps_the_old_grade(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    _, store = cases.run(folder)
    (old,) = store.grades()
    today(monkeypatch, replaced(0, lenient))
    (result,) = again(folder)
    changed = {change.check: change for change in result.changes}
    first = changed[CHECKS[0].id]
    assert first.new == f"passed, {CHECKS[0].points} of {CHECKS[0].points}" and first.old.startswith("not yet")
    assert first.why == f"Today's check no longer finds: {old.criteria[0].findings[0].message}"
    before, after = store.grades()
    assert result.stored and before == old and after.earned > old.earned and after.submitted_at == old.submitted_at
    assert again(folder) == []


def test_a_mark_is_lowered_only_when_that_is_allowed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    _, store = cases.run(folder)
    today(monkeypatch, replaced(0, stricter))
    (result,) = again(folder)
    assert not result.stored and len(list(store.grades())) == 1
    assert result.changes[0].why == "The name is wrong."
    (result,) = again(folder, allow_lower=True)
    assert result.stored and [grade.earned == grade.maximum for grade in store.grades()] == [True, False]


def test_what_can_no_longer_be_checked_counts_as_lower(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    cases.run(folder)
    today(monkeypatch, replaced(0, lambda snapshot: 1 / 0))
    (result,) = again(folder)
    assert not result.stored and result.changes[0].new.startswith("could not check")


def test_a_check_that_is_new_or_gone_is_listed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.run(folder)
    extra = Check("extra", "Extra", lenient, 1, (), ("a", "b"))
    today(monkeypatch, (*CHECKS[:-1], extra))
    (result,) = again(folder, allow_lower=True)
    assert {(change.check, bool(change.old), bool(change.new)) for change in result.changes} == {
        ("extra", False, True),
        (CHECKS[-1].id, True, False),
    }


def other_version(folder: Path) -> None:
    content = json.loads(cases.body("solved"))
    content["course"] = content["report"]["course"] = "0.0.9"
    cases.hand_in(folder, "ada", cases.strict_json.dumps(content), course="0.0.9")


def test_evidence_of_a_version_with_other_checks_is_not_graded_again_unless_asked(folder: Path) -> None:
    other_version(folder)
    _, store = cases.run(folder)
    (result,) = again(folder)
    assert "evidence of course version 0.0.9" in result.reason and not result.stored
    (result,) = again(folder, any_version=True)
    assert result.stored and result.old_points == "not graded"
    assert marks.current(store.grades()).graded


def test_evidence_that_was_changed_in_the_store_is_not_graded_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for learner in ("ada", "bob"):
        cases.hand_in(folder, learner, cases.body("untouched"))
    _, store = cases.run(folder)
    ada, bob = store.grades()
    store.evidence.path(ada.evidence).write_bytes(store.evidence.read(bob.evidence))
    today(monkeypatch, replaced(0, lenient))
    first, second = again(folder)
    assert first.reason == "Its evidence is missing or has changed." and not first.stored and second.stored


def test_the_fingerprint_of_rules_is_that_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    flask, layers = catalog.find("01"), catalog.find("02")
    before = rules.fingerprint(flask)
    assert before == rules.fingerprint(flask) != rules.fingerprint(layers)
    source = rules._source
    monkeypatch.setattr(
        rules,
        "_source",
        lambda module: (b"changed", source(module)[1]) if module == "checks.vocabulary.containers" else source(module),
    )
    assert rules.fingerprint(flask) != before


def test_imports_are_those_that_the_whole_module_has() -> None:
    waiting, seen = [lab.module for lab in catalog.labs()], set()
    while waiting:
        if (module := waiting.pop()) in seen:
            continue
        seen.add(module)
        _, imported = rules._source(module)
        tree = ast.parse(Path(find_spec(module).origin).read_bytes())
        names = {name for node in ast.walk(tree) for name in rules._imported(node)}
        assert set(imported) == {name for name in names if name.startswith("checks.")}, module
        waiting += imported
    assert len(seen) > 60


def graded(folder: Path, name: str = "untouched") -> Store:
    cases.hand_in(folder, "ada", cases.body(name))
    return cases.run(folder)[1]


@pytest.mark.parametrize("name", cases.names())
def test_an_appeal_shows_the_finding_the_rule_the_version_the_times_and_the_state(folder: Path, name: str) -> None:
    store = graded(folder, name)
    text = appeal.show(open_class(folder), store, "ada", "01")
    (grade,) = store.grades()
    for part in (
        "ada (Learner Ada)",
        "Due: 2026-10-05 18:00:00 CEST",
        "sent 2026-10-01 14:00:00 CEST",
        f"version {grade.course}",
        "Current state of lab 01-flask",
    ):
        assert part in text
    for check, item in zip(CHECKS, grade.criteria, strict=True):
        assert check.title in text and f"function {check.function.__name__}" in text and item.outcome.value in text
        flat = " ".join(text.split())
        assert all(" ".join(finding.message.split("\n")[0].split()) in flat for finding in item.findings)


def test_an_appeal_about_one_check_shows_no_other(folder: Path) -> None:
    text = appeal.show(open_class(folder), graded(folder), "ada", "01", CHECKS[0].id)
    assert CHECKS[0].title in text and CHECKS[1].title not in text


def test_an_appeal_shows_manual_changes_with_the_automatic_points(folder: Path) -> None:
    store = graded(folder, "solved")
    store.change(ManualChange(0, "ada", cases.LAB, Decimal(3), "Agreed in class.", "kim", cases.NOW))
    text = appeal.show(open_class(folder), store, "ada", "01")
    total = sum(check.points for check in CHECKS)
    assert f"3.00 of {total} points" in text and f"By the checks: {total} points" in text
    assert "kim set the points to 3 on 2026-10-20: Agreed in class." in text


def test_an_appeal_names_times_that_do_not_fit(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"), "adalearner_LATE_1_2_01-flask-ada.slipway")
    text = appeal.show(open_class(folder), cases.run(folder)[1], "ada", "01")
    assert "Times to look at:\n  The LMS received it late, but it states a time before the due time." in text


def test_an_appeal_about_nothing_and_without_evidence(folder: Path) -> None:
    with pytest.raises(SlipwayError, match="Nothing was graded"):
        appeal.show(open_class(folder), open_store(folder), "ada", "01")
    store = graded(folder)
    (grade,) = store.grades()
    store.evidence.remove([grade.evidence])
    assert "There is no picture of the state. The evidence" in appeal.show(open_class(folder), store, "ada", "01")


def shared(folder: Path) -> list[copies.Shared]:
    _, store = cases.run(folder)
    return copies.find(store.grades(), EvidenceReader(open_class(folder), store))


def test_copied_work_is_found_by_the_identities_of_its_objects(folder: Path) -> None:
    content = json.loads(cases.body("solved"))
    content["snapshot"]["engine"]["name"] = "another machine"
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.hand_in(folder, "bob", cases.strict_json.dumps(content))
    found = shared(folder)
    assert {"container ID", "image ID", "creation time of a container"} <= {item.identity.what for item in found}
    assert all(item.learners == ("ada", "bob") for item in found)
    containers = content["snapshot"]["objects"]["container"]
    ids = {item.identity.value for item in found if item.identity.what == "container ID"}
    assert ids == {container["Id"] for container in containers.values()}


def renewed(body: bytes) -> bytes:
    """Return evidence in which every object was made anew by someone else, but what everyone downloads is the same."""
    text = json.dumps(json.loads(body))
    ids = sorted(set(re.findall(r"[0-9a-f]{64}", text)))
    for id in ids:
        text = text.replace(id, id[::-1])
    content = json.loads(re.sub(r"(T\d\d:\d\d:\d\d\.)(\d{3})", lambda match: match[1] + match[2][::-1], text))
    return cases.strict_json.dumps(content)


def test_work_of_ones_own_is_not_reported(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.hand_in(folder, "bob", renewed(cases.body("solved")))
    cases.hand_in(folder, "ada", cases.body("second"), "ada-2.slipway", sent=cases.SENT + timedelta(hours=1))
    assert [item for item in shared(folder) if item.identity.what.endswith("ID")] == []


def test_objects_that_everyone_has_are_no_sign_of_copying(tmp_path: Path) -> None:
    cases.classroom(tmp_path / "c", labs=["11-pods"])
    body = json.loads(cases.body("solved", "11-pods"))
    for pod in body["snapshot"]["objects"]["Pod"].values():
        pod["metadata"]["uid"] = pod["metadata"]["uid"][::-1]
    cases.hand_in(tmp_path / "c", "ada", cases.body("solved", "11-pods"), lab="11-pods")
    cases.hand_in(tmp_path / "c", "bob", cases.strict_json.dumps(body), lab="11-pods")
    found = {item.identity.what for item in shared(tmp_path / "c")}
    assert not found & {"Node UID", "Namespace UID", "Event UID", "Pod UID"}


def everything(folder: Path) -> bytes:
    return b"\0".join(str(path).encode() + path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_erasing_leaves_no_byte_of_the_id(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    cases.classroom(folder, learners=["e1234567", "bob"])
    cases.hand_in(folder, "e1234567", cases.body("untouched"), "Learner E_1_assignsubmission_file_/01-flask-e1234567.slipway")
    cases.hand_in(folder, "bob", cases.body("solved"), "Learner B_2_assignsubmission_file_/01-flask-e1234567.slipway")
    (folder / "submissions/e1234567.bin").write_bytes(b"noise")
    for name in ("exports/gradebook.csv", "invitations/e1234567.join"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("id,points\ne1234567,3\n")
    _, store = cases.run(folder)
    store.change(ManualChange(0, "e1234567", cases.LAB, Decimal(3), "Agreed.", "kim", cases.NOW))
    evidence = next(store.grades("e1234567")).evidence
    bobs = list(store.grades("bob"))
    assert b"e1234567" in everything(folder)
    erased = erase.erase(open_class(folder), store, "e1234567")
    # Also while the store is open, with whatever SQLite keeps beside it.
    assert b"e1234567" not in everything(folder) and erased.left == ()
    assert not store.evidence.path(evidence).exists()
    store.close()
    store = open_store(folder)
    (grade,) = store.grades()
    assert (grade.criteria, grade.evidence, store.changes()) == (bobs[0].criteria, bobs[0].evidence, [])
    assert store.evidence.read(grade.evidence) and [item.id for item in open_class(folder).learners] == ["bob"]
    assert b"e1234567" not in sqlite3.connect(folder / "class.db").serialize()


def test_erasing_names_the_files_of_the_instructor_that_it_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    cases.classroom(folder)
    with (folder / "class.toml").open("a") as file:
        file.write('[extensions.ada]\n"*" = 2026-10-19\n')
    (folder / "notes.txt").write_text("Ask ada about lab 5; adam is fine.")
    (folder / "other.txt").write_text("adam")
    erased = erase.erase(open_class(folder), open_store(folder), "ada")
    assert erased.left == ("class.toml", "notes.txt") and (folder / "notes.txt").exists()
