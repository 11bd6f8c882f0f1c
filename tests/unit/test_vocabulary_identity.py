"""Whether a container runs its own program: what it holds, and which processes keep it alive."""

import pytest

from checks.model import Finding
from checks.snapshot import Snapshot, Unknown
from checks.vocabulary import identity

CONTAINER = {"Name": "/ferry", "Mounts": []}


def found(*lines: str) -> list[Finding]:
    snapshot = Snapshot("90-tiny", "2026-01-01T00:00:00Z", probes={"processes": {"stdout": "\n".join(lines)}})
    return list(identity.only_runs(snapshot, CONTAINER, "processes", "timetable.py", "a hint"))


@pytest.mark.parametrize(
    "lines",
    [
        ["1 0 python timetable.py"],
        ["1 0 sh start.sh", "7 1 python timetable.py"],
        ["1 0 /sbin/docker-init -- sh start.sh", "6 1 sh start.sh", "7 6 python timetable.py"],
        ["1 0 python timetable.py", "9 0 sh -c something", "10 9 sleep 5", "11 0 runc init"],
    ],
    ids=["alone", "a shell waits", "a small first process", "what exec has started"],
)
def test_only_runs_accepts_the_program_and_what_waits_for_it(lines: list[str]) -> None:
    assert found(*lines) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["1 0 tail -f /dev/null", "7 1 python timetable.py"],
        ["1 0 sh start.sh", "7 1 python timetable.py", "8 1 sleep infinity"],
        ["1 0 docker-init -- sh start.sh", "6 1 sh start.sh", "7 6 python timetable.py", "8 6 cat"],
    ],
)
def test_only_runs_names_something_else_that_keeps_it_alive(lines: list[str]) -> None:
    (finding,) = found(*lines)
    assert "kept alive by something that is not timetable.py" in finding.message


def test_only_runs_ends_over_lines_that_make_no_sense() -> None:
    assert found("1 0 python timetable.py", '" " x', "5 5 x", "6 7 y", "7 6 z") == []
    with pytest.raises(Unknown):
        found('" " x')


def program(inside: str, file: str, exit: int | None = 0, there: bool = True) -> list[Finding]:
    """What is found where the container holds one text and the lab's folder another."""
    read = {
        "command": ["cat", "/app/app.py"],
        "ok": exit == 0,
        "exit": exit,
        "stdout": inside,
        "stderr": "no such file",
        "error": "slow",
    }
    probes = {"inside": read, "file": {"path": "app.py", "ok": there, "text": file, "error": "no such file"}}
    container = {**CONTAINER, "Path": "python", "Args": ["x.py"], "Config": {"Image": "busybox"}}
    return list(identity.own_program(Snapshot("x", "2026-01-01T00:00:00Z", probes=probes), container, "inside", "file", "hint"))


def test_own_program_accepts_the_same_text_to_the_last_character() -> None:
    assert program("a\nb\n", "a\nb\n") == []


@pytest.mark.parametrize(
    ("inside", "file", "line"),
    [
        ("a\nB\n", "a\nb\n", "B"),
        ("a\nb\nc\n", "a\nb\n", "c"),
        ("a\n", "a\nb\n", ""),
        ("a\nb", "a\nb\n", ""),
        (" a\n", "a\n", "a"),
    ],
    ids=["another line", "a line more", "a line less", "no line break at the end", "a blank more"],
)
def test_own_program_names_the_first_line_that_differs(inside: str, file: str, line: str) -> None:
    (finding,) = program(inside, file)
    assert finding.observed == line


def test_own_program_tells_a_missing_program_from_one_that_could_not_be_read() -> None:
    (finding,) = program("", "a", exit=1)
    assert "something else" in finding.message and "busybox" in finding.why
    (finding,) = program("a", "", there=False)
    assert finding.subject == "file/app.py"
    with pytest.raises(Unknown, match="slow"):
        program("", "a", exit=None)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, set()),
        ({"/app": "changed", "/app/app.py": "changed"}, {"/app/app.py"}),
        ({"/app": "changed", "/app2/x": "added", "/app2": "changed"}, {"/app", "/app2/x"}),
    ],
    ids=["nothing", "a file in a folder", "a folder by itself"],
)
def test_unchanged_names_files_and_not_the_folders_above_them(changes: dict[str, str], named: set[str]) -> None:
    snapshot = Snapshot("x", "2026-01-01T00:00:00Z", probes={"changes": {"ok": True, "paths": changes}})
    findings = list(identity.unchanged(snapshot, CONTAINER, "changes", "/app", "hint"))
    assert {finding.observed for finding in findings} == {f"{path} {changes[path]}" for path in named}
