"""The pages of a class: what they hold, whatever was submitted, and who can read them."""

import json
import re
from pathlib import Path

import class_cases as cases
import pytest

from checks.classroom import class_page, difficulties, feedback, pages, results
from checks.classroom.folder import open_class
from checks.classroom.records import Criterion, Grade, GradeOutcome
from checks.classroom.store import open_store
from checks.cli.__main__ import main
from checks.model import Finding, Outcome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases.classroom(tmp_path / "c", ("ada", "bob", "index"))
    return tmp_path / "c"


def grade(id: int, learner: str, *criteria: Criterion) -> Grade:
    return Grade(id, learner, cases.LAB, cases.NOW, cases.SENT, "1", "x", "", GradeOutcome.GRADED, criteria=criteria)


def criterion(check: str, outcome: Outcome, observed: object = None) -> Criterion:
    findings = (Finding("The port is wrong.", "container/web", "Ports", 5000, observed),) if observed is not None else ()
    return Criterion(check, check.title(), outcome, 2, 0, findings)


def test_difficulties_count_what_was_checked_and_name_the_values_that_were_found() -> None:
    outcomes = [("ada", Outcome.NOT_YET, 8000), ("bob", Outcome.NOT_YET, 8000), ("cid", Outcome.WAITING, 80),
                ("dan", Outcome.PASSED, None), ("eve", Outcome.BLOCKED, None), ("fay", Outcome.COULD_NOT_CHECK, None)]  # fmt: skip
    grades = [
        grade(at, who, criterion("port", what, value), criterion("ok", Outcome.PASSED))
        for at, (who, what, value) in enumerate(outcomes)
    ]
    (found,) = difficulties.difficulties(grades)
    assert (found.check, found.failed, found.graded) == ("port", 3, 4)
    assert [(seen.value, seen.count, seen.learners) for seen in found.observed] == [
        ("8000", 2, ("ada", "bob")),
        ("80", 1, ("cid",)),
    ]


def test_difficulties_bound_what_they_show_of_many_values() -> None:
    grades = [grade(at, f"l{at}", criterion("port", Outcome.NOT_YET, f"{at} " * 5000)) for at in range(20)]
    (found,) = difficulties.difficulties(grades)
    assert len(found.observed) == difficulties.MOST_VALUES and found.more == 20 - difficulties.MOST_VALUES
    assert all(len(seen.value) < 400 for seen in found.observed)


def test_the_criterion_that_fails_most_often_comes_first() -> None:
    often, seldom = criterion("often", Outcome.NOT_YET, 1), criterion("seldom", Outcome.NOT_YET, 1)
    grades = [grade(1, "ada", seldom, often), grade(2, "bob", often)]
    assert [item.check for item in difficulties.difficulties(grades)] == ["often", "seldom"]


def test_pages_are_private_and_the_same_when_written_again(folder: Path, capsys: pytest.CaptureFixture) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.hand_in(folder, "bob", b"{}")
    cases.run(folder)[1].close()
    assert main(["class", "pages", str(folder)]) == 0
    assert "4 pages written" in capsys.readouterr().out
    written = sorted((folder / "feedback").rglob("*"))
    assert [path.name for path in written] == ["index.html", "learners", "ada.html", "bob.html", "index.html"]
    assert {path.stat().st_mode & 0o777 for path in written if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder / "feedback", folder / "feedback" / "learners")} == {0o700}
    before = [path.read_bytes() for path in written if path.is_file()]
    assert main(["class", "pages", str(folder)]) == 0
    assert [path.read_bytes() for path in written if path.is_file()] == before


def test_a_feedback_page_tells_the_mark_the_reason_and_the_state(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    cases.hand_in(folder, "bob", b"{}")
    store = cases.run(folder)[1]
    pages.write(open_class(folder), store, folder / "out", lambda done, all: None)
    ada, bob = ((folder / "out" / "learners" / f"{id}.html").read_text(encoding="utf-8") for id in ("ada", "bob"))
    assert "0 of 14 points (0 %)" in ada and "There is an image called my-python-app" in ada
    assert "Nothing exists yet" in ada and "The state that was graded" in ada
    assert "not graded yet" in bob and "It could not be graded:" in bob


def test_evidence_that_is_gone_leaves_the_page_without_a_picture(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    store = cases.run(folder)[1]
    for path in (folder / "evidence").rglob("*"):
        if path.is_file():
            path.unlink()
    pages.write(open_class(folder), store, folder / "out", lambda done, all: None)
    page = (folder / "out" / "learners" / "ada.html").read_text(encoding="utf-8")
    assert "14 of 14 points" in page and "There is no picture of the state. The evidence" in page


def test_a_state_that_takes_too_long_to_draw_costs_the_picture_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    store = cases.run(folder)[1]
    monkeypatch.setattr(feedback, "PICTURE_SECONDS", 0.05)
    monkeypatch.setattr(feedback.draw, "describe", lambda snapshot, lab: [0 for _ in iter(int, 1)])
    pages.write(open_class(folder), store, folder / "out", lambda done, all: None)
    page = (folder / "out" / "learners" / "ada.html").read_text(encoding="utf-8")
    assert "14 of 14 points" in page and "The state cannot be drawn within 0.05 seconds." in page


def test_several_processes_write_the_same_pages_as_one(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    store = cases.run(folder)[1]
    done = []
    for jobs, name in ((1, "one"), (2, "two")):
        assert pages.write(open_class(folder), store, folder / name, lambda *progress: done.append(progress), jobs) == 4
    one, two = (sorted((folder / name).rglob("*.html")) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two] and done == [(3, 3), (3, 3)]


def test_data_of_the_class_page_cannot_end_its_element(folder: Path) -> None:
    (folder / "roster.csv").write_text("id,name\nada,</script><script>alert(1)</script>&amp;\n", encoding="utf-8")
    with_store = open_store(folder)
    page = class_page.page(results.load(open_class(folder), with_store), [])
    data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page)
    assert data and json.loads(data[1])["rows"][0][1] == "</script><script>alert(1)</script>&amp;"
    assert page.count("<script") == 2 and "No criterion has failed." in page


def test_addresses_escape_what_an_id_may_contain() -> None:
    assert class_page.address("a+b@x.org", cases.LAB) == "learners/a%2Bb%40x.org.html#01-flask"
