"""Where a learner stands: one measure everywhere, the next lab, the list, addresses, times, and a renamed notebook."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from checks import catalog, progress, registry
from checks.cli import checking, grading, opening
from checks.lifecycle import course_progress, renamed_notebook, standing, workspace
from checks.model import Lab, Outcome, Report, Result
from checks.render import words
from sandboxes import jupyter, settings
from sandboxes.settings import ROOT


@pytest.fixture
def lab(tiny_labs: Path) -> Lab:
    return catalog.find("90")


def passing(lab: Lab, *ids: str) -> Report:
    return Report(lab.id, lab.title, "1", "2026-11-28T06:09:26Z", tuple(Result(id, id, Outcome.PASSED, 1, 1) for id in ids))


def remember(lab: Lab, *ids: str) -> None:
    with progress.changing(settings.load(), lab.id) as kept:
        kept.passed |= dict.fromkeys(ids, "2026-11-28T06:09:26Z")


def test_a_part_of_a_lab_says_how_far_the_lab_is_and_what_is_next(lab: Lab) -> None:
    """Desk 12: “All checks passed” stood after each task."""
    ids = [check.id for check in registry.load(lab)]
    remember(lab, ids[0])
    report = passing(lab, ids[0])
    after = checking._standing(report)
    title = registry.load(lab)[1].title
    assert after == f"Lab 90-tiny: 1 of {len(ids)} checks passed so far. Next: “{title}”.\n"
    assert "All checks" not in checking.render(report, "text") + after


def test_a_finished_lab_names_the_next_one_that_is_not_done(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [check.id for check in registry.load(lab)]
    remember(lab, *ids)
    after = checking._standing(passing(lab, *ids))
    assert after.startswith(f"Lab 90-tiny is done: {len(ids)} of {len(ids)} checks passed. Next lab: 91-tiny-kind, ")
    assert "`slipway start 91-tiny-kind`" in after
    other = catalog.find("91")
    remember(other, *(check.id for check in registry.load(other)))
    assert standing.describe(lab, settings.load()).endswith("That was the last lab of the course.")
    assert standing.next_lab(other, settings.load()) is None


def test_next_lab_goes_on_and_comes_back_to_what_was_left_out(lab: Lab) -> None:
    other = catalog.find("91")
    assert standing.next_lab(lab, settings.load()) == other
    assert standing.next_lab(other, settings.load()) == lab


@pytest.mark.parametrize("width", [60, 80, 100])
def test_list_fits_the_terminal_with_the_longest_ids(width: int, folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLIPWAY_LABS", raising=False)
    monkeypatch.setattr(checking, "terminal_width", lambda: width)
    rows = [course_progress.Progress(lab, "2026-11-28T06:09:26Z", 10, 12, 0, 0) for lab in catalog.labs(ROOT / "labs")]
    table = grading._table(rows)
    lines = table.splitlines()
    assert max(map(len, lines)) <= width
    for row in rows:
        line = next(number for number, text in enumerate(lines) if text.startswith(row.lab.id))
        assert "10 of 12" in lines[line] and f"{row.lab.minutes} min" in lines[line]
        shown = " ".join(" ".join(lines[line : line + 3]).split())
        assert row.lab.title in shown


def test_start_gives_the_address_of_the_lab_in_jupyterlab(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings.load()
    workspace.prepare(lab, chosen)
    assert opening.address(lab, chosen) == "`slipway up` starts JupyterLab. Open 90-tiny/lab.ipynb there."

    class Server:
        def answers(self) -> bool:
            return True

        def url(self, path: str) -> str:
            return f"http://127.0.0.1:8888/lab/tree/{path}?token=t"

    monkeypatch.setattr(jupyter, "find", lambda where: Server())
    assert "http://127.0.0.1:8888/lab/tree/90-tiny/lab.ipynb?token=t" in opening.address(lab, chosen)


def test_times_are_local_at_the_terminal_and_the_same_everywhere_in_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    shown = set()
    for zone in ("UTC", "Asia/Kolkata"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        shown.add((opening.local_time("2026-11-28T06:09:26Z"), words.moment("2026-11-28T06:09:26Z")))
    monkeypatch.undo()
    time.tzset()
    report = "28 November 2026, 06:09 UTC"
    assert shown == {("28 November 2026, 06:09", report), ("28 November 2026, 11:39", report)}
    assert words.moment("yesterday\x1b") == "yesterday\\x1b"


def test_a_renamed_notebook_gets_no_twin(lab: Lab) -> None:
    chosen = settings.load()
    copy = workspace.prepare(lab, chosen)
    (copy / "lab.ipynb").rename(copy / "mine.ipynb")
    (copy / "other.ipynb").write_text(json.dumps({"cells": [{"id": "x"}]}), encoding="utf-8")
    workspace.prepare(lab, chosen)
    assert not (copy / "lab.ipynb").exists()
    assert renamed_notebook.find(lab, chosen) == Path("mine.ipynb")
    assert "90-tiny/mine.ipynb" in opening.address(lab, chosen)
    workspace.solve(lab, chosen)
    assert not (copy / "lab.ipynb").exists() and "docker build" in (copy / "mine.ipynb").read_text(encoding="utf-8")


def test_a_notebook_that_is_gone_is_created_beside_one_of_the_learners_own(lab: Lab) -> None:
    chosen = settings.load()
    copy = workspace.prepare(lab, chosen)
    (copy / "lab.ipynb").rename(copy / "mine.ipynb")
    content = json.loads((copy / "mine.ipynb").read_text(encoding="utf-8"))
    (copy / "mine.ipynb").write_text(json.dumps({**content, "cells": content["cells"][:1]}), encoding="utf-8")
    (copy / "broken.ipynb").write_text("{", encoding="utf-8")
    workspace.prepare(lab, replace(chosen))
    assert (copy / "lab.ipynb").exists()
