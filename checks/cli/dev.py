"""The commands of authors: new, check, record; and the one that runs all tests."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from checks import catalog
from checks.dev.paths import places
from checks.dev.proof import Proof
from checks.lifecycle.provision import get
from checks.model import Lab
from sandboxes import settings
from sandboxes.errors import Exit, SlipwayError
from sandboxes.host.signals import stopped_by_signals

app = typer.Typer(help="For authors: make a lab, prove it, record what it is proven with.", no_args_is_help=True)
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}
OFFLINE = "not live and not browser"


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Number and words: 24-service-mesh.")],
    title: Annotated[str, typer.Option(help="What the learner reads: “Service mesh”.")],
) -> None:
    """Make a new lab that is complete in its parts, for you to write.

    Example: slipway dev new 24-service-mesh --title "Service mesh"
    """
    from checks.dev import scaffold

    for path in scaffold.create(name, title, places(settings.load())):
        print(path)
    print(f"\nWrite it, then: slipway dev record {name} (keeps what its checks see), slipway dev check {name}.")


@app.command()
def check(
    labs: Annotated[list[str] | None, typer.Argument(help="Labs to prove; all when none is named.")] = None,
    static: Annotated[bool, typer.Option("--static", help="Only what needs no engine.")] = False,
) -> int:
    """Prove a lab: its parts, its recordings, and its behaviour on the real engine.

    Untouched, nothing passes; solved, everything does; reset leaves nothing behind; every check can fail for its own
    reason. The lab must not be in progress: its names are used.

    Example: slipway dev check 01

    Example: slipway dev check --static
    """
    from checks.dev import live
    from checks.dev import static as offline

    held = True
    with stopped_by_signals():
        for lab in _chosen(labs):
            where = places(settings.load())
            print(lab.id)
            held &= _show(lab, offline.proofs(lab, where))
            if not static:
                get([lab])
                held &= _show(lab, live.proofs(lab, where))
    return int(Exit.PASSED if held else Exit.NOT_YET)


@app.command()
def record(
    labs: Annotated[list[str], typer.Argument(help="Labs to record.")],
    only: Annotated[list[str] | None, typer.Option(metavar="STATE", help="Record this state alone. Repeatable.")] = None,
) -> int:
    """Bring about every state of a lab on the real engine and keep what its checks see.

    The states are untouched, solved, the second solution (second.sh) and the near misses of misses.toml. A state that
    is not graded as it should be is shown and not written.

    Example: slipway dev record 01

    Example: slipway dev record 01 --only solved --only wrong-way-round
    """
    from checks.dev.record import record as run

    held = True
    with stopped_by_signals():
        for lab in _chosen(labs):
            print(lab.id)
            get([lab])
            held &= _show(lab, run(lab, places(settings.load()), only or ()))
    return int(Exit.PASSED if held else Exit.NOT_YET)


@app.command(context_settings=PASS_THROUGH)
def test(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Only the tests that need neither engine nor browser.")] = False,
) -> int:
    """Run all tests of the project.

    The cheapest come first: units, contents, then everything on the real engine. All other options go to pytest.

    Example: slipway test

    Example: slipway test --offline -k registry
    """
    if importlib.util.find_spec("pytest") is None:
        raise SlipwayError("What the tests need is not installed.", "Run `./slipway test`, which installs it.")
    command = [sys.executable, "-m", "pytest", *(["-m", OFFLINE] if offline else []), *context.args]
    sys.stdout.flush()
    process = subprocess.Popen(command, cwd=settings.ROOT)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        # pytest got the same signal: it closes its fixtures, and says what ran.
        process.wait()
        raise
    usage, nothing_ran = 4, 5
    known = {0: Exit.PASSED, 1: Exit.NOT_YET, usage: Exit.WRONG_USAGE, nothing_ran: Exit.WRONG_USAGE}
    return int(known.get(code, Exit.COULD_NOT_CHECK))


def _chosen(names: list[str] | None) -> list[Lab]:
    found = [catalog.find(name) for name in names] if names else catalog.labs()
    if not found:
        raise SlipwayError(f"There is no lab in {settings.load().labs}.", "Make one with `slipway dev new`.")
    return found


def _show(lab: Lab, proofs: Iterable[Proof]) -> bool:
    """Print a line for each proof as it comes, and what speaks against it. Says whether all hold."""
    from rich.console import Console

    held = True
    waiting = Console(stderr=True).status(f"Proving lab {lab.id}")
    remaining = iter(proofs)
    while True:
        with waiting:
            proof = next(remaining, None)
        if proof is None:
            return held
        held &= proof.holds
        print(f"  {'holds' if proof.holds else 'FAILS'} {proof.seconds:6.1f} s  {proof.statement}")
        for fault in proof.faults:
            print("\n".join(f"           {mark} {line}" for mark, line in zip("-" + " " * 99, fault.splitlines(), strict=False)))
        sys.stdout.flush()
