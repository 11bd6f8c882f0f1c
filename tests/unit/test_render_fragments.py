"""Reports and a lab's messages as HTML: whole, self-contained, escaped."""

import re
from html.parser import HTMLParser

import render_cases as cases

from checks.model import Finding
from checks.render import html, stack
from checks.render.rollout import Moment, PodState, Revision, View

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>`<b>`{{7*7}}"
VOID = {"img", "meta", "br", "link", "input", "hr"}


class Tags(HTMLParser):
    """The tags of a document; refuses what is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def everything() -> list[str]:
    finding = Finding(ATTACK, ATTACK, ATTACK, ATTACK, ATTACK * 50, ATTACK + ":\n" + ATTACK, ATTACK)
    attacked = cases.with_finding(finding, ATTACK)
    return [
        *(make(each) for make in (html.fragment, html.page) for each in (attacked, cases.full(), cases.unchecked())),
        html.progress(cases.full(), 3.2),
        html.hint(ATTACK, 1, 3, ATTACK),
        html.solution(ATTACK, {ATTACK: ATTACK}),
        html.header(ATTACK, ATTACK, 1, 3, ATTACK),
        html.notice(f"{ATTACK}\nFix: {ATTACK}"),
        html.layers(attacked_stack()),
        html.rollout([Moment(0, attacked_rollout()), Moment(1, attacked_rollout())]),
        html.chart(ATTACK, {ATTACK: 2.5, "other": 0.0}, "s", ATTACK),
    ]


def attacked_rollout() -> View:
    """A rollout in which every name and reason is an attack."""
    revision = Revision(1, (ATTACK,), 1, (PodState(ATTACK, ATTACK, "failing"), PodState(ATTACK, ATTACK, "terminating")), True)
    return View(ATTACK, 1, "stuck", ATTACK, ATTACK, (revision,))


def attacked_stack() -> stack.Scene:
    """Two images and their base, in which every name and instruction is an attack."""
    entry = {"CreatedBy": f"RUN {ATTACK}", "Size": 7, "Created": 0, "Comment": ATTACK}
    base = {"RootFS": {"Layers": ["sha256:1"]}, "History": [entry]}
    both = [{"RootFS": {"Layers": ["sha256:1", last]}, "History": [entry, entry]} for last in ("sha256:2", "sha256:3")]
    return stack.build({ATTACK: both[0], f"{ATTACK}2": both[1]}, {ATTACK: base})


def test_nothing_that_is_shown_can_act() -> None:
    for text in everything():
        tags = Tags(text)
        assert not {"script", "img", "b"} & set(tags.seen) and "onerror" not in tags.attributes
        assert "49" not in re.sub(r"<style>.*?</style>", "", text, flags=re.S) or "{{7*7}}" in text


def test_nothing_is_fetched_from_elsewhere() -> None:
    for text in everything():
        assert not re.search(r"(src|href)=|url\(|@import", text.replace("src=x onerror", ""))


def test_every_check_has_its_outcome_as_a_word() -> None:
    text = html.fragment(cases.full())
    for result in cases.full().results:
        row = text[text.rindex("<li", 0, text.index(f">{result.title}</bdi>")) :]
        assert re.search(rf"</svg>\s*{result.outcome}</span>", row[: row.index("</bdi>")])
    assert '<i style="width: 12' in text and ">1 of 8 checks passed</span>" in text
    assert 'aria-label="1 of 8 checks passed; 1 check could not be checked, which costs you nothing"' in text


def test_a_long_value_can_be_unfolded_and_has_an_end() -> None:
    text = html.fragment(cases.with_finding(Finding("m", "s", "p", "short", "x" * 2**20)))
    assert "<details><summary>" in text and "more characters" in text and len(text) < 40_000


def test_log_lines_stand_apart_from_the_sentence() -> None:
    text = html.fragment(cases.report(cases.runs("again")))
    assert re.search(r"Its log ends with:\s*<pre[^>]*>database is not there\n", text)


def test_code_in_a_hint_is_shown_as_code() -> None:
    assert "<code>docker ps</code>" in html.hint("t", 2, 3, "Look at `docker ps`.")
    assert "Hint 2 of 3" in html.hint("t", 2, 3, "x")


def test_progress_names_what_is_waited_for() -> None:
    text = html.progress(cases.full(), 11.6)
    assert "up to 12 seconds" in text and 'role="status"' in text
    assert "The database has taken its first connection" in text


def test_the_header_says_what_comes_next_or_that_all_is_done() -> None:
    assert "3 of 7 checks passed" in html.header("01-flask", "Flask", 3, 7, "It answers")
    assert "Next: <bdi>It answers</bdi>" in html.header("01-flask", "Flask", 3, 7, "It answers")
    done = html.header("01-flask", "Flask", 7, 7, "", "Next lab: 02-layers, <Layers> (`slipway start 02-layers`).")
    assert "All checks have passed. Next lab: 02-layers, &lt;Layers&gt; (<code>slipway start 02-layers</code>)." in done


def test_a_notice_sets_its_fix_apart() -> None:
    text = html.notice("Down.\nFix: Start it with `slipway up`.")
    assert "<strong>Fix:</strong> Start it with <code>slipway up</code>." in text


def test_a_solution_is_shown_to_the_letter() -> None:
    assert "all:\n\tmake &lt;x&gt;\n" in html.solution("t", {"Makefile": "all:\n\tmake <x>\n"})
    assert "earlier steps are enough" in html.solution("t", {})


def test_the_longest_bar_of_a_chart_is_the_largest_value() -> None:
    text = html.chart("Seconds", {"slow": 12.04, "quick": 0.6}, "s")
    assert re.findall(r"width: ([\d.]+)%", text) == ["100.0", "5.0"] and "12.0 s" in text and "<details>" not in text
    assert "width: 0%" in html.chart("Seconds", {"nothing": 0.0}, "s")
