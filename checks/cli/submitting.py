"""The commands of a learner in a class: join and submit."""

import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from checks import catalog
from checks.cli import checking
from checks.cli.grading import LabName, Yes
from sandboxes import settings
from sandboxes.errors import SlipwayError

if TYPE_CHECKING:
    from checks.classroom.membership import Membership


def join_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Join file from your instructor, such as ada.join.")],
    yes: Yes = False,
) -> None:
    """Join a class.

    Keeps the join file's key in the state folder, where only you can read it. The file is a secret: with it, anyone can submit in your name. Nothing is sent.

    Example: slipway join ada.join
    """
    from checks.classroom import keys, membership
    from checks.render import words

    chosen = settings.load()
    new = membership.read(file.resolve())
    try:
        old = membership.current(chosen)
    except SlipwayError:  # a damaged one is replaced
        old = None
    if old and (old.class_id, old.learner) != (new.class_id, new.learner) and not yes:
        typer.confirm(f"Leave the class “{words.name(old.title)}” ({old.learner})?", abort=True)
    membership.join(chosen, new)
    if keys.is_exposed(file):
        checking.say(f"Other users of this machine can read {file}. Delete it, or run `chmod 600 {file}`.")
    print(words.harmless(f"You have joined “{words.name(new.title)}” as {words.name(new.name)} ({new.learner})."))
    print(f"Its {len(new.times)} labs are due as follows. Submit one with `slipway submit LAB`.")
    print("\n".join(_dates(new)))


def _dates(new: "Membership") -> list[str]:
    from checks.classroom.submitting import spell

    width = max(map(len, new.times), default=0)
    return [f"{lab:<{width}}  {spell(due, new.zone) if due else 'at any time'}" for lab, (_, due) in new.times.items()]


def submit_(
    lab: LabName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder, or file that ends with .slipway. [default: the current folder]")
    ] = None,
    wait: Annotated[float | None, typer.Option(min=0, help="Seconds to wait while something is starting.")] = None,
    yes: Yes = False,
) -> None:
    """Submit a lab to your class.

    Checks the lab, shows what will leave your machine, and writes one signed file to upload where your instructor collects the work. You can submit again at any time, even after the due time.

    Example: slipway submit 01

    Example: slipway submit 01 --yes --output submissions
    """
    from checks.classroom import membership, submitting

    chosen, found = settings.load(), catalog.find(lab)
    joined = membership.require(chosen)
    submitting.require_lab(joined, found)
    graded = checking.grade_live(found, chosen, wait=wait)
    sys.stdout.write(checking.render(graded.report, "text"))
    prepared = submitting.prepare(joined, graded, submitting.now())
    path = submitting.target(prepared, output)
    print(f"\n{_fitted(submitting.describe(prepared))}\n")
    if not yes:
        typer.confirm(f"Write {path}?", default=True, abort=True)
    print(_fitted(submitting.finish(prepared, path)))


def _fitted(text: str) -> str:
    """Return lines of text, each continued on the next line where the terminal is narrower."""
    width = checking.terminal_width()
    lines = []
    for line in text.split("\n"):
        indent = "  " if line.startswith("- ") else ""
        lines.append(fill(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))
    return "\n".join(lines)
