"""The folder of a class: `class.toml`, `roster.csv` and the secret `class.key`."""

import os
from dataclasses import dataclass
from pathlib import Path
from string import Template

from checks import catalog
from checks.classroom import class_file, class_times, keys, names, roster, shared_labs
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
    if about is not None and about.where == shared_labs.SHARED_CLUSTER:
        problems += _unshared_labs(folder, about)
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


def _unshared_labs(folder: Path, about: Class) -> list[Problem]:
    """Return a problem for each lab of the class that cannot be done in a shared cluster."""
    labs = {lab.id: shared_labs.refusal(lab) for lab in catalog.labs() if about.lab(lab.id)}
    refused = {id: reason for id, reason in labs.items() if reason}
    positions = class_file.positions(folder / class_file.FILE) if refused else {}
    return [
        Problem(
            class_file.FILE, *positions.get(("labs", id), (1, 1)), f"Lab {id} cannot be done in a shared cluster: it {reason}."
        )
        for id, reason in refused.items()
    ]


def create(folder: Path, *, id: str, title: str, zone: str, where: str = class_file.PLACES[0]) -> None:
    """Create a class in a new or empty folder. Raise SlipwayError for any other, and for a wrong id, title, zone or place.

    A class in a shared cluster gets the labs that can be done there; the others are named with the reason.
    """
    if where not in class_file.PLACES:
        raise SlipwayError(
            f"Learners cannot work in “{where[:60]}”.", f"Choose: {', '.join(class_file.PLACES)}.", Exit.WRONG_USAGE
        )
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
    values = {"id": id, "title": title, "course": __version__, "zone": zone, "where": where, "labs": _entries(where)}
    text = Template((TEMPLATE / class_file.FILE).read_text(encoding="utf-8")).substitute(values)
    write_whole(folder / ".gitignore", (TEMPLATE / "gitignore").read_bytes())
    keys.create(folder)
    write_whole(folder / roster.FILE, (TEMPLATE / roster.FILE).read_bytes(), 0o600)
    write_whole(folder / class_file.FILE, text)


def _entries(where: str) -> str:
    """Return the lines of the labs of a new class."""
    shared = where == shared_labs.SHARED_CLUSTER
    refused = {lab.id: shared_labs.refusal(lab) if shared else "" for lab in catalog.labs()}
    return "\n".join(f"# {id}: {why}" if why else f"{id} = {{ weight = 1 }}" for id, why in refused.items())


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
