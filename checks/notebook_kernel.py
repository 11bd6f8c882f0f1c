"""The kernel of a lab's notebook: `here` without a first cell, the lab's kubectl, and its shell cells."""

import ast
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.lab_folder import lab_of
from sandboxes import settings
from sandboxes.cluster import lab_kubeconfig
from sandboxes.errors import SlipwayError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

NAME = "here"


def prepare(shell: "InteractiveShell") -> None:
    """Prepare a kernel that has started: for the notebook of a lab, or for one outside the labs."""
    from checks import notebook_shell

    shell.register_magic_function(notebook_shell.run, "cell", notebook_shell.MAGIC)
    try:
        lab_id = lab_of(Path.cwd())
    except (OSError, SlipwayError):  # a kernel starts all the same, and its cells run
        return
    if lab_id:
        os.environ.update(lab_kubeconfig.environment(settings.load(), lab_id))
        shell.events.register("pre_run_cell", _Opener(shell, lab_id).before)


def uses_here(source: str) -> bool:
    """Return whether a cell uses `here`, and does not define it itself first."""
    try:
        names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and node.id == NAME]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(isinstance(name.ctx, ast.Load) for name in names) and not any(isinstance(name.ctx, ast.Store) for name in names)


class _Opener:
    """Opens the lab before the first cell that uses it, so that a kernel starts at once and alone starts no lab."""

    def __init__(self, shell: "InteractiveShell", lab_id: str) -> None:
        self.shell = shell
        self.lab_id = lab_id

    def before(self, info: Any) -> None:
        """Define `here` for a cell that uses it, where it is not defined, or where the lab could not be opened."""
        if not uses_here(info.raw_cell or ""):
            return
        from checks import notebook

        names = self.shell.user_ns
        if NAME not in names or isinstance(names[NAME], notebook.Unavailable):
            names[NAME] = notebook.open_lab(self.lab_id)
