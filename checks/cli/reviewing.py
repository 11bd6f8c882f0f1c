"""`slipway review`: recall cards of earlier labs, asked one after the other, or answered by command."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from checks import recall
from checks.cli import checking
from checks.cli.opening import day
from checks.lifecycle import review
from checks.recall import Card
from checks.render.text import wrap
from sandboxes import settings
from sandboxes.settings import Settings

QUIT = "q"
OPTION = "- `a` "
CardName = Annotated[str, typer.Argument(metavar="[CARD]", help="A card, such as 12-deployments/old-copy.")]
Letter = Annotated[str, typer.Argument(metavar="[ANSWER]", help="The letter of your answer.")]


def review_(card: CardName = "", answer: Letter = "") -> None:
    """Review labs that you have done.

    Asks up to five questions about them, to answer from memory.

    Cards of a lab come up the day after you have finished it. A card that you answered right comes again after 7 days, then
    after 30; any other one comes again the next day. Your answers never count toward your points. In a terminal, the cards
    are asked one after the other. Elsewhere, they are listed.

    Example: slipway review

    Example: slipway review 12-deployments/old-copy b
    """
    chosen, now = settings.load(), datetime.now(UTC)
    if card:
        print(_answered(recall.find(card), answer, chosen, now) if answer else _question(recall.find(card), _command(card)))
        return
    cards = review.due(chosen, now)
    if not cards:
        print(_nothing(review.next_time(chosen)))
    elif sys.stdin.isatty() and sys.stdout.isatty():
        _ask(cards, chosen, now)
    else:
        print("\n\n".join(_question(due, _command(due.id)) for due in cards))


def _wrapped(markdown: str) -> str:
    """Return a text for the width of the terminal; an option continues below its own words."""
    width, lines = checking.terminal_width(), []
    for line in markdown.split("\n"):
        hanging = " " * len(OPTION) if line.startswith("- ") else ""
        lines += [hanging * bool(number) + part for number, part in enumerate(wrap(line, width - len(hanging)))] or [""]
    return "\n".join(lines)


def _command(id: str) -> str:
    return f"To choose `a`, run `slipway review {id} a`."


def _question(card: Card, how: str) -> str:
    return _wrapped(review.question(card, how))


def _answered(card: Card, letter: str, chosen: Settings, now: datetime) -> str:
    answered = review.answer(card, letter, chosen, now)
    return _wrapped(f"{review.result(answered)}\n\nThis card comes again on {day(answered.again)}.")


def _nothing(at: datetime | None) -> str:
    if at is None:
        return "There is nothing to review yet. The cards of a lab come up the day after you have finished it."
    return f"There is nothing to review today. The next card is due on {day(at)}."


def _ask(cards: list[Card], chosen: Settings, now: datetime) -> None:
    """Ask the cards one after the other, until the learner stops."""
    right = asked = 0
    for number, card in enumerate(cards, 1):
        letters = card.question.letters
        print(_question(card, f"Card {number} of {len(cards)}. Type {', '.join(letters)}, or {QUIT} to stop."))
        letter = _letter(letters)
        if letter == QUIT:
            break
        print("\n" + _answered(card, letter, chosen, now) + "\n")
        asked, right = asked + 1, right + (letter == card.question.right)
    print(f"{right} of {asked} right." if asked else "No card was answered.")


def _letter(letters: str) -> str:
    """Read a letter until it is one of the card's; the end of the input stops the review."""
    while True:
        try:
            typed = input("Your answer: ").strip().lower()
        except EOFError:
            print()
            return QUIT
        if typed and (typed == QUIT or (len(typed) == 1 and typed in letters)):
            return typed
        print(f"Type one of {', '.join(letters)}, or {QUIT}.")
