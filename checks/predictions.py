"""The predictions of a lab, read from `predictions.toml`: questions that the experiments of the lab answer."""

from checks import questions
from checks.model import Lab
from checks.questions import Question
from sandboxes.errors import Exit, SlipwayError

FILE = "predictions.toml"
TABLE = "predictions"


def read(lab: Lab) -> tuple[Question, ...]:
    """Return the predictions of a lab; () where it has none. Raise SlipwayError for an invalid file."""
    return questions.read(lab.folder / FILE, TABLE)


def find(lab: Lab, id: str) -> Question:
    """Return the prediction of this id. Raise SlipwayError, with those that the lab has, for an unknown one."""
    predictions = read(lab)
    for prediction in predictions:
        if prediction.id == id:
            return prediction
    known = ", ".join(prediction.id for prediction in predictions)
    raise SlipwayError(
        f"Lab {lab.id} has no prediction “{id}”." if known else f"Lab {lab.id} has no predictions.",
        f"Its predictions are: {known}." if known else "",
        Exit.WRONG_USAGE,
    )
