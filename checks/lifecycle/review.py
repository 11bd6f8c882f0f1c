"""Reviews: the recall cards of labs that a learner has done, at growing intervals, and what the learner answered.

Answers are kept in the progress of the card's lab and never count toward the points.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, zip_longest

from checks import catalog, progress, recall
from checks.lifecycle import course_progress
from checks.progress import LabState
from checks.recall import Card
from sandboxes.settings import Settings

# Days until a card comes again: after a wrong answer and after the lab itself, after one right answer, after two or more.
INTERVALS = (1, 7, 30)
CARDS = 5


@dataclass(frozen=True)
class Answer:
    """A learner's answer to a card: its letter, whether it is right, and when the card comes again."""

    card: Card
    letter: str
    again: datetime

    @property
    def right(self) -> bool:
        """Whether it is the right one."""
        return self.letter == self.card.question.right


def due(settings: Settings, now: datetime) -> list[Card]:
    """Return the cards of a review, at most five: those that have waited longest, of as many labs as possible."""
    waiting = sorted((entry for entry in _planned(settings) if entry[0] <= now), key=lambda entry: entry[0])
    by_lab: dict[str, list[Card]] = {}
    for _, card in waiting:
        by_lab.setdefault(card.lab.id, []).append(card)
    rounds = chain.from_iterable(zip_longest(*by_lab.values()))
    return [card for card in rounds if card is not None][:CARDS]


def next_time(settings: Settings) -> datetime | None:
    """Return when the next card is due; None where no lab is done."""
    return min((at for at, _ in _planned(settings)), default=None)


def answer(card: Card, letter: str, settings: Settings, now: datetime) -> Answer:
    """Record the answer to a card. A second answer within a day changes nothing: the learner has just read the right one.

    Raise SlipwayError for an unknown option.
    """
    letter = card.question.chosen(letter, "this card")
    name = card.question.id
    with progress.changing(settings, card.lab.id) as state:
        last = state.recalled.get(name)
        if last is None or now - datetime.fromisoformat(last) >= timedelta(days=1):
            state.streaks[name] = state.streaks.get(name, 0) + 1 if letter == card.question.right else 0
            state.recalled[name] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer(card, letter, _again(state, name))


def _planned(settings: Settings) -> Iterator[tuple[datetime, Card]]:
    """Yield every card of the labs that are done, and those answered before, with the time at which it is due."""
    for lab in catalog.labs(settings.labs):
        state = progress.read(settings, lab.id)
        done = _done(state.passed.values()) if course_progress.of(lab, settings).done else None
        for card in recall.cards(lab):
            if card.question.id in state.recalled:
                yield _again(state, card.question.id), card
            elif done is not None:
                yield done + timedelta(days=INTERVALS[0]), card


def _done(times: Iterable[str]) -> datetime:
    return max(datetime.fromisoformat(time) for time in times)


def _again(state: LabState, name: str) -> datetime:
    days = INTERVALS[min(state.streaks.get(name, 0), len(INTERVALS) - 1)]
    return datetime.fromisoformat(state.recalled[name]) + timedelta(days=days)


def question(card: Card, how: str) -> str:
    """Return a card with its options, as Markdown; `how` says how to answer it."""
    number, _, _ = card.lab.id.partition("-")
    return "\n\n".join([f"**From lab {number}, {card.lab.title}:** {card.question.question}", card.question.choices(), how])


def result(answered: Answer) -> str:
    """Return the right option next to the answer, and why, as Markdown."""
    asked = answered.card.question
    right = f"`{asked.right}` {asked.option(asked.right)}"
    if answered.right:
        verdict = f"**Right:** {right}"
    else:
        mine = f"`{answered.letter}` {asked.option(answered.letter)}"
        verdict = f"**Not right.**\n\n- Your answer: {mine}\n- The right one: {right}"
    return f"{verdict}\n\n{asked.why.strip()}"
