"""The assessment of one submission: from its bytes to criteria or a reason. Runs in the processes of a grading run.

Everything that a submission says is data of someone else. What its report claims is not read: today's checks of the lab, all
of them, are evaluated on the snapshot in it.
"""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks import registry
from checks.classroom import keys, packed_criteria, submission
from checks.classroom.records import Criterion, criteria_of
from checks.classroom.submission import Envelope, SubmissionError
from checks.evaluate import evaluate
from checks.model import Lab
from checks.snapshot import Snapshot
from sandboxes import json_text

MOST_VALUES = 500_000  # in the evidence, so that parsing it takes bounded memory
SECONDS = 20.0  # of computing for one submission, on any machine far more than a check of good work needs


@dataclass(frozen=True)
class Rulebook:
    """What a grading run goes by. `versions` maps a lab to the versions of the course whose rules are today's.

    `only_lab` and `only_learner` restrict the run where they are set. `any_version` grades all evidence by today's rules.
    `seconds` is the time for one submission.
    """

    class_id: str
    secret: bytes
    learners: frozenset[str]
    labs: Mapping[str, Lab]
    versions: Mapping[str, frozenset[str]]
    course: str
    only_lab: str = ""
    only_learner: str = ""
    any_version: bool = False
    seconds: float = SECONDS

    def includes(self, envelope: Envelope) -> bool:
        """Tell whether the run is about the learner and the lab of a submission."""
        return self.only_lab in ("", envelope.lab) and self.only_learner in ("", envelope.learner)

    def key_of(self, learner: str) -> bytes | None:
        """Return the key of a learner, None for an id that is not in the roster."""
        return keys.learner_key(self.secret, self.class_id, learner) if learner in self.learners else None


@dataclass(frozen=True)
class Assessment:
    """What came of a submission. Without a `learner`, nothing proves whose it is; without a `reason`, it was graded.

    `criteria` are packed: what a submission brings along is bounded before it leaves the process. `skipped` is True where
    the run is for other learners or labs.
    """

    reason: str = ""
    learner: str = ""
    lab: str = ""
    sent: datetime | None = None
    taken: str = ""
    criteria: bytes = b""
    skipped: bool = False


class Deadline(BaseException):
    """The time for one submission is over. Not an Exception: the evaluation keeps going after the failure of a check."""


def assess(data: bytes, rulebook: Rulebook) -> Assessment:
    """Grade the bytes of a submission. Never raises: every failure becomes the reason of the assessment."""
    envelope = None
    try:
        with within(rulebook.seconds):
            envelope, body = submission.unseal(data, rulebook.class_id, rulebook.key_of)
            return _graded(envelope, body, rulebook)
    except Deadline:
        reason = f"Checking it took more than {rulebook.seconds:.0f} s of computing."
    except SubmissionError as error:
        reason = error.reason
    except MemoryError:
        reason = "Checking it took too much memory."
    except Exception as error:  # one submission must never stop the others
        reason = f"Checking it failed ({type(error).__name__}: {str(error)[:200]})."
    if envelope is None:
        return Assessment(reason)
    return Assessment(reason, envelope.learner, envelope.lab, envelope.sent)


def _graded(envelope: Envelope, body: bytes, rulebook: Rulebook) -> Assessment:
    if not rulebook.includes(envelope):
        return Assessment(learner=envelope.learner, lab=envelope.lab, skipped=True)
    lab = rulebook.labs.get(envelope.lab)
    if lab is None:
        raise SubmissionError(f"Lab {envelope.lab} is not part of the class.")
    if not rulebook.any_version and envelope.course not in rulebook.versions[lab.id]:
        raise SubmissionError(
            f"It cannot be graded: it is evidence of course version {envelope.course}, whose checks of lab {lab.id} are not"
            f" those of version {rulebook.course}."
        )
    snapshot = snapshot_of(body, envelope.lab, envelope.course)
    criteria = packed_criteria.pack(criteria_on(lab, snapshot, rulebook.course))
    return Assessment("", envelope.learner, lab.id, envelope.sent, snapshot.taken, criteria)


def criteria_on(lab: Lab, snapshot: Snapshot, course: str) -> tuple[Criterion, ...]:
    """Return what today's checks of a lab, all of them, find in a snapshot."""
    return criteria_of(evaluate(lab, registry.load(lab), snapshot, course))


def snapshot_of(body: bytes, lab: str, course: str) -> Snapshot:
    """Return the snapshot in verified evidence of this lab and course version. Raise SubmissionError for anything else.

    The report beside it is not read.
    """
    if sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise SubmissionError(f"Its evidence has more than {MOST_VALUES} values.")
    try:
        data = json_text.loads(body, parse_constant=_refuse)
        snapshot = Snapshot.from_json(data["snapshot"])
        _require_shape(snapshot)
        named = (data["lab"], data["course"])
    except (json_text.TooDeep, RecursionError) as error:
        raise SubmissionError("Its evidence is nested too deep.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SubmissionError(f"Its evidence is not complete ({type(error).__name__}: {str(error)[:200]}).") from error
    if not named[0] == snapshot.lab == lab:
        raise SubmissionError(f"It is for lab {lab}, but its evidence is about lab {str(snapshot.lab)[:60]}.")
    if named[1] != course:
        raise SubmissionError(f"It names version {course} of the course, but its evidence another one.")
    return snapshot


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")


def _require_shape(snapshot: Snapshot) -> None:
    """Raise TypeError where a snapshot is not of the form that every check relies on."""
    tables = [*snapshot.objects.values(), snapshot.probes]
    if not all(isinstance(table, dict) and all(isinstance(item, dict) for item in table.values()) for table in tables):
        raise TypeError("its objects and probes are not JSON objects")
    texts = (snapshot.lab, snapshot.taken, snapshot.started, *snapshot.errors.values(), *snapshot.engine.values())
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a value that must be a text is none")
    scope = snapshot.scope
    if scope is not None and not (isinstance(scope, dict) and all(isinstance(names, list) for names in scope.values())):
        raise TypeError("its scope is not a table of lists")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Deadline in the body once this process has computed for so long. Waiting for a busy machine does not count."""

    def over(_signal: int, _frame: object) -> None:
        raise Deadline

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
