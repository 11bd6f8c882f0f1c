"""The class store: what is added stays, a kill at any point loses nothing, and what is erased is gone."""

import os
import random
import shutil
import signal
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import FrameType

import class_cases as cases
import pytest

from checks.classroom import packed_criteria
from checks.classroom.evidence_files import EvidenceFiles
from checks.classroom.folder import open_class
from checks.classroom.grading import Request, run
from checks.classroom.records import Criterion, Grade, GradeOutcome, ManualChange, Rejection
from checks.classroom.store import NewGrade, Store, open_store
from checks.model import Finding, Outcome
from sandboxes.errors import SlipwayError

WRITING = ("classroom/store.py", "classroom/evidence_files.py", "classroom/grading.py")
FINDING = Finding("It answers on 8000.", "container/web", "Ports", 5000, {"port": [8000]}, why="exit code 1")
CRITERIA = (Criterion("a", "A", Outcome.NOT_YET, 2, 1, (FINDING,)), Criterion("b", "B", Outcome.PASSED, 1, 1))
GRADE = Grade(
    1,
    "ada",
    "01-flask",
    cases.NOW,
    cases.SENT,
    "1",
    "ada.slipway",
    "a" * 64,
    GradeOutcome.GRADED,
    "",
    CRITERIA,
    "2026-10-01T11:59:00Z",
    True,
)


def new(grade: Grade = GRADE, **changes: object) -> NewGrade:
    grade = replace(grade, **changes)
    return NewGrade(grade, packed_criteria.pack(grade.criteria), "r" * 64)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_a_grade_comes_back_as_it_was(store: Store) -> None:
    store.add([new()])
    assert list(store.grades()) == [GRADE] and store.graded() == {"a" * 64} and store.rules_of(1) == "r" * 64


def test_the_same_submission_is_stored_once(store: Store) -> None:
    store.add([new(), new()])
    store.add([new(graded_at=datetime(2027, 1, 1, tzinfo=UTC), source="again.slipway")])
    assert list(store.grades()) == [GRADE]


def test_a_grade_that_follows_another_is_added_and_the_old_one_stays(store: Store) -> None:
    store.add([new()])
    later = new(criteria=CRITERIA[1:])
    for _ in range(2):
        store.add([replace(later, rules="s" * 64, after=1)])
    assert list(store.grades()) == [GRADE, replace(GRADE, id=2, criteria=CRITERIA[1:])]


def test_a_failed_submission_can_be_graded_later(store: Store) -> None:
    store.add([new(outcome=GradeOutcome.NOT_GRADED, reason="too old", criteria=())])
    store.add([new()])
    assert [grade.outcome.value for grade in store.grades("ada", "01-flask")] == ["not graded", "graded"]
    assert store.graded() == {"a" * 64} and list(store.grades("bob")) == []


def test_rejections_and_changes_come_back(store: Store) -> None:
    rejection = Rejection("x.bin", "d" * 64, "It is empty.", "ada", "01-flask")
    change = ManualChange(1, "ada", "01-flask", Decimal("7.50"), "The registry was down.", "kim", cases.NOW)
    store.add([rejection, rejection])
    store.change(change)
    store.change(replace(change, points=None))
    assert store.rejections() == [rejection] and store.changes() == [change, replace(change, id=2, points=None)]


def test_a_batch_is_stored_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(SlipwayError):
        store.add([new(), Rejection("x", "d" * 64, None)])
    assert list(store.grades()) == []


def test_only_the_owner_can_read_the_store_and_the_evidence(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = open_store(tmp_path)
        store.add([new()])
        store.evidence.put([b"evidence"])
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600} and len(files) >= 2
        assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "evidence").rglob("*") if path.is_dir()} == {0o700}
    finally:
        os.umask(before)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "class.db").write_bytes(b"not a database" * 100)
    with pytest.raises(SlipwayError, match="cannot be opened"):
        open_store(tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "mysql+unknown://x/y"])
def test_a_wrong_url_names_the_right_form(tmp_path: Path, url: str) -> None:
    with pytest.raises(SlipwayError, match="postgresql"):
        open_store(tmp_path, url)


def test_evidence_is_kept_once_and_checked_when_it_is_read(tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    first, second, third = files.put([b"a", b"b", b"a"])
    assert first == third and list(files.digests()) == sorted({first, second}) and files.read(first) == b"a"
    files.path(first).write_bytes(b"b")
    with pytest.raises(ValueError, match="changed"):
        files.read(first)
    with pytest.raises(ValueError):
        files.path("../../etc/passwd")


def test_what_an_interrupted_run_left_is_removed(tmp_path: Path) -> None:
    files = EvidenceFiles(tmp_path / "evidence")
    (digest,) = files.put([b"a"])
    partial = files.path(digest).with_suffix(".part")
    partial.write_bytes(b"half")
    files.clean()
    assert not partial.exists() and files.read(digest) == b"a"


@pytest.mark.parametrize("value", [[[]] * 2, "x"])
def test_criteria_are_bounded(value: object) -> None:
    deep: object = value
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError):
        packed_criteria.pack([replace(CRITERIA[0], findings=(replace(FINDING, observed=deep),))])
    with pytest.raises(ValueError):
        packed_criteria.pack([replace(CRITERIA[0], findings=(replace(FINDING, observed="x" * 2**20),))])


def small_class(folder: Path) -> None:
    """Six submissions of two learners, one of them noise, and one learner with two."""
    cases.classroom(folder)
    for number, name in enumerate(("untouched", "solved", "second", cases.names()[-1], cases.names()[-2])):
        learner = ("ada", "bob")[number % 2]
        cases.hand_in(folder, learner, cases.body(name), f"{number}.slipway")
    (folder / "submissions" / "3-noise").write_bytes(b"noise")


def contents(folder: Path) -> tuple:
    """What the store and the evidence hold, with the ids that were given."""
    store = open_store(folder)
    kept = (
        list(store.grades()),
        store.rejections(),
        [(digest, store.evidence.read(digest)) for digest in store.evidence.digests()],
    )
    store.close()
    return kept


def grade_in_child(folder: Path, prepare: Callable[[], None]) -> int:
    """Grade in a process of its own, prepared in it, and return the status it ended with."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    status = 1
    try:
        classroom, store = open_class(folder), open_store(folder)
        prepare()
        run(classroom, store, Request((folder / "submissions",), cases.NOW, jobs=1, batch=2))
        status = 0
    finally:
        sys.setprofile(None)
        os._exit(status)


def on_call(act: Callable[[int], None]) -> None:
    """Call `act` with the number of each call that the modules that write make, and of each return from one."""
    calls = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if frame.f_code.co_filename.endswith(WRITING):
            calls += 1
            act(calls)

    sys.setprofile(profile)


def count_calls(result: Path) -> None:
    descriptor = os.open(result, os.O_CREAT | os.O_WRONLY, 0o600)
    on_call(lambda calls: os.pwrite(descriptor, b"%d" % calls, 0))


def kill_at_call(number: int) -> None:
    on_call(lambda calls: os.kill(os.getpid(), signal.SIGKILL) if calls == number else None)


def kill_after(seconds: float) -> None:
    """End this process once it has computed for so long, also inside a library, a system call or a write.

    The signal is SIGVTALRM, which ends a process that does not handle it as SIGKILL does.
    """
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple, int, float]:
    """A class that has not been graded, what grading it gives, and the calls and seconds of computing that this takes."""
    template = tmp_path_factory.mktemp("undisturbed") / "c"
    small_class(template)
    counted, timed = template.parent / "counted", template.parent / "timed"
    shutil.copytree(template, counted)
    assert grade_in_child(counted, lambda: count_calls(template.parent / "calls")) == 0
    expected = contents(counted)
    assert len(expected[0]) == 5 and len(expected[1]) == 1 and len(expected[2]) == 5
    shutil.copytree(template, timed)
    before = os.times().children_user
    assert grade_in_child(timed, lambda: None) == 0
    return template, expected, int((template.parent / "calls").read_bytes()), os.times().children_user - before


@pytest.mark.parametrize("seed", range(50))
def test_a_run_that_is_killed_and_started_again_gives_the_same(
    undisturbed: tuple[Path, tuple, int, float], seed: int, tmp_path: Path
) -> None:
    template, expected, calls, seconds = undisturbed
    folder = tmp_path / "c"
    shutil.copytree(template, folder)
    draw = random.Random(seed)
    number, moment = draw.randint(1, calls), draw.uniform(0, seconds)
    # The second kill hits the run that was to complete the first.
    assert grade_in_child(folder, lambda: kill_at_call(number)) == signal.SIGKILL
    assert grade_in_child(folder, lambda: kill_after(moment)) in (signal.SIGVTALRM, 0)
    assert grade_in_child(folder, lambda: None) == 0
    assert contents(folder) == expected
    assert not list((folder / "evidence").rglob("*.part"))
