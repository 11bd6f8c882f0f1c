"""Bringing the cluster to ready from wherever it stands; what cannot be mended is made anew, and it is said why."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandboxes.cluster import create, kubectl, nodes
from sandboxes.cluster.state import Condition, State, look
from sandboxes.engine import Engine
from sandboxes.errors import SlipwayError
from sandboxes.progress import Progress
from sandboxes.settings import Settings

if TYPE_CHECKING:
    from docker import APIClient

# How long a cluster that was started, or that may be starting by itself, is waited for, in seconds.
START_SECONDS = 150
SETTLE_SECONDS = 45
PAUSE = 0.5
# What a restart of the nodes may mend.
RESTART = (Condition.SILENT, Condition.NOT_READY)
REMAKE = (Condition.HALF_MADE, Condition.DAMAGED, Condition.FOREIGN)


class Mechanic:
    """One run of `ensure`: looks at the cluster and does the smallest thing that makes it ready."""

    def __init__(self, client: "APIClient", engine: Engine, settings: Settings, progress: Progress) -> None:
        self.client = client
        self.engine = engine
        self.settings = settings
        self.progress = progress

    def ready(self) -> None:
        """Make the cluster ready. Raises SlipwayError where even a new one does not become so."""
        state = look(self.client)
        if state.condition in (Condition.LOST, Condition.FOREIGN):
            state = self._export(state)
        if state.condition is Condition.STOPPED:
            state = self._start(state)
        if state.condition in RESTART:
            state = self._settle(state)
        if state.condition in RESTART:
            state = self._restart(state)
        if state.condition is Condition.READY:
            return
        self._make(state)
        state = self._wait("Waiting for all nodes", START_SECONDS)
        if state.condition is not Condition.READY:
            raise SlipwayError(
                f"The cluster was made, but {state.reason}.",
                "`docker logs` of that node may say why; `./slipway cluster reset` makes the cluster anew.",
            )

    def _export(self, state: State) -> State:
        self.progress.note(f"Repairing the cluster: {state.reason}. Its kubeconfig is written anew.")
        create.export(self.engine, self.progress)
        return look(self.client)

    def _start(self, state: State) -> State:
        self.progress.note(f"Bringing the cluster back: {state.reason}.")
        since = datetime.now(UTC)
        nodes.start(self.client, (node for node in state.nodes if not node.running))
        return self._wait("Waiting for the cluster's nodes", START_SECONDS, since)

    def _settle(self, state: State) -> State:
        """It may be on its way: an engine that has started brings the nodes back by itself."""
        return self._wait(f"Waiting for the cluster: {state.reason}", SETTLE_SECONDS)

    def _restart(self, state: State) -> State:
        self.progress.note(f"Repairing the cluster: {state.reason}. Its nodes are restarted.")
        since = datetime.now(UTC)
        with self.progress.step("Restarting nodes") as report:
            for node in state.nodes:
                if not state.waiting or node.name in state.waiting:
                    report(node.name)
                    self.client.restart(node.name, timeout=10)
        return self._wait("Waiting for the cluster's nodes", START_SECONDS, since)

    def _make(self, state: State) -> None:
        if state.condition is not Condition.ABSENT:
            self.progress.note(f"Making the cluster anew: {state.reason}. What was in it is lost; your files are kept.")
            create.remove(self.engine, self.progress)
        elif state.reason != "there is none":
            self.progress.note(f"Making the cluster anew: {state.reason}.")
        create.make(self.client, self.engine, self.settings, self.progress)

    def _wait(self, title: str, seconds: float, since: datetime | None = None) -> State:
        """Look again and again until the cluster is ready, or can be so no more, or the time is over."""
        state = look(self.client, since=since)
        if state.condition not in RESTART:
            return self._with_system(state, seconds)
        with self.progress.step(title) as report:
            deadline = time.monotonic() + seconds
            while state.condition in RESTART and time.monotonic() < deadline:
                report(state.reason)
                time.sleep(PAUSE)
                state = look(self.client, since=since)
        return self._with_system(state, seconds) if since else state

    def _with_system(self, state: State, seconds: float) -> State:
        """After a restart, names must resolve and Pods reach each other again before the cluster counts as ready."""
        if state.condition is not Condition.READY:
            return state
        with self.progress.step("Waiting for the cluster's own services") as report:
            deadline = time.monotonic() + seconds
            while (missing := system_missing()) and time.monotonic() < deadline:
                report(missing)
                time.sleep(PAUSE)
        return State(Condition.NOT_READY, missing, state.nodes) if missing else state


def system_missing() -> str:
    """Which of the cluster's own services is not whole, as a clause; empty for none."""
    try:
        found = kubectl.get("deployments,daemonsets", "--namespace=kube-system")["items"]
    except kubectl.Unanswered as error:
        return f"its API server does not answer ({error})"
    for each in found:
        status, name = each["status"], each["metadata"]["name"]
        wanted = status.get("desiredNumberScheduled", each["spec"].get("replicas", 0))
        ready = status.get("numberReady", status.get("readyReplicas", 0))
        if ready < wanted:
            return f"{name} has {ready} of {wanted} Pods ready"
    return ""

