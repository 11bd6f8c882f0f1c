"""The instructors' guide: its commands, in order, take a class from an empty folder to marks."""

import csv
import os
import re
import shlex
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import class_cases as cases
import pytest

from checks import catalog, grade
from checks.classroom import roster, submission, targets
from checks.classroom.membership import read as read_invitation
from checks.cli.__main__ import main
from checks.grade import Graded
from sandboxes.settings import ROOT

GUIDE = ROOT / "site" / "instructors"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
CLASS = "containers-2026"
GRADES = """Student,ID,SIS User ID,SIS Login ID,Section,Flask in Docker (4711)
    Points Possible,,,,,14
"Lovelace, Ada",901,ada,,S1,
"O’Brien, Bob",902,bob,,S1,
"""


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """Yield language, title and content of each block of code on a page."""
    for match in BLOCK.finditer((GUIDE / page).read_text(encoding="utf-8")):
        yield match[1], match[2] or "", match[3]


def commands(page: str, title: str = "") -> list[list[str]]:
    """The arguments of every command on a page."""
    lines = [line for language, named, text in blocks(page) if (language, named) == ("bash", title) for line in text.splitlines()]
    assert lines and all(line.startswith("./slipway ") for line in lines)
    return [[os.path.expanduser(word) for word in shlex.split(line)[1:]] for line in lines]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a home that has only a folder for downloads."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLIPWAY_STATE", str(tmp_path / "state"))
    (tmp_path / "home" / "Downloads").mkdir(parents=True)
    return tmp_path


def send(learner: str, recording: str) -> bytes:
    """The submission that a learner makes of a recorded state, with the key from the join file."""
    joined = read_invitation(Path(CLASS, "invitations", f"{learner}.join"))
    snapshot = cases.snapshot(recording)
    graded = Graded(grade.regrade(catalog.find("01-flask"), snapshot), snapshot)
    sent = datetime.now(UTC).replace(microsecond=0)
    return submission.seal(graded, class_id=joined.class_id, learner=learner, key=joined.key, sent=sent)[1]


def download() -> None:
    """What the LMS delivers: a ZIP file with the submissions, and the exported gradebook."""
    downloads = Path.home() / "Downloads"
    with zipfile.ZipFile(downloads / "submissions.zip", "w") as archive:
        for name, learner, recording in (("Ada Lovelace_1", "ada", "solved"), ("Bob O’Brien_2", "bob", "untouched")):
            archive.writestr(f"{name}_assignsubmission_file_/01-flask-{learner}.slipway", send(learner, recording))
    (downloads / "grades.csv").write_text(GRADES, encoding="utf-8")


def test_the_commands_of_the_guide_lead_from_an_empty_folder_to_marks(place: Path, capsys: pytest.CaptureFixture) -> None:
    files = {title: text for _, title, text in blocks("index.md") if title.startswith(CLASS)}
    for arguments in commands("index.md"):
        if arguments[0] == "grade":
            join, _submit = commands("index.md", "Learner")
            assert main([join[0], str(Path(CLASS, "invitations", join[1]))]) == 0
            download()
        assert main(arguments) == 0, arguments
        if arguments[:2] == ["class", "new"]:
            for name, text in files.items():
                Path(name).write_text(text, encoding="utf-8")
    with Path("import.csv").open(encoding="utf-8", newline="") as file:
        assert [row[5] for row in csv.reader(file)] == ["Flask in Docker (4711)", "14", "12.5", "0"]
    assert {path.name for path in Path(CLASS, "exports").iterdir()} == {"gradebook.csv", "canvas.csv", "moodle.csv"}
    assert Path(CLASS, "feedback", "index.html").is_file() and Path(f"{CLASS}.tar.gz").is_file()
    for page in ("marks.md", "trust.md"):
        for arguments in commands(page):
            assert main(arguments) == 0, arguments
    assert "bob" not in Path(CLASS, "roster.csv").read_text(encoding="utf-8")
    capsys.readouterr()


def test_guide_names_only_targets_that_the_roster_accepts() -> None:
    ((_language, _title, text),) = blocks("targets.md")
    learners, problems = roster.parse(text.encode("utf-8"))
    assert not problems and {targets.parse(learner.target).kind for learner in learners} == set(targets.ADDRESSES)
