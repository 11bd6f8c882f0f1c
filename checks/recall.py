"""The recall cards of a lab, read from `recall.toml`: questions to answer from memory, days after the lab."""

from dataclasses import dataclass

from checks import catalog, questions
from checks.model import Lab
from checks.questions import Question
from sandboxes.errors import Exit, SlipwayError

FILE = "recall.toml"
TABLE = "cards"


@dataclass(frozen=True)
class Card:
    """A question about a lab. `id` is that of the lab and of the question: "12-deployments/old-copy"."""

    lab: Lab
    question: Question

    @property
    def id(self) -> str:
        """Its name in the course."""
        return f"{self.lab.id}/{self.question.id}"


def cards(lab: Lab) -> tuple[Card, ...]:
    """Return the cards of a lab; () where it has none. Raise SlipwayError for an invalid file."""
    return tuple(Card(lab, question) for question in questions.read(lab.folder / FILE, TABLE))


def find(id: str) -> Card:
    """Return the card of this id. Raise SlipwayError, with those that the lab has, for an unknown one."""
    lab_name, _, name = id.partition("/")
    lab = catalog.find(lab_name)
    known = cards(lab)
    for card in known:
        if card.question.id == name:
            return card
    raise SlipwayError(
        f"There is no recall card “{id[:80]}”.",
        f"The cards of lab {lab.id} are: {', '.join(card.id for card in known)}." if known else f"Lab {lab.id} has none.",
        Exit.WRONG_USAGE,
    )


def opening(lab: Lab) -> Card:
    """Return the card about an earlier lab that opens this one. Raise SlipwayError where there is none."""
    if not lab.recall:
        raise SlipwayError(f"Lab {lab.id} has no opening question.", "", Exit.WRONG_USAGE)
    return find(lab.recall)
