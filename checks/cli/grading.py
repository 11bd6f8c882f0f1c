"""The commands for labs: list, start, check, hint, solve and reset."""

import json
import os
from pathlib import Path
from textwrap import fill
from typing import Annotated

import typer

from checks import backend, catalog, notebook_file, registry
from checks.cli import checking, lab_here, opening
from checks.clients.base import Client
from checks.lifecycle import course_progress, solution, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

# Columns that the title of a lab needs beside its progress.
ROOM_FOR_TITLE = 30
LAB_HELP = "Lab to use: 01-flask, 01 or flask."


def _complete_lab(start: str) -> list[str]:
    return [lab.id for lab in catalog.labs() if lab.id.startswith(start)]


def _complete_check(context: typer.Context, start: str) -> list[str]:
    checks = registry.load(lab_here.find(context.params["lab"] or "", "hint"))
    return [check.id for check in checks if check.id.startswith(start)]


LabName = Annotated[str, typer.Argument(metavar="LAB", help=LAB_HELP, autocompletion=_complete_lab)]
LabOfFolder = Annotated[
    str,
    typer.Argument(metavar="[LAB]", help=f"{LAB_HELP} [default: the lab of the current folder]", autocompletion=_complete_lab),
]
CheckName = Annotated[
    str, typer.Argument(metavar="[CHECK]", help="Id of a check, such as answers.", autocompletion=_complete_check)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(as_json: Json = False) -> None:
    """List the labs with your progress.

    Example: slipway list
    """
    rows = course_progress.course()
    if as_json:
        print(json.dumps([_row(progress) for progress in rows], indent=1))
        return
    print(_table(rows))
    print(f"\nNext lab: {course_progress.next_lab(rows).id}")
    shares = ", ".join(str(share) for share in course_progress.shares(rows))
    print(fill(f"Exam competencies that you have shown: {shares}", checking.terminal_width()))


def _table(rows: list[course_progress.Progress]) -> str:
    """Return the labs as a table for the width of the terminal. Where a title has little room, it is below its lab."""
    width, columns = max((len(progress.lab.id) for progress in rows), default=0), checking.terminal_width()
    lines = [f"{'LAB':<{width}}  CHECKS    TIME    TITLE"]
    for progress in rows:
        lab = progress.lab
        passed = f"{progress.passed} of {progress.total}" if progress.started or progress.passed else "-"
        facts = f"{lab.id:<{width}}  {passed:<8}  {lab.minutes} min"
        facts = f"{facts:<{width + 20}}"
        if columns - len(facts) >= ROOM_FOR_TITLE:
            lines.append(fill(lab.title, columns, initial_indent=facts, subsequent_indent=" " * len(facts)))
        else:
            lines += [facts.rstrip(), fill(lab.title, columns, initial_indent="    ", subsequent_indent="    ")]
    return "\n".join(lines)


def _row(progress: course_progress.Progress) -> dict[str, object]:
    lab = progress.lab
    facts = {"id": lab.id, "title": lab.title, "minutes": lab.minutes, "sandbox": lab.sandbox}
    counts = {"started": progress.started, "passed": progress.passed, "total": progress.total}
    help_used = {"hints": progress.hints, "solutions": progress.solutions}
    return facts | counts | help_used | {"competencies": sorted(course_progress.shown([progress]))}


TakeOver = Annotated[bool, typer.Option("--take-over", help="Take over what a deleted copy of Slipway left of this lab.")]


def start_(lab: LabName, take_over: TakeOver = False) -> None:
    """Start a lab, or continue it.

    Copies the files of the lab to your workspace, gets its images, and checks that its names are free. For a Kubernetes
    lab, this command also makes the cluster ready and creates the namespace of the lab.

    Example: slipway start 01
    """
    from checks.lifecycle.provision import get, get_cluster

    config, known_lab = settings.load(), catalog.find(lab)
    if known_lab.sandbox == "kind":
        get_cluster(known_lab)
        new = workspace.start(known_lab, backend.connect(known_lab), config, take_over=take_over)
    else:  # finding a name that is taken takes a moment, getting images takes minutes
        new = workspace.start(known_lab, backend.connect(known_lab), config, take_over=take_over)
        get([known_lab])
    began = "" if new else f" since {opening.local_time(course_progress.of(known_lab, config).started)}"
    print(f"Lab {known_lab.id} is started{began}. Its files are in {workspace.folder(known_lab, config)}.")
    print(opening.address(known_lab, config))
    print(f"`slipway check {known_lab.id}` checks your work.")
    if known_lab.scope.stops_nodes:
        print(opening.node_outage(known_lab))
    if note := lab_here.kubectl_elsewhere(known_lab, config, os.environ):
        print(note)


def check_(
    lab: LabOfFolder = "",
    checks: Annotated[list[str] | None, typer.Argument(metavar="CHECK", help="Checks to run. [default: all]")] = None,
    wait: Annotated[float | None, typer.Option(min=0, help="Seconds to wait while something is starting.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="Format of the report: text, json, html or junit.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write the report to.")] = None,
    evidence: Annotated[Path | None, typer.Option(help="File to write the evidence to.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Evidence file to grade, offline.")] = None,
) -> int:
    """Check your work in a lab.

    Inspects your real containers and Pods, and reports what is right, what is not right yet, and why. If something is
    still starting, the command waits for it.

    Exit code 0: all checks passed. 1: a check has not passed yet. 2: something could not be checked.

    Example: slipway check 01

    Example: slipway check 01 answers --wait 0

    Example: slipway check 05 --evidence mine.json

    Example: slipway check --from mine.json --json
    """
    chosen = "json" if as_json else format
    if chosen not in checking.FORMATS:
        raise SlipwayError(f"Unknown format “{format}”.", f"Use one of: {', '.join(checking.FORMATS)}.", Exit.WRONG_USAGE)
    if source and evidence:
        raise SlipwayError("--from and --evidence cannot be combined.", "Leave out one of them.", Exit.WRONG_USAGE)
    return checking.run(checking.Request(lab, tuple(checks or ()), wait, chosen, output, evidence, source))


def hint_(lab: LabOfFolder = "", check: CheckName = "") -> None:
    """Show the next hint for a check.

    Run the command again to see the hint after it. Without a check, the hint is for the first one that has not passed.

    Example: slipway hint 01 answers
    """
    known_lab, named = lab_here.with_checks(tuple(word for word in (lab, check) if word), "hint")
    if named:
        definition = registry.find(known_lab, registry.load(known_lab), named[0])
    elif (definition := workspace.next_check(known_lab, settings.load())) is None:
        print(f"All checks of lab {known_lab.id} have passed.")
        return
    number, total, text = workspace.next_hint(known_lab, definition, settings.load())
    print(f"Hint {number} of {total} for “{definition.title}”:\n{text}")
    if number == total and notebook_file.has_solution(known_lab):
        print(f"This is the last hint. `slipway solve {known_lab.id}` gives you the complete solution.")


def solve_(lab: LabOfFolder = "", yes: Yes = False) -> int:
    """Copy the solution into your lab.

    Replaces the files and the notebook cells that the solution contains, and keeps your own versions in work/.saved. Removes
    what you have created in this lab so far, because the solution uses the same names. Nothing is run: run the cells of the
    notebook to reach the state.

    Exit code 0: the solution is in place. 1: something that you created could not be removed.

    Example: slipway solve 01 --yes
    """
    config, known_lab = settings.load(), lab_here.find(lab, "solve")
    notebook_file.require_solution(known_lab)
    if not yes:
        typer.confirm(
            f"Replace your files of lab {known_lab.id} with the solution, and remove what you created in this lab? "
            "Your versions of the files are kept",
            abort=True,
        )
    engine = _engine_if_it_answers(known_lab, config)
    removed, left = _make_way(known_lab, engine, config)
    kept = workspace.solve(known_lab, config, engine)
    for sentence in [*(f"Removed {name}." for name in removed), *left]:
        print(sentence)
    print(f"The solution of lab {known_lab.id} is in {workspace.folder(known_lab, config)}.")
    if kept:
        print(f"Your own versions are in {kept}.")
    print(solution.OPEN_NOTEBOOK)
    return int(Exit.NOT_YET if left else Exit.PASSED)


def _make_way(lab: Lab, engine: Client | None, config: settings.Settings) -> tuple[list[str], list[str]]:
    """Remove what the learner created in a lab, where its engine answers. A reason that prevents it is returned as a sentence, not raised."""
    if engine is None:
        started = bool(course_progress.of(lab, config).started)
        return [], [f"What you created in lab {lab.id} was not removed, because nothing answers."] if started else []
    try:
        return solution.make_way(lab, engine, config)
    except SlipwayError as error:
        return [], [f"What you created in lab {lab.id} was not removed: {error.message} {error.fix}".strip()]


def _engine_if_it_answers(lab: Lab, config: settings.Settings) -> Client | None:
    """Return the engine or cluster of a lab, or None where none answers: to copy a solution, none is needed.

    For a lab on the cluster that is not started, there is nothing to ask.
    """
    if lab.sandbox == "kind" and not course_progress.of(lab, config).started:
        return None
    try:
        engine = backend.connect(lab)
        engine.get("/version")
    except SlipwayError:
        return None
    return engine


def reset_(lab: LabOfFolder = "", yes: Yes = False) -> int:
    """Return a lab to its start.

    Removes what the lab created on the engine or the cluster and restores its files. Nothing else on your machine is touched. Your versions of the files are kept in work/.saved.

    Exit code 0: the lab is at its start. 1: something could not be removed.

    Example: slipway reset 01 --yes
    """
    config, known_lab = settings.load(), lab_here.find(lab, "reset")
    if not yes:
        typer.confirm(f"Remove everything that lab {known_lab.id} created, and restore its files?", abort=True)
    if not course_progress.of(known_lab, config).started:
        print(f"Lab {known_lab.id} was not started from this folder, so nothing on the engine is removed.")
    removed, left = workspace.reset(known_lab, backend.connect(known_lab), config)
    for name in removed:
        print(f"Removed {name}.")
    for sentence in left:
        print(sentence)
    print(f"Lab {known_lab.id} is only partly reset." if left else f"Lab {known_lab.id} is back at its start.")
    return int(Exit.NOT_YET if left else Exit.PASSED)
