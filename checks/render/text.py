"""Reports as plain text, readable without color, in 80 columns, and by a screen reader.

Every `slipway check` uses this module, so rich is loaded only for color.
"""

from collections.abc import Iterator

from checks.model import Finding, Outcome, Report, Result
from checks.render import words

Line = list[tuple[str, str]]  # pieces of (style, text)
OUTCOME_COLUMN = max(len(outcome) for outcome in Outcome) + 2
LABEL_COLUMN = 10
STYLES = {
    "": "",
    "title": "bold",
    "label": "dim",
    Outcome.PASSED: "bold green",
    Outcome.NOT_YET: "bold red",
    Outcome.WAITING: "bold yellow",
    Outcome.BLOCKED: "bold blue",
    Outcome.COULD_NOT_CHECK: "bold magenta",
}


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """Return the report as text of at most `width` columns (at least 40), with a newline at the end."""
    lines = list(_report(report, max(40, width)))
    if color:
        return _colored(lines)
    return "".join("".join(text for _, text in line).rstrip() + "\n" for line in lines)


def details(report: Report, result: Result, width: int = 80) -> str:
    """Return what a report says about one check, below its title."""
    return "\n".join("".join(text for _, text in line) for line in _details(report, result, width, ""))


def _report(report: Report, width: int) -> Iterator[Line]:
    for line in wrap(f"{words.name(report.title)} ({words.name(report.lab)})", width):
        yield [("title", line)]
    yield []
    for result in report.results:
        yield from _result(report, result, width)
    yield []
    yield from ([("title", line)] for line in wrap(f"{words.score(report)}. {words.next_step(report)}".strip(), width))
    if predicted := words.predictions(report):
        yield from ([("", line)] for line in wrap(predicted, width))


def _result(report: Report, result: Result, width: int) -> Iterator[Line]:
    part = words.points(result)
    first, *rest = wrap(f"{words.name(result.title)} ({part})" if part else words.name(result.title), width - OUTCOME_COLUMN)
    yield [(result.outcome, f"{result.outcome:<{OUTCOME_COLUMN}}"), ("", first)]
    yield from ([("", " " * OUTCOME_COLUMN + line)] for line in rest)
    yield from _details(report, result, width, "    ")


def _details(report: Report, result: Result, width: int, margin: str) -> Iterator[Line]:
    for finding in result.findings:
        yield from _finding(finding, width, margin)
    if result.outcome is Outcome.BLOCKED:
        yield from _labelled("blocked by", "\n".join(words.blockers(report, result)), width, margin)
    if result.reason:
        yield from _labelled("reason", f"{words.prose(result.reason)}\nThis costs you nothing.", width, margin)


def _finding(finding: Finding, width: int, margin: str) -> Iterator[Line]:
    for part in words.prose(finding.message).split("\n"):
        yield from ([("title", margin + line)] for line in wrap(part, width - len(margin)))
    for label, text in words.facts(finding):
        yield from _labelled(label, text, width, margin + "  ")


def _labelled(label: str, text: str, width: int, margin: str) -> Iterator[Line]:
    """Yield `label: text`, with the lines of the text aligned after the label."""
    head = f"{label}:".ljust(LABEL_COLUMN)
    head = head if head.endswith(" ") else head + " "
    indent = " " * len(head)
    lines = [line for part in text.split("\n") for line in wrap(part, width - len(margin) - len(head))]
    yield [("label", margin + head), ("", lines[0])]
    yield from ([("", margin + indent + line)] for line in lines[1:])


def wrap(line: str, width: int) -> list[str]:
    """Wrap one line to lines of at most `width` columns, and break longer words. Never return an empty list."""
    if columns(line) <= width:
        return [line]
    lines, current = [], ""
    for word in line.split(" "):
        longer = f"{current} {word}" if current else word
        if columns(longer) <= width:
            current = longer
            continue
        if current:
            lines.append(current)
        *full, current = _chop(word, width)
        lines += full
    return [*lines, current] if current or not lines else lines


def _chop(word: str, width: int) -> list[str]:
    parts, part, used = [], "", 0
    for character in word:
        size = columns(character)
        if used + size > width:
            parts.append(part)
            part, used = "", 0
        part += character
        used += size
    return [*parts, part]


def columns(text: str) -> int:
    """Return the number of terminal columns that `text` takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(char) in ("Mn", "Me", "Cf") else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _colored(lines: list[Line]) -> str:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", no_color=False, highlight=False, legacy_windows=False
    )
    for line in lines:
        console.print(Text.assemble(*((text, STYLES[style]) for style, text in line)), soft_wrap=True)
    return out.getvalue()
