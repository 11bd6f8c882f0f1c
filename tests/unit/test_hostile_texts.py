"""Answers and files that are made to break their reader: a check that reads one fails, and is never out of the count."""

import ast
import json
import time
from pathlib import Path

import pytest

from checks.labs import lab_05_compose, lab_09c_checkpoint_docker
from checks.model import Probe
from checks.probes import image_files
from checks.vocabulary import texts
from sandboxes import settings
from sandboxes.errors import SlipwayError

ROOT = settings.ROOT
DEEP = '{"a":' * 7000 + "1" + "}" * 7000
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = [DEEP, "[" * 50_000, "1" * 5000, "Infinity", "null", "[]", "", "\x00", '{"visits": Infinity}', '{"visits": "1"}']
PARSERS = {"loads", "safe_load", "safe_load_all", "load", "parse"}
MODULES = {"json", "tomllib", "yaml"}


@pytest.mark.parametrize("text", HOSTILE)
def test_an_answer_that_is_no_object_is_empty(text: str) -> None:
    assert texts.json_object(text).get("missing") is None
    assert lab_09c_checkpoint_docker._visits(text) == -1
    assert lab_05_compose._numbers(text) == {}


def test_a_right_answer_is_read() -> None:
    assert texts.json_object('{"visits": 3}') == {"visits": 3} and lab_09c_checkpoint_docker._visits('{"visits": 3}') == 3


@pytest.mark.parametrize("text", ["a = " + "[" * 7000 + "]" * 7000, "a = {b = " * 3000, "\x00", "a = 1\na = 2"])
def test_a_table_that_cannot_be_read_has_a_reason(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        texts.toml_table(text)


def test_a_date_or_no_number_in_a_table_becomes_a_text() -> None:
    table = texts.toml_table("[t]\na = 2026-01-01\nb = [nan, -inf, 07:32:00]\nc = {d = 1.5, e = true}")
    assert json.loads(json.dumps(table, allow_nan=False)) == table
    assert table == {"t": {"a": "2026-01-01", "b": ["nan", "-inf", "07:32:00"], "c": {"d": 1.5, "e": True}}}


@pytest.mark.parametrize("text", [BOMB, "a: &a [*a]", "[" * 7000, "- " * 5000 + "x", "a: *b", "\x00", "a: b: c"])
def test_yaml_that_grows_or_has_no_end_is_no_document(text: str) -> None:
    begun = time.process_time()
    assert texts.yaml_documents(text) == []
    assert time.process_time() - begun < 10


def test_aliases_as_people_write_them_are_read() -> None:
    (document,) = texts.yaml_documents("a: &x {password: p}\nb: *x\n")
    assert document["b"] == {"password": "p"}


@pytest.mark.parametrize(
    ("there", "asked", "error"),
    [
        ("answers.toml.txt", "answers.toml", "no such file, but there is answers.toml.txt"),
        ("Answers.toml", "answers.toml", "no such file, but there is Answers.toml"),
        ("web.yml", "web.yaml", "no such file, but there is web.yml"),
        ("answers.txt", "answers.toml", "no such file"),
        ("other.yaml", "folder/web.yaml", "no such file"),
    ],
)
def test_a_file_of_nearly_the_name_is_named(tmp_path: Path, there: str, asked: str, error: str) -> None:
    (tmp_path / there).write_text("a = 1", encoding="utf-8")
    seen = image_files.workspace_file(Probe("x", "file", {"path": asked}, 1), tmp_path)
    assert (seen["ok"], seen["error"]) == (False, error)


def test_checks_read_texts_of_learners_in_one_place() -> None:
    """Each other way of reading would have to end the same faults again."""
    found = []
    for folder in ("labs", "vocabulary"):
        for path in sorted((ROOT / "checks" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func if isinstance(node, ast.Call) else None
                module = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
                if module in MODULES and called.attr in PARSERS and path.name != "texts.py":
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    """H, 27. Editors of Windows put one before answers.toml."""
    (tmp_path / "answers.toml").write_bytes('\ufeffnetwork = "bridge"\n'.encode())
    assert texts.toml_table(image_files._read(tmp_path, "answers.toml")["text"]) == {"network": "bridge"}


@pytest.mark.parametrize("kind", ["long key", "deep", "endless", "FIFO", "folder", "sparse"])
def test_a_hostile_settings_file_is_refused_at_once(kind: str, tmp_path: Path) -> None:
    import os

    path = tmp_path / "settings.toml"
    match kind:
        case "long key":
            path.write_text(".".join(["a"] * 100_000) + " = 1", encoding="utf-8")
        case "deep":
            path.write_text("a = " + "[" * 20_000, encoding="utf-8")
        case "endless":
            path.symlink_to("/dev/zero")
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "sparse":
            with path.open("wb") as file:
                file.truncate(2**40)
    begun = time.process_time()
    with pytest.raises(SlipwayError) as refused:
        settings.read_choices(path)
    assert refused.value.fix and time.process_time() - begun < 5
