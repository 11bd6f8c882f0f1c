"""The complete command line of `slipway`, assembled from its commands and groups."""

import importlib
import sys

import typer

from checks.cli import INTERRUPTED, grading
from sandboxes.errors import Exit

GROUPS = {"images": "checks.cli.images", "cluster": "checks.cli.cluster", "class": "checks.cli.classes", "dev": "checks.cli.dev"}
MACHINE = {"up": "machine", "down": "machine", "status": "machine_state", "doctor": "machine_state"}
CLASSES = ("grade", "regrade")
CLASS_COMMANDS = ("checks.cli.class_records", "checks.cli.class_output", "checks.cli.class_cluster")
LABS = ("list", "start", "check", "hint", "solve", "reset")
LEARNER = ("join", "submit")

HELP = """Slipway: learn containers by building and launching them.

The labs are notebooks, and a grader inspects your real containers. Start with `slipway up`.

Example: slipway up

Exit codes: 0 success or all checks passed, 1 not yet passed, 2 could not check or an error occurred, 64 wrong usage.
"""


def build() -> typer.Typer:
    """Build the command line with all commands and groups."""
    app = typer.Typer(name="slipway", help=HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_options)
    tests = importlib.import_module("checks.cli.test")
    explaining = importlib.import_module("checks.cli.explaining")
    for name, module in MACHINE.items():
        app.command(name)(getattr(importlib.import_module(f"checks.cli.{module}"), name))
    for name in LABS:
        app.command(name)(getattr(grading, f"{name}_"))
    app.command("explain")(explaining.explain)
    app.command("predict")(importlib.import_module("checks.cli.predicting").predict)
    app.command("review")(importlib.import_module("checks.cli.reviewing").review_)
    submitting = importlib.import_module("checks.cli.submitting")
    for name in LEARNER:
        app.command(name)(getattr(submitting, f"{name}_"))
    app.command("watch")(importlib.import_module("checks.cli.watching").watch_)
    app.command("shell")(importlib.import_module("checks.cli.shell").shell_)
    app.command("test", context_settings=tests.PASS_THROUGH)(tests.test)
    grading_classes = importlib.import_module("checks.cli.grading_classes")
    for name in CLASSES:
        app.command(name)(getattr(grading_classes, f"{name}_"))
    for name in CLASS_COMMANDS:  # each adds its commands to `slipway class`
        importlib.import_module(name)
    for name, module in GROUPS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
    return app


def _show_version(requested: bool) -> None:
    if requested:
        from checks.version import __version__

        print(f"slipway {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_show_version, help="Show the version of the course and exit."
    ),
) -> None:
    """Handle the options that come before a command."""


def run_app(arguments: list[str]) -> int:
    """Parse the arguments and run the command. Return its exit code; wrong usage has its own code."""
    try:
        code = build()(arguments, prog_name="slipway", standalone_mode=False)
    except typer.Abort as abort:
        raise KeyboardInterrupt from abort
    except typer.TyperException as error:
        if not hasattr(error, "format_message"):
            raise
        return _wrong_usage(error)
    if code == INTERRUPTED:  # the option parser turns Ctrl-C into this code
        raise KeyboardInterrupt
    return int(code or 0)


def _wrong_usage(error: typer.TyperException) -> int:
    message = error.format_message()
    if message.startswith("Usage:"):  # called without a command
        print(message, file=sys.stderr)
        return int(Exit.WRONG_USAGE)
    if message:
        print(f"slipway: {message}", file=sys.stderr)
    context = getattr(error, "ctx", None)
    if context is not None:
        print(context.get_help() if not message else f"See `{context.command_path} --help`.", file=sys.stderr)
    return int(Exit.WRONG_USAGE)
