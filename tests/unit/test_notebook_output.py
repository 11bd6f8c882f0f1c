"""What a notebook cell shows when something goes wrong: words and a fix, and no traceback."""

from pathlib import Path

import pytest

from checks.notebook_output import Shown, answers, usage
from sandboxes.errors import SlipwayError


class Lab:
    """An object with one method that fails as it is told to."""

    @answers
    def look(self, error: BaseException | None = None, *, seconds: float = 60) -> Shown:
        """Look."""
        if error:
            raise error
        return Shown("seen")


def test_answers_returns_the_output_of_the_method() -> None:
    assert Lab().look().plain == "seen"


def test_answers_shows_an_error_with_its_fix() -> None:
    shown = Lab().look(SlipwayError("The port is taken.", "Stop what listens there."))
    assert shown.plain == "The port is taken.\nFix: Stop what listens there."
    assert "The port is taken." in shown.bundle["text/html"]


def test_answers_shows_an_interruption_as_words() -> None:
    assert Lab().look(KeyboardInterrupt()).plain.startswith("Interrupted.")


def test_answers_records_a_fault_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    shown = Lab().look(ZeroDivisionError("division by zero"))
    (report,) = tmp_path.iterdir()
    assert str(report) in shown.plain and "ZeroDivisionError" not in shown.plain
    assert "ZeroDivisionError: division by zero" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [{"minutes": 3}, {"error": None, "second": 1}])
def test_answers_says_how_a_method_is_called(arguments: dict[str, object]) -> None:
    shown = Lab().look(**arguments)
    assert "`here.look(error=None, seconds=60)`" in shown.plain


def test_usage_leaves_out_self_and_types() -> None:
    assert usage(Lab.look) == "here.look(error=None, seconds=60)"
