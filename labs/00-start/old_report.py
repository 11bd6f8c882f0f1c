"""A report written years ago. It asks click, a library, how wide the terminal is, in the way of that time."""

import click

width, _ = click.get_terminal_size()
click.echo(f"old report, with click {click.__version__}: a line of {min(width, 40)} characters")
