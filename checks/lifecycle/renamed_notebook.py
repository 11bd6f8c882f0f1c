"""The notebook in a learner's copy of a lab: `lab.ipynb`, or the file that the learner made of it."""

from pathlib import Path

from checks.lifecycle import workspace_files
from checks.model import Lab
from sandboxes import json_text
from sandboxes.settings import Settings

NOTEBOOK = Path("lab.ipynb")


def find(lab: Lab, settings: Settings) -> Path:
    """Return the lab's notebook, relative to the learner's copy.

    Where `lab.ipynb` is missing, a notebook beside it with most of the lab's cells is the lab's, renamed. Raise OSError.
    """
    if not settings.work.exists() or workspace_files.exists(settings.work, lab.id, NOTEBOOK):
        return NOTEBOOK
    wanted = _cell_ids((lab.folder / NOTEBOOK).read_bytes())
    for relative in workspace_files.files(settings.work, lab.id):
        if len(relative.parts) == 1 and relative.suffix == NOTEBOOK.suffix:
            cells = _cell_ids(workspace_files.read(settings.work, lab.id, relative))
            if len(wanted & cells) > len(wanted) / 2:
                return relative
    return NOTEBOOK


def _cell_ids(content: bytes) -> set[str]:
    try:
        return {str(cell["id"]) for cell in json_text.loads(content)["cells"]}
    except (ValueError, LookupError, TypeError):
        return set()
