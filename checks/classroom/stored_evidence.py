"""Stored evidence, read back: its envelope, verified again, and the snapshot in it."""

from dataclasses import dataclass

from checks.classroom import keys, submission
from checks.classroom.assess import snapshot_of
from checks.classroom.folder import ClassFolder
from checks.classroom.records import Grade
from checks.classroom.store import Store
from checks.classroom.submission import Envelope, SubmissionError
from checks.snapshot import Snapshot


@dataclass(frozen=True)
class Stored:
    """The evidence of a grade."""

    envelope: Envelope
    snapshot: Snapshot


class EvidenceReader:
    """Reads the evidence of a class, also of learners who have left its roster."""

    def __init__(self, classroom: ClassFolder, store: Store) -> None:
        self._store = store
        self._class_id = classroom.about.id
        self._secret = keys.load(classroom.folder)

    def read(self, grade: Grade) -> Stored:
        """Return the evidence of a grade. Raise SubmissionError where it is missing, was changed or cannot be read."""
        if not grade.evidence:
            raise SubmissionError("No evidence was stored.")
        try:
            data = self._store.evidence.read(grade.evidence)
        except OSError as error:
            raise SubmissionError(f"The evidence {grade.evidence[:12]} is missing ({error.strerror}).") from error
        except ValueError as error:
            raise SubmissionError(f"The evidence {grade.evidence[:12]} cannot be used: {error}.") from error
        envelope, body = submission.unseal(data, self._class_id, self._key)
        return Stored(envelope, snapshot_of(body, envelope.lab, envelope.course))

    def _key(self, learner: str) -> bytes:
        return keys.learner_key(self._secret, self._class_id, learner)
