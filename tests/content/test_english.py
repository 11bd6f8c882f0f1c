"""The English of all texts that users read: no pattern that the course has dropped comes back."""

from collections.abc import Iterator
from functools import cache

import pytest
from english import ALLOWED, PATTERNS
from reader_texts import Sentence, all_sentences


@cache
def sentences() -> tuple[Sentence, ...]:
    return tuple(all_sentences())


def faults(texts: tuple[Sentence, ...]) -> Iterator[tuple[str, Sentence, str]]:
    """Yield the name of the pattern, the sentence and the advice, for each sentence that has a pattern."""
    for sentence in texts:
        for pattern in PATTERNS:
            if pattern.words.search(sentence.words):
                yield pattern.name, sentence, pattern.advice


@cache
def every_fault() -> tuple[tuple[str, Sentence, str], ...]:
    return tuple(faults(sentences()))


def allowed(name: str, sentence: Sentence) -> bool:
    return any(place in sentence.place and name == which and part in sentence.words for place, which, part, _ in ALLOWED)


def test_texts_read_like_the_documentation() -> None:
    found = [
        f"{sentence.place}: [{name}: {advice}] {sentence.words}"
        for name, sentence, advice in every_fault()
        if not allowed(name, sentence)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("entry", ALLOWED, ids=lambda entry: f"{entry[0]}-{entry[1]}")
def test_exceptions_are_in_use(entry: tuple[str, str, str, str]) -> None:
    place, name, part, reason = entry
    assert reason
    assert any(place in sentence.place and name == which and part in sentence.words for which, sentence, _ in every_fault())


# One sentence of the first edition for each pattern.
DROPPED = {
    "stand": "The servers stand in door.conf.",
    "lie": "In the folder lie the files of the harbour.",
    "own": "The application needs a network of its own.",
    "nobody": "A log that nobody reads is no log.",
    "who": "Who deletes the set gets the old books again.",
    "dated": "The container is created anew.",
    "bring": "The rollout brings a version to both machines.",
    "lead": "The name leads to the Service.",
    "is to": "Version 2 is to come at noon.",
    "comma too": "Their folder has seen a season of work, too.",
    "also": "The claim is not bound, also not after a minute.",
    "let": "A limit lets the next start fail.",
    "in the place of": "Put a folder in the place of the old one.",
    "cleft": "What decides is the request that the scheduler sees.",
    "what happened": "**What happened.** The engine has replaced the container.",
    "inversion": "Here is no cloud that could do that.",
    "one": "What happens if one deletes the file?",
    "makes": "The program mends the file.",
    "goes on": "The shell goes on with the next line.",
    "at work": "Another command is at work in this folder.",
    "terms": "The Pod requests 100m of a processor.",
    "size": "The application has one kilobyte of source.",
    "filler": "You can simply delete the Pod.",
    "door": "Every node has a door to the Service.",
}


def test_every_pattern_has_a_sentence() -> None:
    assert [pattern.name for pattern in PATTERNS] == list(DROPPED)


@pytest.mark.parametrize("name", DROPPED)
def test_patterns_find_what_they_drop(name: str) -> None:
    names = [which for which, _, _ in faults((Sentence("a lab", DROPPED[name]),))]
    assert name in names
