"""The commands for authors: new, check, record and test."""

import importlib.util
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from checks import catalog
from checks.cli.test import PASS_THROUGH, test
from checks.dev.paths import places
from checks.dev.proof import Proof
from checks.lifecycle.provision import get
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.signals import stopped_by_signals

app = typer.Typer(
    help="""Create, prove and record labs (for authors).

    Example: slipway dev check 01 --static
    """,
    no_args_is_help=True,
)
app.command("test", context_settings=PASS_THROUGH)(test)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Number and words, such as 24-service-mesh.")],
    title: Annotated[str, typer.Option(help="Title of the lab, such as “Service mesh”.")],
) -> None:
    """Create a small, complete lab to edit.

    Example: slipway dev new 24-service-mesh --title "Service mesh"
    """
    from checks.dev import scaffold

    for path in scaffold.create(name, title, places(settings.load())):
        print(path)
    print(f"\nEdit these files. Then run `slipway dev record {name}` and `slipway dev check {name}`.")


@app.command()
def check(
    labs: Annotated[list[str] | None, typer.Argument(metavar="LAB", help="Labs to prove. [default: all]")] = None,
    static: Annotated[bool, typer.Option("--static", help="Skip what needs an engine.")] = False,
) -> int:
    """Prove that a lab is right.

    Examines the lab's files and recordings, and runs it on the real engine: in the untouched lab no check passes, in the
    solved lab all checks pass, a reset leaves nothing behind, and each check can fail for its own reason. The lab must
    not be in progress, because the command uses its names.

    Exit code 0: everything is proven. 1: something is not.

    Example: slipway dev check 01

    Example: slipway dev check --static
    """
    _require("jsonpatch")
    from checks.dev import live
    from checks.dev import static as offline

    proven = True
    with stopped_by_signals():
        for lab in _chosen(labs):
            where = places(settings.load())
            print(lab.id)
            proven &= _show(lab, offline.proofs(lab, where))
            if not static:
                get([lab])
                proven &= _show(lab, live.proofs(lab, where))
    return int(Exit.PASSED if proven else Exit.NOT_YET)


@app.command()
def record(
    labs: Annotated[list[str], typer.Argument(metavar="LAB", help="Labs to record.")],
    only: Annotated[list[str] | None, typer.Option(metavar="STATE", help="Record only this state. Repeatable.")] = None,
) -> int:
    """Record the states of a lab on an engine.

    Creates each state of the lab on the real engine and keeps what the checks see. The states are untouched, solved, the
    second solution (second.sh) and the near misses of misses.toml. A state that is not graded as expected is reported
    and not written.

    Exit code 0: all states were recorded. 1: at least one was not.

    Example: slipway dev record 01

    Example: slipway dev record 01 --only solved --only wrong-way-round
    """
    _require("jsonpatch")
    from checks.dev.record import record as run

    proven = True
    with stopped_by_signals():
        for lab in _chosen(labs):
            print(lab.id)
            get([lab])
            proven &= _show(lab, run(lab, places(settings.load()), only or ()))
    return int(Exit.PASSED if proven else Exit.NOT_YET)


@app.command()
def panel() -> None:
    """Build the panel in JupyterLab from its sources.

    Replaces the built files in sandboxes/jupyter/panel/labextensions. Commit them together with the sources. Needs Node.js
    and an npm registry; the packages of the build are kept in the state folder.

    Example: slipway dev panel
    """
    from checks.dev import panel as sources

    sources.rebuild(settings.load().state / "panel-build")
    print(f"Built {sources.PANEL}")


def _require(module: str) -> None:
    """Raise SlipwayError without a module that only the project's own tests and recordings need."""
    if importlib.util.find_spec(module) is None:
        raise SlipwayError(f"{module} is not installed.", "Run `./slipway test`, which installs what the tests need.")


def _chosen(names: list[str] | None) -> list[Lab]:
    labs = [catalog.find(name) for name in names] if names else catalog.labs()
    if not labs:
        raise SlipwayError(f"There are no labs in {settings.load().labs}.", "Create one with `slipway dev new`.")
    return labs


def _show(lab: Lab, proofs: Iterable[Proof]) -> bool:
    """Print each proof as it finishes, with its faults. Tell whether all proofs hold."""
    from rich.console import Console

    proven = True
    spinner = Console(stderr=True).status(f"Proving lab {lab.id}")
    remaining = iter(proofs)
    while True:
        with spinner:
            proof = next(remaining, None)
        if proof is None:
            return proven
        proven &= proof.holds
        print(f"  {'passed' if proof.holds else 'FAILED':6} {proof.seconds:6.1f} s  {proof.statement}")
        for fault in proof.faults:
            print("\n".join(f"           {mark} {line}" for mark, line in zip("-" + " " * 99, fault.splitlines(), strict=False)))
        sys.stdout.flush()
