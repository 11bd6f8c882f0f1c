"""The command for predictions: it shows them, locks an answer, and compares it with the result."""

from typing import Annotated

import typer

from checks import predictions
from checks.cli import lab_here
from checks.cli.grading import LabOfFolder
from checks.lifecycle import prediction
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="PREDICTION ANSWER", help="A prediction of the lab, and the letter of your answer."),
]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show the result. Without an answer, your progress records that.")]


def predict(lab: LabOfFolder = "", words: Words = None, reveal: Reveal = False) -> None:
    """Predict the result of an experiment.

    Without a prediction, list those of the lab. Your first answer is locked, and it never counts toward your points. Run
    the experiment, then use --reveal.

    Example: slipway predict 03 one-folder-too-high b
    """
    known_lab, rest = _lab((*([lab] if lab else []), *(words or ())))
    if len(rest) > 2 or (reveal and len(rest) != 1):
        raise SlipwayError(
            "Name one prediction and at most one answer; with --reveal, only the prediction.",
            f"`slipway predict {known_lab.id}` lists the predictions of the lab.",
            Exit.WRONG_USAGE,
        )
    chosen = settings.load()
    if not rest:
        print(
            "\n".join(_line(answered) for answered in prediction.all_of(known_lab, chosen))
            or f"Lab {known_lab.id} has no predictions."
        )
    elif reveal:
        print(prediction.result(prediction.reveal(known_lab, rest[0], chosen, anyway=True)))
    else:
        command = f"slipway predict {known_lab.id} {rest[0]}"
        answered = prediction.answer(known_lab, rest[0], rest[1] if len(rest) > 1 else "", chosen)
        print(prediction.shown(answered, f"{command} a", f"{command} --reveal"))


def _lab(words: tuple[str, ...]) -> tuple[Lab, tuple[str, ...]]:
    """Return the lab that the words name, and the other words. In a lab's folder, the first may be a prediction."""
    lab = lab_here.current()
    if words and lab is not None and words[0] in {known.id for known in predictions.read(lab)}:
        return lab, words
    return lab_here.find(words[0] if words else "", "predict"), words[1:]


def _line(answered: prediction.Answered) -> str:
    if not answered.revealed:
        state = f"locked: {answered.answer}" if answered.answer else "open"
    else:
        state = ("right" if answered.right else "wrong") if answered.answer else "shown"
    return f"{answered.prediction.id} ({state}): {answered.prediction.question}"
