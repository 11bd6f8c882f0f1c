"""The folder of a class: `class.toml`, `roster.csv` and the secret `class.key`."""

import os
from dataclasses import dataclass
from pathlib import Path
from string import Template

from checks import catalog
from checks.classroom import class_file, class_times, keys, names, roster
from checks.classroom.class_file import Class
from checks.classroom.problems import InvalidClass, Problem
from checks.classroom.roster import Learner
from checks.version import __version__
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import load as load_settings

TEMPLATE = Path(__file__).parent / "template"


@dataclass(frozen=True)
class ClassFolder:
    """A class with its learners, both valid. `folder` is absolute."""

    folder: Path
    about: Class
    learners: tuple[Learner, ...]

    def learner(self, id: str) -> Learner | None:
        """Return a learner by id; None where the roster has no such learner."""
        return next((learner for learner in self.learners if learner.id == id), None)


def open_class(folder: Path) -> ClassFolder:
    """Read and validate the files of a class. Raise InvalidClass with every problem of every file, otherwise."""
    folder = folder.absolute()
    known = catalog.ids(load_settings().labs)
    about, problems = class_file.read(folder / class_file.FILE, known)
    learners, more = roster.read(folder / roster.FILE)
    problems += more
    if about is not None and not more:
        problems += _unknown_learners(folder, about, learners)
    if problems or about is None:
        raise InvalidClass(problems)
    return ClassFolder(folder, about, learners)


def _unknown_learners(folder: Path, about: Class, learners: tuple[Learner, ...]) -> list[Problem]:
    """Return a problem for each extension of a learner who is not in the roster."""
    unknown = {learner for learner, _ in about.extensions} - {learner.id for learner in learners}
    if not unknown:
        return []
    positions = class_file.positions(folder / class_file.FILE)
    return [
        Problem(class_file.FILE, *positions.get(("extensions", id), (1, 1)), f"The learner “{id}” is not in {roster.FILE}.")
        for id in sorted(unknown)
    ]


def create(folder: Path, *, id: str, title: str, zone: str) -> None:
    """Create a class in a new or empty folder. Raise SlipwayError for any other, and for a wrong id, title or zone."""
    if not names.CLASS.fullmatch(id):
        raise SlipwayError(
            f"“{id[:80]}” cannot be the id of a class.",
            "Use lower-case letters, digits and hyphens: `--id containers-2026`.",
            Exit.WRONG_USAGE,
        )
    if not title or len(title) > 200 or roster.CONTROL.search(title) or set(title) & set('"\\'):
        raise SlipwayError("The title must be one line of text without quotation marks.", "", Exit.WRONG_USAGE)
    try:
        class_times.zone(zone)
    except ValueError as error:
        raise SlipwayError(f"{error}.", "Name one with `--zone`.", Exit.WRONG_USAGE) from error
    _make_folder(folder)
    labs = "\n".join(f"{lab} = {{ weight = 1 }}" for lab in catalog.ids(load_settings().labs))
    values = {"id": id, "title": title, "course": __version__, "zone": zone, "labs": labs}
    text = Template((TEMPLATE / class_file.FILE).read_text(encoding="utf-8")).substitute(values)
    write_whole(folder / ".gitignore", (TEMPLATE / "gitignore").read_bytes())
    keys.create(folder)
    write_whole(folder / roster.FILE, (TEMPLATE / roster.FILE).read_bytes(), 0o600)
    write_whole(folder / class_file.FILE, text)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        full = any(os.scandir(folder))
    except OSError as error:
        raise SlipwayError(
            f"The folder {folder} cannot be created or read ({error.strerror}).", "Choose another folder.", Exit.WRONG_USAGE
        ) from error
    if full:
        raise SlipwayError(f"The folder {folder} is not empty.", "Choose a new or empty folder.", Exit.WRONG_USAGE)
