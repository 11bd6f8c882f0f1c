"""The command that explains the result of a task."""

from typing import Annotated

import typer

from checks.cli import lab_here
from checks.cli.grading import LabOfFolder
from checks.lifecycle import explanation
from sandboxes import settings


def explain(
    lab: LabOfFolder = "",
    task: Annotated[str, typer.Argument(metavar="TASK", help="A task or one of its checks. [default: the first open one]")] = "",
) -> None:
    """Explain the result of a task.

    In the notebook, the explanation follows the check once it has passed. If you ask for it earlier, your progress
    records that, as it does for a solution.

    Example: slipway explain 02 layers
    """
    explained = explanation.request(lab_here.find(lab, "explain"), task, settings.load())
    if explained.early:
        print(f"The task {explained.task.name} has not passed yet. Your progress records that you read on.\n")
    print(explained.text)
