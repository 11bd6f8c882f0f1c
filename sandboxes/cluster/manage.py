"""The kind cluster that labs run on: created, started, repaired, stopped, deleted.

`ensure` makes it ready and installs what a lab needs in it; `find` and `status` only read; `take_in` loads images that
a person has built into its nodes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandboxes import json_text, settings
from sandboxes.cluster import addons as catalogue
from sandboxes.cluster import create, identity, kubeconfig, lab_kubeconfig, load, nodes, paths, repair, state
from sandboxes.cluster.client import Unanswered
from sandboxes.errors import SlipwayError
from sandboxes.host.atomic_write import read_text
from sandboxes.images.client import connect
from sandboxes.steps import Progress

__all__ = ["Cluster", "bring_back", "delete", "ensure", "find", "status", "stop", "stop_worker", "take_in"]


@dataclass(frozen=True)
class Cluster:
    """The cluster as recorded when it was created; no request is needed to know this.

    `http` and `https` are the ports of this machine that lead to the Ingress controller.
    """

    name: str
    kubeconfig: Path
    server: str
    image: str
    http: int
    https: int


def find() -> Cluster | None:
    """Return our cluster, or None where none was created."""

    paths.settle()
    known = identity.load()
    try:
        plan = json_text.loads(read_text(paths.record()))
        return Cluster(known.name, paths.kubeconfig(), known.server, plan["image"], plan["http"], plan["https"])
    except (AttributeError, OSError, ValueError, LookupError, TypeError):
        return None


def ensure(progress: Progress, addons: Iterable[str] = (), images: Iterable[str] = ()) -> Cluster:
    """Return the cluster, ready, with these add-ons running and these images of the engine in its nodes.

    An existing cluster is used, a stopped one started, a damaged one repaired or recreated; a message says which and
    why. Raises SlipwayError where that is not possible.
    """
    where, wanted = settings.load(), [catalogue.find(name) for name in addons]
    with paths.exclusive(), connect() as (client, engine):
        repair.make_ready(repair.Context(client, engine, where, progress))
        lab_kubeconfig.write_current(where.cluster, kubeconfig.read(paths.kubeconfig()))
        for addon in wanted:
            catalogue.install(client, engine, addon, where, progress)
        load.load(client, engine, images, progress)
    return find()


def take_in(references: Iterable[str], progress: Progress) -> dict[str, list[str]]:
    """Load images of the engine into the nodes of a cluster that is ready, and change nothing else.

    Returns for each image, by its full name, the nodes that had another one or none. Raises SlipwayError if the cluster
    is not ready, and for an image that the engine does not have.
    """
    wanted = [load.named(reference) for reference in references]
    with paths.exclusive(), connect() as (client, engine):
        current = state.look(client)
        if current.condition is not state.Condition.READY:
            raise SlipwayError(f"The cluster is {current.condition}: {current.reason}.", "`./slipway cluster up` makes it ready.")
        missing = load.load(client, engine, wanted, progress)
    return {reference: missing.get(reference, []) for reference in wanted}


def stop(progress: Progress) -> bool:
    """Stop the nodes, which frees their memory and keeps what is in the cluster. Returns False if none is running."""
    with paths.exclusive(), connect() as (client, _):
        running = [node.name for node in nodes.find(client) if node.running and node.name in nodes.expected()]
        if running:
            with progress.step(f"Stopping the cluster {paths.name()}") as report:
                # The workers first: otherwise the control plane would begin to move their Pods.
                for name in reversed(running):
                    report(name)
                    nodes.stop(client, name)
        return bool(running)


def stop_worker(named: str, progress: Progress) -> tuple[str, bool]:
    """Stop one worker, as a power failure would. Returns its full name, and False if it was not running.

    Raises SlipwayError for anything other than a worker of our cluster.
    """
    with paths.exclusive(), connect() as (client, _):
        name = nodes.worker(named)
        running = any(node.running for node in nodes.find(client) if node.name == name)
        if running:
            with progress.step(f"Stopping the node {name}"):
                nodes.stop(client, name)
        return name, running


def bring_back(progress: Progress) -> None:
    """Start the nodes of our cluster that are stopped, and wait until all are ready.

    Nothing is recreated. Raises SlipwayError where the cluster needs more than that.
    """
    with paths.exclusive(), connect() as (client, engine):
        repair.bring_back(repair.Context(client, engine, settings.load(), progress))


def delete(progress: Progress) -> bool:
    """Remove the cluster and everything in it. Returns False if there is none."""
    with paths.exclusive(), connect() as (client, engine):
        existing = nodes.find(client)
        if not existing:
            create.forget()
            return False
        nodes.refuse_foreign(existing)
        create.remove(engine, progress)
        return True


def status() -> dict[str, Any]:
    """Return the condition of the cluster as JSON values. Raises SlipwayError without an engine."""
    known = find()
    with connect() as (client, _):
        current = state.look(client)
    ready = current.condition is state.Condition.READY
    terminal = lab_kubeconfig.current_path(paths.location())
    try:
        present = catalogue.installed() if ready else []
    except Unanswered:
        present = []
    return {
        "name": paths.name(),
        "condition": current.condition.value,
        "reason": current.reason,
        "nodes": [{"name": node.name, "running": node.running} for node in current.nodes],
        "image": known.image if known else "",
        "server": known.server if known else "",
        "kubeconfig": str(terminal if terminal.exists() else paths.kubeconfig()),
        "http": known.http if known else None,
        "https": known.https if known else None,
        "addons": present,
        "log": str(paths.log()),
    }
