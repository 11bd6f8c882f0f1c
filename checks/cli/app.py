"""The commands of `slipway`, put together."""

import importlib
import sys

import typer

from checks.cli import grading
from sandboxes.errors import Exit

GROUPS = {"images": "checks.cli.images", "cluster": "checks.cli.cluster", "dev": "checks.cli.dev"}
MACHINE = ("up", "down", "status", "doctor")
LABS = ("list", "start", "check", "hint", "solve", "reset")

HELP = """Slipway: learn containers by building and launching them.

The labs are notebooks; the graders look at your real containers. Begin with `slipway up`.

Exit codes: 0 all passed or done, 1 not yet, 2 could not check or could not do it, 64 wrong usage.
"""


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(name="slipway", help=HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(_options)
    machine = importlib.import_module("checks.cli.machine")
    dev = importlib.import_module("checks.cli.dev")
    for name in MACHINE:
        app.command(name)(getattr(machine, name))
    for name in LABS:
        app.command(name)(getattr(grading, f"{name}_"))
    app.command("test", context_settings=dev.PASS_THROUGH)(dev.test)
    for name, module in GROUPS.items():
        app.add_typer(importlib.import_module(module).app, name=name)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from checks.version import __version__

        print(f"slipway {__version__}")
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_show_version, help="Show the course's version and exit."
    ),
) -> None:
    """What can be said before a command."""


def run_app(arguments: list[str]) -> int:
    """Parse and run. Wrong usage gives its own exit code."""
    try:
        code = build()(arguments, prog_name="slipway", standalone_mode=False)
    except typer.Abort as stopped:
        raise KeyboardInterrupt from stopped
    except typer.TyperException as wrong:
        if not hasattr(wrong, "format_message"):
            raise
        return _wrong_usage(wrong)
    if code == 130:  # the parsing library turns Ctrl-C into this
        raise KeyboardInterrupt
    return int(code or 0)


def _wrong_usage(wrong: typer.TyperException) -> int:
    message = wrong.format_message()
    if message.startswith("Usage:"):  # called without a command
        print(message, file=sys.stderr)
        return int(Exit.WRONG_USAGE)
    if message:
        print(f"slipway: {message}", file=sys.stderr)
    context = getattr(wrong, "ctx", None)
    if context is not None:
        print(context.get_help() if not message else f"See `{context.command_path} --help`.", file=sys.stderr)
    return int(Exit.WRONG_USAGE)
