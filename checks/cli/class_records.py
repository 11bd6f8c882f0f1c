"""The commands for what is recorded about a learner: `slipway class` mark, show, copies and erase."""

import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from checks.cli.checking import say, terminal_width
from checks.cli.classes import app
from checks.cli.opened_class import Folder, Here, OpenedClass, Url, show_line
from sandboxes.errors import Exit, SlipwayError

LearnerId = Annotated[str, typer.Argument(metavar="LEARNER", help="Id of the learner.")]
LabOf = Annotated[str, typer.Argument(metavar="LAB", help="Lab: 01-flask, 01 or flask.")]


@app.command()
def mark(
    learner: LearnerId,
    lab: LabOf,
    reason: Annotated[str, typer.Option("--reason", help="Why. The learner sees it.")],
    points: Annotated[str, typer.Option("--points", help="Points that count from now on, such as 7 or 7.5.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Return to the points that the checks gave.")] = False,
    author: Annotated[str, typer.Option("--by", help="The person who changes the mark. [default: your user name]")] = "",
    folder: Here = Path("."),
    store: Url = "",
) -> None:
    """Set the points of a learner in a lab by hand.

    Records who changed them, when and why. The points that the checks gave stay visible, and grading again changes nothing.

    Example: slipway class mark ada 05 --points 7.5 --reason "The registry was down during the exam."
    """
    from checks.classroom import grading
    from checks.classroom.records import ManualChange
    from sandboxes.engine import find

    if bool(points) == undo:
        raise SlipwayError("Give either --points or --undo.", "Such as: --points 7.5", Exit.WRONG_USAGE)
    if not reason.strip() or len(reason) > 1000:
        raise SlipwayError("A change needs a reason of 1 to 1000 characters.", "Give it with --reason.", Exit.WRONG_USAGE)
    with OpenedClass(folder, store) as opened:
        id, lab_id = opened.learner(learner), opened.lab(lab)
        amount = _points(points, lab_id) if points else None
        change = ManualChange(0, id, lab_id, amount, reason.strip(), author or find.user_name(), grading.now())
        opened.store.change(change)
    print(f"{id}, lab {lab_id}: {'the points of the checks count again' if undo else f'{points} points'}.")


@app.command()
def show(
    learner: LearnerId,
    lab: LabOf,
    check: Annotated[str, typer.Argument(metavar="[CHECK]", help="Only this check.")] = "",
    folder: Here = Path("."),
    store: Url = "",
) -> None:
    """Show how a mark came about.

    Shows the mark with every reason, all grades, what was found by which rule, and a picture of the state that was graded. Needs neither Docker nor a cluster.

    Example: slipway class show ada 05 --class containers-2026
    """
    from checks.classroom import appeal

    with OpenedClass(folder, store) as opened:
        sys.stdout.write(appeal.show(opened.classroom, opened.store, learner, opened.lab(lab), check, terminal_width()))


@app.command()
def copies(folder: Folder = Path("."), store: Url = "") -> None:
    """List signs of copied work.

    Names objects that the evidence of several learners holds. Compares identities that an engine or cluster gives only once: container IDs, UIDs, IDs of built images, creation times. Changes no mark: ask the learners first.

    Example: slipway class copies containers-2026
    """
    from checks.classroom import copies as comparison
    from checks.classroom.stored_evidence import EvidenceReader

    with OpenedClass(folder, store) as opened:
        shared = comparison.find(opened.store.grades(), EvidenceReader(opened.classroom, opened.store))
    for item in shared:
        show_line(f"{item.identity.what} {item.identity.value}: {', '.join(item.learners)}")
        for learner, lab, name, source in item.places:
            show_line(f"    {learner}  {lab}  {name}  {source}")
    print(f"Identities that several learners share: {len(shared)}.")


@app.command()
def erase(
    learner: LearnerId,
    folder: Here = Path("."),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
    store: Url = "",
) -> int:
    """Remove a learner from a class for good.

    Removes the learner's grades, evidence, manual changes, line in roster.csv, submissions and exports. They cannot be restored.

    Exit code 0: no file of the class names the learner. 1: some files, which are listed, still do.

    Example: slipway class erase ada --class containers-2026
    """
    from checks.classroom import erase as removal

    if not yes:
        typer.confirm(f"Remove {learner} and everything graded for {learner}, for good?", abort=True)
    with OpenedClass(folder, store) as opened:
        erased = removal.erase(opened.classroom, opened.store, learner)
    for name in erased.left:
        in_cluster = name.startswith("cluster/")
        fix = f"`slipway class close {folder} --unused` removes it." if in_cluster else "Edit or remove it."
        say(f"{name} still names {learner}. {fix}")
    print(f"Removed {learner}: {erased.rows} rows, {len(erased.files)} files.")
    return int(Exit.NOT_YET if erased.left else Exit.PASSED)


def _points(text: str, lab_id: str) -> Decimal:
    """Return points from 0 to the maximum of a lab, with two decimals at most. Raise SlipwayError otherwise."""
    from checks import catalog, registry

    most = sum(check.points for check in registry.load(catalog.find(lab_id)))
    try:
        points = Decimal(text)
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= most or points != round(points, 2):
        raise SlipwayError(f"--points must be a number from 0 to {most}, such as 7 or 7.5.", "", Exit.WRONG_USAGE)
    return points
