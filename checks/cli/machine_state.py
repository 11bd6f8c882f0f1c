"""`slipway status` and `doctor`: what runs on this machine, and what is wrong with it."""

import json
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def status(json_output: Json = False) -> None:
    """Show what is running, and your progress.

    Shows the engine, images, cluster and JupyterLab, and how many checks you have passed in each lab.

    Example: slipway status --json
    """
    from checks.cli import machine_text

    facts = current_state()
    print(json.dumps(facts, indent=2, ensure_ascii=False) if json_output else machine_text.status(facts))


def current_state() -> dict[str, Any]:
    """Return what `slipway status` shows, as JSON values."""
    from checks import catalog
    from checks.lifecycle import course_progress
    from sandboxes import images, jupyter, settings
    from sandboxes.cluster import manage
    from sandboxes.engine import daemon, find
    from sandboxes.images import prefetch

    where = settings.load()
    engine = find.describe()
    references = list(dict.fromkeys(name for lab in catalog.labs() if lab.sandbox == "docker" for name in lab.images))
    missing = images.missing(references) if engine.ok else None
    background = prefetch.read(where)
    server = jupyter.find(where)
    answers = server is not None and server.answers()
    return {
        "format": "slipway-status/1",
        "engine": {**engine.to_json(), "ours": daemon.own().running() is not None},
        "images": {
            "wanted": references,
            "missing": missing,
            "under_way": background.current,
            "error": background.error if missing else "",
            "log": str(prefetch.log_path(where)) if background.references else "",
        },
        "cluster": manage.status() if engine.ok and manage.find() else None,
        "jupyter": {"running": server is not None, "answers": answers, "url": server.url() if server else ""},
        "labs": [
            {
                "id": progress.lab.id,
                "title": progress.lab.title,
                "started": progress.started,
                "passed": progress.passed,
                "total": progress.total,
            }
            for progress in course_progress.course()
        ],
    }


def doctor(json_output: Json = False) -> None:
    """Find problems on this machine.

    Checks the engine, disk, memory, ports and network, and tells you how to fix each problem.

    Exit code 0: no problems. 1: at least one problem.

    Example: slipway doctor
    """
    from checks.cli import machine_text
    from sandboxes import doctor as examination
    from sandboxes import settings
    from sandboxes.doctor import facts

    ports, own = lab_ports()
    diagnoses = examination.diagnose(facts.collect(settings.load(), ports, own))
    if json_output:
        print(json.dumps(examination.to_json(diagnoses), indent=2, ensure_ascii=False))
    else:
        print(machine_text.doctor(diagnoses))
    if not examination.healthy(diagnoses):
        raise typer.Exit(1)


def lab_ports() -> tuple[dict[int, tuple[str, ...]], Any]:
    """Return the ports that labs use, with the ids of the labs, and a test whether a container name belongs to a lab."""
    from urllib.parse import urlsplit

    from checks import catalog

    labs = catalog.labs()
    ports: dict[int, tuple[str, ...]] = {}
    for lab in labs:
        for probe in lab.probes:
            address = urlsplit(str(probe.options.get("url", "")))
            if address.hostname in ("127.0.0.1", "localhost") and address.port and lab.id not in ports.get(address.port, ()):
                ports[address.port] = (*ports.get(address.port, ()), lab.id)
    containers = {name for lab in labs for name in lab.scope.containers}
    projects = tuple(f"{name}-" for lab in labs for name in lab.scope.projects)
    return ports, lambda name: name in containers or name.startswith(projects or ("\0",))
