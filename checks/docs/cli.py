"""The reference of the command line, generated from the commands themselves."""

from collections.abc import Iterator
from typing import Any

from checks.docs.markdown import fence

EXAMPLE = "Example:"


def page() -> str:
    """Return the page: every command with what it does, its arguments, options and examples."""
    import typer

    from checks.cli.app import build

    root = typer.main.get_command(build())
    parts = [
        "---\ntitle: Command line\ndescription: Every command of slipway, with its options and examples.\n---",
        "# Command line",
        _prose(root.help),
        "`./slipway` in the project’s folder is the launcher: it makes the Python environment where that is missing, "
        "then runs the command. In JupyterLab’s terminals and in notebooks the same command is called `slipway`. "
        "This page is generated from the commands themselves; `--help` after any of them shows the same.",
        "[Exit codes](#exit-codes) are listed at the end.",
    ]
    parts += [section for path, command in _walk(root, ()) for section in _command(path, command)]
    return "\n\n".join([*parts, _exit_codes()]) + "\n"


def _walk(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if not command.hidden:
            yield (*path, name), command
            yield from _walk(command, (*path, name)) if hasattr(command, "commands") else ()


def _command(path: tuple[str, ...], command: Any) -> list[str]:
    parts = [f"{'#' * (len(path) + 1)} slipway {' '.join(path)}", _prose(command.help)]
    if hasattr(command, "commands"):
        return parts
    context = command.make_context(f"slipway {' '.join(path)}", [], resilient_parsing=True)
    parts.append(fence(command.get_usage(context).removeprefix("Usage: "), "text"))
    parts.append(_table(command, context))
    examples = [line.split(EXAMPLE, 1)[1].strip() for line in (command.help or "").splitlines() if EXAMPLE in line]
    if examples:
        parts += ["For example:" if len(examples) == 1 else "Examples:", fence("\n".join(examples), "bash")]
    return [part for part in parts if part]


def _prose(text: str | None) -> str:
    """Return the help text without its examples and without what repeats at the end of the page."""
    lines = [line.strip() for line in (text or "").splitlines()]
    kept = [line for line in lines if EXAMPLE not in line and not line.startswith("Exit codes:")]
    return "\n".join(kept).strip().replace("<", "&lt;")


def _table(command: Any, context: Any) -> str:
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None or getattr(parameter, "hidden", False):
            continue
        name, words = record
        rows.append(f"| `{' '.join(name.split())}` | {_cell(words)} |")
    return "\n".join(["| argument or option | meaning |", "| --- | --- |", *rows]) if rows else ""


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "&#124;").replace("<", "&lt;")


def _exit_codes() -> str:
    from sandboxes.errors import Exit

    meanings = {
        Exit.PASSED: "all checks passed, or the command did what it should",
        Exit.NOT_YET: "at least one check has not passed yet",
        Exit.COULD_NOT_CHECK: "something could not be checked or could not be done; standard error says why and what to do",
        Exit.WRONG_USAGE: "wrong usage: an unknown command, option, lab or check, or a file that is not what it should be",
    }
    rows = [f"| {int(code)} | {meanings[code]} |" for code in Exit]
    ending = "Ctrl-C ends any command with 130; nothing is left half done."
    return "\n".join(["## Exit codes", "", "| code | meaning |", "| ---: | --- |", *rows, "", ending])
