"""The learner's copy of a lab: made, started, filled with the solution, brought back to its start.

Whatever would be overwritten is kept first, under `work/.saved/`.
"""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from checks import catalog, notebook_file, progress, registry
from checks.clients.base import Client
from checks.lifecycle import sandbox
from checks.model import Lab
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole
from sandboxes.settings import Settings, load

NOT_THE_LEARNERS = ("lab.toml", "solution", "__pycache__", ".ipynb_checkpoints")


@dataclass(frozen=True)
class Progress:
    """How far a learner is: `passed` of `total` checks; `started` is empty before the lab is begun."""

    lab: Lab
    started: str
    passed: int
    total: int
    hints: int
    solutions: int

    @property
    def done(self) -> bool:
        return self.passed == self.total


def folder(lab: Lab, settings: Settings) -> Path:
    return settings.work / lab.id


def prepare(lab: Lab, settings: Settings) -> Path:
    """Make the learner's copy of a lab where it is missing; files that are there are never touched."""
    copy = folder(lab, settings)
    try:
        for source in starter_files(lab):
            copy_once(source, copy / source.relative_to(lab.folder))
    except OSError as error:
        raise SlipwayError(
            f"The folder {copy} could not be made ({error.strerror}).", "Check the rights and the free space there."
        ) from error
    return copy


def copy_once(source: Path, target: Path) -> None:
    """Copy a file unless something is already there. The target is whole or absent."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def starter_files(lab: Lab) -> list[Path]:
    """The files of a lab that a learner gets."""
    files = (path for path in sorted(lab.folder.rglob("*")) if path.is_file())
    return [path for path in files if not set(path.relative_to(lab.folder).parts) & set(NOT_THE_LEARNERS)]


def prepare_all() -> Path:
    """Make the workspace with a copy of every lab. Returns its folder."""
    settings = load()
    for lab in catalog.labs():
        prepare(lab, settings)
    return settings.work


def start(lab: Lab, engine: Client, settings: Settings) -> bool:
    """Start a lab, or go on with it; says whether it is new.

    Raises SlipwayError when names that the lab will use are taken by something that the lab did not make.
    """
    prepare(lab, settings)
    ground = sandbox.of(lab)
    here = ground.identity(engine)
    with progress.changing(settings, lab.id) as kept:
        if kept.started and kept.engine == here:
            ground.go_on(lab, engine, settings, kept)
            return False
        started = now()
        ground.begin(lab, engine, settings, kept)
        kept.started, kept.engine = started, here
    return True


def reset(lab: Lab, engine: Client, settings: Settings, *, notebook: bool = True) -> tuple[list[str], list[str]]:
    """Bring a lab back to its start: remove what it made on the engine or cluster, restore its files.

    Returns what was removed and a sentence for each thing that could not be. With `notebook=False` the notebook stays
    as it is (for a reset out of that very notebook).
    """
    kept = progress.read(settings, lab.id)
    removed, left = sandbox.of(lab).clear(lab, engine, settings, kept) if kept.started else ([], [])
    _restore_files(lab, settings, notebook)
    with progress.changing(settings, lab.id) as fresh:
        fresh.__dict__.update(progress.LabState(hints=fresh.hints, solutions=fresh.solutions).__dict__)
        if left:
            fresh.started, fresh.engine = kept.started, kept.engine
            fresh.images, fresh.volumes, fresh.before = kept.images, kept.volumes, kept.before
            fresh.builder = kept.builder
    return removed, left


def _restore_files(lab: Lab, settings: Settings, notebook: bool) -> None:
    copy = folder(lab, settings)
    wanted = {path.relative_to(lab.folder) for path in starter_files(lab)}
    changed = [path for path in differing(lab, settings) if notebook or path.suffix != ".ipynb"]
    save(lab, settings, changed)
    for relative in changed:
        (copy / relative).unlink(missing_ok=True)
    for relative in wanted:
        copy_once(lab.folder / relative, copy / relative)


def differing(lab: Lab, settings: Settings) -> list[Path]:
    """Files of the learner's copy, relative, that differ from the lab's start or are not part of it."""
    copy = folder(lab, settings)
    files = (path.relative_to(copy) for path in sorted(copy.rglob("*")) if path.is_file())
    own = [path for path in files if not set(path.parts) & set(NOT_THE_LEARNERS)]
    return [path for path in own if not _same(copy / path, lab.folder / path)]


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and one.read_bytes() == other.read_bytes()


def save(lab: Lab, settings: Settings, files: list[Path]) -> Path | None:
    """Keep copies of files (relative to the lab's folder) before they are overwritten. Returns where, or None."""
    copy = folder(lab, settings)
    there = [path for path in files if (copy / path).is_file()]
    if not there:
        return None
    kept = settings.work / ".saved" / f"{lab.id}-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')}"
    for relative in there:
        copy_once(copy / relative, kept / relative)
    return kept


def course_progress() -> list[Progress]:
    """The progress in every lab, in the course's order."""
    settings = load()
    return [progress_of(lab, settings) for lab in catalog.labs()]


def progress_of(lab: Lab, settings: Settings) -> Progress:
    kept = progress.read(settings, lab.id)
    ids = {check.id for check in registry.load(lab)}
    return Progress(lab, kept.started, len(ids & kept.passed.keys()), len(ids), sum(kept.hints.values()), len(kept.solutions))


def next_lab() -> Lab:
    """The first lab that is not finished; the last one when all are."""
    each = course_progress()
    return next((one.lab for one in each if not one.done), each[-1].lab)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def solve(lab: Lab, settings: Settings) -> Path | None:
    """Lay the solution over the learner's copy: files, and what is typed into cells. Returns where the old is kept."""
    copy = prepare(lab, settings)
    files = notebook_file.solution_files(lab)
    cells = notebook_file.solution_cells(lab)
    notebook = notebook_file.read(copy / "lab.ipynb")
    if not cells.keys() <= {cell.get("id") for cell in notebook["cells"]}:
        notebook = notebook_file.read(lab.folder / "lab.ipynb")  # the learner has removed a cell that is to be filled
    notebook = notebook_file.fill(notebook, cells)
    kept = save(lab, settings, [*files, Path("lab.ipynb")])
    for relative in files:
        write_whole(copy / relative, (lab.folder / "solution" / relative).read_text(encoding="utf-8"))
    write_whole(copy / "lab.ipynb", json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    with progress.changing(settings, lab.id) as noted:
        noted.solutions = sorted({*noted.solutions, *(check.id for check in registry.load(lab))})
    return kept


def next_hint(lab: Lab, check: registry.Check, settings: Settings) -> tuple[int, int, str]:
    """The next hint for a check: its number, how many there are, its text. The last one repeats."""
    with progress.changing(settings, lab.id) as noted:
        number = min(noted.hints.get(check.id, 0) + 1, len(check.hints))
        noted.hints[check.id] = number
    return number, len(check.hints), check.hints[number - 1]


def note_solution(lab: Lab, check: registry.Check, settings: Settings) -> None:
    """Remember that the solution of a check's task was asked for."""
    with progress.changing(settings, lab.id) as noted:
        noted.solutions = sorted({*noted.solutions, check.id})


def next_check(lab: Lab, settings: Settings) -> registry.Check | None:
    """The first check that has not passed yet; None when all have."""
    passed = progress.read(settings, lab.id).passed
    return next((check for check in registry.load(lab) if check.id not in passed), None)
