"""The pages of a class in a folder: the class page, and a feedback page for each learner. Readable by their owner only."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from checks.classroom import class_page, feedback, parent_watch, results
from checks.classroom.difficulties import difficulties
from checks.classroom.folder import ClassFolder
from checks.classroom.results import Results
from checks.classroom.roster import Learner
from checks.classroom.store import Store, open_store
from checks.classroom.stored_evidence import EvidenceReader
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole

FOLDER = "feedback"
INDEX = "index.html"
CHUNK = 20  # learners that a process gets at a time
PAGES_PER_JOB = 50  # for fewer, starting a process takes longer than it saves


def write(classroom: ClassFolder, store: Store, folder: Path, progress: Callable[[int, int], None], jobs: int = 0) -> int:
    """Write the pages of a class, and return how many. `progress` is called with the learners done and all of them.

    `jobs` is the number of processes, 0 for as many as pay. Raise SlipwayError where a file cannot be written.
    """
    found = results.load(classroom, store)
    _make_private(folder / class_page.LEARNERS)
    _make_private(folder)
    index = class_page.page(found, difficulties(found.counted(store.grades())))
    write_whole(folder / INDEX, index, 0o600)
    writer = FeedbackWriter(classroom, found, store, folder / class_page.LEARNERS)
    jobs = jobs or max(1, min(os.cpu_count() or 1, len(found.learners) // PAGES_PER_JOB))
    done = 0
    for number in _written(writer, found.learners, jobs):
        done += number
        progress(done, len(found.learners))
    return 1 + len(found.learners)


class FeedbackWriter:
    """Writes feedback pages into a folder, in whatever process it is."""

    def __init__(self, classroom: ClassFolder, found: Results, store: Store, folder: Path) -> None:
        self._classroom = classroom
        self._results = found
        self._store = store
        self._folder = folder

    def __reduce__(self) -> tuple:  # another process opens a connection of its own
        url = self._store.engine.url
        text = "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=False)
        return _reopened, (self._classroom, self._results, text, self._folder)

    def write(self, learners: Sequence[Learner]) -> int:
        """Write the page of each learner, and return how many."""
        reader = EvidenceReader(self._classroom, self._store)
        for learner in learners:
            ids = {mark.grade for mark in self._results.row(learner.id)}
            grades = {grade.id: grade for grade in self._store.grades(learner.id) if grade.id in ids}
            page = feedback.page(self._results, learner, grades, reader)
            write_whole(self._folder / f"{learner.id}.html", page, 0o600)
        return len(learners)


def _reopened(classroom: ClassFolder, found: Results, url: str, folder: Path) -> FeedbackWriter:
    return FeedbackWriter(classroom, found, open_store(classroom.folder, url), folder)


_writer: FeedbackWriter | None = None


def _start(writer: FeedbackWriter) -> None:
    global _writer
    parent_watch.watch()
    _writer = writer


def _run(learners: Sequence[Learner]) -> int:
    assert _writer is not None
    return _writer.write(learners)


def _written(writer: FeedbackWriter, learners: tuple[Learner, ...], jobs: int) -> Iterator[int]:
    """Write the pages of all learners, and yield how many were written each time."""
    chunks = [learners[at : at + CHUNK] for at in range(0, len(learners), CHUNK)]
    if jobs == 1:
        yield from map(writer.write, chunks)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(writer,)) as pool:
        for future in as_completed([pool.submit(_run, chunk) for chunk in chunks]):
            yield future.result()


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
    except OSError as error:
        raise SlipwayError(f"The folder {folder} cannot be created ({error.strerror}).", "Choose another folder.") from error
