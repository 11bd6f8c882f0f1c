"""`slipway cluster`: the Kubernetes cluster that the labs of the second half run on."""

import json
from typing import Annotated, Any

import typer

GROUP_HELP = """The cluster of the Kubernetes labs: up, down, status, load, reset.

One control plane and two workers, made with kind in containers on your Docker engine. It belongs to this folder alone:
your own clusters and ~/.kube/config are never touched.
"""

app = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)

Addon = Annotated[
    list[str] | None, typer.Option("--addon", metavar="NAME", help="Install it too: metrics-server, ingress. Repeatable.")
]
All = Annotated[bool, typer.Option("--all", help="Get all that any lab needs: every add-on, and the images.")]
Load = Annotated[
    list[str] | None, typer.Option("--load", metavar="IMAGE", help="Put this image of the engine into the nodes. Repeatable.")
]
References = Annotated[list[str], typer.Argument(metavar="IMAGE...", help="Images of the engine, such as harbour-backend:1.")]
Delete = Annotated[bool, typer.Option("--delete", help="Remove the cluster with everything in it.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command()
def up(addon: Addon = None, everything: All = False, load: Load = None) -> None:
    """Make the cluster, or bring it back.

    A cluster that was stopped is started, a damaged one repaired or made anew; which, and why, is said. A lab that is
    started gets the add-ons and images that it needs by itself; --all gets them for all labs now.

    Example: slipway cluster up --addon metrics-server
    """
    from checks import catalog
    from checks.lifecycle.provision import get
    from sandboxes.cluster import manage
    from sandboxes.cluster.addons import ADDONS
    from sandboxes.steps import Progress

    progress = Progress()
    if everything:
        get([lab for lab in catalog.labs() if lab.sandbox == "kind"], progress, ADDONS)
    made = manage.ensure(progress, addons=addon or (), images=load or ())
    print(f"The cluster {made.name} is ready. `./slipway cluster status` shows it.")


@app.command()
def down(delete: Delete = False) -> None:
    """Stop the cluster; what is in it is kept.

    Example: slipway cluster down --delete
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    if delete:
        print("The cluster is removed." if manage.delete(Progress()) else "There was no cluster.")
    else:
        stopped = manage.stop(Progress())
        print("The cluster has stopped; `./slipway cluster up` brings it back." if stopped else "No cluster was running.")


@app.command()
def status(json_output: Json = False) -> None:
    """Show how the cluster stands: nodes, ports, add-ons, and how kubectl reaches it.

    Exit code 0: it is ready, 1: it is not.

    Example: slipway cluster status
    """
    from sandboxes.cluster import manage

    found = manage.status()
    print(json.dumps({"format": "slipway-cluster/1", **found}, indent=2) if json_output else text(found))
    if found["condition"] != "ready":
        raise typer.Exit(1)


@app.command()
def load(references: References) -> None:
    """Put images that you have built into the cluster's nodes.

    Nodes have a store of their own: what `docker build` makes is on the engine, and no Pod finds it there. An image that
    was built anew under the same name is put there anew; one that is there already is left alone.

    Example: slipway cluster load harbour-backend:1
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    placed = manage.take_in(references, Progress())
    for reference, taken in placed.items():
        print(f"{reference} is now in {len(taken)} nodes." if taken else f"{reference} was in all nodes already.")
    if any(reference.endswith(":latest") for reference in placed):
        print("A Pod asks a registry for `latest` each time, unless it says imagePullPolicy: IfNotPresent.")


@app.command()
def reset(addon: Addon = None) -> None:
    """Remove the cluster and make a new one.

    Everything in it is lost; your files and your progress are kept.

    Example: slipway cluster reset
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    progress = Progress()
    manage.delete(progress)
    print(f"The cluster {manage.ensure(progress, addons=addon or ()).name} is new and ready.")


def text(found: dict[str, Any]) -> str:
    """The status for a person."""
    reason = f": {found['reason']}" if found["reason"] else ""
    lines = [f"Cluster     {found['name']}, {found['condition']}{reason}"]
    for number, node in enumerate(found["nodes"]):
        state = "runs" if node["running"] else "stopped"
        lines.append(f"{'Nodes' if number == 0 else '':<12}{node['name']}  {state}")
    if found["image"]:
        lines.append(f"Image       {found['image']}")
        lines.append(f"API         {found['server']}")
        lines.append(f"Ingress     http://127.0.0.1:{found['http']}  https://127.0.0.1:{found['https']}")
        lines.append(f"Add-ons     {', '.join(found['addons']) or 'none'}")
        lines.append(f"Use it      export KUBECONFIG={found['kubeconfig']}")
    if found["condition"] != "ready":
        lines.append("`./slipway cluster up` makes it ready.")
    return "\n".join(lines)
