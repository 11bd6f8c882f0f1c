"""The class store in a real PostgreSQL: the same marks as in SQLite, grades that stay, and a learner who is erased."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from images_box import Box, docker, must

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import class_cases as cases

from checks.cli.__main__ import main
from sandboxes.errors import SlipwayError

IMAGE = "postgres:15"
PSQL = ("psql", "-XAtq", "-U", "postgres", "-c")


@pytest.fixture(scope="module")
def server(need_images: Callable[[Iterable[str]], None]) -> Iterator[Box]:
    """A PostgreSQL server on a port of this machine, in memory."""
    need_images([IMAGE])
    options = ("--env", "POSTGRES_PASSWORD=hoist", "--publish", "127.0.0.1::5432", "--tmpfs", "/var/lib/postgresql/data")
    box = Box(IMAGE, options=options).start()
    try:
        # While it prepares its files, it does not listen on the network.
        box.wait_for(lambda: box.run("pg_isready", "-h", "127.0.0.1", "-U", "postgres", "-q").code == 0)
        yield box
    finally:
        docker("rm", "--force", "--volumes", box.name)


@pytest.fixture
def url(server: Box) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"class_{time.monotonic_ns()}"
    server.text(*PSQL, f"CREATE DATABASE {name}")
    port = must("port", server.name, "5432/tcp").rpartition(":")[2]
    yield f"postgresql+psycopg://postgres:hoist@127.0.0.1:{port}/{name}"


def graded(folder: Path, *store: str) -> Path:
    """A class with right, wrong and unreadable work, graded by the command, and a manual change."""
    cases.classroom(folder, ["ada", "bob", "eve"])
    cases.hand_in(folder, "ada", cases.body("solved"))
    cases.hand_in(folder, "bob", cases.body("untouched"))
    cases.hand_in(folder, "eve", b"{}")
    assert main(["grade", str(folder), *store]) == 1
    change = ["class", "mark", "bob", "01", "--points", "7.5", "--reason", "Agreed with bob.", "--class", str(folder)]
    assert main([*change, *store]) == 0
    return folder


def exported(folder: Path, *store: str) -> str:
    output = folder / "exports" / "marks.csv"
    assert main(["class", "export", str(folder), "-o", str(output), *store]) == 0
    return output.read_text(encoding="utf-8")


def test_marks_are_those_of_a_class_in_sqlite(url: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    store = ("--store", url)
    folder, other = graded(tmp_path / "postgres", *store), graded(tmp_path / "sqlite")
    assert not (folder / "class.db").exists() and (other / "class.db").exists()
    assert exported(folder, *store) == exported(other)
    capsys.readouterr()
    assert main(["grade", str(folder), *store]) == 1
    assert "Graded: 0. Graded before: 2. Not graded: 1." in capsys.readouterr().out
    assert main(["regrade", str(folder), *store]) == 1  # what could not be graded still cannot
    assert "Changed: 0. Not changed, though the result differs or cannot be found: 1." in capsys.readouterr().out
    assert main(["class", "show", "bob", "01", "--class", str(folder), *store]) == 0
    assert "Agreed with bob." in capsys.readouterr().out


def test_an_erased_learner_is_in_no_table(url: str, server: Box, tmp_path: Path) -> None:
    store = ("--store", url)
    folder = graded(tmp_path / "class", *store)
    dump = ("pg_dump", "-U", "postgres", url.rpartition("/")[2])
    assert "bob" in server.text(*dump)
    assert main(["class", "erase", "bob", "--yes", "--class", str(folder), *store]) == 0
    left = server.text(*dump)
    assert "bob" not in left and "ada" in left


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    from checks.classroom.store import open_store

    with pytest.raises(SlipwayError, match="The database of the class cannot be opened"):
        open_store(tmp_path, "postgresql+psycopg://postgres:hoist@127.0.0.1:1/none")
