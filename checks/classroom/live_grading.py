"""The grading of live targets: what is found there is sealed and stored as a submission of the learner is.

So it can be graded again, shown in an appeal and erased like any other evidence. A lab that the learner has submitted is not
looked at: a submission also holds what can only be found out on the learner's own machine.
"""

import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from checks.classroom import class_lock, keys, packed_criteria, shared_target, submission, targets
from checks.classroom.folder import ClassFolder
from checks.classroom.grading import Request, Summary
from checks.classroom.live import SETTLE, Look, Seen, look_at
from checks.classroom.records import Grade, GradeOutcome, criteria_of
from checks.classroom.rulebooks import rulebook_of
from checks.classroom.store import NewGrade, Store
from checks.model import Lab
from checks.version import __version__

SOURCE = "live target "
BATCH = 100  # grades that are stored together


def run(
    classroom: ClassFolder,
    store: Store,
    request: Request,
    summary: Summary,
    progress: Callable[[int, int], None] = lambda done, all: None,
    settle: float = SETTLE,
) -> None:
    """Grade the live targets of a class, store the grades, and add to `summary` what was done.

    `settle` is the time, in seconds, that what is in progress gets. Raise SlipwayError where the class cannot be graded at
    all; a single target never does that.
    """
    with class_lock.hold(classroom.folder), _rare_garbage():
        _Run(classroom, store, request, summary).run(progress, settle)


@contextmanager
def _rare_garbage() -> Iterator[None]:
    """Look for garbage rarely: what was collected of a class stays until the end, and looking through it takes long."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Run:
    """One run over the live targets of a class."""

    def __init__(self, classroom: ClassFolder, store: Store, request: Request, summary: Summary) -> None:
        self.classroom, self.store, self.request, self.summary = classroom, store, request, summary
        self._secret = keys.load(classroom.folder)
        self._rulebook, self._rules = rulebook_of(classroom, store, request.lab, request.learner, request.seconds)
        self._latest: dict[tuple[str, str], tuple[str, bytes]] = {}
        self._submitted: set[tuple[str, str]] = set()

    def run(self, progress: Callable[[int, int], None], settle: float) -> None:
        self._read_grades()
        looks = list(self._looks())
        found = look_at(looks, self.classroom.folder, settle, self.request.seconds)
        paused: Counter[tuple[str, str]] = Counter()
        done = 0
        while batch := list(islice(found, BATCH)):
            self._store(batch)
            paused.update((seen.look.source, seen.reason) for seen in batch if seen.paused)
            done += len(batch)
            progress(done, len(looks))
        for (source, reason), labs in paused.items():
            self.summary.paused += labs
            self.summary.notes.append(f"Paused: {source}: {reason.rstrip('.')}. Not graded there: {labs}.")

    def _store(self, batch: list[Seen]) -> None:
        """Store a batch: first its evidence, then its grades."""
        results = [result for seen in batch if (result := self._result(seen)) is not None]
        self.store.evidence.put(data for _, data in results if data)
        self.store.add([entry for entry, _ in results])

    def _read_grades(self) -> None:
        for grade in self.store.grades(self.request.learner or None, self.request.lab or None):
            if grade.graded and grade.source.startswith(SOURCE):
                self._latest[grade.learner, grade.lab] = (grade.course, packed_criteria.pack(grade.criteria))
            elif grade.graded:
                self._submitted.add((grade.learner, grade.lab))

    def _looks(self) -> Iterator[Look]:
        """Yield what to look at: the labs that have begun, and can be done where the learner works."""
        for learner in self.classroom.learners:
            cell = shared_target.of_learner(self.classroom, learner)
            if not cell or self.request.learner not in ("", learner.id):
                continue
            target = targets.parse(cell)
            for lab in self._labs(target.sandbox):
                if (learner.id, lab.id) not in self._submitted:
                    yield Look(learner.id, lab, target, f"{SOURCE}{cell}")

    def _labs(self, sandbox: str) -> Iterable[Lab]:
        for entry in self.classroom.about.labs:
            lab = self._rulebook.labs[entry.id]
            begun = entry.opens is None or entry.opens <= self.request.now
            if begun and lab.sandbox == sandbox and self.request.lab in ("", lab.id):
                yield lab

    def _result(self, seen: Seen) -> tuple[NewGrade, bytes] | None:
        """Return the grade of a look and its evidence, and count it; None where the last look found the same.

        That grade stays, with the time at which its state was reached.
        """
        if seen.graded is None:
            return self._ungraded(seen, seen.reason)
        try:
            packed = packed_criteria.pack(criteria_of(seen.graded.report))
            if self._latest.get((seen.look.learner, seen.look.lab.id)) == (__version__, packed):
                self.summary.known += 1
                return None
            data = self._seal(seen)
        except ValueError as error:
            return self._ungraded(seen, f"It cannot be stored: {error}.")
        self.summary.graded += 1
        grade = self._grade(
            seen, GradeOutcome.GRADED, evidence=hashlib.sha256(data).hexdigest(), taken=seen.graded.snapshot.taken
        )
        return NewGrade(grade, packed, self._rules[grade.lab]), data

    def _ungraded(self, seen: Seen, reason: str) -> tuple[NewGrade, bytes]:
        grade = self._grade(seen, GradeOutcome.NOT_GRADED, reason=reason)
        if not seen.paused:
            self.summary.ungraded.append(grade)
        return NewGrade(grade, b"", self._rules[grade.lab]), b""

    def _grade(self, seen: Seen, outcome: GradeOutcome, **rest: str) -> Grade:
        return Grade(
            id=0, learner=seen.look.learner, lab=seen.look.lab.id, graded_at=self.request.now, submitted_at=self.request.now,
            course=__version__, outcome=outcome, **{"source": seen.look.source, "evidence": "", **rest},
        )  # fmt: skip

    def _seal(self, seen: Seen) -> bytes:
        """Return the evidence as a submission, signed with the learner's key. Raise ValueError for too much of it."""
        about, learner = self.classroom.about, seen.look.learner
        key = keys.learner_key(self._secret, about.id, learner)
        _, data = submission.seal(seen.graded, class_id=about.id, learner=learner, key=key, sent=self.request.now)
        if len(data) > submission.MOST_BYTES:
            raise ValueError(f"its evidence has more than {submission.MOST_BYTES // 2**20} MiB")
        return data
