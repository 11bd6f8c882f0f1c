"""The recall cards of the course: every lab has a deck, and neither a letter nor a length gives an answer away.

That an opening card exists, and is about an earlier lab, is one of the rules for notebooks (`checks.dev.rules`).
"""

from collections import Counter

import pytest

from checks import catalog, predictions, questions, recall
from checks.model import Lab
from sandboxes.settings import ROOT

LABS = catalog.labs(ROOT / "labs")
# The first labs have no lab two before them.
WITHOUT = LABS[:2]


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_lab_has_four_cards_that_are_read_in_two_minutes(lab: Lab) -> None:
    cards = recall.cards(lab)
    assert len(cards) == 4
    asked = {prediction.question for prediction in predictions.read(lab)}
    for card in cards:
        assert len(card.question.question) <= 300 and max(map(len, card.question.options)) <= 120, card.id
        assert card.question.question not in asked, card.id


@pytest.mark.parametrize("lab", [lab for lab in LABS if lab not in WITHOUT], ids=lambda lab: lab.id)
def test_a_lab_begins_with_a_question_about_an_earlier_one(lab: Lab) -> None:
    assert recall.opening(lab).lab.id < lab.id


def test_no_card_opens_two_labs() -> None:
    cards = [lab.recall for lab in LABS if lab.recall]
    assert len(set(cards)) == len(cards)


def test_the_right_answer_has_no_favorite_letter_and_no_favorite_length() -> None:
    course = [card.question for lab in LABS for card in recall.cards(lab)]
    letters = Counter(question.right for question in course)
    assert set(letters) == set(questions.LETTERS)
    assert max(letters.values()) < 0.36 * letters.total()
    longest = [question for question in course if max(question.options, key=len) == question.option(question.right)]
    assert len(longest) < 0.4 * len(course)
