"""`slipway up` and `down`: the commands that start and stop the machine that the labs run on."""

import os
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from checks.model import Lab
    from sandboxes.jupyter import Server
    from sandboxes.settings import Settings
    from sandboxes.steps import Progress

# The number of labs, from the next one on, whose images are ready before JupyterLab opens. The rest follow in the background.
LABS_FIRST = 2

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Install missing parts of Docker without asking.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address without opening a browser.")]
Port = Annotated[int | None, typer.Option(help="Port of JupyterLab. [default: the first free port from 8888]", min=1, max=65535)]
Detach = Annotated[bool, typer.Option("--detach", "-d", help="Return as soon as JupyterLab answers, and leave it running.")]
Remote = Annotated[bool, typer.Option("--remote-engine", help="Allow a Docker engine on another machine.")]
All = Annotated[bool, typer.Option("--all", help="Also create the cluster of the Kubernetes labs, with every add-on.")]
KeepEngine = Annotated[bool, typer.Option("--keep-engine", help="Leave the Docker engine running.")]


def up(
    yes: Yes = False,
    no_browser: NoBrowser = False,
    port: Port = None,
    detach: Detach = False,
    remote_engine: Remote = False,
    everything: All = False,
) -> None:
    """Set up and open JupyterLab.

    Finds a Docker engine (or, if you agree, installs and starts one), gets the images of the first labs, creates your
    workspace, and opens JupyterLab on the next lab. Press Ctrl-C to stop JupyterLab. You can run this command again at
    any time to continue.

    Example: slipway up --yes
    """
    from checks.lifecycle import renamed_notebook
    from sandboxes import settings
    from sandboxes.host import packages

    if remote_engine:
        os.environ[settings.REMOTE_ENGINE] = "1"
    if yes:
        packages.agree()
    where = settings.load()
    lab, server, new = set_up(where, everything, port)
    url = server.url(f"{lab.id}/{renamed_notebook.find(lab, where).as_posix()}")
    print(f"JupyterLab is {'ready' if new else 'already running'}. Open lab {lab.id}:\n{url}", flush=True)
    if not no_browser:
        open_browser(where, url)
    if detach or not new:
        print("`./slipway status` shows what is running, and `./slipway down` stops it.")
    else:
        serve(server, where)


def set_up(where: "Settings", everything: bool, port: int | None) -> "tuple[Lab, Server, bool]":
    """Set up the engine, the workspace, the images and JupyterLab, while no other `slipway up` does.

    Return the next lab, the server, and whether the server is new. Raise SlipwayError if a step is not possible.
    """
    from checks.lifecycle import course_progress, workspace
    from sandboxes.engine import ensure
    from sandboxes.host import processes
    from sandboxes.steps import Progress

    progress = Progress()
    with processes.exclusive(where.state / "up.lock", "Another `slipway up` is running; waiting for it to finish ..."):
        ensure.ensure(progress)
        with progress.step("Creating your workspace"):
            workspace.prepare_all()
        lab = course_progress.next_lab(course_progress.course())
        if everything:
            get_everything(progress)
        else:
            get_images(where, lab, progress)
        return lab, *jupyter_server(where, port, progress)


def get_images(where: "Settings", lab: "Lab", progress: "Progress") -> None:
    """Get the images of the next labs, and start a background process that gets the others."""
    from checks import catalog
    from sandboxes import images
    from sandboxes.images import prefetch

    on_docker = [known for known in catalog.labs() if known.sandbox == "docker"]
    start = next((number for number, known in enumerate(on_docker) if known.id == lab.id), 0)
    first = dict.fromkeys(image for known in on_docker[start : start + LABS_FIRST] for image in known.images)
    images.ensure(list(first), source=where.image_source, progress=progress)
    if rest := images.missing(dict.fromkeys(image for known in on_docker for image in known.images)):
        if prefetch.start(rest, where):
            progress.note(f"Getting {len(rest)} more image{'s' if len(rest) > 1 else ''} in the background while you work.")


def get_everything(progress: "Progress") -> None:
    """Get the images of all labs, and create the cluster with its add-ons."""
    from checks import catalog
    from checks.lifecycle.provision import get
    from sandboxes.cluster.addons import ADDONS

    get(catalog.labs(), progress, ADDONS)


def jupyter_server(where: "Settings", port: int | None, progress: "Progress") -> tuple["Server", bool]:
    """Return the running JupyterLab or start one, and tell whether it is new. Raise SlipwayError if the port is in use."""
    from sandboxes import jupyter
    from sandboxes.errors import SlipwayError

    if (server := jupyter.find(where)) and server.answers():
        return server, False
    jupyter.stop(where)
    if port is not None and not jupyter.is_free(port):
        raise SlipwayError(f"Port {port} is in use by another program.", "Choose another port, or leave out --port.")
    chosen = port or jupyter.free_port(where.port)
    if port is None and chosen != where.port:
        progress.note(f"Port {where.port} is in use by another program; JupyterLab uses port {chosen}.")
    with progress.step("Starting JupyterLab") as report:
        return jupyter.start(where, chosen, report), True


def open_browser(where: "Settings", url: str) -> None:
    """Open a graphical browser on `url`, if there is one. The token in it does not appear in the list of processes."""
    import webbrowser

    from sandboxes import jupyter

    graphical = sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    if graphical:
        webbrowser.open(jupyter.redirect_page(where, url).as_uri())


def serve(server: "Server", where: "Settings") -> None:
    """Wait until JupyterLab ends, or stop it on Ctrl-C."""
    from sandboxes import jupyter
    from sandboxes.host.signals import stopped_by_signals

    print("Press Ctrl-C to stop JupyterLab.", flush=True)
    with stopped_by_signals():
        try:
            while server.process.alive:
                time.sleep(0.2)
            print("JupyterLab has stopped.")
        except KeyboardInterrupt:
            print("\nStopping JupyterLab ...", flush=True)
            jupyter.stop(where)
            print("JupyterLab has stopped.")
    print("Your containers and the Docker engine are still running.\n`./slipway down` stops what Slipway started.")


def down(keep_engine: KeepEngine = False) -> None:
    """Stop what Slipway started.

    Stops JupyterLab, background work, the cluster, and the Docker engine if `slipway up` started it. An engine that you
    started keeps running. Your files, your progress and the contents of the cluster are kept.

    Example: slipway down --keep-engine
    """
    from sandboxes import jupyter, settings
    from sandboxes.engine import daemon
    from sandboxes.images import prefetch
    from sandboxes.steps import Progress

    where, progress = settings.load(), Progress()
    print("JupyterLab has stopped." if jupyter.stop(where) else "JupyterLab is not running.", flush=True)
    if prefetch.stop(where):
        print("Getting images has stopped. The next `slipway up` continues it.", flush=True)
    stop_cluster(progress)
    engine = daemon.own()
    if not engine.running():
        print("Slipway did not start a Docker engine, so none was stopped.")
    elif keep_engine:
        print("The Docker engine is still running.")
    else:
        daemon.stop(engine, progress)
        print("The Docker engine and its containers have stopped. Volumes and images are kept.")


def stop_cluster(progress: "Progress") -> None:
    """Stop the cluster, if it exists and an engine answers."""
    from sandboxes.cluster import manage
    from sandboxes.engine import find

    if manage.find() and find.describe().ok and manage.stop(progress):
        print("The cluster has stopped. `slipway cluster up` starts it again.", flush=True)
