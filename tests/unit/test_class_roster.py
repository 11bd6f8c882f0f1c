"""`roster.csv`: who is read from it, and where each mistake is."""

import time
from pathlib import Path

import pytest

from checks.classroom import roster
from checks.classroom.roster import Learner

HEADER = "id,name,email,group,target\n"


def parse(text: str) -> tuple[tuple[Learner, ...], list[tuple[int, int, str]]]:
    learners, problems = roster.parse(text.encode())
    return learners, [(problem.line, problem.column, problem.reason) for problem in problems]


def test_roster_is_read_in_its_order() -> None:
    learners, problems = parse(HEADER + 'ada,"Lovelace, Ada ""Countess""",ada@example.org,A,ssh://host\n\nb.1,Ben,,,\n')
    assert problems == []
    assert learners == (
        Learner("ada", 'Lovelace, Ada "Countess"', "ada@example.org", "A", "ssh://host"),
        Learner("b.1", "Ben"),
    )


def test_roster_may_have_its_columns_in_any_order_and_case() -> None:
    assert parse("Name , ID\nAda,a1") == ((Learner("a1", "Ada"),), [])


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b""])
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_byte_order_mark_and_windows_line_ends_change_nothing(prefix: bytes, ending: bytes) -> None:
    content = prefix + b"id,name" + ending + b"ada,Ada" + ending
    assert roster.parse(content) == ((Learner("ada", "Ada"),), [])


@pytest.mark.parametrize(
    "name", ["محمد علي", "שרה כהן", "نیما می\u200cرود", "Zoë Ångström", "王小明", "O'Brien", "नेहा\u200d", "d'Arc, Jeanne"]
)
def test_names_are_kept_as_they_are(name: str) -> None:
    learners, problems = parse(f'id,name\nx1,"{name}"\n')
    assert problems == [] and learners[0].name == name


LINES = [
    ("=HYPERLINK(1),Ada,,,", 1, "begins with ="),
    ("ada,+1,,,", 5, "begins with +"),
    ("ada,Ada,,-2,", 10, "begins with -"),
    ("ada,Ada,,,@x", 11, "begins with @"),
    ('ada,"  =cmd|x",,,', 5, "begins with ="),
    ("ada,＝1,,,", 5, "begins with ＝"),
    ('"a,b",Ada,,,', 1, "cannot be an id"),
    ("../ada,Ada,,,", 1, "cannot be an id"),
    ("a..b,Ada,,,", 1, "cannot be an id"),
    ("ada.,Ada,,,", 1, "cannot be an id"),
    ("Jürgen,Ada,,,", 1, "cannot be an id"),
    (f"{'a' * 65},Ada,,,", 1, "cannot be an id"),
    (",Ada,,,", 1, "id is missing"),
    ("ada,,,,", 5, "name is missing"),
    ("ada,A\u202eda,,,", 5, "U+202E"),
    ("ada,A\u2066da,,,", 5, "U+2066"),
    ("ada,A\x1b[31m,,,", 5, "U+001B"),
    ("ada,A\x00da,,,", 5, "U+0000"),
    ("ada,A\u2028da,,,", 5, "U+2028"),
    ("ada,A\ufeffda,,,", 5, "U+FEFF"),
    ("ada,A\tda,,,", 5, "U+0009"),
    (f"ada,{'A' * 501},,,", 5, "more than 500"),
    ("ada,Ada,ada,,", 9, "not an e-mail"),
    ("ada,Ada,a@b@c,,", 9, "not an e-mail"),
    ("ada,Ada", 1, "2 cells instead of 5"),
    ("ada,Ada,,,,", 1, "6 cells instead of 5"),
    ('ada,"Ada,,,', 1, "not valid CSV"),
    ('ada,"A"da,,,', 1, "not valid CSV"),
    ("ada,A\rda,,,", 1, "not valid CSV"),
    ('"Lovelace, A",ada,,,', 1, "cannot be an id"),
    ("ben,Ada,,,", 1, "The id “ben” is already on line 2."),
    ("BEN,Ada,,,", 1, "already on line 2 (as “ben”; only the case differs)"),
]


@pytest.mark.parametrize(("line", "column", "reason"), LINES, ids=[reason for *_, reason in LINES])
def test_mistake_in_a_line_is_named_with_its_place(line: str, column: int, reason: str) -> None:
    learners, problems = parse(f"{HEADER}ben,Ben,,,\n{line}\ncyd,Cyd,,,\n")
    assert len(problems) == 1 and problems[0][:2] == (3, column) and reason in problems[0][2]
    assert [learner.id for learner in learners] == ["ben", "cyd"]


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("", 1, "no column “id”"),
        ("id;name\nada;Ada", 1, "semicolons"),
        ("id,name,nmae\n", 9, "Unknown column “nmae”"),
        ("id,name,id\n", 9, "occurs twice"),
        ("id\nada\n", 1, "no column “name”"),
        ("ada,Ada\n", 1, "no column “id”"),
        ("id,name\n", 1, "no learners"),
    ],
)
def test_wrong_first_line_is_named(text: str, column: int, reason: str) -> None:
    learners, problems = parse(text)
    assert learners == () and any(line == 1 and at == column and reason in why for line, at, why in problems)


def test_other_encodings_are_named_with_their_place() -> None:
    _, problems = roster.parse("id,name\nj1,Jürgen\n".encode("latin-1"))
    assert [(p.line, p.column) for p in problems] == [(2, 5)] and "CSV UTF-8" in problems[0].reason
    assert "UTF-8" in roster.parse("id,name\nj1,J\n".encode("utf-16"))[1][0].reason


def test_missing_or_special_file_is_a_problem(tmp_path: Path) -> None:
    assert "missing" in roster.read(tmp_path / "roster.csv")[1][0].reason
    (tmp_path / "roster.csv").mkdir()
    assert "a folder" in roster.read(tmp_path / "roster.csv")[1][0].reason


def test_a_thousand_learners_take_milliseconds() -> None:
    lines = [f"s{number:05},Student Number {number},s{number}@example.org,{number % 30},\n" for number in range(1000)]
    content = (HEADER + "".join(lines)).encode()
    best = 1.0
    for _ in range(5):
        began = time.process_time()
        learners, problems = roster.parse(content)
        best = min(best, time.process_time() - began)
    assert len(learners) == 1000 and not problems
    assert best < 0.05


def test_too_many_learners_are_refused() -> None:
    _, problems = parse(HEADER + "".join(f"s{number},N,,,\n" for number in range(20_005)))
    assert len(problems) == 1 and "more than 20000" in problems[0][2]
