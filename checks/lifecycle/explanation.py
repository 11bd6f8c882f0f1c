"""The explanation of a task's result: hidden from the learner's notebook until the task has passed, or until asked for."""

from dataclasses import dataclass, replace

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
    explained = _explained(lab)
    return next((one for one in explained if one.task.checks and set(one.task.checks) == set(checks)), None)


def request(lab: Lab, name: str, settings: Settings) -> Explanation:
    """Return the explanation for a task, named by itself or by one of its checks; without a name, for the first open task.

    Record that it was opened early unless every check of the task has passed. Raise SlipwayError for an unknown name.
    """
    explained = _explained(lab)
    with progress.changing(settings, lab.id) as state:
        wanted = _wanted(lab, explained, name, set(state.passed))
        early = not set(wanted.task.checks) <= state.passed.keys()
        if early:
            state.explained = sorted({*state.explained, wanted.task.name})
    return replace(wanted, early=early)


def _explained(lab: Lab) -> list[Explanation]:
    """Return the explanations of a lab, in the order of its tasks."""
    notebook = notebook_file.read(lab.folder / "lab.ipynb")
    texts = notebook_file.explanations(notebook)
    return [Explanation(task, texts[task.name]) for task in notebook_file.tasks(notebook) if task.name in texts]


def _wanted(lab: Lab, explained: list[Explanation], name: str, passed: set[str]) -> Explanation:
    if not name and explained:
        return next((one for one in explained if not set(one.task.checks) <= passed), explained[-1])
    for one in explained:
        if name.removeprefix("task-") == one.task.name or name in one.task.checks:
            return one
    known = ", ".join(one.task.name for one in explained)
    raise SlipwayError(
        f"Lab {lab.id} has no explanation for “{name}”." if known else f"Lab {lab.id} has no explanations.",
        f"It explains the tasks {known}." if known else "",
        Exit.WRONG_USAGE,
    )
