"""The commands that export and show the marks of a class: `slipway class` export and pages."""

from pathlib import Path
from typing import Annotated

import typer

from checks.cli.checking import say
from checks.cli.classes import app
from checks.cli.opened_class import Folder, OpenedClass, Url, show_progress


@app.command()
def export(
    folder: Folder = Path("."),
    format: Annotated[str, typer.Option("--format", help="One of: csv, canvas, moodle, json, junit.")] = "csv",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write. [default: below DIR/exports]")] = None,
    match: Annotated[
        Path | None, typer.Option("--match", metavar="CSV", help="Gradebook that Canvas or Moodle exported.")
    ] = None,
    store: Url = "",
) -> None:
    """Write the gradebook of a class.

    The formats canvas and moodle give a file to import. With --match, the columns and persons are those of the gradebook that the LMS exported; what fits nothing or several things is listed and left out. A lab without a mark changes nothing in the LMS.

    Example: slipway class export containers-2026

    Example: slipway class export containers-2026 --format canvas --match ~/Downloads/grades.csv
    """
    from checks.classroom import export as exports
    from checks.classroom import results
    from sandboxes.host.atomic_write import refuse_target, write_whole

    target = output or folder / exports.FOLDER / exports.FILES.get(format, "")
    if output is not None:
        refuse_target(output)
    with OpenedClass(folder, store) as opened:
        found = results.load(opened.classroom, opened.store)
        exported = exports.export(found, opened.store, format, match)
    write_whole(target, exported.text, 0o600)
    if exported.match:
        for title, sentences in (("Ambiguous", exported.match.ambiguous), ("Unmatched", exported.match.unmatched)):
            for sentence in sentences:
                say(f"{title}: {sentence}")
        print(f"Matched: {_count(len(exported.match.columns), 'lab')}, {_count(len(exported.match.rows), 'learner')}.")
    print(f"The gradebook was written to {target}.")


@app.command()
def pages(
    folder: Folder = Path("."),
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Folder to write to. [default: DIR/feedback]")] = None,
    store: Url = "",
) -> None:
    """Write the web pages of a class.

    Writes index.html, with all marks and the criteria that fail most, and in the folder `learners` a page for each learner with every finding, for you to hand out. The pages work offline and load nothing.

    Example: slipway class pages containers-2026
    """
    from checks.classroom import pages as class_pages

    target = output or folder / class_pages.FOLDER
    with OpenedClass(folder, store) as opened:
        number = class_pages.write(opened.classroom, opened.store, target, show_progress)
    print(f"{_count(number, 'page')} written to {target}. Begin with {target / class_pages.INDEX}.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
