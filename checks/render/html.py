"""A report, a hint, a solution, progress, layers, rollouts and charts as HTML: fragments for a notebook, or a page of its own.

Every fragment carries its style with it, scoped by the class `slipway`, and takes its colours from JupyterLab's theme
variables, with fallbacks. All that is shown goes through `words` (harmless, shortened) and Jinja2's autoescaping.
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from checks.model import Finding, Outcome, Report
from checks.render import stack, words
from checks.render.rollout import Moment
from checks.vocabulary.image_history import size

DETAIL_LIMIT = 10_000  # characters of a long value that can be unfolded
# How a rollout and its Pods stand, in the outcomes whose marks and colours they share.
_VERDICTS = {"complete": "passed", "moving": "waiting", "paused": "blocked", "stuck": "not yet"}
_PHASES = {"ready": "passed", "coming": "waiting", "failing": "not-yet", "leaving": "leaving"}
_CODE = re.compile("`([^`\n]+)`")


def fragment(report: Report) -> str:
    """The report for an output cell."""
    return _render("fragment.html.j2", report=report)


def page(report: Report) -> str:
    """The report as a file of its own, for a browser or a printer."""
    return _render("page.html.j2", report=report)


def progress(report: Report, seconds_left: float) -> str:
    """What is waited for, shown until the report takes its place."""
    waiting = [result for result in report.results if result.outcome is Outcome.WAITING]
    return _render("progress.html.j2", waiting=waiting, seconds=max(0, round(seconds_left)))


def hint(check_title: str, number: int, total: int, text: str) -> str:
    """Hint `number` (from 1) of `total` for a check."""
    return _render("hint.html.j2", title=check_title, number=number, total=total, text=text)


def solution(check_title: str, parts: dict[str, str]) -> str:
    """What solves the task of a check: text by file name or place."""
    return _render("solution.html.j2", title=check_title, parts=parts)


def header(lab_id: str, title: str, passed: int, total: int, next_title: str) -> str:
    """Where a learner is in a lab: `passed` of `total` checks, and the title of the next one (empty: all done)."""
    return _render("header.html.j2", lab=lab_id, title=title, passed=passed, total=total, next_title=next_title)


def layers(scene: stack.Scene) -> str:
    """The layers of one image, or of several side by side above what they share."""
    return _render("layers.html.j2", scene=scene)


def chart(heading: str, values: dict[str, float], unit: str, printed: str = "") -> str:
    """A bar for each value by its name; `printed`, if any, can be unfolded below."""
    most = max(values.values(), default=0)
    rows = [(name, f"{value:.1f} {unit}", _share(value, most)) for name, value in values.items()]
    return _render("chart.html.j2", heading=heading, rows=rows, printed=printed)


def rollout(moments: Sequence[Moment], seconds_left: float | None = None) -> str:
    """A rollout as it was seen last, above how it went; with the seconds left while it is still being watched."""
    view = moments[-1].view
    left = None if seconds_left is None else max(0, round(seconds_left))
    data = {"view": view, "moments": moments, "left": left, "tones": _PHASES}
    return _render("rollout.html.j2", outcome=_VERDICTS[view.verdict], **data)


def notice(text: str) -> str:
    """A message of one or more lines; a line that begins with "Fix:" is set apart."""
    fixes = [line for line in text.split("\n") if line.startswith("Fix:")]
    message = "\n".join(line for line in text.split("\n") if line not in fixes)
    return _render("notice.html.j2", message=message, fixes=[line.removeprefix("Fix:").strip() for line in fixes])


def _render(template: str, **data: Any) -> str:
    return _environment().get_template(template).render(data)


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"prose": _prose, "slug": lambda outcome: outcome.replace(" ", "-")}
    environment.filters |= {"name": words.name, "log": _log}
    shared = (words.points, words.score, words.tally, words.blockers, words.next_step, words.value, words.count)
    shared += (size, stack.total)
    environment.globals |= {each.__name__: each for each in shared}
    environment.globals |= {"facts": _facts, "percent": _percent, "share": _share}
    return environment


def _prose(text: str) -> Markup:
    """Harmless text, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(words.prose(text)))))


def _log(text: str) -> str:
    return words.prose(text, DETAIL_LIMIT)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _share(part: float, whole: float) -> float:
    """A bar's width in percent, to a tenth."""
    return round(100 * part / whole, 1) if whole else 0


def _facts(finding: Finding) -> list[dict[str, Any]]:
    """The facts of a finding as label, text, and what a fold or a block of log lines shows."""
    whole = {"expected": finding.expected, "found": finding.observed}
    shown = []
    for label, text in words.facts(finding):
        fact: dict[str, Any] = {"label": label, "text": text, "fold": "", "log": ""}
        if label in whole and words.is_long(whole[label]):
            fact["fold"] = words.value(whole[label], DETAIL_LIMIT)
        if label == "why":
            fact["text"], fact["log"] = _reason(text)
        shown.append(fact)
    return shown


def _reason(text: str) -> tuple[str, str]:
    """A reason split into its sentences and the lines of a log that follow a line ending in a colon."""
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines, 1) if line.endswith(":")), len(lines))
    return "\n".join(lines[:end]), "\n".join(lines[end:])
