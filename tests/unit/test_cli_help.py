"""The help of every command on narrow and usual terminals, and what wrong usage says."""

from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from checks.cli.__main__ import main
from checks.cli.app import build

WIDTHS = (60, 80)
# Commands whose exit code tells more than success or failure.
WITH_EXIT_CODES = {
    ("check",),
    ("doctor",),
    ("reset",),
    ("solve",),
    ("grade",),
    ("regrade",),
    ("class", "close"),
    ("class", "erase"),
    ("cluster", "status"),
    ("dev", "check"),
    ("dev", "record"),
}


def paths(group: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The words of every command, groups and the program itself included."""
    known = [path]
    for name, command in getattr(group, "commands", {}).items():
        known += paths(command, (*path, name))
    return known


PATHS = paths(typer.main.get_command(build()))


def shown(path: tuple[str, ...], width: int) -> str:
    result = CliRunner().invoke(build(), [*path, "--help"], terminal_width=width)
    assert result.exit_code == 0
    return result.output


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_fits_the_terminal_and_has_a_description_and_an_example(path: tuple[str, ...], width: int) -> None:
    text = shown(path, width)
    assert max(map(len, text.splitlines())) <= width
    usage, description = text.split("\n\n", 2)[:2]
    assert usage.startswith("Usage:") and description.strip().endswith(".")
    assert "Example: slipway" in text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path", [path for path in PATHS if path in ((), ("images",), ("cluster",), ("class",), ("dev",))], ids=" ".join
)
def test_help_cuts_no_summary_of_a_command(path: tuple[str, ...], width: int) -> None:
    lines = shown(path, width).split("Commands:\n")[1].splitlines()
    assert len(lines) > 2
    assert not [line for line in lines if not line.rstrip().endswith(".") or line.rstrip().endswith("...")]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_gives_the_exit_codes_that_tell_more_than_failure(path: tuple[str, ...]) -> None:
    assert ("Exit code" in shown(path, 80)) is (path in WITH_EXIT_CODES or not path)


@pytest.mark.parametrize(
    ("arguments", "fault", "fix"),
    [
        (["chekc", "01"], "No such command 'chekc'", "Did you mean 'check'?"),
        (["check", "01", "--wat", "3"], "No such option: --wat", "--wait"),
        (["check", "flsk"], "There is no lab “flsk”", "Did you mean flask or 01-flask?"),
        (["check", "99"], "There is no lab “99”", "`slipway list`"),
        (["check"], "No lab was specified.", "`slipway check 01`"),
        (["check", "01", "--format", "xml"], "Unknown format “xml”", "text, json, html, junit"),
        (["hint"], "No lab was specified.", "`slipway hint 01`"),
        (["solve"], "No lab was specified.", "`slipway solve 01`"),
        (["reset"], "No lab was specified.", "`slipway reset 01`"),
        (["shell", "01", "--shell", "tcsh"], "The shell “tcsh” is not supported.", "bash, zsh, fish, sh"),
        (["cluster", "load"], "Missing argument 'IMAGE'", "slipway cluster load --help"),
        (["images", "save", "x.tar", "--lab", "01", "--all"], "cannot be combined", "Leave out one of them."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage_names_the_fault_and_the_fix(
    arguments: list[str], fault: str, fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 64
    error = capsys.readouterr().err
    assert fault in error and fix in error
