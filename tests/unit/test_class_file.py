"""`class.toml`: what a valid file means, and where each mistake of an invalid one is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from checks import catalog
from checks.classroom import class_file, folder, toml_positions
from checks.classroom.class_file import Class, LatePolicy
from checks.classroom.cluster_settings import ClusterSettings
from checks.classroom.problems import InvalidClass, Problem
from sandboxes.errors import SlipwayError

KNOWN = ("00-start", "01-flask", "09c-checkpoint-docker")
VALID = """\
id = "containers-2026"
title = "Containers"
course = "0.1.0"
zone = "Europe/Vienna"
answer_hints = false

[late]
grace_minutes = 7.5
percent_per_day = 10
lowest_percent = 50
closes_after_days = 14

[labs]
00-start = { weight = 0 }
01-flask = { weight = 2.5, opens = 2026-10-05, due = 2026-10-12 }

[labs.09c-checkpoint-docker]
due = 2026-12-24T12:00:00Z

[extensions]
ada = { "*" = 2026-10-19T10:00:00 }

[extensions."ben@example.org"]
01-flask = 2026-10-20
"""


def parse(text: str | bytes) -> tuple[Class | None, list[Problem]]:
    return class_file.parse(text.encode() if isinstance(text, str) else text, KNOWN)


def test_class_file_means_what_it_says() -> None:
    found, problems = parse(VALID)
    assert problems == [] and found
    assert (found.id, found.course, found.where, found.answer_hints) == ("containers-2026", "0.1.0", "own machine", False)
    assert found.late == LatePolicy(timedelta(minutes=7, seconds=30), Decimal(10), Decimal(50), timedelta(days=14))
    assert [(lab.id, lab.weight) for lab in found.labs] == [
        ("00-start", 0),
        ("01-flask", Decimal("2.5")),
        ("09c-checkpoint-docker", 1),
    ]
    flask = found.lab("01-flask")
    assert flask.opens.astimezone(UTC) == datetime(2026, 10, 4, 22, tzinfo=UTC)
    assert flask.due.isoformat() == "2026-10-12T23:59:59+02:00"
    assert found.lab("09c-checkpoint-docker").due.isoformat() == "2026-12-24T13:00:00+01:00"


def test_extensions_go_from_the_lab_to_all_labs_to_the_class() -> None:
    found, _ = parse(VALID)
    assert found.due("ada", "01-flask").isoformat() == "2026-10-19T10:00:00+02:00"
    assert found.due("ben@example.org", "01-flask").isoformat() == "2026-10-20T23:59:59+02:00"
    assert found.due("ben@example.org", "00-start") is None
    assert found.due("cyd", "01-flask") == found.lab("01-flask").due


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_byte_order_mark_and_windows_line_ends_change_nothing(prefix: bytes, ending: str) -> None:
    assert parse(prefix + VALID.replace("\n", ending).encode()) == parse(VALID)


# What is replaced in the valid file, by what, and then: line, column, and a part of the reason.
MISTAKES = [
    ('id = "containers-2026"', 'id = "Containers 2026"', 1, 1, "lower-case letters"),
    ('id = "containers-2026"', "id = 3", 1, 1, "lower-case letters"),
    ('id = "containers-2026"\n', "", 1, 1, "“id” is missing"),
    ('title = "Containers"', 'title = "a\\nb"', 2, 1, "one line"),
    ('course = "0.1.0"', 'course = "../1"', 3, 1, "a version"),
    ("Europe/Vienna", "Europe/Wien", 4, 1, "Europe/Wien"),
    ("Europe/Vienna", "../../etc/localtime", 4, 1, "IANA"),
    ('zone = "Europe/Vienna"', "zone = 1", 4, 1, "IANA"),
    ("answer_hints = false", "answer_hints = 0", 5, 1, "true or false"),
    ("answer_hints = false", 'where = "the moon"', 5, 1, "own machine, shared cluster"),
    ("answer_hints = false", "colour = 1", 5, 1, "Unknown entry “colour”"),
    ("answer_hints = false", "late = 1", 7, 6, "valid TOML"),
    ("grace_minutes = 7.5", "grace_minutes = -1", 8, 1, "from 0"),
    ("grace_minutes = 7.5", "grace_minutes = nan", 8, 1, "from 0"),
    ("grace_minutes = 7.5", "grace_minutes = true", 8, 1, "from 0"),
    ("percent_per_day = 10", "percent_per_day = 101", 9, 1, "from 0 to 100"),
    ("lowest_percent = 50", "  lowest = 50", 10, 3, "Unknown entry “lowest”"),
    ("00-start = { weight = 0 }", '00-start = { weight = "heavy" }', 14, 14, "“weight” must be a number"),
    ("00-start = { weight = 0 }", "00-start = 1", 14, 1, "must be a table"),
    ("00-start = { weight = 0 }", "00-strat = {}", 14, 1, "Did you mean 00-start?"),
    ("00-start = { weight = 0 }", "00-start = { wait = 0 }", 14, 14, "Unknown entry “wait”"),
    ("opens = 2026-10-05", 'opens = "2026-10-05"', 15, 28, "without quotation marks"),
    ("opens = 2026-10-05", "opens = 10:00:00", 15, 28, "not a time"),
    ("opens = 2026-10-05", "opens = 2026-10-13", 15, 48, "due before it opens"),
    ("opens = 2026-10-05", "opens = 2026-03-29T02:30:00", 15, 28, "does not exist"),
    ("due = 2026-10-12 }", "due = 2026-10-25T02:30:00 }", 15, 48, "Write 2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"),
    ("due = 2026-12-24T12:00:00Z", "due = 0001-01-01T00:00:00Z", 18, 1, "out of range"),
    ("ada = {", '"a b" = {', 21, 1, "cannot be the id"),
    ('"*" = 2026-10-19T10:00:00', "02-layers = 2026-10-19", 21, 9, "has no lab “02-layers”"),
    ("01-flask = 2026-10-20", "01-flask = 5", 24, 1, "not a time"),
    ("[extensions]", "[extensions", 20, 12, "valid TOML"),
    ("[late]", "[id]", 7, 4, "valid TOML"),
    ('title = "Containers"', 'title = "Containers', 2, 20, "valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "line", "column", "reason"), MISTAKES, ids=[f"{new[:30]}" for _, new, *_ in MISTAKES])
def test_mistake_is_named_with_its_place(old: str, new: str, line: int, column: int, reason: str) -> None:
    assert VALID.count(old) == 1
    found, problems = parse(VALID.replace(old, new))
    assert found is None
    assert any((p.line, p.column) == (line, column) and reason in p.reason for p in problems), problems


@pytest.mark.parametrize(
    "text", ["", "[labs]", "\x00", "a" * 100, "[" * 5000, "a = " + "[" * 5000, "n = " + "1" * 5000, b"id = '\xff'", "labs = []"]
)
def test_what_is_no_class_file_is_refused_without_a_crash(text: str | bytes) -> None:
    found, problems = parse(text)
    assert found is None and problems


def test_all_mistakes_are_listed_together() -> None:
    text = VALID.replace("weight = 0", "weight = -1").replace('zone = "Europe/Vienna"', 'zone = "Nowhere"').replace("false", "1")
    assert [p.line for p in sorted(parse(text)[1])] == [4, 5, 14]


def test_positions_are_those_of_the_keys() -> None:
    text = 'a."b.c" = 1 # d = 2\n[[t]]\nk = """\nx = 1\n"""\nz = [ { y = 1 },\n { y = 2 } ]\n[[t]]\n  k = "]"\n'
    assert toml_positions.positions(text) == {
        ("a",): (1, 1),
        ("a", "b.c"): (1, 3),
        ("t",): (2, 3),
        ("t", 0): (2, 3),
        ("t", 0, "k"): (3, 1),
        ("t", 0, "z"): (6, 1),
        ("t", 0, "z", 0): (6, 7),
        ("t", 0, "z", 0, "y"): (6, 9),
        ("t", 0, "z", 1): (7, 2),
        ("t", 0, "z", 1, "y"): (7, 4),
        ("t", 1): (2, 3),
        ("t", 1, "k"): (9, 3),
    }


def test_new_class_is_valid_but_for_its_learners(tmp_path: Path) -> None:
    made = tmp_path / "class"
    folder.create(made, id="c-1", title="Ünï <&> class", zone="Asia/Kathmandu")
    with pytest.raises(InvalidClass, match="no learners") as refused:
        folder.open_class(made)
    assert len(refused.value.problems) == 1
    with (made / "roster.csv").open("a", encoding="utf-8") as file:
        file.write("ada,Ada Lovelace\n".replace("\n", ",,,\n"))
    found = folder.open_class(made)
    assert [lab.id for lab in found.about.labs] == [lab.id for lab in catalog.labs()] and len(found.about.labs) > 20
    assert found.learner("ada").name == "Ada Lovelace" and found.learner("bob") is None
    assert "/class.key" in (made / ".gitignore").read_text(encoding="utf-8")


def test_commented_choices_of_the_template_are_valid(tmp_path: Path) -> None:
    folder.create(tmp_path, id="c-1", title="C", zone="UTC")
    lines = (tmp_path / "class.toml").read_text(encoding="utf-8").splitlines()
    chosen = []
    for line in lines:
        bare = line.lstrip("# ")
        commented = line.startswith("#") and (bare.startswith(("[extensions.", "[cluster]")) or " = " in bare)
        chosen.append(bare if commented else line)
    text = "\n".join(line for line in chosen if line not in ("[extensions]", "01-flask = { weight = 1 }"))
    # The example of a lab stands before [labs], and that of an extension at the end.
    example = "01-flask = { weight = 2, opens = 2026-10-05T08:00:00, due = 2026-10-12 }"
    text = text.replace(example + "\n", "").replace("[labs]", f"[labs]\n{example}")
    found, problems = class_file.parse(text.encode(), [lab.id for lab in catalog.labs()])
    assert problems == [] and found.late.closes == timedelta(days=14)
    assert found.cluster == ClusterSettings("../admin.kubeconfig", "classroom")
    assert found.due("ada", "01-flask").isoformat() == "2026-10-26T12:00:00+00:00"
    assert found.due("ada", "02-layers").isoformat() == "2026-10-19T23:59:59+00:00"


def test_extension_of_someone_outside_the_roster_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "class.toml").write_text(VALID, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\nada,Ada\n", encoding="utf-8")
    with pytest.raises(InvalidClass) as refused:
        folder.open_class(tmp_path)
    assert refused.value.problems == (Problem("class.toml", 23, 13, "The learner “ben@example.org” is not in roster.csv."),)


def test_problems_of_both_files_are_listed_together(tmp_path: Path) -> None:
    (tmp_path / "class.toml").write_text(VALID.replace("2.5", "-2"), encoding="utf-8")
    (tmp_path / "roster.csv").write_text("id,name\nada,=Ada\n", encoding="utf-8")
    with pytest.raises(InvalidClass, match="2 problems") as refused:
        folder.open_class(tmp_path)
    assert [(p.file, p.line, p.column) for p in refused.value.problems] == [("class.toml", 15, 14), ("roster.csv", 2, 5)]


def test_new_class_refuses_a_folder_that_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SlipwayError, match="not empty"):
        folder.create(tmp_path, id="c-1", title="C", zone="UTC")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(SlipwayError, match="cannot be created"):
        folder.create(tmp_path / "mine.txt", id="c-1", title="C", zone="UTC")


@pytest.mark.parametrize(
    ("id", "title", "zone"),
    [("C 1", "C", "UTC"), ("c-1", "", "UTC"), ("c-1", 'a"b', "UTC"), ("c-1", "a\nb", "UTC"), ("c-1", "C", "CEST!")],
)
def test_new_class_refuses_wrong_words_and_creates_nothing(tmp_path: Path, id: str, title: str, zone: str) -> None:
    with pytest.raises(SlipwayError):
        folder.create(tmp_path / "class", id=id, title=title, zone=zone)
    assert not (tmp_path / "class").exists()
