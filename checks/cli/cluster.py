"""`slipway cluster`: the commands for the Kubernetes cluster of the labs from 10 on."""

import json
import shlex
from typing import Annotated, Any

import typer

from sandboxes.errors import Exit, SlipwayError

GROUP_HELP = """Manage the cluster of the Kubernetes labs.

kind runs one control plane node and two worker nodes as containers on your Docker engine. The cluster belongs to this
folder only: your own clusters and ~/.kube/config are never touched.

Example: slipway cluster up
"""

app = typer.Typer(help=GROUP_HELP, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)

Addon = Annotated[
    list[str] | None,
    typer.Option("--addon", metavar="NAME", help="Add-on: metrics-server, ingress or network-policy. Repeatable."),
]
All = Annotated[bool, typer.Option("--all", help="Install every add-on and load the images of all labs.")]
Load = Annotated[
    list[str] | None, typer.Option("--load", metavar="IMAGE", help="Image on the engine to load into the nodes. Repeatable.")
]
References = Annotated[list[str], typer.Argument(metavar="IMAGE", help="Images on the engine, such as harbour-backend:1.")]
Delete = Annotated[bool, typer.Option("--delete", help="Delete the cluster with everything in it.")]
Node = Annotated[str, typer.Option("--node", metavar="NAME", help="Stop only this worker, such as worker2.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def up(addon: Addon = None, everything: All = False, load: Load = None) -> None:
    """Create, start or repair the cluster.

    A stopped cluster is started. A damaged cluster is repaired or, if that is not possible, recreated; a message says
    which and why. Each lab installs the add-ons and images that it needs when you start it; --all installs them for all
    labs now.

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
    cluster = manage.ensure(progress, addons=addon or (), images=load or ())
    print(f"The cluster {cluster.name} is ready. `./slipway cluster status` shows its nodes and ports.")


@app.command()
def down(delete: Delete = False, node: Node = "") -> None:
    """Stop the cluster and keep its contents.

    With --delete, remove the cluster and everything in it. With --node, stop one worker, as a power failure would:
    the cluster notices after less than a minute.

    Example: slipway cluster down --delete

    Example: slipway cluster down --node worker2
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    if delete and node:
        raise SlipwayError("--delete and --node cannot be combined.", "Leave out one of them.", Exit.WRONG_USAGE)
    if node:
        name, stopped = manage.stop_worker(node, Progress())
        print(f"The node {name} {'is' if stopped else 'was already'} stopped. `slipway cluster up` starts it again.")
    elif delete:
        print("The cluster was deleted." if manage.delete(Progress()) else "There is no cluster.")
    else:
        stopped = manage.stop(Progress())
        print("The cluster is stopped. `./slipway cluster up` starts it again." if stopped else "No cluster is running.")


@app.command()
def status(json_output: Json = False) -> None:
    """Show nodes, ports, add-ons and kubeconfig.

    Exit code 0: the cluster is ready. 1: it is not ready.

    Example: slipway cluster status
    """
    from sandboxes.cluster import manage

    facts = manage.status()
    print(json.dumps({"format": "slipway-cluster/1", **facts}, indent=2) if json_output else text(facts))
    if facts["condition"] != "ready":
        raise typer.Exit(1)


@app.command()
def load(references: References) -> None:
    """Load images that you built into the nodes.

    The nodes have their own image store: an image that `docker build` creates is on the engine, where Pods cannot
    use it. An image that you rebuilt under the same name is loaded again; an image that the nodes already have is skipped.

    Example: slipway cluster load harbour-backend:1
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    placed = manage.take_in(references, Progress())
    for reference, loaded in placed.items():
        print(f"{reference} was loaded into {len(loaded)} nodes." if loaded else f"All nodes already have {reference}.")
    if any(reference.endswith(":latest") for reference in placed):
        print("For the tag `latest`, a Pod pulls from a registry unless you set imagePullPolicy: IfNotPresent.")


@app.command()
def reset(addon: Addon = None) -> None:
    """Delete the cluster and create a new one.

    Everything in the cluster is lost. Your files and your progress are kept.

    Example: slipway cluster reset
    """
    from sandboxes.cluster import manage
    from sandboxes.steps import Progress

    progress = Progress()
    manage.delete(progress)
    print(f"The new cluster {manage.ensure(progress, addons=addon or ()).name} is ready.")


def text(facts: dict[str, Any]) -> str:
    """Return the status of the cluster as text: `facts` as `manage.status` returns them."""
    reason = f": {facts['reason']}" if facts["reason"] else ""
    lines = [f"Cluster     {facts['name']}, {facts['condition']}{reason}"]
    for number, node in enumerate(facts["nodes"]):
        state = "running" if node["running"] else "stopped"
        lines.append(f"{'Nodes' if number == 0 else '':<12}{node['name']}  {state}")
    if facts["image"]:
        lines.append(f"Image       {facts['image']}")
        lines.append(f"API         {facts['server']}")
        lines.append(f"Ingress     http://127.0.0.1:{facts['http']}  https://127.0.0.1:{facts['https']}")
        lines.append(f"Add-ons     {', '.join(facts['addons']) or 'none'}")
        lines.append("kubectl     slipway shell LAB opens a terminal for a lab. For your own terminal:")
        lines.append(f"            export KUBECONFIG={shlex.quote(facts['kubeconfig'])}")
    if facts["condition"] != "ready":
        lines.append("Run `./slipway cluster up` to make it ready.")
    return "\n".join(lines)
