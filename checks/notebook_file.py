"""A lab's notebook, read: which cells are tasks, where the learner works, which checks follow, what solves them."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.model import Lab
from sandboxes.errors import SlipwayError

Cell = dict[str, Any]
Notebook = dict[str, Any]
SHELL_MAGIC = "%%bash"


@dataclass(frozen=True)
class Task:
    """One task: its text cell, the cell to work in, the checks asked for below, and the files it is about."""

    id: str
    text: str
    work: str
    checks: tuple[str, ...]
    files: tuple[str, ...] = ()


def read(path: Path) -> Notebook:
    """A notebook file. Raises SlipwayError when it is not one."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise SlipwayError(
            f"The notebook {path} cannot be read ({error}).",
            f"`slipway reset {path.parent.name}` restores it; your version is kept under work/.saved.",
        ) from error
    return notebook


def tasks(notebook: Notebook) -> list[Task]:
    """The tasks of a notebook, in order. The work cell is the first code cell after a task's text."""
    found, cells = [], notebook["cells"]
    starts = [at for at, cell in enumerate(cells) if "task" in cell["metadata"].get("tags", ())]
    for number, at in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(cells)
        code = [cell for cell in cells[at + 1 : end] if cell["cell_type"] == "code"]
        asked = next((names for cell in code[1:] if (names := checks_asked(cell["source"]))), ())
        files = tuple(cells[at]["metadata"].get("slipway", {}).get("files", ()))
        found.append(Task(cells[at]["id"], cells[at]["source"], code[0]["id"] if code else "", asked, files))
    return found


def checks_asked(source: str) -> tuple[str, ...]:
    """The check ids in a cell that calls `here.check("…", …)`; () when it does not."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "check":
            return tuple(str(each.value) for each in node.args if isinstance(each, ast.Constant))
    return ()


def solution_cells(lab: Lab) -> dict[str, str]:
    """What the solution types into cells, by cell id."""
    found = {}
    for path in sorted((lab.folder / "solution" / "cells").glob("*")):
        text = path.read_text(encoding="utf-8").rstrip("\n")
        found[path.stem] = f"{SHELL_MAGIC}\n{text}" if path.suffix == ".sh" else text
    return found


def solution_files(lab: Lab) -> list[Path]:
    """The files that the solution lays over the lab's folder, relative to it."""
    overlay = lab.folder / "solution"
    files = (path.relative_to(overlay) for path in sorted(overlay.rglob("*")) if path.is_file())
    return [path for path in files if path.parts[0] != "cells" and "__pycache__" not in path.parts]


def fill(notebook: Notebook, cells: dict[str, str]) -> Notebook:
    """The notebook with these sources typed into its cells. Raises KeyError for a cell that does not exist."""
    filled = json.loads(json.dumps(notebook))
    by_id = {cell.get("id"): cell for cell in filled["cells"]}
    for id, source in cells.items():
        by_id[id]["source"] = source
    return filled


def solution_of(lab: Lab, check: str) -> dict[str, str]:
    """What solves the task that this check belongs to: file or cell name and its text, {} where nothing is needed."""
    cells, files = solution_cells(lab), solution_files(lab)
    found: dict[str, str] = {}
    for task in tasks(read(lab.folder / "lab.ipynb")):
        if check in task.checks:
            wanted = [path for path in files if str(path) in task.files]
            found |= {str(path): (lab.folder / "solution" / path).read_text(encoding="utf-8") for path in wanted}
            if task.work in cells:
                found["in a cell"] = cells[task.work]
    return found
