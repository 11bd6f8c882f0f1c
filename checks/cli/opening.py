"""Where a lab is opened, and when it was started: addresses and times for a person at the terminal."""

from datetime import datetime

from checks.lifecycle import renamed_notebook
from checks.model import Lab
from checks.render.words import MONTHS
from sandboxes.settings import Settings


def address(lab: Lab, settings: Settings) -> str:
    """Return a sentence with the lab's address in the JupyterLab that runs, or with how to start JupyterLab."""
    from sandboxes import jupyter

    path = f"{lab.id}/{renamed_notebook.find(lab, settings).as_posix()}"
    server = jupyter.find(settings)
    if server is not None and server.answers():
        return f"Open it in JupyterLab: {server.url(path)}"
    return f"`slipway up` starts JupyterLab. Open {path} there."


def day(when: datetime) -> str:
    """Return the date of a time as the person's calendar shows it: "28 November 2026"."""
    local = when.astimezone()
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def node_outage(lab: Lab) -> str:
    """Return what a person has to know before a lab stops a node of the cluster."""
    return (
        "This lab stops a node of your cluster. Until it runs again, Pods of other labs on that node do not answer. Starting any "
        f"lab starts the node, and so does `slipway reset {lab.id}`."
    )


def local_time(text: str) -> str:
    """Return a time (ISO 8601) as the person's clock shows it: "28 November 2026, 07:09"."""
    when = datetime.fromisoformat(text).astimezone()
    return f"{day(when)}, {when.hour:02}:{when.minute:02}"
