"""The repair of the cluster: a list of actions, each for some conditions, from the smallest one to recreating it."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandboxes.cluster import create, nodes
from sandboxes.cluster.state import Condition, State, look
from sandboxes.engine.find import Engine
from sandboxes.errors import SlipwayError
from sandboxes.host.signals import finishing
from sandboxes.settings import Settings
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

# How long to wait for a cluster that was started, or that may be starting by itself, in seconds.
START_SECONDS = 150
SETTLE_SECONDS = 90
# How long a node gets that a learner may have started a moment ago, before it is restarted.
REJOIN_SECONDS = 30
PAUSE = 0.5
# What may pass by itself, or by restarting the nodes.
TRANSIENT = (Condition.SILENT, Condition.NOT_READY)


@dataclass(frozen=True)
class Context:
    """What the actions work with."""

    client: "APIClient"
    engine: Engine
    settings: Settings
    progress: Progress


@dataclass(frozen=True)
class Action:
    """A step of the repair: `run` is called in one of the `conditions` and returns the state after it."""

    conditions: tuple[Condition, ...]
    run: Callable[[Context, State], State]


def make_ready(context: Context) -> None:
    """Make the cluster ready with as few actions as possible. Raises SlipwayError where even a new one is not ready."""
    state = look(context.client)
    for action in ACTIONS:
        if state.condition in action.conditions:
            state = action.run(context, state)
    if state.condition is not Condition.READY:
        raise SlipwayError(
            f"The cluster was created, but {state.reason}.",
            "`docker logs` of that node may show the reason; `./slipway cluster reset` recreates the cluster.",
        )
    image, wanted = create.image(), context.settings.node_image
    if image != wanted:
        context.progress.note(f"The cluster was created from {image}; `slipway cluster reset` recreates it from {wanted}.")


def bring_back(context: Context) -> None:
    """Bring back the nodes of a cluster that has all of them: start those that are stopped, restart those that stay away.

    Nothing is recreated. Raises SlipwayError where that would be necessary.
    """
    state = look(context.client)
    for action in RETURN:
        if state.condition in action.conditions:
            state = action.run(context, state)
    if state.condition is not Condition.READY:
        raise SlipwayError(
            f"The cluster is {state.condition}: {state.reason}.",
            "Run `slipway cluster up`, which repairs the cluster, then run this command again.",
        )
    nodes.come_back(context.client)


def write_kubeconfig(context: Context, state: State) -> State:
    """Replace a kubeconfig that is missing or leads to another cluster."""
    context.progress.note(f"Repairing the cluster: {state.reason}. Writing its kubeconfig again.")
    create.export(context.engine, context.progress)
    return look(context.client)


def start_nodes(context: Context, state: State) -> State:
    """Start the nodes that are stopped."""
    context.progress.note(f"Starting the cluster: {state.reason}.")
    nodes.start(context.client, (node for node in state.nodes if not node.running))
    return _wait(context, "Waiting for the cluster", START_SECONDS)


def settle(context: Context, state: State) -> State:
    """Wait for a cluster that may be starting: an engine that was started starts the nodes by itself."""
    return _wait(context, "Waiting for the cluster", SETTLE_SECONDS)


def rejoin(context: Context, state: State) -> State:
    """Wait for a node that may have been started a moment ago."""
    return _wait(context, "Waiting for the nodes", REJOIN_SECONDS)


def restart_nodes(context: Context, state: State) -> State:
    """Restart the nodes that are not ready, or all where it is not known which, or where they do not find each other."""
    context.progress.note(f"Repairing the cluster: {state.reason}. Restarting its nodes.")
    every_node = not state.waiting or not _find_control_plane(context.engine, state.waiting)
    with context.progress.step("Restarting nodes") as report:
        for node in state.nodes:
            if every_node or node.name in state.waiting:
                report(node.name)
                context.client.restart(node.name, timeout=10)
    return _wait(context, "Waiting for the cluster", START_SECONDS)


def _find_control_plane(engine: Engine, waiting: Iterable[str]) -> bool:
    """Tell whether these nodes can resolve the name of the control plane.

    An engine that has left a swarm has forgotten the names of its running containers; a restart brings a name back.
    """
    control_plane = nodes.expected()[0]
    try:
        for name in waiting:
            nodes.run(engine.endpoint, name, ["getent", "hosts", control_plane], seconds=10)
    except SlipwayError:
        return False
    return True


def recreate(context: Context, state: State) -> State:
    """Create the cluster, after removing what is left of it. If that fails or is interrupted, nothing of it stays."""
    if state.condition is not Condition.ABSENT:
        nodes.refuse_foreign(state.nodes)
        context.progress.note(f"Recreating the cluster: {state.reason}. What was in it is lost; your files are kept.")
        create.remove(context.engine, context.progress)
    elif state.reason != "there is none":
        context.progress.note(f"Recreating the cluster: {state.reason}.")
    try:
        create.make(context.client, context.engine, context.settings, context.progress)
    except BaseException:
        with finishing(), suppress(Exception):  # the failure is reported, not that of the clean-up
            if nodes.find(context.client):
                create.remove(context.engine, context.progress)
        raise
    return _wait(context, "Waiting for all nodes", START_SECONDS, services=False)


# In this order: each action handles what the actions before it have left.
ACTIONS = (
    Action((Condition.LOST, Condition.FOREIGN), write_kubeconfig),
    Action((Condition.STOPPED,), start_nodes),
    Action(TRANSIENT, settle),
    Action(TRANSIENT, restart_nodes),
    Action(tuple(condition for condition in Condition if condition is not Condition.READY), recreate),
)

RETURN = (
    Action((Condition.STOPPED,), start_nodes),
    Action(TRANSIENT, rejoin),
    Action(TRANSIENT, restart_nodes),
)


def _wait(context: Context, title: str, seconds: float, services: bool = True) -> State:
    """Look until the cluster is ready, or cannot become ready by waiting, or the time is over. Returns the last state."""
    state = look(context.client, services)
    if state.condition not in TRANSIENT:
        return state
    with context.progress.step(title) as report:
        deadline = time.monotonic() + seconds
        while state.condition in TRANSIENT and time.monotonic() < deadline:
            report(state.reason)
            time.sleep(PAUSE)
            state = look(context.client, services)
    return state
