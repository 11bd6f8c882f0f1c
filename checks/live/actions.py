"""What a person does with a lab from the panel: each as `here` and the command line do it, with JSON values as the result."""

from typing import Any

from checks import backend, notebook_file, progress, registry
from checks.clients.base import Client
from checks.lifecycle import course_progress, provision, workspace
from checks.live.view import View, about
from checks.model import Lab
from checks.probes.run import Context
from checks.render import draw
from checks.snapshot import Snapshot
from sandboxes.errors import Exit, SlipwayError
from sandboxes.settings import Settings


def course(settings: Settings) -> View:
    """Return the labs of the course in order, each with where the learner stands, and the lab that comes next."""
    rows = course_progress.course()
    labs = [
        {
            **about(row.lab, settings),
            "half": row.lab.sandbox,
            "standing": "passed" if row.done else "started" if row.started or row.passed else "untouched",
            "passed": row.passed,
            "total": row.total,
            "here": workspace.folder(row.lab, settings).is_dir(),
        }
        for row in rows
    ]
    return {"labs": labs, "next": next((row.lab.id for row in rows if not row.done), ""), "last": _last(rows, settings)}


def _last(rows: list[course_progress.Progress], settings: Settings) -> str:
    """Return the lab that was started, or in which a check passed for the first time, most recently; empty for none."""
    times: dict[str, str] = {}
    for row in rows:
        if row.started:
            times[row.lab.id] = max([row.started, *progress.read(settings, row.lab.id).passed.values()])
    return max(times, key=lambda lab_id: times[lab_id], default="")


def start(lab: Lab, settings: Settings) -> View:
    """Start a lab or continue it: get its images or its cluster, too. Raise SlipwayError where that fails."""
    if lab.sandbox == "kind":
        provision.get_cluster(lab)
    client = backend.connect(lab)
    try:
        new = workspace.start(lab, client, settings)
        if lab.sandbox != "kind":
            provision.get([lab])
    finally:
        client.close()
    return {"new": new, "started": progress.read(settings, lab.id).started}


def reset(lab: Lab, settings: Settings) -> View:
    """Return a lab to its start, and start it again, as `here.reset()` does: the open notebook stays as it is."""
    client = backend.connect(lab)
    try:
        removed, left = workspace.reset(lab, client, settings, notebook=False)
        workspace.start(lab, client, settings)
    finally:
        client.close()
    return {"removed": removed, "left": left}


def hint(lab: Lab, settings: Settings, data: Any) -> View:
    """Return the next hint for the check in `data`, and record that it was shown."""
    check = registry.find(lab, registry.load(lab), _text(data, "check"))
    number, total, text = workspace.next_hint(lab, check, settings)
    return {"text": text, "level": number, "of": total, "more": number < total}


def solution(lab: Lab, settings: Settings, data: Any) -> View:
    """Return the solution of the task in `data`, by its cell, and record that it was shown."""
    notebook_file.require_solution(lab)
    cell = _text(data, "task")
    tasks = notebook_file.tasks(notebook_file.read(lab.folder / "lab.ipynb"))
    task = next((one for one in tasks if cell in (one.id, one.name) and one.checks), None)
    if task is None:
        names = ", ".join(one.id for one in tasks if one.checks)
        raise SlipwayError(f"Lab {lab.id} has no task “{cell}”.", f"Its tasks are: {names}.", Exit.WRONG_USAGE)
    parts = notebook_file.solution_of(lab, task.checks[0])
    for check in registry.load(lab):
        if check.id in task.checks:
            workspace.note_solution(lab, check, settings)
    return {"text": "", "files": [{"path": path, "text": text} for path, text in parts.items()]}


def picture(lab: Lab, settings: Settings, client: Client) -> str:
    """Return what `here.draw()` shows, as Mermaid. Raise SlipwayError where the engine or the cluster does not answer."""
    return draw.mermaid(_drawn(lab, settings, client), lab)


def described(lab: Lab, settings: Settings, client: Client) -> str:
    """Return what `here.draw()` shows, as text. Raise SlipwayError where the engine or the cluster does not answer."""
    return draw.describe(_drawn(lab, settings, client), lab)


def _drawn(lab: Lab, settings: Settings, client: Client) -> Snapshot:
    whole = draw.whole(lab)
    context = Context(client, workspace.folder(lab, settings), settings.state / "cache", lab.namespace)
    snapshot = backend.collector(lab)(whole, client, context, (), "")
    needed = "Pod" if lab.sandbox == "kind" else "container"
    if needed in snapshot.errors:
        raise SlipwayError(snapshot.errors[needed])
    return snapshot


def _text(data: Any, name: str) -> str:
    """Return a text of a request. Raise SlipwayError where there is none."""
    value = data.get(name) if isinstance(data, dict) else None
    if not isinstance(value, str):
        raise SlipwayError(f"The request has no {name}.", f'Send JSON such as {{"{name}": "…"}}.', Exit.WRONG_USAGE)
    return value
