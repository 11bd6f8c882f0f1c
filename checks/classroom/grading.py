"""The grading run of a class: every new submission becomes a grade, or is named with the reason why it is none.

A run can be ended at any moment and started again: the evidence of a batch is on the disk before its grades are stored, the
grades of a batch are stored all or none, and what is stored is not graded again.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from checks.classroom import class_lock, intake, lms_names
from checks.classroom.assess import SECONDS
from checks.classroom.folder import ClassFolder
from checks.classroom.records import Grade, GradeOutcome, Rejection
from checks.classroom.rulebooks import rulebook_of
from checks.classroom.store import NewGrade, Store
from checks.classroom.workers import Assessed, assess_all
from checks.version import __version__

INBOX = "submissions"
BATCH = 1000  # results that are stored together
BATCH_BYTES = 16 * 2**20  # of their evidence
FILES_PER_JOB = 100  # for fewer, starting a process takes longer than it saves


@dataclass(frozen=True)
class Request:
    """What to grade: the files in `sources`. `jobs` is the number of processes, 0 for as many as pay.

    `lab` and `learner` are ids that restrict the run, or empty. `now` is aware.
    """

    sources: tuple[Path, ...]
    now: datetime
    lab: str = ""
    learner: str = ""
    jobs: int = 0
    batch: int = BATCH
    seconds: float = SECONDS


@dataclass
class Summary:
    """What a run did: the numbers of graded files and targets and of those that were graded before, and what to look at.

    `paused` counts the labs on live targets that could not be used; each such target is one of the notes.
    """

    graded: int = 0
    known: int = 0
    paused: int = 0
    ungraded: list[Grade | Rejection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def run(
    classroom: ClassFolder, store: Store, request: Request, progress: Callable[[int, int], None] = lambda done, all: None
) -> Summary:
    """Grade what is new, and store it. `progress` is called with the number of files done and of all.

    Raise SlipwayError where the class cannot be graded at all; a single submission never does that.
    """
    with class_lock.hold(classroom.folder):
        return _Run(classroom, store, request).run(progress)


class _Run:
    """One grading run."""

    def __init__(self, classroom: ClassFolder, store: Store, request: Request) -> None:
        self.store = store
        self.request = request
        self.summary = Summary()
        self._seen: set[str] = set()
        self._people = lms_names.People(classroom.learners)
        self._rulebook, self._rules = rulebook_of(classroom, store, request.lab, request.learner, request.seconds)

    def run(self, progress: Callable[[int, int], None]) -> Summary:
        self.store.evidence.clean()
        items = [item for source in self.request.sources for item in intake.items(source)]
        known = frozenset(self.store.graded())
        done = 0
        assessed = assess_all(items, self._rulebook, known, self._jobs(len(items)))
        for batch in _batches(assessed, self.request.batch):
            self._store(batch)
            done += len(batch)
            progress(done, len(items))
        return self.summary

    def _jobs(self, files: int) -> int:
        return self.request.jobs or max(1, min(os.cpu_count() or 1, files // FILES_PER_JOB))

    def _store(self, batch: list[Assessed]) -> None:
        """Store a batch: first its evidence, then its grades."""
        entries = [entry for result in batch if (entry := self._entry(result)) is not None]
        self.store.evidence.put(result.data for result in batch if result.data)
        self.store.add(entries)

    def _entry(self, result: Assessed) -> NewGrade | Rejection | None:
        """Return what to store about a file, and count it."""
        assessment, name = result.assessment, result.item.name
        if assessment is None or result.digest in self._seen:
            self.summary.known += 1
            return None
        if assessment.skipped:
            return None
        self._seen.update({result.digest} - {""})
        delivered = lms_names.read(name)
        person = self._people.id_of(delivered)
        if not assessment.learner:
            return self._rejected(Rejection(name, result.digest, assessment.reason, person, lab_in(name, self._rules)))
        if person and person != assessment.learner:
            self.summary.notes.append(f"{name} was uploaded by {person}, but {assessment.learner} signed it and gets the grade.")
        grade = Grade(
            id=0,
            learner=assessment.learner,
            lab=assessment.lab,
            graded_at=self.request.now,
            submitted_at=assessment.sent,
            course=__version__,
            source=name,
            evidence=result.digest,
            outcome=GradeOutcome.NOT_GRADED if assessment.reason else GradeOutcome.GRADED,
            reason=assessment.reason,
            taken=assessment.taken,
            late_by_lms=delivered.late,
        )
        if assessment.reason:
            self.summary.ungraded.append(grade)
        else:
            self.summary.graded += 1
        return NewGrade(grade, assessment.criteria, self._rules.get(assessment.lab, ""))

    def _rejected(self, rejection: Rejection) -> Rejection | None:
        """Count a file that counts for no learner. Where the run is restricted, it cannot be told whether it belongs to it."""
        if self.request.lab or self.request.learner:
            return None
        self.summary.ungraded.append(rejection)
        return rejection


def lab_in(name: str, labs: Iterable[str]) -> str:
    """Return the lab that a file's name suggests; empty for none. The longest fits: `09c-checkpoint` is not `09`."""
    return max((lab for lab in labs if lab in name), key=len, default="")


def _batches(results: Iterable[Assessed], most: int) -> Iterator[list[Assessed]]:
    """Yield results in batches that are bounded in number and in bytes."""
    batch: list[Assessed] = []
    size = 0
    for result in results:
        batch.append(result)
        size += len(result.data)
        if len(batch) >= most or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def now() -> datetime:
    """Return the time, in UTC and whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
