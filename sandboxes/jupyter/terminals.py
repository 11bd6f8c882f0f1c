"""The terminals of JupyterLab: one that is named after a lab starts in the lab's folder, also when a layout is restored."""

from pathlib import Path
from typing import Any

from jupyter_server_terminals.terminalmanager import TerminalManager


def name_of(folder: str) -> str:
    """Return the name of the terminal of a lab's folder: names of terminals have no hyphens."""
    return folder.replace("-", "_")


class LabTerminals(TerminalManager):  # type: ignore[misc]
    """The manager of the terminals. It runs in JupyterLab's server, whose current folder is the workspace."""

    def create(self, **options: Any) -> Any:
        """Create a terminal. One that names a lab and no folder gets the folder of the lab."""
        name = options.get("name")
        if name and not options.get("cwd"):
            folders = [path for path in Path.cwd().iterdir() if path.is_dir() and name_of(path.name) == name]
            if folders:
                options["cwd"] = str(folders[0])
        return super().create(**options)
