"""A real run of a lab, in a workspace of its own that is removed afterwards."""

import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from checks import backend, grade, notebook_file
from checks.clients.base import Client
from checks.dev import execute
from checks.grade import Graded
from checks.lifecycle import solution, workspace
from checks.model import Lab
from checks.notebook_file import Notebook
from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.host.signals import finishing

FOLDERS = {"SLIPWAY_WORK": "work", "SLIPWAY_STATE": "state"}


class Trial:
    """`with Trial(lab) as trial`: the lab is started; at the end it is reset, and its workspace removed.

    Entering raises SlipwayError when the lab's names are taken, as they are while a learner works on the lab.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.root = Path()
        self.settings = settings.load()
        self.engine: Client = backend.connect(lab)
        self.was_reset = False

    def __enter__(self) -> "Trial":
        self.root = Path(tempfile.mkdtemp(prefix="slipway-trial-"))
        folders = {name: self.root / name for name in FOLDERS.values()}
        self.settings = replace(self.settings, **folders)
        try:
            workspace.start(self.lab, self.engine, self.settings)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with finishing():
            try:
                if not self.was_reset:
                    self.reset()
            finally:
                self._close()

    def _close(self) -> None:
        self.engine.close()
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def folder(self) -> Path:
        return workspace.folder(self.lab, self.settings)

    def solve(self) -> None:
        """Copy the solution over the lab's files, as `slipway solve` does; run nothing.

        What the lab has created so far is removed from an engine, where that takes a moment, and kept on a cluster.
        """
        if self.lab.sandbox == "docker":
            solution.make_way(self.lab, self.engine, self.settings)
        workspace.solve(self.lab, self.settings)

    def execute(self, *, only_work: bool = False) -> Notebook:
        """Execute the copy's notebook, or only the cells to work in. Returns it with its outputs."""
        source = notebook_file.read(self.folder / "lab.ipynb")
        return execute.notebook(execute.only_work(source) if only_work else source, self.folder, self.settings)

    def script(self, path: Path) -> None:
        """Run a script as the learner would in a terminal in the lab's folder."""
        execute.script(path, self.folder, self.settings)

    def grade(self) -> Graded:
        """Grade all checks and record the objects that the lab created, as `slipway check` does."""
        graded = grade.grade(self.lab, self.engine, self.settings)
        grade.remember(graded, self.settings)
        return graded

    def reset(self) -> None:
        """Reset the lab. Raises SlipwayError when something of it could not be removed."""
        _, left = workspace.reset(self.lab, self.engine, self.settings)
        # Only now: a reset that Ctrl-C has cut short is done once more at the end.
        self.was_reset = True
        if left:
            raise SlipwayError(f"Reset left something behind: {os.linesep.join(left)}")
