"""Crash reports: the details of an unexpected error, kept in a file."""

import tempfile
import traceback


def record() -> str:
    """Write the traceback of the current exception to a file. Return the message to show instead."""
    with tempfile.NamedTemporaryFile("w", prefix="slipway-crash-", suffix=".txt", delete=False) as file:
        traceback.print_exc(file=file)
    return f"This is a bug in Slipway, not in your work. The details are in {file.name}."
