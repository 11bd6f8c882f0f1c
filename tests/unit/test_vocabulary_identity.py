"""Which processes keep a container alive, told from what a probe has listed."""

import pytest

from checks.model import Finding
from checks.snapshot import Snapshot, Unknown
from checks.vocabulary import identity

CONTAINER = {"Name": "/ferry"}


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
def test_the_program_keeps_it_alive(lines: list[str]) -> None:
    assert found(*lines) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["1 0 tail -f /dev/null", "7 1 python timetable.py"],
        ["1 0 sh start.sh", "7 1 python timetable.py", "8 1 sleep infinity"],
        ["1 0 docker-init -- sh start.sh", "6 1 sh start.sh", "7 6 python timetable.py", "8 6 cat"],
    ],
)
def test_something_else_keeps_it_alive(lines: list[str]) -> None:
    (finding,) = found(*lines)
    assert "kept alive by something that is not timetable.py" in finding.message


def test_lines_that_make_no_sense_end_in_no_loop() -> None:
    assert found("1 0 python timetable.py", '" " x', "5 5 x", "6 7 y", "7 6 z") == []
    with pytest.raises(Unknown):
        found('" " x')
