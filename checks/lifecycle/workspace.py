"""The learner's copy of a lab: made, started, filled with the solution, brought back to its start.

Whatever would be overwritten is kept first, under `work/.saved/`.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from checks import catalog, notebook_file, ownership, predictions, progress, recall, registry
from checks.clients.base import Client, Engine
from checks.collect.collected import now
from checks.lifecycle import renamed_notebook, sandbox, workspace_files
from checks.lifecycle.renamed_notebook import NOTEBOOK
from checks.model import Lab
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import open_lock
from sandboxes.settings import Settings, load

NOT_THE_LEARNERS = ("lab.toml", predictions.FILE, recall.FILE, "solution", *workspace_files.CACHES)


def folder(lab: Lab, settings: Settings) -> Path:
    return settings.work / lab.id


def prepare(lab: Lab, settings: Settings) -> Path:
    """Make the learner's copy of a lab where it is missing; files that are there are never touched.

    A notebook that the learner has renamed gets no twin. Raises SlipwayError where something other than a folder or a file
    is where one of the lab's belongs.
    """
    copy = folder(lab, settings)
    starters = _relative_starters(lab)
    try:
        settings.work.mkdir(parents=True, exist_ok=True)
        workspace_files.refuse(settings.work, lab.id, starters)
        renamed = renamed_notebook.find(lab, settings) != NOTEBOOK
        for relative in starters:
            wanted = not workspace_files.exists(settings.work, lab.id, relative)
            if wanted and not (renamed and relative == NOTEBOOK):
                source = lab.folder / relative
                workspace_files.copy(source, settings.work, lab.id, *relative.parts, content=_start_of(lab, relative))
    except OSError as error:
        raise SlipwayError(
            f"The folder {copy} could not be created ({error.strerror}).", "Check its permissions and the free space there."
        ) from error
    return copy


def _start_of(lab: Lab, relative: Path) -> bytes:
    """Return what a learner's file begins with: that of the course, a notebook without the explanations of results."""
    source = lab.folder / relative
    if relative == NOTEBOOK and notebook_file.explanations(notebook := notebook_file.read(source)):
        return notebook_file.written(notebook_file.without_explanations(notebook))
    return source.read_bytes()


def _relative_starters(lab: Lab) -> list[Path]:
    return [path.relative_to(lab.folder) for path in starter_files(lab)]


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


def start(lab: Lab, engine: Client, settings: Settings, *, take_over: bool = False) -> bool:
    """Start a lab, or go on with it; says whether it is new.

    Raises SlipwayError when names that the lab will use are taken by something that the lab did not make. With `take_over`,
    what a copy of Slipway has left whose folder is gone becomes the lab's.
    """
    prepare(lab, settings)
    ground = sandbox.of(lab)
    here = ground.identity(engine)
    with progress.changing(settings, lab.id) as kept:
        if kept.started and kept.engine == here:
            ground.go_on(lab, engine, settings, kept)
            return False
        # By the clock of the engine or cluster, with whose times it is compared.
        started = engine.time or now()
        ground.begin(lab, engine, settings, kept, take_over)
        kept.started, kept.engine = started, here
    return True


def reset(lab: Lab, engine: Client, settings: Settings, *, notebook: bool = True) -> tuple[list[str], list[str]]:
    """Bring a lab back to its start: remove what it made on the engine or cluster, restore its files.

    Returns what was removed and a sentence for each thing that could not be. With `notebook=False` the notebook stays
    as it is (for a reset out of that very notebook). Raises SlipwayError, before anything is changed, where the lab's
    folder or a file in it is a link or no file, and while another reset of the lab runs.
    """
    with _alone(lab, settings):
        if settings.work.exists():
            workspace_files.refuse(settings.work, lab.id, _relative_starters(lab))
        kept = progress.read(settings, lab.id)
        removed, left = sandbox.of(lab).clear(lab, engine, settings, kept) if kept.started else ([], [])
        left = [*left, *_restore_files(lab, settings, notebook)]
        with progress.changing(settings, lab.id) as fresh:
            fresh.__dict__.update(progress.LabState(**{name: getattr(fresh, name) for name in progress.KEPT}).__dict__)
            if left:
                fresh.started, fresh.engine = kept.started, kept.engine
                fresh.images, fresh.volumes, fresh.before = kept.images, kept.volumes, kept.before
                fresh.builder = kept.builder
    return removed, left


@contextmanager
def _alone(lab: Lab, settings: Settings) -> Iterator[None]:
    """Hold the lab's lock for a reset. Raises SlipwayError while another process holds it."""
    path = progress.path(settings, lab.id).with_suffix(".reset.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = open_lock(path)
    except OSError as error:
        raise SlipwayError(
            f"The lock {path} cannot be used ({error.strerror}).", "Move it away, then run the command again."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise SlipwayError(f"Another reset of lab {lab.id} is running.", "Wait until it has finished.") from error
    finally:
        os.close(descriptor)


def _restore_files(lab: Lab, settings: Settings, notebook: bool) -> list[str]:
    """Make the lab's folder like a new copy. Return a sentence for each file or folder that could not be removed."""
    changed = [path for path in differing(lab, settings) if notebook or path.suffix != ".ipynb"]
    save(lab, settings, changed)
    sentences = []
    for relative in changed:
        try:
            if not workspace_files.readable(settings.work, lab.id, relative):  # it could not be saved
                raise PermissionError(errno.EACCES, "Permission denied")
            workspace_files.remove(settings.work, lab.id, relative)
        except OSError as error:
            sentences.append(workspace_files.refused(folder(lab, settings) / relative, error))
    prepare(lab, settings)
    for source in starter_files(lab):
        relative = source.relative_to(lab.folder)
        if notebook and not workspace_files.has_mode(source, settings.work, lab.id, relative):
            workspace_files.copy(source, settings.work, lab.id, *relative.parts, content=_start_of(lab, relative))
    return sentences + workspace_files.prune(settings.work, lab.id, _relative_starters(lab))


def differing(lab: Lab, settings: Settings) -> list[Path]:
    """Files of the learner's copy, relative, that differ from the lab's start or are not part of it."""
    if not settings.work.exists():
        return []
    files = workspace_files.files(settings.work, lab.id)
    own = [path for path in files if not set(path.parts) & set(workspace_files.CACHES)]
    starters = set(_relative_starters(lab))
    return [path for path in own if path not in starters or not _same(lab, settings, path)]


def _same(lab: Lab, settings: Settings, relative: Path) -> bool:
    try:
        return workspace_files.read(settings.work, lab.id, relative) == _start_of(lab, relative)
    except PermissionError:
        return False


def save(lab: Lab, settings: Settings, files: list[Path]) -> Path | None:
    """Keep copies of files (relative to the lab's folder) before they are overwritten. Returns where, or None."""
    there = [path for path in files if workspace_files.readable(settings.work, lab.id, path)]
    if not there:
        return None
    kept = f"{lab.id}-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%f')}"
    try:
        for relative in there:
            content = workspace_files.read(settings.work, lab.id, relative)
            workspace_files.write(content, settings.work, ".saved", kept, *relative.parts)
    except OSError as error:
        # What there is of the copy is ours, and holds nothing that the lab's folder does not hold.
        shutil.rmtree(settings.work / ".saved" / kept, ignore_errors=True)
        raise SlipwayError(
            f"Your files could not be copied to {settings.work / '.saved'} ({error.strerror}); they were not changed.",
            "Free some space, or move what is in the way.",
        ) from error
    return settings.work / ".saved" / kept


def solve(lab: Lab, settings: Settings, engine: Client | None = None) -> Path | None:
    """Lay the solution over the learner's copy: files, and what is typed into cells. Returns where the old is kept."""
    _require_own(lab, engine, settings)
    copy = prepare(lab, settings)
    files = notebook_file.solution_files(lab)
    cells = notebook_file.solution_cells(lab)
    path = renamed_notebook.find(lab, settings)
    content = notebook_file.read(copy / path)
    if not cells.keys() <= {cell.get("id") for cell in content["cells"]}:
        # The learner has removed a cell that is to be filled.
        content = notebook_file.without_explanations(notebook_file.read(lab.folder / NOTEBOOK))
    content = notebook_file.fill(content, cells)
    workspace_files.refuse(settings.work, lab.id, files)
    kept = save(lab, settings, [*files, path])
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    try:
        for relative in files:
            workspace_files.copy(lab.folder / "solution" / relative, settings.work, lab.id, *relative.parts)
        workspace_files.write(text.encode(), settings.work, lab.id, *path.parts)
    except OSError as error:
        where = f" Your own versions are in {kept}." if kept else ""
        raise SlipwayError(
            f"The solution of lab {lab.id} could not be written to {copy} ({error.strerror}).{where}",
            "Free some space, then run the command again.",
        ) from error
    with progress.changing(settings, lab.id) as noted:
        noted.solutions = sorted({*noted.solutions, *(check.id for check in registry.load(lab))})
    return kept


def _require_own(lab: Lab, engine: Client | None, settings: Settings) -> None:
    """Raise SlipwayError where another copy of Slipway uses the lab's names on this Docker engine."""
    if isinstance(engine, Engine):
        ownership.require(lab, engine, settings)


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
