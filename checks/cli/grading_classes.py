"""The commands that grade a class: grade and regrade."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checks.cli.checking import say
from checks.cli.opened_class import Folder, OpenedClass, Url, lab_id, show_line, show_progress
from sandboxes.errors import Exit

if TYPE_CHECKING:
    from checks.classroom.grading import Request, Summary

OnlyLab = Annotated[str, typer.Option("--lab", metavar="LAB", help="Only this lab.")]
OnlyLearner = Annotated[str, typer.Option("--learner", metavar="ID", help="Only this learner.")]
SHOWN = 50  # lines about submissions without a grade


def grade_(
    folder: Folder = Path("."),
    sources: Annotated[
        list[Path] | None,
        typer.Option(
            "--from", metavar="PATH", help="Folder or ZIP file with submissions. Can be repeated. [default: DIR/submissions]"
        ),
    ] = None,
    lab: OnlyLab = "",
    learner: OnlyLearner = "",
    jobs: Annotated[int, typer.Option("--jobs", min=0, max=64, help="Number of processes. [default: as many as pay]")] = 0,
    live: Annotated[bool, typer.Option("--live/--no-live", help="Also look at the targets in roster.csv.")] = True,
    store: Url = "",
) -> int:
    """Grade submissions and live targets.

    Takes what Moodle and Canvas deliver by “download all submissions”, as ZIP file or folder, and grades everything that is new. The signature in a file tells whose it is, whatever its name. A file that cannot be graded is named with the reason: it is neither a zero nor a pass. Interrupt the run at any time and start it again.

    Where roster.csv names a target for a learner, the labs that the learner has not submitted are looked at there: unix:///PATH, ssh://HOST, tcp://HOST?certs=FOLDER or context:NAME for Docker, kubeconfig:FILE?context=NAME for a cluster, with &prefix=PREFIX or &namespace=NAME for a part of a shared one. A target is only read. A check that would need more, such as a command in a container, could not be checked, and costs no point.

    Exit code 0: everything was graded. 1: some files or targets were not.

    Example: slipway grade containers-2026 --from ~/Downloads/submissions.zip

    Example: slipway grade containers-2026 --lab 12 --learner ada
    """
    from checks.classroom import grading

    with OpenedClass(folder, store) as opened:
        with_targets = live and opened.live
        request = grading.Request(
            sources=tuple(sources or _inbox(folder / grading.INBOX, with_targets)),
            now=grading.now(),
            lab=lab_id(lab),
            learner=opened.learner(learner) if learner else "",
            jobs=jobs,
        )
        return _report(_grade(opened, request, with_targets))


def _inbox(folder: Path, with_targets: bool) -> list[Path]:
    """Return the folder of submissions, which need not exist where there are live targets."""
    return [] if with_targets and not folder.exists() else [folder]


def _grade(opened: OpenedClass, request: "Request", with_targets: bool) -> "Summary":
    """Grade the submissions, and then the live targets of those who have not submitted."""
    from checks.classroom import grading, live_grading

    summary = grading.run(opened.classroom, opened.store, request, show_progress)
    if with_targets:
        live_grading.run(opened.classroom, opened.store, request, summary, show_progress)
    return summary


def _report(summary: "Summary") -> int:
    """Print what was graded, and what was not and why. Return the exit code."""
    for note in summary.notes:
        say(note)
    for item in summary.ungraded[:SHOWN]:
        whose = f" ({item.learner})" if item.learner else ""
        say(f"Not graded: {item.source}{whose}: {item.reason}")
    if len(summary.ungraded) > SHOWN:
        say(f"... and {len(summary.ungraded) - SHOWN} more.")
    ungraded = len(summary.ungraded) + summary.paused
    print(f"Graded: {summary.graded}. Graded before: {summary.known}. Not graded: {ungraded}.")
    return int(Exit.NOT_YET if ungraded else Exit.PASSED)


def regrade_(
    folder: Folder = Path("."),
    lab: OnlyLab = "",
    learner: OnlyLearner = "",
    allow_lower: Annotated[bool, typer.Option("--allow-lower", help="Also store grades that lower a mark.")] = False,
    any_version: Annotated[
        bool, typer.Option("--any-version", help="Grade evidence of other course versions with today's checks as well.")
    ] = False,
    store: Url = "",
) -> int:
    """Grade the stored evidence again.

    Uses today's checks, and lists every criterion that changes: before, now, and why. Earlier grades stay in the store. A grade that would lower a mark is only listed.

    Exit code 0: done. 1: some evidence could not be graded again, or a lower grade was not stored.

    Example: slipway regrade containers-2026 --lab 05
    """
    from checks.classroom import grading, regrade

    with OpenedClass(folder, store) as opened:
        request = regrade.Request(grading.now(), lab_id(lab), learner, allow_lower=allow_lower, any_version=any_version)
        results = regrade.run(opened.classroom, opened.store, request)
    for item in results:
        where = f"{item.learner}  {item.lab}  {item.source}"
        if item.reason:
            say(f"{where}: cannot be graded again: {item.reason}")
            continue
        held = "" if item.stored else "  (lower: not stored without --allow-lower)"
        show_line(f"{where}: {item.old_points} → {item.new_points}{held}")
        for change in item.changes:
            show_line(f"    {change.check}: {change.old or 'no such check'} → {change.new or 'no such check'}. {change.why}")
    changed, left = sum(item.stored for item in results), sum(not item.stored for item in results)
    print(f"Changed: {changed}. Not changed, though the result differs or cannot be found: {left}.")
    return int(Exit.NOT_YET if left else Exit.PASSED)
