"""Multiple-choice questions about a lab, read from a TOML file beside it, with answers that a class release can seal."""

import base64
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandboxes import json_text
from sandboxes.errors import Exit, SlipwayError

LETTERS = "abcd"
ANSWER = ("right", "why")


@dataclass(frozen=True)
class Question:
    """A question with two to four options.

    `right` is the letter of the right option, and `why` the reason, as Markdown. Both are for after the answer.
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

    def chosen(self, typed: str, name: str) -> str:
        """Return the letter that a person typed. Raise SlipwayError, with those that exist, for anything else.

        `name` is what the message calls the question.
        """
        letter = str(typed).strip().lower()
        if len(letter) != 1 or letter not in self.letters:
            raise SlipwayError(
                f"“{letter[:40]}” is not an option of {name}.", f"Choose one of {', '.join(self.letters)}.", Exit.WRONG_USAGE
            )
        return letter

    def choices(self) -> str:
        """Return the options as a Markdown list, each with its letter."""
        return "\n".join(f"- `{letter}` {self.option(letter)}" for letter in self.letters)


def read(path: Path, table: str) -> tuple[Question, ...]:
    """Return the questions in the tables `[[table]]` of a file, () if there is no file. Raise SlipwayError if it is invalid."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))[table]
        questions = tuple(_question(entries) for entries in tables)
        if len({question.id for question in questions}) < len(questions):
            raise ValueError("two questions have the same id")
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        fault = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise SlipwayError(f"The file {path} is invalid: {fault}.", "Correct it, or restore it with `git checkout`.") from error
    return questions


def sealed(content: str, table: str) -> str:
    """Return the content of such a file in which the answers cannot be read at a glance. `read` reads both."""
    lines = []
    for entries in tomllib.loads(content)[table]:
        answer = json.dumps({name: entries.pop(name) for name in ANSWER}).encode()
        entries["sealed"] = base64.b64encode(answer).decode()
        # A string or a list of strings is written in JSON as it is in TOML.
        lines += [f"[[{table}]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in entries.items()), ""]
    return "\n".join(lines)


def _question(table: dict[str, Any]) -> Question:
    entries = dict(table)
    if "sealed" in entries:
        entries |= json_text.loads(base64.b64decode(entries.pop("sealed"), validate=True))
    options = entries.pop("options")
    question = Question(options=tuple(options), **entries)
    texts = (question.id, question.question, question.right, question.why, *question.options)
    if not isinstance(options, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(f"the question {question.id} has an entry that is not a text")
    if not 2 <= len(options) <= len(LETTERS) or len(set(options)) < len(options):
        raise ValueError(f"the question {question.id} does not have two to four different options")
    if len(question.right) != 1 or question.right not in question.letters:
        raise ValueError(f"the right answer of {question.id} is not one of {', '.join(question.letters)}")
    return question
