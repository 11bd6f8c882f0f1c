"""A report written lately. Its option completes itself in the shell, which click can since version 8."""

import click

option = click.Option(["--year"], shell_complete=lambda context, parameter, typed: ["2025", "2026"])
click.echo(f"new report, with click {click.__version__}: the option {option.opts[0]} completes itself")
