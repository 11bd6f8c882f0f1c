"""The tests' own course, tests/data/labs, and how to make a folder of labs the course."""

from pathlib import Path

import pytest

OWN_LABS = Path(__file__).parent / "data" / "labs"


def use_labs(labs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `labs` the course, for this process and those that it starts."""
    import checks.labs

    monkeypatch.setenv("SLIPWAY_LABS", str(labs))
    monkeypatch.setattr(checks.labs, "__path__", [str(labs / "checks"), *checks.labs.__path__])
    return labs
