"""`slipway check`, without the library that parses options: a plain check then starts in a third of the time."""

import sys
from dataclasses import dataclass
from pathlib import Path

from checks import backend, catalog, grade
from checks.model import Lab, Outcome, Report
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

FORMATS = ("text", "json", "html", "junit")
EXITS = {Outcome.PASSED: Exit.PASSED, Outcome.COULD_NOT_CHECK: Exit.COULD_NOT_CHECK}


@dataclass(frozen=True)
class Order:
    """What `slipway check` was asked to do. `source` is an evidence file to grade instead of the live engine."""

    lab: str = ""
    checks: tuple[str, ...] = ()
    wait: float | None = None
    format: str = "text"
    output: Path | None = None
    evidence: Path | None = None
    source: Path | None = None


def run(order: Order) -> int:
    """Grade, show the report, keep what was asked for. Returns the exit code."""
    report = _offline(order) if order.source else _live(order)
    text = render(report, order.format, to_file=order.output is not None)
    if order.output:
        from sandboxes.host.atomic_write import write_whole

        write_whole(order.output, text)
        say(f"The report is in {order.output}: {report.outcome.value}.")
    else:
        sys.stdout.write(text)
    return int(EXITS.get(report.outcome, Exit.NOT_YET))


def _live(order: Order) -> Report:
    if not order.lab:
        raise SlipwayError("Which lab?", "Name one: `slipway check 01`. `slipway list` shows them.", Exit.WRONG_USAGE)
    chosen, lab = settings.load(), catalog.find(order.lab)
    engine = backend.connect(lab)
    shown = Waiting()
    try:
        graded = grade.grade(lab, engine, chosen, wanted=order.checks, wait=order.wait, on_wait=shown.update)
    finally:
        shown.end()
        engine.close()
    _note_unstarted(lab, chosen, graded.report)
    try:
        grade.remember(graded, chosen)
    except SlipwayError as error:  # what was found out is worth more than its note in the progress
        say(f"Your progress was not noted. {error}")
    if order.evidence:
        from checks import evidence

        evidence.save(order.evidence, graded)
        say(f"The evidence is in {order.evidence}.")
    return graded.report


def _offline(order: Order) -> Report:
    from checks import evidence
    from checks.version import __version__

    kept = evidence.load(order.source)
    lab = catalog.find(kept.report.lab)
    if order.lab and catalog.find(order.lab).id != lab.id:
        raise SlipwayError(f"{order.source} is evidence of lab {lab.id}, not of {order.lab}.", "", Exit.WRONG_USAGE)
    if kept.course != __version__:
        say(f"This evidence was made with course version {kept.course}; it is graded with {__version__}.")
    return grade.regrade(lab, kept.snapshot, order.checks or kept.checks)


def _note_unstarted(lab: Lab, chosen: settings.Settings, report: Report) -> None:
    from checks import progress

    if not report.passed and not progress.read(chosen, lab.id).started:
        say(f"Lab {lab.id} is not started yet: `slipway start {lab.id}`.")


def render(report: Report, format: str, to_file: bool = False) -> str:
    """The report in one of FORMATS. Colour only on a terminal that wants it."""
    from importlib import import_module
    from os import environ

    if format == "text":
        from checks.render import text

        terminal = sys.stdout.isatty() and not to_file
        return text.render(report, width=terminal_width(), color=terminal and "NO_COLOR" not in environ)
    renderer = import_module(f"checks.render.{format}")
    return renderer.page(report) if format == "html" else renderer.dumps(report)


def terminal_width() -> int:
    if not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return min(get_terminal_size((80, 24)).columns, 100)


def say(text: str) -> None:
    """A remark beside the report."""
    print(text, file=sys.stderr)


class Waiting:
    """Says on stderr that a check waits, and for what: rewritten on a terminal, once per state elsewhere."""

    def __init__(self) -> None:
        self.last = ""

    def update(self, report: Report, left: float) -> None:
        messages = [finding.message for result in report.results for finding in result.findings if finding.waiting]
        text = messages[0] if messages else "Waiting"
        if sys.stderr.isatty():
            line = f"Waiting, {left:.0f} s at most. {text}"
            sys.stderr.write(f"\r\x1b[K{line[: terminal_width() - 1]}")
            sys.stderr.flush()
        elif text != self.last:
            say(f"Waiting, {left:.0f} s at most. {text}")
        self.last = text

    def end(self) -> None:
        if self.last and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
