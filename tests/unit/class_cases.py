"""Classes for tests: a folder with learners, and signed submissions made of recorded snapshots."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from checks import catalog, evidence, grade
from checks.classroom import folder as class_folder
from checks.classroom import grading, keys, strict_json, submission
from checks.classroom.folder import ClassFolder
from checks.classroom.store import Store, open_store
from checks.dev import replay
from checks.dev.paths import places
from checks.grade import Graded
from checks.snapshot import Snapshot
from checks.version import __version__
from sandboxes import settings

CLASS = "c"
SENT = datetime(2026, 10, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)
LAB = "01-flask"
TOML = """id = "c"
title = "Containers"
course = "{course}"
zone = "Europe/Vienna"
[late]
grace_minutes = 15
percent_per_day = 10
lowest_percent = 50
[labs]
{labs}
[extensions]
"""


def classroom(folder: Path, learners: Iterable[str] = ("ada", "bob"), labs: Iterable[str] = (LAB,)) -> ClassFolder:
    """Create a class whose learners are named “Learner ID”."""
    class_folder.create(folder, id=CLASS, title="Containers", zone="Europe/Vienna")
    rows = "".join(f"{learner},Learner {learner.title()}\n" for learner in learners)
    (folder / "roster.csv").write_text("id,name\n" + rows, encoding="utf-8")
    entries = "\n".join(f"{lab} = {{ weight = 1, due = 2026-10-05T18:00:00 }}" for lab in labs)
    (folder / "class.toml").write_text(TOML.format(course=__version__, labs=entries), encoding="utf-8")
    (folder / "submissions").mkdir()
    return class_folder.open_class(folder)


@cache
def snapshot(name: str = "solved", lab: str = LAB) -> Snapshot:
    """Return a recorded snapshot: `solved`, `untouched`, `second`, or the name of a near miss."""
    found = catalog.find(lab)
    return replay.load(places(settings.load()).recording(found, name), found)


@cache
def names(lab: str = LAB) -> tuple[str, ...]:
    """Return the names of the recordings of a lab."""
    return tuple(recording.name for recording in replay.recordings(catalog.find(lab), places(settings.load())))


@cache
def body(name: str = "solved", lab: str = LAB) -> bytes:
    """Return the evidence of a recorded snapshot, as it is signed."""
    return evidence_of(snapshot(name, lab))


def evidence_of(found: Snapshot) -> bytes:
    """Return the evidence of a snapshot, as it is signed."""
    return strict_json.dumps(evidence.to_json(Graded(grade.regrade(catalog.find(found.lab), found), found)))


def signed(
    folder: Path,
    learner: str,
    content: bytes,
    *,
    lab: str = LAB,
    sent: datetime = SENT,
    course: str = __version__,
    key: bytes | None = None,
) -> bytes:
    """Return a submission of this evidence, signed with the learner's key or another one."""
    digest = hashlib.sha256(content).hexdigest()
    envelope = submission.Envelope(CLASS, learner, lab, course, sent, digest)
    signing = key or keys.learner_key(keys.load(folder), CLASS, learner)
    return submission.pack(submission.sign(envelope.to_json(), signing), content)


def hand_in(folder: Path, learner: str, content: bytes, name: str = "", **options: object) -> Path:
    """Write a submission into the folder of submissions, and return it."""
    path = folder / "submissions" / (name or f"{learner}.slipway")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(signed(folder, learner, content, **options))
    return path


def run(folder: Path, **options: object) -> tuple[grading.Summary, Store]:
    """Grade the class, and return what was done, and the store."""
    store = open_store(folder)
    request = grading.Request((folder / "submissions",), NOW, **{"jobs": 1, **options})
    return grading.run(class_folder.open_class(folder), store, request), store
