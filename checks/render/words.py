"""The texts that all renderers share: values, shortened and harmless text, the score, and the next step.

The model keeps every value complete. This module shortens values and makes them harmless before a person sees them.
"""

import json
import re
from datetime import datetime
from typing import Any

from checks.model import Finding, Outcome, Report, Result

NAME_LIMIT = 150  # characters of a name or a title
VALUE_LIMIT = 300  # characters of an expected or found value
PROSE_LIMIT = 2000  # characters of a message, a reason, a hint
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
LINE_LIMIT = 500  # characters of one line of a log

# Characters that a terminal, a browser or an XML parser could act on, or that hide or reorder text: control characters,
# invisible and direction-changing characters, surrogates, noncharacters, tags. The caller handles newlines and tabs.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# ECMA-48: CSI sequences (colors, cursor) and OSC sequences (window titles, links), which programs write to logs.
_TERMINAL = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)|[@-Z\\\\^_])")


def harmless(text: str) -> str:
    """Replace everything in `text` that could act on a terminal or page, or deceive a reader, by a visible escape."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").expandtabs(4)
    return _UNSAFE.sub(lambda match: _escape(ord(match[0])), text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shorten(text: str, limit: int) -> str:
    """Return `text`, or its beginning and end where it is longer than `limit`, with the number of characters left out."""
    if len(text) <= limit:
        return text
    tail = limit // 4
    left_out = len(text) - limit
    return f"{text[: limit - tail]} … ({left_out:,} more characters) … {text[len(text) - tail :]}"


def prose(text: str, limit: int = PROSE_LIMIT) -> str:
    """Return a sentence or log lines without terminal colors, harmless and shortened."""
    lines = [shorten(line, LINE_LIMIT) for line in text.replace("\r\n", "\n").split("\n")]
    return harmless(shorten(_TERMINAL.sub("", "\n".join(lines)).strip("\n"), limit))


def name(text: str) -> str:
    """Return a name, a title or a path on one line, harmless and shortened."""
    return harmless(shorten(text, NAME_LIMIT).replace("\n", "\\n"))


def value(data: Any, limit: int = VALUE_LIMIT) -> str:
    """Return a JSON value as text: strings unchanged, lists with commas, objects as JSON, empty values as "nothing"."""
    return harmless(shorten(_spell(data), limit))


def is_long(data: Any) -> bool:
    """Tell whether `value` leaves a part out."""
    return len(_spell(data)) > VALUE_LIMIT


def _spell(data: Any) -> str:
    if data is None or data == [] or data == {}:
        return "nothing"
    if isinstance(data, str):
        return _spell_text(_TERMINAL.sub("", data))
    if isinstance(data, list) and all(isinstance(item, str) and item and "," not in item for item in data):
        return ", ".join(data)
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _spell_text(text: str) -> str:
    """Return a text unchanged, or quoted where spaces at its ends would be invisible; never quote log lines."""
    if text.strip() and "\n" in text:
        return text.strip("\n")
    return text if text and text == text.strip() else json.dumps(text, ensure_ascii=False)


def facts(finding: Finding) -> list[tuple[str, str]]:
    """Return the facts of a finding in display order: where, expected, found, why, hint."""
    where = " · ".join(name(part) for part in (finding.subject, finding.path) if part)
    rows = [("where", where)] if where else []
    if finding.expected is not None or finding.observed is not None:
        rows += [("expected", value(finding.expected)), ("found", value(finding.observed))]
    rows += [("why", prose(finding.why))] if finding.why else []
    return rows + ([("hint", prose(finding.hint))] if finding.hint else [])


def points(result: Result) -> str:
    """Return the points of a check that earned a part of them, as text; empty where they say no more than the outcome."""
    return f"{result.earned} of {count(result.points, 'point')}" if 0 < result.earned < result.points else ""


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 point", "2 points"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def progress(report: Report) -> tuple[int, int]:
    """Return how many checks passed, and how many could be checked."""
    return report.count(Outcome.PASSED), len(report.results) - report.count(Outcome.COULD_NOT_CHECK)


def score(report: Report) -> str:
    """Return the progress as text; checks that could not be checked are named apart, because they cost nothing."""
    passed, whole = progress(report)
    words, unchecked = f"{passed} of {count(whole, 'check')} passed", len(report.results) - whole
    return f"{words}; {count(unchecked, 'check')} could not be checked, which costs you nothing" if unchecked else words


def predictions(report: Report) -> str:
    """Return how many predictions were right, as a sentence; empty where the report says nothing about them."""
    predicted = report.predictions
    if predicted is None:
        return ""
    others = f"{count(predicted.unanswered, 'result')} shown without one" if predicted.unanswered else ""
    parts = [f"{predicted.right} of {predicted.answered} right"] if predicted.answered else []
    return f"Predictions: {', '.join([*parts, others] if others else parts)}."


def tally(report: Report) -> str:
    """Return the number of checks with each outcome: "2 passed, 1 not yet"."""
    counts = ((outcome, report.count(outcome)) for outcome in Outcome)
    return ", ".join(f"{number} {outcome}" for outcome, number in counts if number)


def moment(text: str) -> str:
    """Return a time (ISO 8601, UTC) for a person: "28 November 2026, 06:09 UTC". Another text is returned as it is.

    It does not depend on where it is read: a report has the same bytes in every time zone.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return name(text)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}, {when.hour:02}:{when.minute:02} UTC"


def blockers(report: Report, result: Result) -> list[str]:
    """Return the titles of the checks that block a check."""
    titles = {other.id: other.title for other in report.results}
    return [name(titles.get(id, id)) for id in result.blocked_by]


def next_step(report: Report) -> str:
    """Return the next step, in one sentence; empty where every check of the report passed."""
    if not report.results:
        return "There was nothing to check."
    if report.passed:
        return ""
    for outcome, words in _NEXT:
        first = next((candidate for candidate in report.results if candidate.outcome is outcome), None)
        if first:
            return words.format(name(first.title))
    return "Run all checks of the lab."


_NEXT = (
    (Outcome.NOT_YET, "Next: “{}”."),
    (Outcome.WAITING, "Next: wait a moment, then check again: “{}”."),
    (Outcome.COULD_NOT_CHECK, "Next: read the reason, then check again: “{}”."),
)
