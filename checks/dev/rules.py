"""The rules for a lab's notebook: valid, without outputs, with cells whose ids speak."""

import re
from collections.abc import Iterator

from checks import notebook_file
from checks.lifecycle.workspace import starter_files
from checks.model import Lab
from checks.notebook_file import Cell, Notebook

Faults = Iterator[str]
SPEAKS = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)*")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s#]+)")
DRAWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")


def faults(lab: Lab, notebook: Notebook, check_ids: tuple[str, ...]) -> Faults:
    """All faults of a notebook."""
    yield from valid(notebook)
    yield from cells(notebook)
    yield from opening(lab, notebook)
    yield from tasks(lab, notebook, check_ids)
    yield from links(lab, notebook)


def valid(notebook: Notebook) -> Faults:
    """It is a notebook of format 4.5 for the labs' kernel."""
    import nbformat

    if (notebook.get("nbformat"), notebook.get("nbformat_minor")) != (4, 5):
        yield f"the notebook is of format {notebook.get('nbformat')}.{notebook.get('nbformat_minor')}, not 4.5"
        return
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except nbformat.ValidationError as error:
        yield f"the notebook is not valid: {str(error).splitlines()[0]}"
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield f"the notebook's kernel is {kernel}, not python3"


def cells(notebook: Notebook) -> Faults:
    """Every cell has an id that speaks and stands once; no cell has an output or a count."""
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    for cell in notebook["cells"]:
        id = cell.get("id", "")
        if not SPEAKS.fullmatch(id) or DRAWN.fullmatch(id):
            yield f"the cell id “{id}” does not speak; use words in lower case, joined by hyphens"
        if ids.count(id) > 1 and ids.index(id) == notebook["cells"].index(cell):
            yield f"the cell id “{id}” stands twice"
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"]):
            yield f"cell {id} has an output; clear all outputs"


def opening(lab: Lab, notebook: Notebook) -> Faults:
    """The first cell names the lab and its time, the second starts it."""
    first, second = (notebook["cells"] + [{}, {}])[:2]
    if first.get("cell_type") != "markdown" or not first["source"].startswith("# "):
        yield "the first cell is not a title (“# …”)"
    else:
        if lab.title not in first["source"].splitlines()[0]:
            yield f"the first cell's heading does not contain the lab's title, “{lab.title}”"
        if not re.search(rf"\b{lab.minutes}\s+minutes\b", first["source"]):
            yield f"the first cell does not say that the lab takes {lab.minutes} minutes"
    source = second.get("source", "")
    if second.get("cell_type") != "code" or "from checks import lab" not in source or f'lab("{lab.id}")' not in source:
        yield f'the second cell does not start the lab: `from checks import lab` and `here = lab("{lab.id}")`'


def tasks(lab: Lab, notebook: Notebook, check_ids: tuple[str, ...]) -> Faults:
    """Every task has a cell to work in and one that checks; every check is asked for; solutions have their cells."""
    found = notebook_file.tasks(notebook)
    by_id = {cell.get("id", ""): cell for cell in notebook["cells"]}
    if not found:
        yield "the notebook has no task (a Markdown cell with the tag `task`)"
    for task in found:
        yield from _task(task, by_id)
    asked = {id for task in found for id in task.checks}
    for id in sorted(asked - set(check_ids)):
        yield f"the notebook asks for the check “{id}”, which does not exist"
    for id in check_ids:
        if id not in asked:
            yield f"no task's check cell asks for the check “{id}”"
    for id in notebook_file.solution_cells(lab):
        if id not in by_id:
            yield f"the solution fills the cell “{id}”, which does not exist"
        elif id not in {task.work for task in found}:
            yield f"the solution fills the cell “{id}”, which is no cell to work in"


def _task(task: notebook_file.Task, by_id: dict[str, Cell]) -> Faults:
    name = task.id.removeprefix("task-")
    if not task.id.startswith("task-") or by_id[task.id]["cell_type"] != "markdown":
        yield f"the task cell “{task.id}” is not Markdown with an id that begins with task-"
    if task.work != f"work-{name}":
        yield f"task {task.id} is followed by the code cell “{task.work}”, not by “work-{name}”"
    elif by_id[task.work]["source"].strip():
        yield f"the cell {task.work} is not empty"
    if f"check-{name}" not in by_id or not notebook_file.checks_asked(by_id[f"check-{name}"]["source"]):
        yield f'task {task.id} has no cell “check-{name}” that calls here.check("…")'


def links(lab: Lab, notebook: Notebook) -> Faults:
    """A link to a file leads to one that the learner is given: what is still to be written leads nowhere."""
    texts = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    starters = {path.relative_to(lab.folder).as_posix() for path in starter_files(lab)}
    for name in dict.fromkeys(found.removeprefix("./") for text in texts for found in LINK.findall(text)):
        if name not in starters:
            yield f"a link leads to {name}, which the lab does not begin with"
