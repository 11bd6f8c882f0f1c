"""Crash reports: the details of an unexpected error, kept in a file."""

import tempfile
import traceback


def record() -> str:
    """Write the traceback of the current exception to a file. Return the message to show instead.

    The file holds no secret that this process has met, and none that shows itself as one.
    """
    from checks.redact.scrub import scrub

    details = scrub(traceback.format_exc())
    with tempfile.NamedTemporaryFile(
        "w", prefix="slipway-crash-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(details)
    return f"This is a bug in Slipway, not in your work. The details are in {file.name}."
