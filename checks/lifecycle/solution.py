"""The way for a lab's solution: its cells create the lab's objects, whose names the learner may have used already."""

from checks import notebook_file, progress
from checks.clients.base import Client
from checks.lifecycle import sandbox, workspace_files
from checks.model import Lab
from sandboxes.settings import Settings

# What a person does whose notebook is open while its file is replaced. The words are those of JupyterLab.
OPEN_NOTEBOOK = """\
If lab.ipynb is open in JupyterLab, choose File > Reload Notebook from Disk. If JupyterLab asks about a file that has changed
on disk, choose Revert: Overwrite would replace the solution with the notebook that is open.
Then choose Run > Restart Kernel and Run All Cells."""


def make_way(lab: Lab, engine: Client, settings: Settings) -> tuple[list[str], list[str]]:
    """Remove what the lab has created so far, so that its solution can create it. The lab stays started.

    Return the removed objects, and a sentence for each that could not be removed; nothing for a lab that is not started, whose
    names may belong to someone else. Raise SlipwayError where the lab was started on another engine, and where the lab's folder
    or a file in it is a link.
    """
    if settings.work.exists():
        workspace_files.refuse(settings.work, lab.id, notebook_file.solution_files(lab))
    kept = progress.read(settings, lab.id)
    return sandbox.of(lab).empty(lab, engine, settings, kept) if kept.started else ([], [])
