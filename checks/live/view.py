"""The lab view: the report of `slipway check` with its place in the course, its history, and what else a panel shows."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from checks import catalog, notebook_file, registry
from checks.lifecycle import renamed_notebook
from checks.live.evaluation import NOTE
from checks.live.history import History, Standing
from checks.model import Finding, Lab, Outcome, Report, Result
from sandboxes.settings import Settings

SCHEMA = 1
View = dict[str, Any]
# The order in which the outcomes of checks decide that of their task.
ORDER = (Outcome.NOT_YET, Outcome.COULD_NOT_CHECK, Outcome.WAITING, Outcome.BLOCKED)


def place(lab: Lab, settings: Settings) -> View:
    """Return what a view says about the lab itself: its title, its notebook below the workspace, its place in the course."""
    known = catalog.ids(settings.labs)
    position = known.index(lab.id) if lab.id in known else 0
    following = catalog.find(known[position + 1], settings.labs) if position + 1 < len(known) else None
    return {
        **about(lab, settings),
        "folder": lab.id,
        "position": position + 1,
        "of": len(known),
        "next": about(following, settings) if following else None,
    }


def about(lab: Lab, settings: Settings) -> View:
    """Return the name, title, length and notebook of a lab."""
    try:
        notebook = renamed_notebook.find(lab, settings)
    except OSError:
        notebook = renamed_notebook.NOTEBOOK
    number = lab.id.partition("-")[0]
    return {"id": lab.id, "number": number, "title": lab.title, "minutes": lab.minutes, "notebook": str(Path(lab.id) / notebook)}


def build(
    lab: Lab, settings: Settings, report: Report, history: History, *, not_live: Iterable[str] = (),
    noted: Iterable[str] = (), state: str = "ready", reason: str = "", checked_at: str = "", version: int = 0, picture: int = 0,
) -> View:  # fmt: skip
    """Return the view of a lab. `not_live` are the checks with a probe that does not run live, `noted` those to run."""
    unseen, right = frozenset(not_live), frozenset(noted)
    results = {result.id: _check(result, history.checks.get(result.id), unseen, right) for result in report.results}
    return {
        "schema": SCHEMA,
        "lab": place(lab, settings),
        "state": state,
        "reason": reason,
        "checked_at": checked_at,
        "version": version,
        "points": {"earned": report.earned, "possible": sum(result.points for result in report.results)},
        "tasks": _tasks(lab, results),
        "history": history.transitions,
        "picture": picture,
    }


def unstarted(lab: Lab) -> Report:
    """Return the report of a lab that is not started: nothing was looked at, and nothing is wrong."""
    checks = registry.load(lab)
    results = tuple(Result(check.id, check.title, Outcome.NOT_YET, check.points) for check in checks)
    return Report(lab.id, lab.title, "", "", results)


def _check(result: Result, standing: Standing | None, not_live: frozenset[str], noted: frozenset[str]) -> View:
    broken = {"since": standing.broken, "passed": standing.passed, "why": standing.why} if standing else None
    return {
        "id": result.id,
        "title": result.title,
        "outcome": result.outcome.value,
        "live": result.id not in not_live,
        "points": result.points,
        "earned": result.earned,
        "since": standing.since if standing else "",
        "note": NOTE if result.id in noted else "",
        "broken": broken if standing and standing.broken and result.outcome is not Outcome.PASSED else None,
        "findings": [_finding(finding) for finding in result.findings],
        "blocked_by": list(result.blocked_by),
        "reason": result.reason,
    }


def _finding(finding: Finding) -> View:
    """Return a finding without its hint, which is given on request only: `hint` says whether there is one."""
    return {**asdict(finding), "hint": bool(finding.hint)}


def _tasks(lab: Lab, results: dict[str, View]) -> list[View]:
    """Return the tasks in the order of the notebook, each with its checks. A check belongs to the first task that asks for it."""
    left, tasks = dict(results), []
    for task in notebook_file.tasks(notebook_file.read(lab.folder / "lab.ipynb")):
        checks = [left.pop(id) for id in task.checks if id in left]
        if checks:
            tasks.append({"cell": task.id, "title": title(task.text), "outcome": outcome(checks), "checks": checks})
    if left:
        tasks.append({"cell": "", "title": lab.title, "outcome": outcome(left.values()), "checks": list(left.values())})
    return tasks


def title(text: str) -> str:
    """Return the title of a task: the heading of its text, without its number."""
    heading = next((line for line in text.splitlines() if line.startswith("#")), "").lstrip("# ").strip()
    first, mark, rest = heading.partition(" · ")
    return rest if mark and first.startswith("Task ") else heading


def outcome(checks: Iterable[View]) -> str:
    """Return the outcome of a task: passed where all its checks passed, or else the first of ORDER that occurs."""
    outcomes = {check["outcome"] for check in checks}
    return next((one.value for one in ORDER if one.value in outcomes), Outcome.PASSED.value)
