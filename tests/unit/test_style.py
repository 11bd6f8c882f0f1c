"""The style of all Python here, as pyproject.toml says it."""

import subprocess
import sys

import pytest

from sandboxes.settings import ROOT


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["rules", "format"])
def test_ruff_has_no_complaint(command: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", "."], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
