"""The gradebook of a class in every format, and its match with what Canvas and Moodle exported."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import class_cases as cases
import jsonschema
import pytest

from checks.classroom import export, lms_gradebook, lms_match, results, spreadsheet
from checks.classroom.folder import open_class
from checks.classroom.records import ManualChange
from checks.classroom.results import Results
from checks.classroom.roster import Learner
from checks.classroom.store import Store, open_store
from checks.cli.__main__ import main
from sandboxes.errors import SlipwayError
from sandboxes.settings import ROOT

LABS = ("01-flask", "02-layers")
ROSTER = """id,name,email,group
ada,Ada Lovelace,ada@example.org,A
bob,"O'Brien, Bob",bob@example.org,A
cid,משה כהן,,B
dan,Dan Late,dan@example.org,B
"""
SCHEMA = json.loads((ROOT / "checks/render/gradebook.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A class: ada has everything, bob nothing right, cid a file that cannot be graded and dan one that came late."""
    place = tmp_path / "c"
    cases.classroom(place, labs=LABS)
    (place / "roster.csv").write_text(ROSTER, encoding="utf-8")
    cases.hand_in(place, "ada", cases.body("solved"))
    cases.hand_in(place, "ada", cases.body("solved", LABS[1]), "ada-2.slipway", lab=LABS[1])
    cases.hand_in(place, "bob", cases.body("untouched"))
    cases.hand_in(place, "cid", b"{}")
    cases.hand_in(place, "dan", cases.body("solved"), sent=cases.SENT + timedelta(days=6))
    _, store = cases.run(place)
    store.change(ManualChange(0, "bob", LABS[0], Decimal("7.5"), "Agreed.", "kim", cases.NOW))
    store.close()
    return place


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    opened = open_store(folder)
    yield opened
    opened.close()


@pytest.fixture
def found(folder: Path, store: Store) -> Results:
    return results.load(open_class(folder), store)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_gradebook_has_a_row_for_each_learner_and_a_column_for_each_lab(found: Results, store: Store) -> None:
    header, *lines = rows(export.export(found, store, "csv").text)
    assert header == ["id", "name", "email", "group", *LABS, "total", "without a mark", "CKAD of 24", "CKA of 27"]
    assert [line[0] for line in lines] == ["ada", "bob", "cid", "dan"]
    most = found.maxima[LABS[0]]
    by_id = {line[0]: dict(zip(header, line, strict=True)) for line in lines}
    assert by_id["ada"][LABS[0]] == str(most) and by_id["ada"]["total"] == "100"
    assert by_id["bob"][LABS[0]] == "7.5" and by_id["bob"]["name"] == "O'Brien, Bob"
    assert by_id["dan"][LABS[0]] == spreadsheet.number(Decimal(most) * Decimal("0.8"))
    assert by_id["cid"][LABS[0]] == by_id["cid"]["total"] == "" and by_id["cid"]["without a mark"] == LABS[0]
    # Both labs cover the same competency. Points that were set by hand show none.
    assert [by_id[learner]["CKAD of 24"] for learner in ("ada", "bob", "cid", "dan")] == ["1", "0", "0", "1"]


@pytest.mark.parametrize("format", export.FILES)
def test_every_format_gives_the_same_bytes_again(found: Results, store: Store, folder: Path, format: str) -> None:
    again = results.load(open_class(folder), store)
    assert export.export(found, store, format).text == export.export(again, store, format).text


def test_json_keeps_to_its_published_schema_and_says_how_a_mark_came_about(found: Results, store: Store) -> None:
    data = json.loads(export.export(found, store, "json").text)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    bob = data["learners"][1]["marks"][0]
    assert (bob["points"], bob["change"]["author"], bob["state"]) == (7.5, "kim", "complete")
    assert bob["automatic"] == 0 and bob["change"]["reason"] == "Agreed."
    states = [learner["marks"][0]["state"] for learner in data["learners"]]
    assert states == ["complete", "complete", "not graded", "complete"]
    assert data["learners"][1]["marks"][1]["state"] == "missing" and data["learners"][2]["total"] is None
    assert data["learners"][0]["competencies"] == [{"exam": "CKAD", "shown": 1, "of": 24}, {"exam": "CKA", "shown": 0, "of": 27}]
    for name in ("learners", "class", "format"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: value for key, value in data.items() if key != name}, SCHEMA)


def test_junit_fails_for_wrong_work_only(found: Results, store: Store) -> None:
    root = ElementTree.fromstring(export.export(found, store, "junit").text.partition("\n")[2])
    suites = {suite.get("name"): suite for suite in root}
    assert len(suites) == 8
    solved, wrong = suites["ada: 01-flask: Flask in Docker"], suites["bob: 01-flask: Flask in Docker"]
    assert solved.get("failures") == "0" and int(wrong.get("failures", "0")) > 0
    ungraded, missing = suites["cid: 01-flask: Flask in Docker"], suites["bob: 02-layers: Layers and caching"]
    assert ungraded.find("testcase/error") is not None and ungraded.get("failures") == "0"
    assert missing.find("testcase/skipped") is not None and missing.get("errors") == "0"
    assert all(case.get("classname", "").startswith("slipway.ada.01-flask.") for case in solved.iter("testcase"))
    assert root.get("tests") == str(len(list(root.iter("testcase")))) and root.get("errors") == "1"


@pytest.mark.parametrize(
    "text, safe",
    [("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"),
     ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("\uff1d1+1", "'\uff1d1+1"), ("-5", "-5"), ("+5.25", "+5.25"), ("7.50", "7.50"),
     ("a=b", "a=b"), ("", ""), ("-5+1", "'-5+1")],
)  # fmt: skip
def test_cells_are_no_formulas_and_numbers_stay_numbers(text: str, safe: str) -> None:
    assert spreadsheet.cell(text) == safe
    assert rows(spreadsheet.dumps([[text, "x"]])) == [[safe, "x"]]


CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Flask in Docker (4711),Essay (4712),02-layers (4713),Current Score
    Points Possible,,,,,100,10,{layers},(read only)
"Lovelace, Ada",901,ada,ada@example.org,S1,,5,1,80
"O'Brien, Bob",902,,bob@example.org,S1,3,,,10
כהן משה,903,,,S1,12,,,
"=Test, Student",904,,zz,S1,,,,
"""


def canvas(found: Results, text: str) -> tuple[list[list[str]], lms_match.Match]:
    return lms_gradebook.onto(lms_gradebook.CANVAS, found, rows(text))


def test_canvas_export_keeps_its_columns_and_gets_the_marks(found: Results) -> None:
    written, match = canvas(found, CANVAS.format(layers=found.maxima[LABS[1]]))
    assert written[0] == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Flask in Docker (4711)", "02-layers (4713)",
    ]  # fmt: skip
    by_id = {row[1]: row[5:] for row in written}
    most = found.maxima[LABS[0]]
    assert by_id["901"] == ["100", str(found.maxima[LABS[1]])]
    # 7.5 of the lab's points, in proportion to the 100 of the assignment. Nothing came for the other lab.
    assert by_id["902"] == [spreadsheet.number(round(Decimal("7.5") * 100 / most, 2)), ""]
    # What cannot be graded leaves the cell as it was.
    assert by_id["903"] == ["12", ""] and "904" not in by_id
    assert set(match.rows.values()) == {"ada", "bob", "cid"} and match.ambiguous == []
    assert match.unmatched == [
        "The column “Essay (4712)” fits nothing in the class.",
        "The row “=Test, Student” fits nothing in the class.",
        "No row fits learner dan.",
    ]


def test_importing_into_canvas_twice_changes_nothing(found: Results) -> None:
    first = spreadsheet.dumps(canvas(found, CANVAS.format(layers=20))[0])
    assert spreadsheet.dumps(canvas(found, first)[0]) == first
    # And so does the file that needs no export.
    fresh = spreadsheet.dumps(lms_gradebook.canvas(found))
    again, match = canvas(found, fresh)
    assert spreadsheet.dumps(again) == fresh and len(match.rows) == 4 and not match.ambiguous + match.unmatched


def test_what_fits_several_things_is_listed_and_left_out(found: Results) -> None:
    text = CANVAS.format(layers=20).replace("Essay (4712)", "Lab 01 (4712)")
    text = text.replace("902,,bob@example.org", "902,ada,bob@example.org").replace("904,,zz", "904,,ada")
    written, match = canvas(found, text)
    assert "The columns “Flask in Docker (4711)” and “Lab 01 (4712)” fit 01-flask." in match.ambiguous
    assert "The row “O'Brien, Bob” fits ada, bob." in match.ambiguous
    assert "The rows “Lovelace, Ada” and “=Test, Student” fit ada." in match.ambiguous
    assert [row[1] for row in written[2:]] == ["903"] and len(written[0]) == 6


def test_two_learners_of_one_name_are_not_guessed() -> None:
    twins = [Learner("a1", "Kim Lee"), Learner("a2", "Lee Kim"), Learner("b", "Bo")]
    match = lms_match.match((), twins, {}, {0: ([], "Lee, Kim"), 1: (["b"], "Kim Lee")})
    assert match.rows == {1: "b"} and match.ambiguous == ["The row “Lee, Kim” fits a1, a2."]


MOODLE = """First name,Last name,ID number,Email address,Assignment: Flask in Docker (Real),Quiz: Start (Real),Course total (Real),Last downloaded from this course
Ada,Lovelace,ada,ada@example.org,-,4.00,4.00,1764323232
Bob,O'Brien,,BOB@example.org,1.00,-,1.00,1764323232
Moshe,Cohen,cid,,-,-,-,1764323232
"""


def test_moodle_export_is_matched_by_id_number_and_email(found: Results) -> None:
    written, match = lms_gradebook.onto(lms_gradebook.MOODLE, found, rows(MOODLE))
    assert written[0] == ["First name", "Last name", "ID number", "Email address", "Assignment: Flask in Docker (Real)"]
    assert [row[4] for row in written[1:]] == [str(found.maxima[LABS[0]]), "7.5", "-"]
    assert match.unmatched == [
        "The column “Quiz: Start (Real)” fits nothing in the class.",
        "No column fits lab 02-layers.",
        "No row fits learner dan.",
    ]
    text = spreadsheet.dumps(written)
    assert spreadsheet.dumps(lms_gradebook.onto(lms_gradebook.MOODLE, found, rows(text))[0]) == text


def test_moodle_without_an_export_names_persons_by_id_number_and_email(found: Results) -> None:
    header, *lines = lms_gradebook.moodle(found)
    assert header[:2] == ["ID number", "Email address"] and len(header) == 2 + len(LABS)
    assert lines[1][:3] == ["bob", "bob@example.org", "7.5"] and lines[2][:3] == ["cid", "", ""]


def test_a_file_that_is_no_gradebook_is_refused(found: Results, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    for content, reason in (
        ("a,b\n1,2\n", "no gradebook of Canvas"),
        ("", "is empty"),
        ('Student,ID\n"', "cannot be read as CSV"),
    ):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(SlipwayError, match=reason):
            export.export(found, store, "canvas", file)
    file.write_bytes("Student,ID\nJosé,1\n".encode("latin-1"))
    with pytest.raises(SlipwayError, match="cannot be read as CSV"):
        export.export(found, store, "canvas", file)
    with pytest.raises(SlipwayError, match="--match is for"):
        export.export(found, store, "csv", file)


def test_export_command_writes_a_private_file_and_lists_what_did_not_match(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    exported = tmp_path / "grades.csv"
    exported.write_text("\ufeff" + CANVAS.format(layers=20), encoding="utf-8")
    assert main(["class", "export", str(folder)]) == 0
    written = folder / "exports" / "gradebook.csv"
    assert written.stat().st_mode & 0o777 == 0o600 and written.read_text(encoding="utf-8").startswith("id,name")
    target = tmp_path / "import.csv"
    assert main(["class", "export", str(folder), "--format", "canvas", "--match", str(exported), "-o", str(target)]) == 0
    out, err = capsys.readouterr()
    assert "Matched: 2 labs, 3 learners." in out and "Unmatched: No row fits learner dan." in err
    assert target.read_text(encoding="utf-8").startswith("Student,ID,")
    assert main(["class", "export", str(folder), "--format", "xlsx"]) == 64
    assert "csv, canvas, moodle, json, junit" in capsys.readouterr().err
