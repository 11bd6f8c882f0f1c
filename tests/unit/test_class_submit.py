"""Joining a class and submitting to it: the join file, what the learner is told, and the file that is written."""

import json
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from fake_engine import FakeEngine

from checks import catalog, grade, notebook
from checks.classroom import keys, membership, submission, submitting
from checks.classroom.class_file import Class, ClassLab
from checks.classroom.membership import Membership
from checks.classroom.roster import Learner
from checks.cli.__main__ import main
from checks.dev import replay
from checks.dev.paths import places
from checks.grade import Graded
from sandboxes import settings
from sandboxes.errors import SlipwayError

SECRET = bytes(range(32))
OPENS, DUE = datetime(2026, 10, 5, 6, tzinfo=UTC), datetime(2026, 10, 12, 21, 59, 59, tzinfo=UTC)
LABS = (ClassLab("90-tiny", Decimal(1), OPENS, DUE), ClassLab("91-tiny-kind"))
ABOUT = Class("containers-2026", "Containers", "0.1.0", "Europe/Vienna", LABS, extensions={("ben", "*"): DUE + timedelta(days=7)})
ADA = membership.invite(ABOUT, Learner("ada", "Ada Lovelace"), SECRET)


def recorded(lab_id: str, name: str) -> Graded:
    lab = catalog.find(lab_id)
    snapshot = replay.load(places(settings.load()).recording(lab, name), lab)
    return Graded(grade.regrade(lab, snapshot), snapshot)


@pytest.fixture
def join_file(tiny_labs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ada.join"
    membership.write(path, ADA)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return path


def test_invitation_carries_the_learners_own_key_and_times() -> None:
    assert ADA.key == keys.learner_key(SECRET, "containers-2026", "ada")
    assert ADA.times == {"90-tiny": (OPENS, DUE), "91-tiny-kind": (None, None)}
    ben = membership.invite(ABOUT, Learner("ben", "Ben"), SECRET)
    assert ben.times["90-tiny"][1] == DUE + timedelta(days=7) and ben.key != ADA.key
    assert ADA.key.hex() not in repr(ADA) and repr(ADA.key) not in repr(ADA)


def test_join_file_is_read_as_it_was_written_and_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        membership.write(tmp_path / name, membership.invite(ABOUT, Learner("ada", "Ada Lovelace"), SECRET))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert stat.S_IMODE((tmp_path / "one").stat().st_mode) == 0o600
    assert membership.read(tmp_path / "one") == ADA


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.update(format="slipway-join/2"),
        lambda data: data.update(extra=1),
        lambda data: data.pop("key"),
        lambda data: data.update(key="00"),
        lambda data: data.update(key=data["key"].upper()),
        lambda data: data.update(learner="../ada"),
        lambda data: data.update({"class": "A B"}),
        lambda data: data.update(zone="Nowhere/Town"),
        lambda data: data.update(zone="../../etc/passwd"),
        lambda data: data.update(title="\x1b[31mred"),
        lambda data: data.update(name=3),
        lambda data: data.update(labs=[]),
        lambda data: data["labs"].update({"../x": {"opens": None, "due": None}}),
        lambda data: data["labs"]["90-tiny"].pop("due"),
        lambda data: data["labs"]["90-tiny"].update(due="2026-10-12T00:00:00"),
        lambda data: data["labs"]["90-tiny"].update(due="soon"),
        lambda data: data["labs"]["90-tiny"].update(due=3),
    ],
)
def test_what_is_no_join_file_is_refused(join_file: Path, damage: object, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(join_file.read_text(encoding="utf-8"))
    damage(data)
    join_file.write_text(json.dumps(data), encoding="utf-8")
    assert main(["join", str(join_file)]) == 64
    told = capsys.readouterr().err
    assert "not a complete join file" in told and "Ask your instructor" in told
    assert membership.current(settings.load()) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"format":NaN}', b"[" * 9999, b" " * 70_000])
def test_join_file_of_any_bytes_is_refused(join_file: Path, content: bytes) -> None:
    join_file.write_bytes(content)
    assert main(["join", str(join_file)]) == 64
    assert main(["join", str(join_file.with_name("absent"))]) == 64


def test_join_keeps_the_key_for_the_owner_only_and_shows_the_due_times(
    join_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["join", str(join_file)]) == 0
    shown = capsys.readouterr()
    assert "You have joined “Containers” as Ada Lovelace (ada)." in shown.out
    assert "90-tiny       Mon 12 Oct 2026, 23:59 (Europe/Vienna)" in shown.out and "91-tiny-kind  at any time" in shown.out
    assert shown.err == "" and ADA.key.hex() not in shown.out
    kept = settings.load().state / "class.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600 and membership.current(settings.load()) == ADA


def test_join_warns_of_a_file_that_others_can_read(join_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    join_file.chmod(0o644)
    assert main(["join", str(join_file)]) == 0
    assert f"chmod 600 {join_file}" in capsys.readouterr().err


def test_join_asks_before_it_leaves_another_class(join_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["join", str(join_file)]) == 0
    other = tmp_path / "ben.join"
    membership.write(other, membership.invite(ABOUT, Learner("ben", "Ben"), SECRET))
    monkeypatch.setattr("sys.stdin", open("/dev/null", encoding="utf-8"))  # noqa: SIM115
    assert main(["join", str(other)]) != 0
    assert membership.current(settings.load()) == ADA
    assert main(["join", str(join_file)]) == 0  # the same class again: no question
    assert main(["join", str(other), "--yes"]) == 0
    assert membership.current(settings.load()).learner == "ben"


def test_submit_without_a_class_says_what_joining_is(tiny_labs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["submit", "90", "--yes"]) == 64
    told = capsys.readouterr().err
    assert "You have not joined a class" in told and "`slipway join FILE`" in told and "`slipway check`" in told


def test_submit_refuses_a_lab_outside_the_class(join_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    membership.join(settings.load(), membership.invite(Class("c", "C", "0.1.0", "UTC", LABS[1:]), Learner("ada", "Ada"), SECRET))
    assert main(["submit", "90", "--yes"]) == 64
    assert "not part of the class “C”" in capsys.readouterr().err


def test_submit_checks_shows_and_writes_one_signed_file(
    join_file: Path, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{docker.socket}")
    assert main(["join", str(join_file)]) == 0
    assert main(["submit", "90", "--wait", "0", "--yes"]) == 0
    shown = capsys.readouterr().out
    path = Path("90-tiny-ada.slipway")
    assert [file.name for file in Path().iterdir()] == [path.name] and stat.S_IMODE(path.stat().st_mode) == 0o600
    found = submission.read(path.read_bytes(), "containers-2026", {"ada": ADA.key}.get)
    receipt = found.envelope.receipt
    grouped = " ".join(receipt[at : at + 4] for at in range(0, 16, 4))
    for line in ("Class and learner: containers-2026, ada", "Lab: 90-tiny, version", f"Receipt: {grouped}", f"Written: {path}"):
        assert line in shown
    assert docker.writes == ["POST /containers/slipway-tiny/exec"]  # a probe of the lab, and nothing else


def test_submit_asks_before_it_writes(
    join_file: Path, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{docker.socket}")
    monkeypatch.setattr("sys.stdin", open("/dev/null", encoding="utf-8"))  # noqa: SIM115
    assert main(["join", str(join_file), "--yes"]) == 0
    assert main(["submit", "90", "--wait", "0"]) != 0
    assert "What will leave your machine" in capsys.readouterr().out and not list(Path().iterdir())


def test_submit_refuses_when_nothing_could_be_checked(
    join_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/absent.sock")
    assert main(["join", str(join_file)]) == 0
    assert main(["submit", "90", "--yes", "--wait", "0"]) == 2
    assert not list(Path().iterdir()) and "Fix:" in capsys.readouterr().err


def test_submission_after_the_due_time_says_that_it_is_late(tiny_labs: Path) -> None:
    graded = recorded("90", "solved")
    late = submitting.prepare(ADA, graded, DUE + timedelta(days=1, hours=3, minutes=5))
    assert late.notes == (
        "This submission is 1 day 3 hours late: lab 90-tiny was due on Mon 12 Oct 2026, 23:59 (Europe/Vienna).",
    )
    assert submission.read(late.sealed, "containers-2026", {"ada": ADA.key}.get)
    assert "is due on" in submitting.prepare(ADA, graded, DUE).notes[0]
    assert "opens on Mon 05 Oct 2026, 08:00" in submitting.prepare(ADA, graded, OPENS - timedelta(seconds=1)).notes[0]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "less than a minute"), (60, "1 minute"), (7260, "2 hours 1 minute"), (86400, "1 day"), (90000, "1 day 1 hour")],
)
def test_late_by_names_two_units(seconds: int, text: str) -> None:
    assert submitting.late_by(DUE + timedelta(seconds=seconds), DUE) == text


def test_description_names_what_leaves_and_what_was_redacted() -> None:
    joined = Membership(
        "c", "C", "0.1.0", "UTC", "ada", "Ada", b"k" * 32, {"05-compose": (None, None), "14-configuration": (None, None)}
    )
    for lab in joined.times:
        prepared = submitting.prepare(joined, recorded(lab, "solved"), DUE)
        text = submitting.describe(prepared)
        marked = prepared.graded.snapshot.dumps().count("‹redacted ")
        fields = list(submitting.redacted(prepared.graded.snapshot.objects)) + list(
            submitting.redacted(prepared.graded.snapshot.probes)
        )
        assert marked and fields and f"Redacted, so not in the file: {len(set(fields))} field" in text
        assert f"{len(prepared.sealed) / 1000:.1f} kB" in text and "points" in text
    assert "Secret" in text and "Pod" in text


def test_version_that_differs_from_the_class_is_named(tiny_labs: Path) -> None:
    joined = membership.invite(Class("c", "C", "9.0", "UTC", LABS), Learner("ada", "Ada"), SECRET)
    assert "Your class uses version 9.0" in submitting.prepare(joined, recorded("90", "solved"), DUE).notes[-1]


def test_output_may_be_a_folder_or_a_file_but_nothing_special(tiny_labs: Path, tmp_path: Path) -> None:
    prepared = submitting.prepare(ADA, recorded("90", "solved"), DUE)
    assert submitting.target(prepared, tmp_path) == tmp_path / "90-tiny-ada.slipway"
    assert submitting.target(prepared, tmp_path / "mine.slipway") == tmp_path / "mine.slipway"
    assert submitting.finish(prepared, submitting.target(prepared, tmp_path / "new" / "folder"))
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["90-tiny-ada.slipway"]
    (tmp_path / "link.slipway").symlink_to("/etc/passwd")
    with pytest.raises(SlipwayError, match="a link"):
        submitting.target(prepared, tmp_path / "link.slipway")
    with pytest.raises(SlipwayError, match="cannot be written"):
        submitting.target(prepared, Path("/etc/passwd"))


def test_submit_in_a_notebook_writes_the_file_next_to_it(
    join_file: Path, docker: FakeEngine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{docker.socket}")
    here = notebook.lab("90")
    assert "You have not joined a class" in here.submit().plain
    membership.join(settings.load(), ADA)
    shown = here.submit().plain
    path = settings.load().work / "90-tiny" / "90-tiny-ada.slipway"
    assert "What will leave your machine" in shown and f"Written: {path}" in shown and "Nothing was sent yet" in shown
    assert submission.read(path.read_bytes(), "containers-2026", {"ada": ADA.key}.get).envelope.lab == "90-tiny"
