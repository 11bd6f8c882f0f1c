"""The commands about labs: list, start, check, hint, solve, reset."""

import json
from pathlib import Path
from typing import Annotated

import typer

from checks import backend, catalog, registry
from checks.cli import checking
from checks.lifecycle import workspace
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError


def _complete_lab(start: str) -> list[str]:
    return [lab.id for lab in catalog.labs() if lab.id.startswith(start)]


def _complete_check(context: typer.Context, start: str) -> list[str]:
    checks = registry.load(catalog.find(context.params["lab"]))
    return [check.id for check in checks if check.id.startswith(start)]


LabName = Annotated[str, typer.Argument(help="A lab: 01-flask, 01 or flask.", autocompletion=_complete_lab)]
CheckName = Annotated[str, typer.Argument(help="A check's id, as `slipway check` shows it.", autocompletion=_complete_check)]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def list_(as_json: Json = False) -> None:
    """List the labs and how far you are.

    Example: slipway list
    """
    rows = workspace.course_progress()
    if as_json:
        print(json.dumps([_row(each) for each in rows], indent=1))
        return
    for each in rows:
        stage = "done" if each.done else "started" if each.started else "not started"
        print(f"{each.lab.id:<14} {each.passed} of {each.total} checks, {stage:<12} {each.lab.minutes:>3} min  {each.lab.title}")
    print(f"\nNext: {workspace.next_lab().id}")


def _row(progress: workspace.Progress) -> dict[str, object]:
    lab = progress.lab
    facts = {"id": lab.id, "title": lab.title, "minutes": lab.minutes, "sandbox": lab.sandbox}
    counts = {"started": progress.started, "passed": progress.passed, "total": progress.total}
    return facts | counts | {"hints": progress.hints, "solutions": progress.solutions}


def start_(lab: LabName) -> None:
    """Start a lab, or go on with it.

    Your copy of its files is made, its images are fetched, and its names are checked to be free. For a lab on the
    cluster, the cluster is made ready with what the lab needs in it, and the lab gets a namespace of its own.

    Example: slipway start 01
    """
    from checks.lifecycle.provision import get, get_cluster

    chosen, found = settings.load(), catalog.find(lab)
    if found.sandbox == "kind":
        get_cluster(found)
        new = workspace.start(found, backend.connect(found), chosen)
    else:  # names that are taken are a matter of a moment, images are not
        new = workspace.start(found, backend.connect(found), chosen)
        get([found])
    print(f"Lab {found.id} is {'started' if new else 'already started'}. Its files are in {workspace.folder(found, chosen)}.")
    print(f"Open lab.ipynb there (`slipway up` opens JupyterLab); `slipway check {found.id}` looks at your work.")


def check_(
    lab: Annotated[str, typer.Argument(help="A lab: 01-flask, 01 or flask.", autocompletion=_complete_lab)] = "",
    checks: Annotated[list[str] | None, typer.Argument(help="Checks to run; all when none is named.")] = None,
    wait: Annotated[float | None, typer.Option(min=0, help="Seconds to wait for what is still starting.")] = None,
    format: Annotated[str, typer.Option("--format", "-f", help="text, json, html or junit.")] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
    evidence: Annotated[Path | None, typer.Option(help="Keep what was seen and graded in this file.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Grade this evidence file, offline.")] = None,
) -> int:
    """Look at your real containers and Pods.

    Says what holds, what does not yet, and why. Waits a while for what is still starting.

    Example: slipway check 01

    Example: slipway check 01 answers --wait 0

    Example: slipway check 05 --evidence mine.json; slipway check --from mine.json --json
    """
    chosen = "json" if as_json else format
    if chosen not in checking.FORMATS:
        raise SlipwayError(f"There is no format “{format}”.", f"Known: {', '.join(checking.FORMATS)}.", Exit.WRONG_USAGE)
    if source and evidence:
        raise SlipwayError("--from and --evidence exclude each other.", "", Exit.WRONG_USAGE)
    return checking.run(checking.Order(lab, tuple(checks or ()), wait, chosen, output, evidence, source))


def hint_(lab: LabName, check: CheckName) -> None:
    """Show the next hint for a check. Asking again shows the one after it.

    Example: slipway hint 01 answers
    """
    found = catalog.find(lab)
    chosen = registry.find(found, registry.load(found), check)
    number, total, text = workspace.next_hint(found, chosen, settings.load())
    print(f"Hint {number} of {total} for “{chosen.title}”:\n{text}")
    if number == total:
        print(f"That was the last hint. `slipway solve {found.id}` shows the whole way.")


def solve_(lab: LabName, yes: Yes = False) -> None:
    """Lay the solution over your copy of a lab.

    That is its files, and what is typed into the notebook's cells. Your own versions are kept under work/.saved. Nothing is run: run the notebook's cells to reach the state.

    Example: slipway solve 01 --yes
    """
    chosen, found = settings.load(), catalog.find(lab)
    if not yes:
        typer.confirm(f"Replace your files of lab {found.id} by the solution? Yours are kept", abort=True)
    kept = workspace.solve(found, chosen)
    print(f"The solution of lab {found.id} is in {workspace.folder(found, chosen)}.")
    if kept:
        print(f"Your own versions are in {kept}.")
    print("Run the notebook's cells to reach the state.")


def reset_(lab: LabName, yes: Yes = False) -> int:
    """Bring a lab back to its start.

    What it made on the engine or cluster is removed, its files are restored. Nothing else on your machine is touched. Your versions of the files are kept under work/.saved.

    Example: slipway reset 01 --yes
    """
    chosen, found = settings.load(), catalog.find(lab)
    if not yes:
        typer.confirm(f"Remove what lab {found.id} made and restore its files?", abort=True)
    if not workspace.progress_of(found, chosen).started:
        print(f"Lab {found.id} was not started here, so nothing on the engine is touched.")
    removed, left = workspace.reset(found, backend.connect(found), chosen)
    for name in removed:
        print(f"Removed {name}.")
    for sentence in left:
        print(sentence)
    ending = "is not wholly back at its start" if left else "is back at its start"
    print(f"Lab {found.id} {ending}.")
    return int(Exit.NOT_YET if left else Exit.PASSED)
