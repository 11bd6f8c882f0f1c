"""What `slipway watch` prints: a screen that fits narrow terminals without color, and a line for each change."""

import copy
from typing import Any

import pytest
from recorded import state

from checks import catalog, grade
from checks.cli import watch_text
from checks.live import history, view
from checks.render.text import columns
from sandboxes.settings import Settings

WIDTHS = (40, 60, 80)


def shown(lab: str, name: str = "solved") -> dict[str, Any]:
    known, snapshot = catalog.find(lab), state(lab, name)
    report = grade.regrade(known, snapshot)
    return view.build(known, Settings(), report, history.History(), checked_at="2026-01-01T12:00:00Z")


def broken(lab: str, check: str, why: str) -> dict[str, Any]:
    data = copy.deepcopy(shown(lab, "untouched"))
    (found,) = (each for each in watch_text.checks_of(data) if each["id"] == check)
    found["broken"] = {"since": "2026-01-01T12:07:00Z", "passed": "2026-01-01T12:03:00Z", "why": why}
    return data


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lab", ["01", "05", "12", "23c"])
@pytest.mark.parametrize("name", ["untouched", "solved"])
def test_screen_fits_the_terminal_and_needs_no_color(lab: str, name: str, width: int) -> None:
    for rows in (15, 24, 60):
        text = watch_text.screen(shown(lab, name), width, rows)
        lines = text.split("\n")
        assert max(columns(line) for line in lines) <= width
        assert len(lines) <= rows
        assert "\x1b" not in text
        assert "q quit" in " ".join(lines[-2:])


def test_screen_shows_the_first_finding_and_every_outcome_as_a_word() -> None:
    data = shown("01", "untouched")
    text = watch_text.screen(data, 60, 60)
    check = watch_text.first_open(data)
    assert check is not None and check["findings"][0]["message"].split()[0] in text
    assert "where:" in text and "not yet" in text and "blocked" in text
    assert "All checks passed. Next lab: 02-layers." in watch_text.screen(shown("01"), 60, 60)


def test_screen_in_color_says_the_same() -> None:
    data = shown("01", "untouched")
    plain, colored = watch_text.screen(data, 60, 60), watch_text.screen(data, 60, 60, color=True)
    assert "\x1b[1;31m" in colored
    for code in ("1;31", "1;34", "1;32", "1", "2"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored.replace("\x1b[0m", "") == plain


def test_changes_name_what_broke_a_check_and_nothing_that_stayed() -> None:
    before, check = shown("01"), watch_text.checks_of(shown("01"))[0]["id"]
    assert len(watch_text.changes(None, before)) == len(watch_text.checks_of(before))
    assert watch_text.changes(before, before) == []
    after = copy.deepcopy(before)
    changed = watch_text.checks_of(after)[0]
    changed |= {
        "outcome": "not yet",
        "broken": {"since": "2026-01-01T12:07:00Z", "passed": "", "why": "Container web was stopped"},
    }
    (line,) = watch_text.changes(before, after)
    assert changed["id"] == check
    assert "not yet" in line and changed["title"] in line and ": Container web was stopped" in line
    assert "broken since" in watch_text.screen(after, 60, 60)


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        ("not started", "", "`slipway start 01-flask`"),
        ("unreachable", "no Docker engine answers", "no Docker engine answers"),
        ("checking", "", "Checking"),
    ],
)
def test_state_of_the_lab_is_said_in_words(kind: str, reason: str, words: str) -> None:
    data = {**shown("01"), "state": kind, "reason": reason}
    assert words in watch_text.screen(data, 60, 24)
    assert words in watch_text.changes(None, data)[0]


def test_names_from_outside_cannot_act_on_the_terminal() -> None:
    data = (
        broken("01", "image-built", "Container \x1b[2Jweb was stopped") if _has("01", "image-built") else shown("01", "untouched")
    )
    data["lab"]["title"] = "Flask\x1b[2J"
    assert "\x1b" not in watch_text.screen(data, 60, 40)


def _has(lab: str, check: str) -> bool:
    return any(each["id"] == check for each in watch_text.checks_of(shown(lab)))
