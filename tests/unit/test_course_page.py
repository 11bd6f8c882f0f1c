"""The course as JupyterLab's first page gets it: what comes next, and where the learner left off."""

from pathlib import Path

from checks import catalog, progress
from checks.live import actions
from sandboxes import settings


def test_where_one_left_off_is_the_lab_worked_on_last(tiny_labs: Path) -> None:
    chosen = settings.load()
    first, second = (lab.id for lab in catalog.labs()[:2])
    assert actions.course(chosen)["last"] == ""
    for lab_id, started in ((first, "2026-01-01T12:00:00Z"), (second, "2026-01-02T12:00:00Z")):
        with progress.changing(chosen, lab_id) as kept:
            kept.started = started
    assert actions.course(chosen)["last"] == second
    with progress.changing(chosen, first) as kept:
        kept.passed["any"] = "2026-01-03T12:00:00Z"
    assert actions.course(chosen)["last"] == first
    assert actions.course(chosen)["next"] == first
