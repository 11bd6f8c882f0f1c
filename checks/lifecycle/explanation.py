"""The explanation of a task's result: hidden from the learner's notebook until the task has passed, or until asked for."""

from dataclasses import dataclass

from checks import notebook_file, progress
from checks.model import Lab
from checks.notebook_file import Task
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import Settings


@dataclass(frozen=True)
class Explanation:
    """The explanation of a task's result, as Markdown, and whether it was opened before the task had passed."""

    task: Task
    text: str
    early: bool = False


def of_checks(lab: Lab, checks: tuple[str, ...]) -> Explanation | None:
    """Return the explanation of the task that exactly these checks belong to; None where there is none."""
    notebook = notebook_file.read(lab.folder / "lab.ipynb")
    texts = notebook_file.explanations(notebook)
    for task in notebook_file.tasks(notebook):
        if task.checks and set(task.checks) == set(checks) and task.name in texts:
            return Explanation(task, texts[task.name])
    return None


def request(lab: Lab, name: str, settings: Settings) -> Explanation:
    """Return the explanation for a task, named by itself or by one of its checks; without a name, for the first open task.

    Record that it was opened early unless every check of the task has passed. Raise SlipwayError for an unknown name.
    """
    notebook = notebook_file.read(lab.folder / "lab.ipynb")
    texts = notebook_file.explanations(notebook)
    explained = [task for task in notebook_file.tasks(notebook) if task.name in texts]
    with progress.changing(settings, lab.id) as state:
        task = _wanted(lab, explained, name, set(state.passed))
        early = not set(task.checks) <= state.passed.keys()
        if early:
            state.explained = sorted({*state.explained, task.name})
    return Explanation(task, texts[task.name], early)


def _wanted(lab: Lab, tasks: list[Task], name: str, passed: set[str]) -> Task:
    if not name and tasks:
        return next((task for task in tasks if not set(task.checks) <= passed), tasks[-1])
    for task in tasks:
        if name.removeprefix("task-") == task.name or name in task.checks:
            return task
    known = ", ".join(task.name for task in tasks)
    raise SlipwayError(
        f"Lab {lab.id} has no explanation for “{name}”." if known else f"Lab {lab.id} has no explanations.",
        f"It explains the tasks {known}." if known else "",
        Exit.WRONG_USAGE,
    )
