"""The rules for the notebook of a lab: valid, without outputs, with meaningful cell ids."""

import re
from collections.abc import Iterator

from checks import notebook_file, predictions, recall
from checks.lifecycle.workspace import starter_files
from checks.model import Lab
from checks.notebook_file import Cell, Notebook
from sandboxes.errors import SlipwayError

Faults = Iterator[str]
MEANINGFUL = re.compile(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)*")
PROMPT = re.compile(r"\*\*[Pp]redict\b")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)\s#]+)")
RUN = re.compile(r"docker (?:container )?(?:run|create)\b(?:\\\n|.)*")
MADE_OR_GUARDED = re.compile(r"docker (?:image )?(?:build|tag)\b|\bexit 0\b")
GENERATED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?")


def faults(lab: Lab, notebook: Notebook, check_ids: tuple[str, ...]) -> Faults:
    """Yield all faults of a notebook."""
    yield from valid(notebook)
    yield from cells(notebook)
    yield from opening(lab, notebook)
    yield from tasks(lab, notebook, check_ids)
    yield from experiments(lab, notebook)
    yield from recalled(lab, notebook)
    yield from links(lab, notebook)
    yield from own_images(lab, notebook)


def valid(notebook: Notebook) -> Faults:
    """Yield a fault unless this is a notebook of format 4.5 with the kernel of the labs."""
    import nbformat

    if (notebook.get("nbformat"), notebook.get("nbformat_minor")) != (4, 5):
        yield f"the notebook has format {notebook.get('nbformat')}.{notebook.get('nbformat_minor')}, not 4.5"
        return
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except nbformat.ValidationError as error:
        yield f"the notebook is not valid: {str(error).splitlines()[0]}"
    kernel = notebook["metadata"].get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield f"the notebook's kernel is {kernel}, not python3"


def cells(notebook: Notebook) -> Faults:
    """Yield a fault for each cell id that is generated or used twice, and for each output and execution count."""
    ids = [cell.get("id", "") for cell in notebook["cells"]]
    for cell in notebook["cells"]:
        id = cell.get("id", "")
        if not MEANINGFUL.fullmatch(id) or GENERATED.fullmatch(id):
            yield f"the cell id “{id}” is not meaningful; use lowercase words, joined by hyphens"
        if ids.count(id) > 1 and ids.index(id) == notebook["cells"].index(cell):
            yield f"the cell id “{id}” is used twice"
        if cell["cell_type"] == "code" and (cell["outputs"] or cell["execution_count"]):
            yield f"cell {id} has an output or an execution count; clear all outputs"


def opening(lab: Lab, notebook: Notebook) -> Faults:
    """Yield a fault unless the first cell names the lab and its time, and the second one starts it."""
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
    """Yield a fault for each task without its cells, each check that no task calls, and each misplaced solution."""
    all_tasks = notebook_file.tasks(notebook)
    by_id = {cell.get("id", ""): cell for cell in notebook["cells"]}
    if not all_tasks:
        yield "the notebook has no task (a Markdown cell with the tag `task`)"
    for task in all_tasks:
        yield from _task(task, by_id)
    called = {id for task in all_tasks for id in task.checks}
    for id in sorted(called - set(check_ids)):
        yield f"the notebook calls the check “{id}”, which does not exist"
    for id in check_ids:
        if id not in called:
            yield f"no check cell calls the check “{id}”"
    for id in notebook_file.solution_cells(lab):
        if id not in by_id:
            yield f"the solution fills the cell “{id}”, which does not exist"
        elif id not in {task.work for task in all_tasks}:
            yield f"the solution fills the cell “{id}”, which is not a work cell"


def _task(task: notebook_file.Task, by_id: dict[str, Cell]) -> Faults:
    name = task.id.removeprefix("task-")
    if not task.id.startswith("task-") or by_id[task.id]["cell_type"] != "markdown":
        yield f"the task cell “{task.id}” is not Markdown with an id that begins with task-"
    if task.work != f"work-{name}":
        yield f"task {task.id} is followed by the code cell “{task.work}”, not by “work-{name}”"
    elif by_id[task.work]["source"].strip():
        yield f"the cell {task.work} is not empty"
    ids = list(by_id)
    explanation = f"{notebook_file.EXPLANATION}{name}"
    if explanation in by_id and ids[ids.index(explanation) - 1] != f"check-{name}":
        yield f"the explanation {explanation} does not follow the cell check-{name}"
    if f"check-{name}" not in by_id or not notebook_file.checks_asked(by_id[f"check-{name}"]["source"]):
        yield f'task {task.id} has no cell “check-{name}” that calls here.check("…")'


def experiments(lab: Lab, notebook: Notebook) -> Faults:
    """Yield a fault for each prompt without a prediction, and each prediction that the notebook does not ask and reveal."""
    cells = notebook["cells"]
    asked = [notebook_file.predicted(cell["source"]) for cell in cells]
    shown = [notebook_file.revealed(cell["source"]) for cell in cells]
    for at, cell in enumerate(cells):
        prompts = len(PROMPT.findall(cell["source"])) if cell["cell_type"] == "markdown" else 0
        if prompts > 1 or bool(prompts) != bool(asked[at + 1] if at + 1 < len(cells) else ""):
            yield f"cell {cell['id']} has {prompts} prompts to predict (**Predict …**); one is followed by one here.predict(…)"
    known = {prediction.id for prediction in predictions.read(lab)}
    for id in sorted({*asked, *shown} - known - {""}):
        yield f"the notebook names the prediction “{id}”, which {predictions.FILE} does not have"
    for id in sorted(known):
        if asked.count(id) != 1 or shown.count(id) != 1:
            yield f"the prediction “{id}” needs one cell here.predict(…) and one cell here.reveal(…)"
        elif not any(cell["cell_type"] == "code" for cell in cells[asked.index(id) + 1 : shown.index(id)]):
            yield f"no experiment comes between here.predict(…) and here.reveal(…) for “{id}”"


def recalled(lab: Lab, notebook: Notebook) -> Faults:
    """Yield a fault unless the notebook asks its opening question once, with a card of an earlier lab, or has none."""
    asked = sum(notebook_file.recalls(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")
    if asked != bool(lab.recall):
        yield f"the notebook asks here.recall() {asked} times; lab.toml {'names a' if lab.recall else 'has no'} card for it"
    if lab.recall:
        try:
            earlier = recall.opening(lab).lab
        except SlipwayError as error:
            yield error.message
            return
        if earlier.id >= lab.id:
            yield f"the opening card {lab.recall} is not about an earlier lab"


def links(lab: Lab, notebook: Notebook) -> Faults:
    """Yield a fault for each link to a file that is neither a starter file nor the notebook of another lab."""
    texts = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    starters = {path.relative_to(lab.folder).as_posix() for path in starter_files(lab)}
    for name in dict.fromkeys(target.removeprefix("./") for text in texts for target in LINK.findall(text)):
        if other := notebook_file.OTHER_LAB.fullmatch(name):
            if not (lab.folder.parent / other[1] / "lab.toml").is_file():
                yield f"a link points to the lab {other[1]}, which does not exist"
        elif name not in starters:
            yield f"a link points to {name}, which is not a starter file of the lab"


def own_images(lab: Lab, notebook: Notebook) -> Faults:
    """Yield a fault for each cell that runs an image of the learner's before there is one.

    Docker takes the name of an image that is not there for one to pull, and would run what a stranger has published
    under it. Such a cell builds or tags the image, or ends early without it.
    """
    for cell in notebook["cells"]:
        for before, command in _containers_run(cell["source"] if cell["cell_type"] == "code" else ""):
            for image in lab.scope.images:
                if re.search(rf"(?<=\s){re.escape(image)}(?=[:\s]|$)", command) and not MADE_OR_GUARDED.search(before):
                    yield f"cell {cell['id']} runs {image} even where the image does not exist yet; end the cell early then"


def _containers_run(source: str) -> Iterator[tuple[str, str]]:
    """Yield each command that runs a container, after the text of the cell before it."""
    for match in RUN.finditer(source):
        yield source[: match.start()], match[0]
