"""Logs of requests: read as they are written, whatever a person has done to the file; gaps measured."""

import pytest

from checks.snapshot import Snapshot
from checks.vocabulary import availability

START = "2026-01-01T12:00:0"
GOOD = f"{START}0.000+00:00 200 0.010 1 north aaaaaaaaaaaa"
AFTER = f"{START}3.500+00:00 200 0.010 2 south bbbbbbbbbbbb"
FAILED = f"{START}1.000+00:00 502 0.002\n{START}2.000+00:00 0 2.000"


def snapshot(text: str, ok: bool = True) -> Snapshot:
    probe = {"kind": "file", "path": "a.log", "ok": ok, "error": "" if ok else "no such file", "text": text}
    return Snapshot("90-tiny", "2026-01-01T12:01:00Z", probes={"log": probe})


def test_every_line_is_one_request() -> None:
    log = availability.requests(snapshot(f"{GOOD}\n{FAILED}\n{AFTER}\n"), "log")
    assert [(each.status, each.machine) for each in log] == [(200, "north"), (502, ""), (0, ""), (200, "south")]
    assert availability.gap(log) == 2.5


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# a note",
        GOOD.replace("+00:00", ""),
        GOOD.replace("200", "ok"),
        f"{GOOD} and more",
        GOOD[:40],
        "\x00",
        "× × ×",
    ],
)
def test_what_is_no_request_is_left_out(line: str) -> None:
    log = availability.requests(snapshot(f"{line}\n{AFTER}\n"), "log")
    assert [each.version for each in log] == ["2"]


@pytest.mark.parametrize(
    ("text", "ok", "words"),
    [
        ("", False, "There is no a.log in the lab's folder yet"),
        ("", True, "a.log is not a log of requests"),
        ("hello\n", True, "a.log is not a log of requests"),
        (FAILED, True, "a.log contains no answered request"),
    ],
)
def test_a_log_that_shows_nothing_is_named(text: str, ok: bool, words: str) -> None:
    [finding] = availability.recorded(snapshot(text, ok), "log", "Measure again.")
    assert words in finding.message and finding.hint


def test_a_failure_at_the_end_is_a_gap_too() -> None:
    seen = snapshot(f"{GOOD}\n{FAILED}\n")
    assert availability.gap(availability.requests(seen, "log")) == 1.0
    [finding] = availability.none_failed(seen, "log", "Wait.")
    assert finding.observed == 2 and "for 1.0 s, no request was answered" in finding.message
    assert "north, version 1" in finding.why


def test_versions_are_those_of_the_first_and_the_last_answer() -> None:
    seen = snapshot(f"{FAILED}\n{GOOD}\n{AFTER}\n")
    assert not list(availability.versions(seen, "log", "1", "2", "Again."))
    assert [each.observed for each in availability.versions(seen, "log", "2", "3", "Again.")] == ["1 → 2"]


def test_a_time_within_the_log_allows_for_two_clocks() -> None:
    log = availability.requests(snapshot(f"{GOOD}\n{AFTER}\n"), "log")
    assert availability.within(log, "2026-01-01T11:59:58.5Z") and availability.within(log, "2026-01-01T12:00:05Z")
    assert not availability.within(log, "2026-01-01T12:00:06.123456789Z")
