"""HTML for reports, hints, solutions, progress, layers, rollouts and charts: fragments for a notebook, or a whole page.

Every fragment contains its style, scoped by the class `slipway`, and takes its colors from the theme variables of
JupyterLab, with fallbacks. All content goes through `words` (made harmless, shortened) and the autoescaping of Jinja2.
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
# The outcomes whose marks and colors the states of a rollout and of its Pods share.
_VERDICTS = {"complete": "passed", "moving": "waiting", "paused": "blocked", "stuck": "not yet"}
_PHASES = {"ready": "passed", "starting": "waiting", "failing": "not-yet", "terminating": "leaving"}
_CODE = re.compile("`([^`\n]+)`")


def fragment(report: Report) -> str:
    """Render the report for an output cell."""
    return _render("fragment.html.j2", report=report)


def page(report: Report) -> str:
    """Render the report as a page for a browser or a printer."""
    return _render("page.html.j2", report=report)


def progress(report: Report, seconds_left: float) -> str:
    """Render what the checks wait for, to show until the report replaces it."""
    waiting = [result for result in report.results if result.outcome is Outcome.WAITING]
    return _render("progress.html.j2", waiting=waiting, seconds=max(0, round(seconds_left)))


def hint(check_title: str, number: int, total: int, text: str, after: str = "") -> str:
    """Render hint `number` (from 1) of `total` for a check; `after` says what comes after the last one."""
    return _render("hint.html.j2", title=check_title, number=number, total=total, text=text, after=after)


def solution(check_title: str, parts: dict[str, str]) -> str:
    """Render the solution of the task of a check: text by file name or place."""
    return _render("solution.html.j2", title=check_title, parts=parts)


def header(lab_id: str, title: str, passed: int, total: int, next_title: str, after: str = "") -> str:
    """Render the progress in a lab: `passed` of `total` checks, and the title of the next one (empty: all passed).

    `after` says what comes after a lab that is done.
    """
    shown = {"lab": lab_id, "title": title, "passed": passed, "total": total, "next_title": next_title, "after": after}
    return _render("header.html.j2", **shown)


def layers(scene: stack.Scene) -> str:
    """Render the layers of one image, or of several images side by side above their shared layers."""
    return _render("layers.html.j2", scene=scene)


def chart(heading: str, values: dict[str, float], unit: str, printed: str = "") -> str:
    """Render a bar for each named value, with `printed` (if any) in a fold below."""
    most = max(values.values(), default=0)
    rows = [(name, f"{value:.1f} {unit}", _share(value, most)) for name, value in values.items()]
    return _render("chart.html.j2", heading=heading, rows=rows, printed=printed)


def rollout(moments: Sequence[Moment], seconds_left: float | None = None) -> str:
    """Render the last moment of a rollout and its history, with the seconds left while the watch continues."""
    view = moments[-1].view
    left = None if seconds_left is None else max(0, round(seconds_left))
    data = {"view": view, "moments": moments, "left": left, "tones": _PHASES}
    return _render("rollout.html.j2", outcome=_VERDICTS[view.verdict], **data)


def notice(text: str) -> str:
    """Render a message of one or more lines; a line that begins with "Fix:" is set apart."""
    fixes = [line for line in text.split("\n") if line.startswith("Fix:")]
    message = "\n".join(line for line in text.split("\n") if line not in fixes)
    return _render("notice.html.j2", message=message, fixes=[line.removeprefix("Fix:").strip() for line in fixes])


def _render(template: str, **data: Any) -> str:
    return environment().get_template(template).render(data)


@cache
def environment(*folders: Path) -> Environment:
    """Return the environment of the templates here, and of those in further folders, which can include them."""
    loader = FileSystemLoader([*folders, Path(__file__).parent / "templates"])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"prose": _prose, "slug": lambda outcome: outcome.replace(" ", "-")}
    environment.filters |= {"name": words.name, "log": _log}
    shared = (words.points, words.progress, words.score, words.tally, words.blockers, words.next_step, words.value)
    shared += (words.count, words.moment, words.predictions)
    shared += (size, stack.total)
    environment.globals |= {function.__name__: function for function in shared}
    environment.globals |= {"facts": _facts, "percent": _percent, "share": _share}
    return environment


def _prose(text: str) -> Markup:
    """Return harmless text, with text in backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(words.prose(text)))))


def _log(text: str) -> str:
    return words.prose(text, DETAIL_LIMIT)


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _share(part: float, whole: float) -> float:
    """Return the width of a bar in percent, rounded to a tenth."""
    return round(100 * part / whole, 1) if whole else 0


def _facts(finding: Finding) -> list[dict[str, Any]]:
    """Return the facts of a finding: label, text, and the content of a fold or of a block of log lines."""
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
    """Split a reason into its sentences and the log lines that follow a line ending in a colon."""
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines, 1) if line.endswith(":")), len(lines))
    return "\n".join(lines[:end]), "\n".join(lines[end:])
