"""Views of labs as the panel gets them, from recorded states: the same reports that `slipway check` shows."""

from typing import Any

from recorded import state

from checks import catalog, grade, notebook_file
from checks.model import Lab, Outcome, Result
from checks.render import draw

NOON, LATER = "2026-01-01T12:03:00Z", "2026-01-01T12:07:00Z"
ORDER = (Outcome.COULD_NOT_CHECK, Outcome.NOT_YET, Outcome.WAITING, Outcome.BLOCKED)


def view(lab_id: str, recording: str, broken: dict[str, str] | None = None, **changed: Any) -> dict[str, Any]:
    """Return a lab's view of a recorded state. `broken` says why, by check, what had passed before is broken now."""
    lab = catalog.find(lab_id)
    report = grade.regrade(lab, state(lab.id, recording))
    results = {result.id: result for result in report.results}
    tasks = []
    for task in notebook_file.tasks(notebook_file.read(lab.folder / "lab.ipynb")):
        mine = [results.pop(check) for check in task.checks if check in results]
        tasks.append(_task(task, mine, broken or {}))
    points = {"earned": report.earned, "possible": report.possible}
    return {
        "schema": 1, "lab": _about(lab), "state": "ready", "reason": "", "checked_at": NOON, "version": 1,
        "points": points, "tasks": tasks, "history": [], "picture": 1, **changed,
    }  # fmt: skip


def course() -> dict[str, Any]:
    """Return the course in the middle of it: two labs passed, one begun."""
    labs = [_listed(lab, number) for number, lab in enumerate(catalog.labs())]
    return {"labs": labs, "next": labs[2]["id"], "last": labs[2]["id"]}


def picture(lab_id: str, recording: str = "solved") -> str:
    """Return the picture of a recorded state."""
    lab = catalog.find(lab_id)
    return draw.mermaid(state(lab.id, recording), lab)


def _about(lab: Lab) -> dict[str, Any]:
    labs = catalog.labs()
    ids = [other.id for other in labs]
    at = ids.index(lab.id)
    after = labs[at + 1] if at + 1 < len(labs) else None
    following = {"id": after.id, "title": after.title, "notebook": f"{after.id}/lab.ipynb"} if after else None
    return {
        "id": lab.id, "number": lab.id.partition("-")[0], "title": lab.title, "minutes": lab.minutes,
        "notebook": f"{lab.id}/lab.ipynb", "folder": lab.id, "position": at + 1, "of": len(labs), "next": following,
    }  # fmt: skip


def _listed(lab: Lab, number: int) -> dict[str, Any]:
    standing, passed = ("passed", 4) if number < 2 else ("started", 2) if number == 2 else ("untouched", 0)
    half = "kind" if lab.sandbox == "kind" else "docker"
    about = {key: value for key, value in _about(lab).items() if key in ("id", "number", "title", "minutes", "notebook")}
    return {**about, "half": half, "standing": standing, "passed": passed, "total": 4, "here": True}


def _task(task: notebook_file.Task, mine: list[Result], broken: dict[str, str]) -> dict[str, Any]:
    outcomes = {result.outcome for result in mine}
    title = task.text.splitlines()[0].lstrip("# ").partition(" · ")[2]
    outcome = next((outcome for outcome in ORDER if outcome in outcomes), Outcome.PASSED)
    return {"cell": task.id, "title": title, "outcome": outcome, "checks": [_check(one, broken) for one in mine]}


def _check(result: Result, broken: dict[str, str]) -> dict[str, Any]:
    data = {name: getattr(result, name) for name in ("id", "title", "outcome", "points", "earned", "reason", "blocked_by")}
    fields = ("message", "subject", "path", "expected", "observed", "why")
    findings = [{**{name: getattr(one, name) for name in fields}, "hint": True} for one in result.findings]
    why = broken.get(result.id)
    lost = {"since": LATER, "passed": NOON, "why": why} if why else None
    return {**data, "live": True, "since": NOON, "note": "", "broken": lost, "findings": findings}
