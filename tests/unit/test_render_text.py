"""Reports as text: readable, harmless, and never wider than asked."""

import subprocess
import sys
from pathlib import Path

import pytest
import render_cases as cases
from rich.text import Text

from checks.model import Finding, Outcome
from checks.render import text, words

NASTY = "\x1b[31mred\x1b[0m \x00\x07 \u202egnp.exe <b>bold</b> שלום 容器 \ud800"


def test_every_check_is_a_line_that_begins_with_its_outcome() -> None:
    lines = text.render(cases.full()).splitlines()
    for result in cases.full().results:
        assert any(line.startswith(f"{result.outcome}  ") and result.title in line for line in lines)
    assert {each.outcome for each in cases.full().results} == set(Outcome)


def test_a_finding_says_where_expected_found_why_and_hint_in_this_order() -> None:
    out = text.render(cases.report(cases.runs("hungry")))
    parts = (
        "    slipway-render-hungry has ended; it should be running.",
        "      where:    container/slipway-render-hungry · State.Status",
        "      expected: running",
        "      found:    exited",
        "      why:      The kernel killed it because it used more memory than its limit",
        "                Its process ended with exit code 137.",
        "      hint:     `docker logs slipway-render-hungry`",
    )
    found = [out.index(part) for part in parts]
    assert found == sorted(found)


def test_the_log_that_explains_a_restart_keeps_its_lines() -> None:
    out = text.render(cases.report(cases.runs("again")))
    assert "\n                database is not there\n" in out


def test_blocked_names_the_title_it_waits_for() -> None:
    assert "    blocked by: The container answers on port 8000\n" in text.render(cases.full())


def test_what_could_not_be_checked_says_why_and_costs_nothing() -> None:
    out = text.render(cases.unchecked())
    assert "did not answer" in out and "This costs you nothing." in out
    assert "0 of 0 checks passed; 1 check could not be checked, which costs you nothing." in out


def test_the_end_is_how_many_checks_passed_and_what_to_do_next() -> None:
    end = text.render(cases.full(), width=200).splitlines()[-1]
    assert end.startswith("1 of 8 checks passed; 1 check could") and end.endswith(
        "Next: “The container slipway-render-hungry runs”."
    )
    assert text.render(cases.passing()).splitlines()[-1] == "2 of 2 checks passed."


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_asked(width: int) -> None:
    wide = Finding("容器" * 60, "container/" + "長" * 90, "a" * 200, "x" * 500, "🚢" * 200, "word " * 90, "שלום " * 40)
    for report in (cases.full(), cases.with_finding(wide, "題" * 90)):
        assert max(text.columns(line) for line in text.render(report, width=width).splitlines()) <= width


def test_nothing_in_a_report_can_act_on_a_terminal() -> None:
    finding = Finding(NASTY, NASTY, NASTY, NASTY, [NASTY, {NASTY: NASTY}], NASTY, NASTY)
    out = text.render(cases.with_finding(finding, NASTY))
    assert not [each for each in out if each != "\n" and (ord(each) < 32 or each in "\x7f\u202e\ud800")]
    out.encode("utf-8")
    assert "\\x1b[31mred" in out and "\\u202e" in out


def test_a_megabyte_is_shortened_and_the_model_keeps_it() -> None:
    huge = "x" * 2**20
    report = cases.with_finding(Finding("Long.", "container/a", "Labels", "short", huge, why=huge))
    out = text.render(report)
    assert len(out) < 3000 and "1,048,276 more characters" in out
    assert report.results[0].findings[0].observed == huge


def test_colour_adds_nothing_but_colour() -> None:
    coloured = text.render(cases.full(), color=True)
    assert "\x1b[" in coloured
    plain = [line.rstrip() for line in Text.from_ansi(coloured).plain.splitlines()]
    assert plain == text.render(cases.full()).splitlines()


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "nothing"), ([], "nothing"), ("", '""'), (" a", '" a"'), (["a", "b"], "a, b"), (["a,b"], '["a,b"]')]
    + [(" * Running\n\x1b[33mPress CTRL+C\x1b[0m\n", " * Running\nPress CTRL+C"), ("\n", '"\\n"')]
    + [(True, "true"), (0, "0"), ({"b": 1, "a": None}, '{"a": null, "b": 1}')],
)
def test_values_in_words(value: object, said: str) -> None:
    assert words.value(value) == said


def test_plain_text_loads_nothing_heavy() -> None:
    code = "import sys, checks.render.text; print(*sys.modules)"
    root = Path(__file__).parents[2]
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert not {"rich", "jinja2", "docker", "typer", "textwrap", "xml.etree.ElementTree"} & set(completed.stdout.split())
