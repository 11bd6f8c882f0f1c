"""How far a learner is in the course: lab by lab, and in the competencies of the exams."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks import catalog, curricula, progress, registry
from checks.curricula import Share
from checks.model import Lab
from sandboxes.settings import Settings, load


@dataclass(frozen=True)
class Progress:
    """How far a learner is: `passed` of `total` checks; `started` is empty before the lab is begun.

    `checks` are the ids of the checks that have passed.
    """

    lab: Lab
    started: str
    passed: int
    total: int
    hints: int
    solutions: int
    checks: frozenset[str] = frozenset()

    @property
    def done(self) -> bool:
        """Whether all checks have passed."""
        return self.passed == self.total


def course() -> list[Progress]:
    """Return the progress in every lab, in the order of the course."""
    settings = load()
    return [of(lab, settings) for lab in catalog.labs()]


def of(lab: Lab, settings: Settings) -> Progress:
    """Return the progress in a lab. Raise SlipwayError for a damaged file."""
    kept = progress.read(settings, lab.id)
    ids = {check.id for check in registry.load(lab)}
    passed = frozenset(ids & kept.passed.keys())
    return Progress(lab, kept.started, len(passed), len(ids), sum(kept.hints.values()), len(kept.solutions), passed)


def next_lab(rows: Sequence[Progress]) -> Lab:
    """Return the first lab that is not finished; the last one when all are."""
    return next((row.lab for row in rows if not row.done), rows[-1].lab)


def shown(rows: Sequence[Progress]) -> frozenset[str]:
    """Return the codes of the competencies that the learner has shown in some labs."""
    passed = {row.lab.id: row.checks for row in rows}
    return curricula.shown([row.lab for row in rows], passed)


def shares(rows: Sequence[Progress]) -> tuple[Share, ...]:
    """Return the learner's own share of each exam's competencies."""
    return curricula.shares(shown(rows))
