"""The results of a class: its learners, labs, marks and totals, as exports and pages read them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checks import catalog, curricula, registry
from checks.classroom import marks
from checks.classroom.class_file import Class
from checks.classroom.folder import ClassFolder
from checks.classroom.marks import Total
from checks.classroom.records import Grade, Mark
from checks.classroom.roster import Learner
from checks.classroom.store import Store
from checks.curricula import Share
from checks.model import Lab, Outcome


@dataclass(frozen=True)
class Results:
    """The results of a class. `labs` are in the order of the class, `learners` in that of the roster.

    `maxima` maps the id of each lab to the points of all its checks, `marks` (learner, lab) to the mark, and `totals` the
    id of each learner to the total. Every learner has a mark in every lab. `shares` maps the id of each learner to the share
    of each exam's competencies that the learner has shown, by the grades that count.
    """

    about: Class
    learners: tuple[Learner, ...]
    labs: tuple[Lab, ...]
    maxima: Mapping[str, int]
    marks: Mapping[tuple[str, str], Mark]
    totals: Mapping[str, Total]
    shares: Mapping[str, tuple[Share, ...]]

    def row(self, learner: str) -> list[Mark]:
        """Return the marks of a learner, one for each lab, in the order of the class."""
        return [self.marks[learner, lab.id] for lab in self.labs]

    def counted(self, grades: Iterator[Grade]) -> Iterator[Grade]:
        """Yield those of `grades` that marks rest on. Other learners and labs than those of the class have none."""
        ids = {mark.grade for mark in self.marks.values()}
        return (grade for grade in grades if grade.id in ids)


def load(classroom: ClassFolder, store: Store) -> Results:
    """Return the results of a class as they are now. Raise SlipwayError where its store or labs cannot be read."""
    labs = tuple(catalog.find(lab.id) for lab in classroom.about.labs)
    maxima = {lab.id: sum(check.points for check in registry.load(lab)) for lab in labs}
    learners = [learner.id for learner in classroom.learners]
    grades = [_light(grade) for grade in store.grades()]
    found = marks.marks(classroom.about, learners, maxima, grades, store.changes())
    totals = {total.learner: total for total in marks.totals(classroom.about, found)}
    by_lab = {(mark.learner, mark.lab): mark for mark in found}
    return Results(classroom.about, classroom.learners, labs, maxima, by_lab, totals, _shares(labs, found, grades))


def _shares(labs: Sequence[Lab], found: Sequence[Mark], grades: Sequence[Grade]) -> dict[str, tuple[Share, ...]]:
    """Return the share of each exam's competencies by learner. Points that were set by hand show no competency."""
    by_id = {grade.id: grade for grade in grades}
    passed: dict[str, dict[str, set[str]]] = {mark.learner: {} for mark in found}
    for mark in found:
        criteria = by_id[mark.grade].criteria if mark.grade in by_id else ()
        passed[mark.learner][mark.lab] = {item.check for item in criteria if item.outcome is Outcome.PASSED}
    return {learner: curricula.shares(curricula.shown(labs, of_learner)) for learner, of_learner in passed.items()}


def _light(grade: Grade) -> Grade:
    """Return a grade without its findings, which no mark depends on: the grades of a whole class are in memory at once."""
    return replace(grade, criteria=tuple(replace(criterion, findings=()) for criterion in grade.criteria))
