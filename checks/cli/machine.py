"""`slipway up`, `down`, `status` and `doctor`: the machine that the labs run on."""

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from checks.model import Lab
    from sandboxes.jupyter import Server
    from sandboxes.settings import Settings
    from sandboxes.steps import Progress

# The images of so many labs, from the one to do next, are got before JupyterLab opens; the rest while one works.
LABS_FIRST = 2

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Agree to installing what is missing of Docker.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address; open no browser.")]
Port = Annotated[int | None, typer.Option(help="JupyterLab's port. [default: the first free one from 8888]", min=1, max=65535)]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Return as soon as JupyterLab answers; it goes on running.")]
Remote = Annotated[bool, typer.Option("--remote-engine", help="Accept a Docker engine on another machine.")]
All = Annotated[bool, typer.Option("--all", help="Make the cluster of the Kubernetes labs too, with every add-on.")]
KeepEngine = Annotated[bool, typer.Option("--keep-engine", help="Leave the Docker engine running.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def up(
    yes: Yes = False,
    no_browser: NoBrowser = False,
    port: Port = None,
    detach: Detach = False,
    remote_engine: Remote = False,
    everything: All = False,
) -> None:
    """Get everything ready; open JupyterLab on the next lab.

    Finds a Docker engine, or installs and starts one where you agree; gets the images of the first labs; makes your
    workspace; starts JupyterLab. Ctrl-C stops JupyterLab. Run it again at any time: it continues.

    Example: slipway up --yes
    """
    from checks.lifecycle import workspace
    from sandboxes import settings
    from sandboxes.engine import ensure
    from sandboxes.host import packages, processes
    from sandboxes.steps import Progress

    if remote_engine:
        os.environ[settings.REMOTE_ENGINE] = "1"
    if yes:
        packages.agree()
    where, progress = settings.load(), Progress()
    with processes.exclusive(where.state / "up.lock", "Another `slipway up` is at work; waiting for it ..."):
        ensure.ensure(progress)
        with progress.step("Making your workspace"):
            workspace.prepare_all()
        lab = workspace.next_lab()
        if everything:
            get_everything(progress)
        else:
            get_images(where, lab, progress)
        server, new = jupyter_server(where, port, progress)
    url = server.url(f"{lab.id}/lab.ipynb")
    print(f"JupyterLab {'is ready' if new else 'runs already'}. Open lab {lab.id} in it:\n{url}", flush=True)
    if not no_browser:
        open_browser(url)
    if detach or not new:
        print("`./slipway status` shows how things stand, `./slipway down` stops everything.")
    else:
        serve(server, where)


def get_images(where: "Settings", lab: "Lab", progress: "Progress") -> None:
    """Get the images of the next labs now and start getting the others in the background."""
    from checks import catalog
    from sandboxes import images
    from sandboxes.images import prefetch

    labs = [each for each in catalog.labs() if each.sandbox == "docker"]
    begin = next((number for number, each in enumerate(labs) if each.id == lab.id), 0)
    first = list(dict.fromkeys(name for each in labs[begin : begin + LABS_FIRST] for name in each.images))
    images.ensure(first, source=where.image_source, progress=progress)
    if rest := images.missing(dict.fromkeys(name for each in labs for name in each.images)):
        if prefetch.start(rest, where):
            progress.note(f"{len(rest)} more images follow in the background while you work.")


def get_everything(progress: "Progress") -> None:
    """Get the images of all labs and the cluster with its add-ons."""
    from checks import catalog
    from checks.lifecycle.provision import get
    from sandboxes.cluster.addons import ADDONS

    get(catalog.labs(), progress, ADDONS)


def jupyter_server(where: "Settings", port: int | None, progress: "Progress") -> tuple["Server", bool]:
    """The running JupyterLab, or a new one; says whether it is new. Raises SlipwayError for a taken --port."""
    from sandboxes import jupyter
    from sandboxes.errors import SlipwayError

    if (server := jupyter.find(where)) and server.answers():
        return server, False
    jupyter.stop(where)
    if port is not None and not jupyter.is_free(port):
        raise SlipwayError(f"Port {port} is taken by another program.", "Choose another, or leave --port away.")
    chosen = port or jupyter.free_port(where.port)
    if port is None and chosen != where.port:
        progress.note(f"Port {where.port} is taken by another program; JupyterLab uses {chosen}.")
    with progress.step("Starting JupyterLab") as report:
        return jupyter.start(where, chosen, report), True


def open_browser(url: str) -> None:
    """Open a graphical browser, where there is one."""
    import webbrowser

    graphical = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if graphical:
        webbrowser.open(url)


def serve(server: "Server", where: "Settings") -> None:
    """Stay until JupyterLab ends, or end it on Ctrl-C."""
    from sandboxes import jupyter
    from sandboxes.host.signals import stopped_by_signals

    print("Ctrl-C stops JupyterLab.", flush=True)
    with stopped_by_signals():
        try:
            while server.process.alive:
                time.sleep(0.2)
            print("JupyterLab has ended.")
        except KeyboardInterrupt:
            print("\nStopping JupyterLab ...", flush=True)
            jupyter.stop(where)
            print("JupyterLab has ended. Your work is saved as far as you saved it.")
    print("Containers and the Docker engine go on running.\n`./slipway down` stops what Slipway started.")


def down(keep_engine: KeepEngine = False) -> None:
    """Stop what Slipway started.

    That is JupyterLab, background work, the cluster, and the Docker engine if `slipway up` started it.

    An engine that somebody else started goes on running. Your files and progress stay, and what is in the cluster.

    Example: slipway down --keep-engine
    """
    from sandboxes import jupyter, settings
    from sandboxes.engine import daemon
    from sandboxes.images import prefetch
    from sandboxes.steps import Progress

    where, progress = settings.load(), Progress()
    print("JupyterLab has ended." if jupyter.stop(where) else "JupyterLab was not running.", flush=True)
    if prefetch.stop(where):
        print("Getting images has stopped; the next `slipway up` continues it.", flush=True)
    stop_cluster(progress)
    ours = daemon.own()
    if keep_engine or not ours.running():
        print("The Docker engine goes on running." if ours.running() else "No Docker engine was started by Slipway.")
    else:
        daemon.stop(ours, progress)
        print("The Docker engine has ended, with its containers; volumes and images are kept.")


def stop_cluster(progress: "Progress") -> None:
    """Stop the cluster, where one was made and an engine answers."""
    from sandboxes.cluster import manage
    from sandboxes.engine import find

    if manage.find() and find.describe().ok and manage.stop(progress):
        print("The cluster has stopped; `slipway up --all` or `slipway cluster up` brings it back.", flush=True)


def status(json_output: Json = False) -> None:
    """Show how things stand.

    Engine, images, cluster, JupyterLab, and your progress in each lab.

    Example: slipway status --json
    """
    from checks.cli import machine_text

    facts = standing()
    print(json.dumps(facts, indent=2, ensure_ascii=False) if json_output else machine_text.status(facts))


def standing() -> dict[str, Any]:
    """What `slipway status` shows, as JSON values."""
    from checks import catalog
    from checks.lifecycle import workspace
    from sandboxes import images, jupyter, settings
    from sandboxes.cluster import manage
    from sandboxes.engine import daemon, find
    from sandboxes.images import prefetch

    where = settings.load()
    found = find.describe()
    references = list(dict.fromkeys(name for lab in catalog.labs() if lab.sandbox == "docker" for name in lab.images))
    missing = images.missing(references) if found.ok else None
    work = prefetch.read(where)
    server = jupyter.find(where)
    answers = server is not None and server.answers()
    return {
        "format": "slipway-status/1",
        "engine": {**found.to_json(), "ours": daemon.own().running() is not None},
        "images": {
            "wanted": references,
            "missing": missing,
            "under_way": work.current,
            "error": work.error if missing else "",
            "log": str(prefetch.log_path(where)) if work.references else "",
        },
        "cluster": manage.status() if found.ok and manage.find() else None,
        "jupyter": {"running": server is not None, "answers": answers, "url": server.url() if server else ""},
        "labs": [
            {"id": each.lab.id, "title": each.lab.title, "started": each.started, "passed": each.passed, "total": each.total}
            for each in workspace.course_progress()
        ],
    }


def doctor(json_output: Json = False) -> None:
    """Name this machine's problems and their fixes.

    Exit code 0: no problem, 1: at least one.

    Example: slipway doctor
    """
    from checks.cli import machine_text
    from sandboxes import doctor as examination
    from sandboxes import machine_facts, settings

    ports, own = lab_ports()
    diagnoses = examination.diagnose(machine_facts.collect(settings.load(), ports, own))
    if json_output:
        print(json.dumps(examination.to_json(diagnoses), indent=2, ensure_ascii=False))
    else:
        print(machine_text.doctor(diagnoses))
    if not examination.healthy(diagnoses):
        raise typer.Exit(1)


def lab_ports() -> tuple[dict[int, tuple[str, ...]], Any]:
    """The ports of this machine that labs use, and whether a container, by name, belongs to a lab."""
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
