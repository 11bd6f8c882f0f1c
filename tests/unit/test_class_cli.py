"""The commands that grade a class, through the command line: what they print, what they refuse, and their exit codes."""

import subprocess
import sys
import zipfile
from pathlib import Path

import class_cases as cases
import pytest

from checks.cli.__main__ import main
from sandboxes.settings import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cases.classroom(tmp_path / "c")
    return tmp_path / "c"


def test_a_moodle_archive_and_a_canvas_folder_are_graded(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    moodle, canvas = tmp_path / "moodle.zip", tmp_path / "canvas"
    with zipfile.ZipFile(moodle, "w") as archive:
        archive.writestr(
            "Learner Ada_12_assignsubmission_file_/01-flask-ada.slipway", cases.signed(folder, "ada", cases.body("solved"))
        )
        archive.writestr("Learner Eve_13_assignsubmission_file_/essay.pdf", b"%PDF-1.7")
    canvas.mkdir()
    (canvas / "boblearner_LATE_12_34_01-flask-bob-1.slipway").write_bytes(cases.signed(folder, "bob", cases.body("untouched")))
    assert main(["grade", str(folder), "--from", str(moodle), "--from", str(canvas)]) == 1
    out, err = capsys.readouterr()
    assert out == "Graded: 2. Graded before: 0. Not graded: 1.\n"
    assert "Not graded: Learner Eve_13_assignsubmission_file_/essay.pdf: The file is not a submission" in err
    assert main(["grade", str(folder), "--from", str(canvas)]) == 0
    assert capsys.readouterr().out == "Graded: 0. Graded before: 1. Not graded: 0.\n"


def test_a_mark_is_changed_shown_and_given_back(folder: Path, capsys: pytest.CaptureFixture) -> None:
    cases.hand_in(folder, "ada", cases.body("untouched"))
    assert main(["grade", str(folder)]) == 0
    where = ["--class", str(folder)]
    assert main(["class", "mark", "ada", "01", "--points", "3.5", "--reason", "Agreed.", "--by", "kim", *where]) == 0
    assert main(["class", "show", "ada", "flask", *where]) == 0
    assert "kim set the points to 3.5" in capsys.readouterr().out
    assert main(["class", "mark", "ada", "01", "--undo", "--reason", "A mistake.", *where]) == 0
    assert main(["regrade", str(folder)]) == 0
    capsys.readouterr()
    assert main(["class", "show", "ada", "01", *where]) == 0
    assert "kim" not in capsys.readouterr().out
    assert main(["class", "copies", str(folder)]) == 0
    assert main(["class", "erase", "ada", "--yes", *where]) == 0
    assert main(["class", "show", "ada", "01", *where]) == 64


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["mark", "ada", "01", "--points", "1000", "--reason", "x"], "--points must be a number from 0 to"),
        (["mark", "ada", "01", "--points", "NaN", "--reason", "x"], "--points must be a number from 0 to"),
        (["mark", "ada", "01", "--points", "1.005", "--reason", "x"], "--points must be a number from 0 to"),
        (["mark", "ada", "01", "--points", "-1", "--reason", "x"], "--points must be a number from 0 to"),
        (["mark", "ada", "01", "--reason", "x"], "Give either --points or --undo"),
        (["mark", "ada", "01", "--points", "1", "--reason", " "], "needs a reason"),
        (["mark", "eve", "01", "--points", "1", "--reason", "x"], "is not in roster.csv"),
        (["mark", "ada", "02", "--points", "1", "--reason", "x"], "is not part of the class"),
        (["show", "ada", "01"], "Nothing was graded"),
        (["show", "ada", "nolab"], "There is no lab"),
    ],
)
def test_wrong_usage_is_named(folder: Path, capsys: pytest.CaptureFixture, arguments: list[str], message: str) -> None:
    assert main(["class", *arguments, "--class", str(folder)]) == 64
    assert message in capsys.readouterr().err


def test_grading_something_that_is_no_class_names_the_problem(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["grade", str(tmp_path)]) == 64
    assert "class.toml" in capsys.readouterr().err


def test_grading_from_a_missing_place_is_wrong_usage(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["grade", str(folder), "--from", str(tmp_path / "missing.zip")]) == 64
    assert "cannot be read" in capsys.readouterr().err


def test_an_appeal_loads_neither_docker_nor_kubernetes(folder: Path) -> None:
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.run(folder)
    code = (
        "import sys; from checks.cli.__main__ import main; "
        f"code = main(['class', 'show', 'ada', '01', '--class', {str(folder)!r}]); "
        "print(sorted({'docker', 'kubernetes', 'jupyterlab', 'rich', 'jinja2'} & set(sys.modules)), code)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == "[] 0"
