"""The predictions of a lab, read from `predictions.toml`: questions that the experiments of the lab answer."""

import base64
import json
import tomllib
from dataclasses import dataclass
from typing import Any

from checks.model import Lab
from sandboxes import json_text
from sandboxes.errors import Exit, SlipwayError

FILE = "predictions.toml"
LETTERS = "abcd"
ANSWER = ("right", "why")


@dataclass(frozen=True)
class Prediction:
    """A question with two to four options.

    `right` is the letter of the right option, and `why` the reason, as Markdown. Both are for after the experiment.
    """

    id: str
    question: str
    options: tuple[str, ...]
    right: str
    why: str

    @property
    def letters(self) -> str:
        """The letters of the options: "abc" for three."""
        return LETTERS[: len(self.options)]

    def option(self, letter: str) -> str:
        """Return the text of an option."""
        return self.options[self.letters.index(letter)]


def read(lab: Lab) -> tuple[Prediction, ...]:
    """Return the predictions of a lab; () where it has none. Raise SlipwayError for an invalid file."""
    path = lab.folder / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["predictions"]
        predictions = tuple(_prediction(table) for table in tables)
        if len({prediction.id for prediction in predictions}) < len(predictions):
            raise ValueError("two predictions have the same id")
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(f"The file {path} is invalid: {fault}.", "Correct it, or restore it with `git checkout`.") from error
    return predictions


def find(lab: Lab, id: str) -> Prediction:
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


def sealed(content: str) -> str:
    """Return the content of a `predictions.toml` in which the answers cannot be read at a glance. `read` reads both."""
    lines = []
    for table in tomllib.loads(content)["predictions"]:
        answer = json.dumps({name: table.pop(name) for name in ANSWER}).encode()
        table["sealed"] = base64.b64encode(answer).decode()
        # A string or a list of strings is written in JSON as it is in TOML.
        lines += ["[[predictions]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in table.items()), ""]
    return "\n".join(lines)


def _prediction(table: dict[str, Any]) -> Prediction:
    entries = dict(table)
    if "sealed" in entries:
        entries |= json_text.loads(base64.b64decode(entries.pop("sealed"), validate=True))
    options = entries.pop("options")
    prediction = Prediction(options=tuple(options), **entries)
    texts = (prediction.id, prediction.question, prediction.right, prediction.why, *prediction.options)
    if not isinstance(options, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"the prediction {prediction.id} has an entry that is not a text")
    if not 2 <= len(options) <= len(LETTERS) or len(set(options)) < len(options):
        raise ValueError(f"the prediction {prediction.id} does not have two to four different options")
    if len(prediction.right) != 1 or prediction.right not in prediction.letters:
        raise ValueError(f"the right answer of {prediction.id} is not one of {', '.join(prediction.letters)}")
    return prediction
