"""The predictions of the course: every lab has one, and nothing in a notebook or in their order gives an answer away.

That each prompt has its prediction, and each prediction its cells, is one of the rules for notebooks (`checks.dev.rules`).
"""

from collections import Counter

import pytest

from checks import catalog, notebook_file, predictions, questions
from checks.dev.rules import PROMPT
from checks.model import Lab
from sandboxes.settings import ROOT

LABS = catalog.labs(ROOT / "labs")


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_lab_has_a_prediction_for_each_prompt_and_its_notebook_does_not_answer_it(lab: Lab) -> None:
    text = "\n".join(cell["source"] for cell in notebook_file.read(lab.folder / "lab.ipynb")["cells"])
    asked = predictions.read(lab)
    assert len(asked) == len(PROMPT.findall(text)) > 0
    for prediction in asked:
        paragraphs = [prediction.option(prediction.right), *prediction.why.strip().split("\n\n")]
        assert not [paragraph for paragraph in paragraphs if len(paragraph) > 20 and paragraph in text], prediction.id


def test_the_right_answer_has_no_favorite_letter() -> None:
    letters = Counter(prediction.right for lab in LABS for prediction in predictions.read(lab))
    assert set(letters) == set(questions.LETTERS)
    assert max(letters.values()) < letters.total() / 2


def test_the_right_answer_is_not_the_longest_option_as_a_rule() -> None:
    course = [prediction for lab in LABS for prediction in predictions.read(lab)]
    longest = [one.id for one in course if max(one.options, key=len) == one.option(one.right)]
    assert len(longest) < len(course) / 2
