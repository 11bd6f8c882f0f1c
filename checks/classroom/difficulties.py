"""The difficulties of a class: which criterion fails most, and with which observed values. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from checks.classroom.records import Criterion, Grade
from checks.model import Outcome
from checks.render import words

MOST_VALUES = 5  # of one criterion
MOST_NAMED = 3  # learners for one value
_FAILED = (Outcome.NOT_YET, Outcome.WAITING)


@dataclass(frozen=True)
class Observed:
    """A finding that `count` learners share: its message, and the value that was found. `learners` are the first of them."""

    message: str
    value: str
    count: int
    learners: tuple[str, ...]


@dataclass(frozen=True)
class Difficulty:
    """A criterion that failed for `failed` of the `graded` learners whose work was checked for it.

    What is blocked by another criterion counts as neither. `observed` are the most frequent findings, and `more` is the number of
    others.
    """

    lab: str
    check: str
    title: str
    graded: int
    failed: int
    observed: tuple[Observed, ...]
    more: int = 0


def difficulties(grades: Iterable[Grade]) -> list[Difficulty]:
    """Return the criteria that failed for someone, the most frequent first. `grades` has one for each learner and lab."""
    graded: Counter[tuple[str, str]] = Counter()
    titles: dict[tuple[str, str], str] = {}
    findings: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for grade in grades:
        for criterion in grade.criteria:
            key = (grade.lab, criterion.check)
            graded[key] += criterion.outcome in (Outcome.PASSED, *_FAILED)
            if criterion.outcome in _FAILED:
                titles[key] = criterion.title
                findings[key][_finding(criterion)].append(grade.learner)
    found = [_difficulty(key, titles[key], graded[key], values) for key, values in findings.items()]
    return sorted(found, key=lambda item: (-item.failed, -item.failed / item.graded, item.lab, item.check))


def _difficulty(key: tuple[str, str], title: str, graded: int, values: dict[tuple[str, str], list[str]]) -> Difficulty:
    ordered = sorted(values.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    observed = tuple(
        Observed(message, value, len(learners), tuple(learners[:MOST_NAMED]))
        for (message, value), learners in ordered[:MOST_VALUES]
    )
    return Difficulty(*key, title, graded, sum(map(len, values.values())), observed, len(ordered[MOST_VALUES:]))


def _finding(criterion: Criterion) -> tuple[str, str]:
    """Return the message of the first finding and the value that was found, as a person reads them."""
    if not criterion.findings:
        return "", ""
    first = criterion.findings[0]
    value = "" if first.expected is None and first.observed is None else words.value(first.observed)
    return words.prose(first.message), value
