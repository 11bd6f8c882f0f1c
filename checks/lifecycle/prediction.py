"""A learner's answers to the predictions of a lab: locked before an experiment, compared with its result afterwards.

They are kept in the progress and never count toward the points.
"""

from dataclasses import dataclass

from checks import predictions, progress
from checks.model import Lab, Predicted
from checks.progress import LabState
from checks.questions import Question
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import Settings


@dataclass(frozen=True)
class Answered:
    """A prediction with the learner's answer: its letter (empty: none yet), and whether the result was shown."""

    prediction: Question
    answer: str = ""
    revealed: bool = False

    @property
    def right(self) -> bool:
        """Whether the answer is the right one."""
        return self.answer == self.prediction.right


def all_of(lab: Lab, settings: Settings) -> list[Answered]:
    """Return every prediction of a lab, in the order of the lab."""
    state = progress.read(settings, lab.id)
    return [_answered(prediction, state) for prediction in predictions.read(lab)]


def answer(lab: Lab, id: str, letter: str, settings: Settings) -> Answered:
    """Lock the answer to a prediction, unless there is one or the result was shown. An empty letter changes nothing.

    Raise SlipwayError for an unknown prediction or option.
    """
    prediction = predictions.find(lab, id)
    letter = prediction.chosen(letter, f"the prediction “{id}”") if str(letter).strip() else ""
    with progress.changing(settings, lab.id) as state:
        if letter and id not in state.revealed:
            state.predicted.setdefault(id, letter)
        return _answered(prediction, state)


def reveal(lab: Lab, id: str, settings: Settings, *, anyway: bool) -> Answered:
    """Compare the answer with the result, and record that the result was shown.

    Raise SlipwayError for an unknown prediction and, unless `anyway` is set, where there is no answer yet.
    """
    prediction = predictions.find(lab, id)
    with progress.changing(settings, lab.id) as state:
        if not (anyway or id in state.predicted or id in state.revealed):
            raise SlipwayError(
                f"You have not answered the prediction “{id}” yet.",
                f'Answer it with `here.predict("{id}", "a")`, or another letter. To see the result without an answer, run '
                f'`here.reveal("{id}", anyway=True)`; your progress records that.',
                Exit.WRONG_USAGE,
            )
        state.revealed = sorted({*state.revealed, id})
        return _answered(prediction, state)


def tally(lab: Lab, settings: Settings) -> Predicted | None:
    """Return how many predictions were right, among those whose result was shown; None where there are none of these."""
    shown = [answered for answered in all_of(lab, settings) if answered.revealed]
    unanswered = sum(not answered.answer for answered in shown)
    right = sum(answered.right for answered in shown)
    return Predicted(right, len(shown) - unanswered, unanswered) if shown else None


def _answered(prediction: Question, state: LabState) -> Answered:
    return Answered(prediction, state.predicted.get(prediction.id, ""), prediction.id in state.revealed)


def question(answered: Answered, how: str) -> str:
    """Return the question with its options, as Markdown; `how` is the command that answers it with the option a."""
    prediction = answered.prediction
    parts = [f"**Your prediction:** {prediction.question}", prediction.choices()]
    return "\n\n".join([*parts, f"To choose `a`, run `{how}`. Your first answer is locked. It never counts toward your points."])


def locked(answered: Answered, how: str) -> str:
    """Return the locked answer, as Markdown; `how` is the command that shows the result."""
    return (
        f"**Your prediction:** `{answered.answer}` {answered.prediction.option(answered.answer)}\n\n"
        f"It is locked. Run the experiment now. After it, `{how}` compares your prediction with the result."
    )


def result(answered: Answered) -> str:
    """Return the result of the experiment next to the answer, as Markdown."""
    prediction = answered.prediction
    right = f"`{prediction.right}` {prediction.option(prediction.right)}"
    if not answered.answer:
        verdict = f"**The result:** {right}"
    elif answered.right:
        verdict = f"**Your prediction was right:** {right}"
    else:
        mine = f"`{answered.answer}` {prediction.option(answered.answer)}"
        verdict = f"**The result is different from your prediction.**\n\n- You predicted: {mine}\n- The result: {right}"
    return f"{verdict}\n\n{prediction.why.strip()}"


def shown(answered: Answered, to_answer: str, to_reveal: str) -> str:
    """Return a prediction as it stands: open, locked or with its result, as Markdown, with the commands to continue."""
    if answered.revealed:
        return result(answered)
    return locked(answered, to_reveal) if answered.answer else question(answered, to_answer)
