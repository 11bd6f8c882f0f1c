"""The notebook file of a lab: its tasks, the cells to work in, the checks, and the solution."""

import ast
import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.model import Lab
from sandboxes import json_text
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_text

Cell = dict[str, Any]
Notebook = dict[str, Any]
SHELL_MAGIC = "%%bash"
# A cell of this name, "after-layers", explains the result of the task "task-layers".
EXPLANATION = "after-"
# In the metadata of a cell whose text cannot be read at a glance.
SEALED = "slipway-sealed"
# The type under which the output of a check cell holds its report as JSON.
REPORT_MIME = "application/vnd.slipway.report+json"
# Where a link from one notebook to that of another lab points; the group is the other lab.
OTHER_LAB = re.compile(r"\.\./(\w[\w-]*)/lab\.ipynb")


@dataclass(frozen=True)
class Task:
    """A task: the id and text of its cell, the id of the cell to work in, the checks that follow, and its files."""

    id: str
    text: str
    work: str
    checks: tuple[str, ...]
    files: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The task's short name: “layers” for the cell `task-layers`."""
        return self.id.removeprefix("task-")


def read(path: Path) -> Notebook:
    """Read a notebook file; what is sealed in it is opened. Raise SlipwayError where it is not a notebook."""
    try:
        notebook = json_text.loads(read_text(path))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            if cell.get("metadata", {}).pop(SEALED, False):
                cell["source"] = base64.b64decode(cell["source"], validate=True).decode("utf-8")
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise SlipwayError(
            f"The notebook {path} cannot be read ({error}).",
            f"Run `slipway reset {path.parent.name}` to restore it. Your version is kept in work/.saved.",
        ) from error
    return notebook


def tasks(notebook: Notebook) -> list[Task]:
    """Return the tasks of a notebook, in order.

    The work cell is the first code cell after the text of a task, except for cells that ask for a prediction.
    """
    result, cells = [], notebook["cells"]
    starts = [at for at, cell in enumerate(cells) if "task" in cell["metadata"].get("tags", ())]
    for number, at in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(cells)
        code = [cell for cell in cells[at + 1 : end] if cell["cell_type"] == "code" and not _predicts(cell)]
        checks = next((names for cell in code[1:] if (names := checks_asked(cell["source"]))), ())
        files = tuple(cells[at]["metadata"].get("slipway", {}).get("files", ()))
        result.append(Task(cells[at]["id"], cells[at]["source"], code[0]["id"] if code else "", checks, files))
    return result


def explanations(notebook: Notebook) -> dict[str, str]:
    """Return the explanation of the result of each task that has one, by the task's name."""
    names = {task.name for task in tasks(notebook)}
    texts = {cell["id"].removeprefix(EXPLANATION): cell["source"] for cell in notebook["cells"] if is_explanation(cell)}
    return {name: text for name, text in texts.items() if name in names}


def is_explanation(cell: Cell) -> bool:
    """Return whether a cell explains the result of a task."""
    return cell["cell_type"] == "markdown" and cell.get("id", "").startswith(EXPLANATION)


def without_explanations(notebook: Notebook) -> Notebook:
    """Return the notebook as a learner gets it: the explanation of a result would give the answer away."""
    return {**notebook, "cells": [cell for cell in notebook["cells"] if not is_explanation(cell)]}


def with_explanations_sealed(notebook: Notebook) -> Notebook:
    """Return the notebook as a class gets it: its explanations cannot be read at a glance. `read` opens them."""
    return {**notebook, "cells": [_sealed(cell) if is_explanation(cell) else cell for cell in notebook["cells"]]}


def _sealed(cell: Cell) -> Cell:
    text = base64.b64encode(cell["source"].encode("utf-8")).decode("ascii")
    return {**cell, "metadata": {**cell["metadata"], SEALED: True}, "source": text}


def written(notebook: Notebook) -> bytes:
    """Return the content of a notebook's file, in the format of Jupyter's own."""
    cells = [{**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return (json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False) + "\n").encode()


def checks_asked(source: str) -> tuple[str, ...]:
    """Return the check ids in a cell that calls `here.check("…", …)`; () for other cells."""
    return called(source, "check")


def predicted(source: str) -> str:
    """Return the prediction that a cell asks for with `here.predict("…")`; empty for other cells."""
    return next(iter(called(source, "predict")), "")


def revealed(source: str) -> str:
    """Return the prediction whose result a cell shows with `here.reveal("…")`; empty for other cells."""
    return next(iter(called(source, "reveal")), "")


def recalls(source: str) -> bool:
    """Return whether a cell asks the lab's opening question with `here.recall()`."""
    return "here.recall()" in source


def _predicts(cell: Cell) -> bool:
    return bool(predicted(cell["source"]) or revealed(cell["source"]))


def called(source: str, method: str) -> tuple[str, ...]:
    """Return the constants with which a cell calls a method of `here`; () where it does not call it."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            return tuple(str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))
    return ()


def has_solution(lab: Lab) -> bool:
    """Tell whether a lab has its solution with it. What a class is given has none."""
    return (lab.folder / "solution").is_dir()


def require_solution(lab: Lab) -> None:
    """Raise SlipwayError where a lab has no solution with it."""
    if not has_solution(lab):
        raise SlipwayError(
            f"Lab {lab.id} has no solution in this copy of the course.", "`slipway hint` helps; or ask your instructor."
        )


def solution_cells(lab: Lab) -> dict[str, str]:
    """Return the source of each cell that the solution fills, by cell id."""
    sources = {}
    for path in sorted((lab.folder / "solution" / "cells").glob("*")):
        text = path.read_text(encoding="utf-8").rstrip("\n")
        sources[path.stem] = f"{SHELL_MAGIC}\n{text}" if path.suffix == ".sh" else text
    return sources


def solution_files(lab: Lab) -> list[Path]:
    """Return the files that the solution adds or replaces, relative to the folder of the lab."""
    overlay = lab.folder / "solution"
    files = (path.relative_to(overlay) for path in sorted(overlay.rglob("*")) if path.is_file())
    return [path for path in files if path.parts[0] != "cells" and "__pycache__" not in path.parts]


def fill(notebook: Notebook, cells: dict[str, str]) -> Notebook:
    """Return a copy of the notebook with these sources in its cells. Raise KeyError for a cell that does not exist."""
    filled = json.loads(json.dumps(notebook))
    by_id = {cell.get("id"): cell for cell in filled["cells"]}
    for id, source in cells.items():
        by_id[id]["source"] = source
    return filled


def solution_of(lab: Lab, check: str) -> dict[str, str]:
    """Return the solution of the task of a check: text by file name or place; {} where nothing has to be written."""
    cells, files = solution_cells(lab), solution_files(lab)
    parts: dict[str, str] = {}
    for task in tasks(read(lab.folder / "lab.ipynb")):
        if check in task.checks:
            named = [path for path in files if str(path) in task.files]
            parts |= {str(path): (lab.folder / "solution" / path).read_text(encoding="utf-8") for path in named}
            if task.work in cells:
                parts["in a cell"] = cells[task.work]
    return parts
