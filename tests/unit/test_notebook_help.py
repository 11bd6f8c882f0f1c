"""Help in a notebook: without the name of a check, it is about the first one that has not passed."""

from pathlib import Path

import pytest

from checks import catalog, progress, registry
from checks.notebook import Here
from sandboxes import settings


@pytest.fixture
def here(tiny_labs: Path) -> Here:
    """The notebook of the tiny lab, whose engine nothing here asks."""
    made = Here.__new__(Here)
    made._lab = catalog.find("90")
    made._settings = settings.load()
    made._checks = registry.load(made._lab)
    return made


def test_a_hint_without_a_name_is_for_the_first_open_check(here: Here) -> None:
    first, second, *_ = here._checks
    assert f"Hint 1 of {len(first.hints)} for “{first.title}”" in here.hint().plain
    with progress.changing(here._settings, here._lab.id) as kept:
        kept.passed[first.id] = "2026-01-01T12:00:00Z"
    assert f"for “{second.title}”" in here.hint().plain
    assert f"for “{first.title}”" in here.hint(first.id).plain


def test_the_last_hint_says_how_to_get_the_solution(here: Here) -> None:
    first = here._checks[0]
    shown = [here.hint() for _ in first.hints]
    assert [f'here.solution("{first.id}")' in hint.plain for hint in shown] == [False] * (len(shown) - 1) + [True]
    assert f"here.solution(&#34;{first.id}&#34;)" in shown[-1].bundle["text/html"]


def test_help_without_a_name_says_so_when_everything_has_passed(here: Here) -> None:
    with progress.changing(here._settings, here._lab.id) as kept:
        kept.passed.update({check.id: "2026-01-01T12:00:00Z" for check in here._checks})
    assert "All checks of this lab have passed." in here.hint().plain
    assert "All checks of this lab have passed." in here.solution().plain
