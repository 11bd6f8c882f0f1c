"""Bringing the cluster to ready from wherever it stands; what cannot be mended is made anew, and it is said why."""

import time
from typing import TYPE_CHECKING

from sandboxes.cluster import create, nodes
from sandboxes.cluster.state import Condition, State, look
from sandboxes.engine.find import Engine
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings
from sandboxes.steps import Progress

if TYPE_CHECKING:
    from docker import APIClient

# How long a cluster that was started, or that may be starting by itself, is waited for, in seconds.
START_SECONDS = 150
SETTLE_SECONDS = 90
PAUSE = 0.5
# What a restart of the nodes may mend.
RESTART = (Condition.SILENT, Condition.NOT_READY)


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
            state = self._settle()
        if state.condition in RESTART:
            state = self._restart(state)
        if state.condition is Condition.READY:
            self._compare_image()
            return
        self._make(state)
        state = self._wait("Waiting for all nodes", START_SECONDS, services=False)
        if state.condition is not Condition.READY:
            raise SlipwayError(
                f"The cluster was made, but {state.reason}.",
                "`docker logs` of that node may say why; `./slipway cluster reset` makes the cluster anew.",
            )

    def _compare_image(self) -> None:
        made_from, wanted = create.image(), self.settings.node_image
        if made_from != wanted:
            self.progress.note(f"The cluster was made from {made_from}; `slipway cluster reset` makes it from {wanted}.")

    def _export(self, state: State) -> State:
        self.progress.note(f"Repairing the cluster: {state.reason}. Its kubeconfig is written anew.")
        create.export(self.engine, self.progress)
        return look(self.client)

    def _start(self, state: State) -> State:
        self.progress.note(f"Bringing the cluster back: {state.reason}.")
        nodes.start(self.client, (node for node in state.nodes if not node.running))
        return self._wait("Waiting for the cluster", START_SECONDS)

    def _settle(self) -> State:
        """It may be on its way: an engine that has started brings the nodes back by itself."""
        return self._wait("Waiting for the cluster", SETTLE_SECONDS)

    def _restart(self, state: State) -> State:
        self.progress.note(f"Repairing the cluster: {state.reason}. Its nodes are restarted.")
        with self.progress.step("Restarting nodes") as report:
            for node in state.nodes:
                if not state.waiting or node.name in state.waiting:
                    report(node.name)
                    self.client.restart(node.name, timeout=10)
        return self._wait("Waiting for the cluster", START_SECONDS)

    def _make(self, state: State) -> None:
        if state.condition is not Condition.ABSENT:
            self.progress.note(f"Making the cluster anew: {state.reason}. What was in it is lost; your files are kept.")
            create.remove(self.engine, self.progress)
        elif state.reason != "there is none":
            self.progress.note(f"Making the cluster anew: {state.reason}.")
        create.make(self.client, self.engine, self.settings, self.progress)

    def _wait(self, title: str, seconds: float, services: bool = True) -> State:
        """Look again and again until the cluster is ready, or can be so no more, or the time is over."""
        state = look(self.client, services)
        if state.condition not in RESTART:
            return state
        with self.progress.step(title) as report:
            deadline = time.monotonic() + seconds
            while state.condition in RESTART and time.monotonic() < deadline:
                report(state.reason)
                time.sleep(PAUSE)
                state = look(self.client, services)
        return state
