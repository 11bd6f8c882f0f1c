"""The cluster's nodes on the engine: containers with kind's labels."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandboxes.cluster import paths
from sandboxes.engine.endpoint import Endpoint
from sandboxes.errors import Exit, SlipwayError

if TYPE_CHECKING:
    from docker import APIClient

CLUSTER_LABEL = "io.x-k8s.kind.cluster"
CONTROL_PLANE = "control-plane"
# As kind creates nodes: an engine that starts also starts the nodes that were running. It would also start those that
# were stopped, since a node never exits with code 0; so a stopped node has another policy until it is started again.
COMES_BACK, STAYS = {"Name": "on-failure", "MaximumRetryCount": 1}, {"Name": "no"}
ROLES = (CONTROL_PLANE, "worker", "worker2")


@dataclass(frozen=True)
class Node:
    """The container of a node; `started` is when it was last started."""

    name: str
    running: bool
    started: datetime


def expected() -> list[str]:
    """Return the names of our cluster's nodes."""
    return [f"{paths.name()}-{role}" for role in ROLES]


def find(client: "APIClient") -> list[Node]:
    """Return the nodes that exist, sorted by name."""
    wanted = {"label": f"{CLUSTER_LABEL}={paths.name()}"}
    containers = [client.inspect_container(summary["Id"]) for summary in client.containers(all=True, filters=wanted)]
    return sorted((_node(container) for container in containers), key=lambda node: node.name)


def refuse_foreign(existing: Iterable[Node]) -> None:
    """Raise SlipwayError where a container bears our cluster's label and is none of its nodes: kind would remove it."""
    if foreign := [node.name for node in existing if node.name not in expected()]:
        raise SlipwayError(
            f"The container {foreign[0]} has the label {CLUSTER_LABEL}={paths.name()}, and Slipway did not create it. It would "
            "be removed with the cluster; nothing was changed.",
            f"If you do not need it, remove it with `docker rm -f {foreign[0]}`. Otherwise create it again without the label.",
        )


def _node(container: dict[str, Any]) -> Node:
    state = container["State"]
    # Without fractions of a second, as Kubernetes records start times.
    started = datetime.fromisoformat(state["StartedAt"][:19] + "+00:00")
    return Node(container["Name"].lstrip("/"), state["Status"] == "running", started)


def start(client: "APIClient", which: Iterable[Node]) -> None:
    """Start nodes, the control plane first. Raises SlipwayError with the engine's reason."""
    from docker.errors import APIError

    for node in sorted(which, key=lambda node: CONTROL_PLANE not in node.name):
        try:
            client.update_container(node.name, restart_policy=COMES_BACK)
            client.start(node.name)
        except APIError as error:
            raise SlipwayError(
                f"The node {node.name} does not start: {error.explanation}.",
                "`./slipway cluster reset` recreates the cluster.",
            ) from error


def worker(named: str) -> str:
    """Return the full name of one of our cluster's workers, given as `worker2` or in full. Raises SlipwayError for any other."""
    workers = [name for name in expected() if not name.endswith(CONTROL_PLANE)]
    for name in workers:
        if named in (name, name.removeprefix(f"{paths.name()}-")):
            return name
    if named in (expected()[0], CONTROL_PLANE):
        raise SlipwayError(
            "Without the control plane, there is no cluster: only a worker can be stopped alone.", _choose(workers)
        )
    raise SlipwayError(f"The cluster {paths.name()} has no worker {named[:80]!r}.", _choose(workers), Exit.WRONG_USAGE)


def _choose(workers: Iterable[str]) -> str:
    return f"Use one of: {', '.join(workers)}. `slipway cluster down` stops the whole cluster."


def come_back(client: "APIClient") -> None:
    """Let an engine that starts also start the nodes that are running now, however they were started."""
    for node in find(client):
        if node.running and node.name in expected():
            client.update_container(node.name, restart_policy=COMES_BACK)


def stop(client: "APIClient", name: str) -> None:
    """Stop a node. It stays stopped when the engine is restarted."""
    client.stop(name, timeout=15)
    client.update_container(name, restart_policy=STAYS)


def run(where: Endpoint, node: str, command: list[str], seconds: float = 30) -> str:
    """Return the output of a command in a node. Raises SlipwayError if it fails or takes longer than `seconds`."""
    from sandboxes.images.build import environment

    whole = ["docker", "exec", node, *command]
    try:
        completed = subprocess.run(whole, capture_output=True, text=True, timeout=seconds, env=environment(where))
    except subprocess.TimeoutExpired as late:
        raise SlipwayError(f"`{' '.join(command[:3])}` in {node} took more than {seconds:g} seconds.") from late
    if completed.returncode != 0:
        reason = (completed.stderr.strip().splitlines() or [f"exit code {completed.returncode}"])[-1]
        raise SlipwayError(f"`{' '.join(command[:3])}` in {node} failed: {reason}.")
    return completed.stdout
