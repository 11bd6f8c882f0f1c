"""Recall cards: when they come up, what an answer changes, and how they are asked in a terminal and in a notebook."""

import io
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from course import OWN_LABS, use_labs

from checks import catalog, notebook, progress, recall, registry
from checks.cli import checking
from checks.cli.__main__ import main
from checks.lifecycle import review, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

DONE = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CARD = """
[[cards]]
id = "card-{number}"
question = "What is kept when container {number} is removed?"
options = ["Its log", "Its named volume", "Its writable layer"]
right = "b"
why = "A named volume has a life of its own."
"""


@pytest.fixture
def lab(folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A copy of the tiny lab, with six cards."""
    shutil.copytree(OWN_LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("__pycache__"))
    use_labs(tmp_path / "labs", monkeypatch)
    content = "".join(CARD.format(number=number) for number in range(6))
    (tmp_path / "labs" / "90-tiny" / recall.FILE).write_text(content, encoding="utf-8")
    return catalog.find("90")


@pytest.fixture
def chosen(lab: Lab) -> Settings:
    return settings.load()


@pytest.fixture
def done(lab: Lab, chosen: Settings) -> Settings:
    """The settings of a learner who has finished the lab."""
    with progress.changing(chosen, lab.id) as state:
        state.passed = {check.id: f"{DONE:%Y-%m-%dT%H:%M:%SZ}" for check in registry.load(lab)}
    return chosen


def names(cards: list[recall.Card]) -> list[str]:
    return [card.question.id for card in cards]


def test_cards_come_up_the_day_after_the_lab_is_done_five_at_a_time(lab: Lab, done: Settings) -> None:
    assert review.due(done, DONE + DAY - timedelta(seconds=1)) == []
    assert review.next_time(done) == DONE + DAY
    assert names(review.due(done, DONE + DAY)) == [f"card-{number}" for number in range(5)]


def test_a_lab_that_is_not_done_has_no_cards_to_review(lab: Lab, chosen: Settings) -> None:
    with progress.changing(chosen, lab.id) as state:
        state.passed = {registry.load(lab)[0].id: "2026-01-01T12:00:00Z"}
    assert review.due(chosen, DONE + 100 * DAY) == [] and review.next_time(chosen) is None


def test_intervals_grow_with_right_answers_and_begin_again_after_a_wrong_one(lab: Lab, done: Settings) -> None:
    card, now = recall.find("90-tiny/card-0"), DONE + DAY
    for letter, days in (("b", 7), ("b", 30), ("b", 30), ("a", 1), ("b", 7)):
        answered = review.answer(card, letter, done, now)
        assert (answered.right, answered.again) == (letter == "b", now + days * DAY)
        assert "card-0" not in names(review.due(done, answered.again - timedelta(seconds=1)))
        now = answered.again
    assert progress.read(done, lab.id).streaks == {"card-0": 1}


def test_a_second_answer_on_the_same_day_changes_nothing(lab: Lab, done: Settings) -> None:
    card, now = recall.find("90-tiny/card-1"), DONE + DAY
    review.answer(card, "a", done, now)
    again = review.answer(card, "b", done, now + timedelta(minutes=1))
    assert again.right and again.again == now + DAY
    assert progress.read(done, lab.id).streaks == {"card-1": 0}


def test_answers_survive_a_reset_and_change_no_check(lab: Lab, done: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = progress.read(done, lab.id)
    review.answer(recall.find("90-tiny/card-2"), "b", done, DONE + DAY)
    after = progress.read(done, lab.id)
    assert after.passed == before.passed and after.streaks == {"card-2": 1}
    assert {"recalled", "streaks"} <= set(progress.KEPT)


@pytest.mark.parametrize("letter", ["", "d", "ab", "B!", "7"])
def test_an_unknown_option_is_refused_with_those_that_exist(lab: Lab, done: Settings, letter: str) -> None:
    with pytest.raises(SlipwayError) as refused:
        review.answer(recall.find("90-tiny/card-0"), letter, done, DONE)
    assert refused.value.fix == "Choose one of a, b, c."
    assert progress.read(done, lab.id).recalled == {}


@pytest.mark.parametrize(("id", "words"), [("90-tiny/none", "card-0"), ("91-tiny-kind/none", "has none"), ("1", "no lab")])
def test_an_unknown_card_is_refused(lab: Lab, id: str, words: str) -> None:
    with pytest.raises(SlipwayError) as refused:
        recall.find(id)
    assert words in f"{refused.value.message} {refused.value.fix}"


def test_a_learners_copy_has_no_cards(lab: Lab, chosen: Settings) -> None:
    assert not (workspace.prepare(lab, chosen) / recall.FILE).exists()


def test_without_a_terminal_the_cards_are_listed_with_how_to_answer(
    lab: Lab, done: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("**From lab 90, ") == 5 and "run `slipway review 90-tiny/card-0 a`" in shown
    assert "life of its own" not in shown
    assert main(["review", "90-tiny/card-0"]) == 0
    assert "life of its own" not in capsys.readouterr().out
    assert main(["review", "90-tiny/card-0", "a"]) == 0
    shown = capsys.readouterr().out
    assert "**Not right.**" in shown and "Its named volume" in shown and "comes again on" in shown
    assert main(["review", "90-tiny/card-0", "x"]) == 64
    assert main(["review", "90-tiny/none"]) == 64


def test_nothing_to_review_says_when(lab: Lab, chosen: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review"]) == 0
    assert "the day after you have finished it" in capsys.readouterr().out
    with progress.changing(chosen, lab.id) as state:
        state.passed = {check.id: f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}" for check in registry.load(lab)}
    assert main(["review"]) == 0
    assert "The next card is due on" in capsys.readouterr().out


class Terminal(io.StringIO):
    """Lines that a person types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "ending", "answered"),
    [
        ("b\na\nq\n", "1 of 2 right.", 2),
        ("q\n", "No card was answered.", 0),
        ("", "No card was answered.", 0),
        ("z\nB\n", "1 of 1 right.", 1),
    ],
)
def test_in_a_terminal_the_cards_are_asked_one_after_the_other(
    lab: Lab,
    done: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    ending: str,
    answered: int,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert main(["review"]) == 0
    assert capsys.readouterr().out.rstrip().endswith(ending)
    assert len(progress.read(done, lab.id).recalled) == answered


def test_cards_fit_a_narrow_terminal(
    lab: Lab, done: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "terminal_width", lambda: 40)
    main(["review"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 40


def test_the_notebook_asks_the_opening_question(lab: Lab, done: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lab.folder / "lab.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("minutes =", 'recall = "90-tiny/card-3"\nminutes ='), encoding="utf-8"
    )
    here = notebook.Here.__new__(notebook.Here)
    here._lab, here._settings = catalog.find("90"), done
    asked = here.recall()
    assert "container 3" in asked.plain and 'here.recall("a")' in asked.plain and "life of its own" not in asked.plain
    assert "**Right:** `b`" in here.recall("b").plain
    assert "not an option" in here.recall("z").plain
