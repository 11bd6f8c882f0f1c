"""`slipway check` without the option parser, so that a plain check starts in a third of the time."""

import sys
from dataclasses import dataclass
from os import environ
from pathlib import Path

from checks import backend, catalog, grade, registry
from checks.cli import lab_here
from checks.grade import Graded
from checks.model import Lab, Outcome, Report
from checks.render import words
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import refuse_target, write_whole

FORMATS = ("text", "json", "html", "junit")
EXITS = {Outcome.PASSED: Exit.PASSED, Outcome.COULD_NOT_CHECK: Exit.COULD_NOT_CHECK}


@dataclass(frozen=True)
class Request:
    """The arguments of `slipway check`.

    `wait` is in seconds; `evidence` is a file to write, and `source` is an evidence file to grade instead of the engine.
    """

    lab: str = ""
    checks: tuple[str, ...] = ()
    wait: float | None = None
    format: str = "text"
    output: Path | None = None
    evidence: Path | None = None
    source: Path | None = None


def run(request: Request) -> int:
    """Grade the lab, show the report and write the requested files. Return the exit code."""
    for path in (request.output, request.evidence):
        if path is not None:
            refuse_target(path)
    report = _offline(request) if request.source else _with_predictions(_live(request))
    text = render(report, request.format, to_file=request.output is not None)
    if request.format == "text" and not request.output and not request.source:
        text += _standing(report)
    if request.output:
        write_whole(request.output, text)
        say(f"The report was written to {request.output} ({report.outcome.value}).")
    else:
        sys.stdout.write(text)
    return int(EXITS.get(report.outcome, Exit.NOT_YET))


def _with_predictions(report: Report) -> Report:
    from checks.lifecycle import standing

    return standing.with_predictions(report, catalog.find(report.lab), settings.load())


def _live(request: Request) -> Report:
    words = tuple(word for word in (request.lab, *request.checks) if word)
    chosen, (lab, wanted) = settings.load(), lab_here.with_checks(words, "check")
    graded = grade_live(lab, chosen, wanted, request.wait)
    if request.evidence:
        from checks import evidence

        evidence.save(request.evidence, graded)
        say(f"The evidence was written to {request.evidence}.")
    return graded.report


def grade_live(lab: Lab, chosen: settings.Settings, wanted: tuple[str, ...] = (), wait: float | None = None) -> Graded:
    """Grade the current state of a lab, show what is waited for, and save the progress. `wanted` are checks (none: all)."""
    engine = backend.connect(lab)
    status = Waiting()
    try:
        graded = grade.grade(lab, engine, chosen, wanted=wanted, wait=wait, on_wait=status.update)
    finally:
        status.end()
        engine.close()
    _note_unstarted(lab, chosen, graded.report)
    if environ.get("KUBECONFIG") and not graded.report.passed and (note := lab_here.kubectl_elsewhere(lab, chosen, environ)):
        say(note)
    try:
        grade.remember(graded, chosen)
    except SlipwayError as error:  # the report is worth more than its entry in the progress
        say(f"Your progress was not saved. {error}")
    return graded


def _standing(report: Report) -> str:
    """Return the progress in the whole lab, for a report on a part of its checks or on a lab that is done; or else nothing."""
    from checks.lifecycle import course_progress, standing

    chosen, lab = settings.load(), catalog.find(report.lab)
    try:
        progress = course_progress.of(lab, chosen)
        shown = progress.done if len(report.results) == progress.total else report.passed
        return f"{standing.describe(lab, chosen)}\n" if shown else ""
    except SlipwayError:  # a damaged progress file was reported already
        return ""


def _offline(request: Request) -> Report:
    from checks import evidence
    from checks.version import __version__

    kept = evidence.load(request.source)
    lab = catalog.find(kept.report.lab)
    if request.lab and catalog.find(request.lab).id != lab.id:
        raise SlipwayError(
            f"{request.source} contains evidence of lab {lab.id}, not of {request.lab}.",
            "Leave out the lab, or name the lab of the evidence.",
            Exit.WRONG_USAGE,
        )
    if kept.course != __version__:
        say(f"This evidence was created with version {kept.course} of the course and is graded with version {__version__}.")
    checks = registry.load(lab)
    known = {check.id for check in checks}
    for id in sorted(set(kept.checks) - known):
        say(f"Lab {lab.id} no longer has the check “{id}” that this evidence names. It is left out.")
    wanted = [registry.find(lab, checks, id).id for id in request.checks] or [id for id in kept.checks if id in known]
    return grade.regrade(lab, kept.snapshot, wanted)


def _note_unstarted(lab: Lab, chosen: settings.Settings, report: Report) -> None:
    from checks import progress

    if not report.passed and not progress.read(chosen, lab.id).started:
        say(f"Lab {lab.id} is not started. Run `slipway start {lab.id}`.")


def render(report: Report, format: str, to_file: bool = False) -> str:
    """Render the report in one of FORMATS. Use color only on a terminal, and not where NO_COLOR is set."""
    from importlib import import_module

    if format == "text":
        from checks.render import text

        terminal = sys.stdout.isatty() and not to_file
        return text.render(report, width=terminal_width(), color=terminal and "NO_COLOR" not in environ)
    renderer = import_module(f"checks.render.{format}")
    return renderer.page(report) if format == "html" else renderer.dumps(report)


def terminal_width() -> int:
    """Return the width of the terminal, at most 100 columns; 80 where the output is not a terminal."""
    if not sys.stdout.isatty():
        return 80
    from shutil import get_terminal_size

    return min(get_terminal_size((80, 24)).columns, 100)


def say(text: str) -> None:
    """Print a remark on stderr, apart from the report."""
    print(words.harmless(text), file=sys.stderr)


class Waiting:
    """The line on stderr that says what a check waits for: rewritten on a terminal, printed once per state elsewhere."""

    def __init__(self) -> None:
        self.last = ""

    def update(self, report: Report, left: float) -> None:
        """Show what the report waits for, and the seconds left."""
        messages = [finding.message for result in report.results for finding in result.findings if finding.waiting]
        text = messages[0] if messages else "Waiting"
        if sys.stderr.isatty():
            line = f"Waiting for up to {left:.0f} s. {text}"
            sys.stderr.write(f"\r\x1b[K{line[: terminal_width() - 1]}")
            sys.stderr.flush()
        elif text != self.last:
            say(f"Waiting for up to {left:.0f} s. {text}")
        self.last = text

    def end(self) -> None:
        """Clear the line on a terminal."""
        if self.last and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
