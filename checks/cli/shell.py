"""`slipway shell`: a terminal for a lab, with the engine, the cluster and the namespace of the lab."""

import os
import shutil
import sys
from typing import Annotated

import typer

from checks.cli import lab_here
from checks.cli.checking import say
from checks.cli.grading import LabOfFolder
from checks.lifecycle import course_progress, workspace
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError

Eval = Annotated[bool, typer.Option("--eval", help="Print commands for your own shell to evaluate.")]
ShellName = Annotated[
    str, typer.Option("--shell", metavar="NAME", help="bash, zsh, fish or sh. [default: the shell in use, or $SHELL]")
]


def shell_(lab: LabOfFolder = "", evaluate: Eval = False, shell: ShellName = "") -> None:
    """Open a terminal for a lab.

    Starts your shell in the lab's folder. `slipway`, `docker` and `kubectl` use the engine, the cluster and the namespace
    of the lab, whatever you have exported for other work. The prompt names the lab. `exit` leaves it.

    With --eval, your own shell gets the same settings: eval "$(./slipway shell 10 --eval)". In fish:
    ./slipway shell 10 --eval | source

    Example: slipway shell 10

    Example: slipway shell 10 --eval
    """
    from sandboxes.engine import endpoint
    from sandboxes.jupyter import shells

    endpoint.refuse_remote(endpoint.find())
    chosen, found = settings.load(), lab_here.find(lab, "shell")
    if shell and not shells.kind(shell):
        raise SlipwayError(f"The shell “{shell}” is not supported.", "Use one of: bash, zsh, fish, sh.", Exit.WRONG_USAGE)
    folder = workspace.prepare(found, chosen)
    if not course_progress.of(found, chosen).started:
        say(f"Lab {found.id} is not started. Run `slipway start {found.id}`.")
    if evaluate:
        print(commands(found, chosen, shells.kind(shell) or shells.calling(os.environ)))
        return
    program = shutil.which(shell or os.environ.get("SHELL") or "sh") or "/bin/sh"
    run, files = shells.start(program, prompt(found), commands(found, chosen, shells.kind(program)), files_of(chosen, found))
    os.chdir(folder)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(run[0], run, {**environment(found, chosen), **files})


def prompt(lab: Lab) -> str:
    """Return the text in front of the prompt: the lab and, for a Kubernetes lab, its namespace."""
    return f"({lab.id}: {lab.namespace}) " if lab.namespace else f"({lab.id}) "


def files_of(chosen: settings.Settings, lab: Lab) -> os.PathLike[str]:
    """Return the folder of the start-up files of a lab's shell."""
    return chosen.state / "shells" / lab.id


def environment(lab: Lab, chosen: settings.Settings) -> dict[str, str]:
    """Return the environment of a lab's shell. Raise SlipwayError for a Docker context that does not exist."""
    from sandboxes.engine import endpoint
    from sandboxes.engine.environment import clean
    from sandboxes.jupyter import config

    return {**clean(os.environ, endpoint.find()), **config.terminal(chosen, lab.id)}


def commands(lab: Lab, chosen: settings.Settings, shell: str) -> str:
    """Return the lines that give a shell the lab's settings and remove what would change the meaning of `docker`."""
    from sandboxes.engine.environment import unwanted
    from sandboxes.jupyter import config, shells

    variables = config.terminal(chosen, lab.id)
    return shells.lines(variables, [name for name in unwanted(os.environ) if name not in variables], shell)
