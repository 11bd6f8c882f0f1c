"""When something goes wrong that nobody but us can mend."""

import tempfile
import traceback


def record() -> str:
    """Keep the details of the exception being handled in a file. Returns the sentence to show instead of a traceback."""
    with tempfile.NamedTemporaryFile("w", prefix="slipway-fault-", suffix=".txt", delete=False) as file:
        traceback.print_exc(file=file)
    return f"This is a fault in Slipway, not in your work. The details are in {file.name}."
