"""A class that is open while a command runs, and the arguments that name one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sandboxes.errors import Exit, SlipwayError

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the class.")]
Here = Annotated[Path, typer.Option("--class", metavar="DIR", help="Folder of the class.")]
Url = Annotated[
    str,
    typer.Option(
        "--store", metavar="URL", envvar="SLIPWAY_CLASS_STORE", help="URL of a PostgreSQL database. [default: DIR/class.db]"
    ),
]


class OpenedClass:
    """A class and its store, open while a command runs."""

    def __init__(self, folder: Path, url: str) -> None:
        from checks.classroom.folder import open_class
        from checks.classroom.store import open_store

        self.classroom = open_class(folder)
        self.store = open_store(self.classroom.folder, url)

    def __enter__(self) -> "OpenedClass":
        return self

    def __exit__(self, *_error: object) -> None:
        self.store.close()

    @property
    def live(self) -> bool:
        """Whether learners have live targets: in the roster, or in the shared cluster of the class."""
        from checks.classroom import shared_target

        return any(shared_target.of_learner(self.classroom, learner) for learner in self.classroom.learners)

    def learner(self, id: str) -> str:
        """Return the id of a learner. Raise SlipwayError for one who is not in the roster."""
        if self.classroom.learner(id) is None:
            raise SlipwayError(f"The learner “{id[:80]}” is not in roster.csv.", "", Exit.WRONG_USAGE)
        return id

    def lab(self, name: str) -> str:
        """Return the id of a lab. Raise SlipwayError for one that is not part of the class."""
        id = lab_id(name)
        if self.classroom.about.lab(id) is None:
            raise SlipwayError(f"Lab {id} is not part of the class.", "", Exit.WRONG_USAGE)
        return id


def lab_id(name: str) -> str:
    """Return the id of a lab by any of its names; empty for an empty one."""
    from checks import catalog

    return catalog.find(name).id if name else ""


def show_line(line: str) -> None:
    """Print a line that others may have written, harmless."""
    from checks.render import words

    print(words.harmless(line))


def show_progress(done: int, all: int) -> None:
    """Show on a terminal how many of all are done."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {all}" + ("\n" if done == all else ""))
        sys.stderr.flush()
