"""The command that runs the tests of the project."""

import importlib.util
import os
import subprocess
import sys
from typing import Annotated

import typer

from checks import catalog
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import ROOT

PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}


def test(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Only the tests that need neither engine nor browser.")] = False,
) -> int:
    """Run the tests of the project.

    Without arguments, all of them; with --quick, only the quick ones; with “labs”, the proofs of some labs.

    Everything runs side by side where nothing disturbs the other: the cheapest first, then the Docker half and the
    Kubernetes half. Any other argument goes to pytest, which then runs what it selects one after the other.

    Example: slipway test

    Example: slipway test --quick

    Example: slipway test labs 12

    Example: slipway test -k registry
    """
    if importlib.util.find_spec("pytest") is None:
        raise SlipwayError("The packages that the tests need are not installed.", "Run `./slipway test`, which installs it.")
    from checks.dev.lanes import plan, run

    if context.args[:1] == ["labs"]:
        chosen = [catalog.find(name, ROOT / "labs") for name in context.args[1:]] or catalog.labs(ROOT / "labs")
        return run.some(plan.labs(chosen))
    if context.args:
        return _pytest([*(["-m", plan.QUICK] if quick else []), *context.args])
    if quick:
        return run.some(plan.quick(), plan.WIDTHS)
    if not os.environ.get("CI"):
        # A person is asked before anything is installed; in CI that is agreed to, and happens beside the first tests.
        _ensure_engine()
    return run.everything()


def _ensure_engine() -> None:
    from sandboxes.engine import ensure
    from sandboxes.steps import Progress

    ensure.ensure(Progress())


def _pytest(arguments: list[str]) -> int:
    sys.stdout.flush()
    process = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=settings.ROOT)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # pytest got the same signal: it closes its fixtures, and says what ran.
        process.wait()
        raise
    usage, nothing_ran = 4, 5
    known = {0: Exit.PASSED, 1: Exit.NOT_YET, usage: Exit.WRONG_USAGE, nothing_ran: Exit.WRONG_USAGE}
    return int(known.get(code, Exit.COULD_NOT_CHECK))
