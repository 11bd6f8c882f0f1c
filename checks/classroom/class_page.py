"""The page of a class: one HTML file with learners × labs and the criteria that fail most. It works offline, by itself.

The table is made in the browser from compact JSON, a few rows at a time: a class of a thousand has 26,000 cells.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checks.classroom.difficulties import Difficulty
from checks.classroom.records import Mark, MarkState
from checks.classroom.results import Results
from checks.render import html, words

TEMPLATES = Path(__file__).parent / "templates"
FIRST = 8  # difficulties that are shown at once
MOST = 100  # difficulties on the page
LEARNERS = "learners"  # the folder of the feedback pages, beside the page
LATE, CHANGED = 1, 2  # what else there is to know about a mark
_STATES = {MarkState.INCOMPLETE: "incomplete", MarkState.NOT_GRADED: "not graded"}


def page(results: Results, difficulties: Sequence[Difficulty]) -> str:
    """Return the page as HTML."""
    script = (TEMPLATES / "class_page.js").read_text(encoding="utf-8")
    totals = [total.percent for total in results.totals.values() if total.percent is not None]
    return (
        html.environment(TEMPLATES)
        .get_template("class_page.html.j2")
        .render(
            about=results.about,
            numbers=_numbers(results),
            mean=_round(sum(totals, Decimal(0)) / len(totals)) if totals else None,
            difficulties=difficulties[:MOST],
            first=FIRST,
            left_out=len(difficulties[MOST:]),
            address=address,
            learners={learner.id: words.name(learner.name) for learner in results.learners},
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii"),
            data=_script_json(_data(results)),
        )
    )


def address(learner: str, lab: str = "") -> str:
    """Return the address of a learner's feedback page, or of a lab on it, from the page of the class."""
    return f"{LEARNERS}/{quote(learner)}.html" + (f"#{quote(lab)}" if lab else "")


def _numbers(results: Results) -> dict[str, int]:
    states = [mark.state for mark in results.marks.values()]
    return {state.value: states.count(state) for state in MarkState}


def _data(results: Results) -> dict[str, Any]:
    """Return what the script needs: labs as [id, number, title, points], and rows as [id, name, group, total, cells, address]."""
    return {
        "labs": [[lab.id, lab.id.partition("-")[0], lab.title, results.maxima[lab.id]] for lab in results.labs],
        "rows": [
            [
                learner.id,
                words.name(learner.name),
                words.name(learner.group),
                _round(results.totals[learner.id].percent),
                [_cell(mark) for mark in results.row(learner.id)],
                address(learner.id),
            ]
            for learner in results.learners
        ],
    }


def _cell(mark: Mark) -> Any:
    """Return a percentage, or [percentage, flags], or the word for a state without one; 0 stands for nothing submitted."""
    if mark.percent is None:
        return 0 if mark.state is MarkState.MISSING else _STATES[mark.state]
    flags = LATE * bool(mark.late_by) | CHANGED * (mark.change is not None)
    return [_round(mark.percent), flags] if flags else [_round(mark.percent)]


def _round(value: Decimal | None) -> float | None:
    """Return a percentage with one decimal at most; 99.96 is not 100."""
    return None if value is None else int(value * 10) / 10


def _script_json(data: Any) -> str:
    """Return JSON that cannot end the element that holds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
