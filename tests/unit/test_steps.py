"""Steps under way: quiet without a terminal, also in a notebook, whose kernel asks for colors."""

import pytest

from sandboxes.steps import Progress


def test_without_a_terminal_a_step_is_two_lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Progress().step("Building") as report:
        report("layer 2 of 5")
    assert capsys.readouterr().err.splitlines() == ["- Building ...", "  done in 0 s"]
