"""The pages of a class in a folder: the class page, and a feedback page for each learner. Readable by their owner only."""

import os
from collections.abc import Callable
from pathlib import Path

from checks.classroom import class_page, feedback, results
from checks.classroom.difficulties import difficulties
from checks.classroom.folder import ClassFolder
from checks.classroom.store import Store
from checks.classroom.stored_evidence import EvidenceReader
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import write_whole

FOLDER = "feedback"
INDEX = "index.html"


def write(classroom: ClassFolder, store: Store, folder: Path, progress: Callable[[int, int], None]) -> int:
    """Write the pages of a class, and return how many. `progress` is called with the learners done and all of them.

    Raise SlipwayError where a file cannot be written.
    """
    found = results.load(classroom, store)
    _make_private(folder / class_page.LEARNERS)
    _make_private(folder)
    index = class_page.page(found, difficulties(found.counted(store.grades())))
    write_whole(folder / INDEX, index, 0o600)
    reader = EvidenceReader(classroom, store)
    for number, learner in enumerate(found.learners, 1):
        ids = {mark.grade for mark in found.row(learner.id)}
        grades = {grade.id: grade for grade in store.grades(learner.id) if grade.id in ids}
        content = feedback.page(found, learner, grades, reader)
        write_whole(folder / class_page.LEARNERS / f"{learner.id}.html", content, 0o600)
        progress(number, len(found.learners))
    return 1 + len(found.learners)


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o700)
    except OSError as error:
        raise SlipwayError(f"The folder {folder} cannot be created ({error.strerror}).", "Choose another folder.") from error
