"""A lab that is watched: marked as changed by events, looked at once for a burst of them, and published."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from checks import backend, crash_report, grade, last_probes, object_facts, ownership, progress, registry
from checks.clients.base import Client, Engine, EngineError
from checks.collect import untagged_images
from checks.collect.collected import now
from checks.live import causes, evaluation, history
from checks.live.causes import Cause
from checks.live.evaluation import Looked
from checks.live.publisher import Publisher
from checks.live.sources import connect
from checks.live.subscribers import Subscriber
from checks.live.view import View
from checks.model import Lab, Outcome, Report
from checks.object_facts import Facts
from checks.snapshot import Snapshot
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

COALESCE, LONGEST_COALESCE = 0.1, 0.5  # seconds in which events count as one burst
RECENT = 20.0  # seconds for which a change may explain what is seen later
TICK = 1.0  # seconds between two looks at the lab's files, while someone is looking
FIRST_AGAIN, LONGEST_AGAIN, GROWTH = 1.0, 30.0, 1.6  # seconds until something without events is looked at again
ASLEEP = 3.0  # seconds that the clock jumps ahead where the machine slept
# Kinds of probes whose answer changes without an event.
NO_EVENTS = frozenset({"http", "exec", "connect", "resolve", "logs", "api", "changes", "registry_image"})
NO_EVENTS_CLUSTER = frozenset({"pod_http", "pod_exec", "pod_logs", "pod_resolve", "service_http", "ingress_http", "ingress_tls"})
# A ClusterRole is in no lab's scope, and a policy takes effect a moment after its event.
NO_EVENTS_CLUSTER |= {"allowed", "admission"}


@dataclass
class Marks:
    """What has happened since the last look: whether it is to be done again, and the events by subject."""

    changed: bool = True
    asked: bool = False
    since: float = 0.0
    actions: dict[str, set[str]] = field(default_factory=dict)


class WatchedLab:
    """One lab with its subscribers, and the thread that looks at it. The thread runs while there are subscribers."""

    def __init__(
        self, lab: Lab, settings: Settings, connected: Callable[[Client], None], looked: Callable[[Lab, Snapshot], None]
    ) -> None:
        """`connected` is called with each client that the lab connects, `looked` with each snapshot. Both on its thread."""
        self.lab, self.settings, self._on_connected, self._on_looked = lab, settings, connected, looked
        self._checks = registry.load(lab)
        self._collect = backend.collector(lab)
        self._views = Publisher(lab, settings, evaluation.not_live(lab, self._checks))
        live = {probe.kind for probe in evaluation.live_probes(lab)}
        self._again = bool(live & (NO_EVENTS | NO_EVENTS_CLUSTER)) or "PodMetrics" in lab.scope.kinds
        self._condition = threading.Condition()
        self._marks = Marks()
        self._client: Client | None = None
        self._thread: threading.Thread | None = None
        self._recent: list[tuple[float, Cause]] = []
        self._coalesce = COALESCE
        self._waits = False
        self._stamp: object = None

    # What other threads call

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber: it gets the latest view at once, and each later one."""
        with self._condition:
            self._views.add(subscriber, current=self._thread is not None)
            if self._thread is None:
                self._marks = Marks()
                self._thread = threading.Thread(target=self._run, name=f"slipway-live-{self.lab.id}", daemon=True)
                self._thread.start()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Remove a subscriber. After the last one, nothing is asked of the engine or the cluster any more."""
        with self._condition:
            self._views.remove(subscriber)
            self._condition.notify_all()

    @property
    def watched(self) -> bool:
        """Whether anyone is looking."""
        return len(self._views) > 0

    @property
    def latest(self) -> View | None:
        """The view that was published last."""
        return self._views.latest

    def mark(self, subject: str = "", action: str = "") -> None:
        """Mark the lab as changed, by an event where there is one."""
        with self._condition:
            if not self._marks.changed:
                self._marks.changed, self._marks.since = True, time.monotonic()
            if subject:
                self._marks.actions.setdefault(subject, set()).add(action)
            self._condition.notify_all()

    def ask(self) -> None:
        """Run the full check, with all probes, as soon as the current look is done."""
        with self._condition:
            self._marks.asked = self._marks.changed = True
            self._condition.notify_all()

    # The lab's own thread

    def _run(self) -> None:
        due, pause = 0.0, FIRST_AGAIN
        while True:
            marks = self._next(due)
            if marks is None:
                break
            begun = time.monotonic()
            try:
                self._look(marks)
            except SlipwayError as error:
                self._fail(str(error))
            except Exception:  # a bug of ours must not end the view
                self._fail(crash_report.record())
            self._coalesce = min(max(COALESCE, 2 * (time.monotonic() - begun)), LONGEST_COALESCE)
            pause = FIRST_AGAIN if marks.changed else min(pause * GROWTH, LONGEST_AGAIN)
            due = time.monotonic() + pause if self._again or self._waits else 0.0
        if self._client is not None:
            self._client.close()
            self._client = None

    def _next(self, due: float) -> Marks | None:
        """Wait until there is something to look at, and take the marks; None when no one is looking any more.

        `due` (monotonic, 0: never) is when to look again without an event: the marks then say that nothing changed.
        """
        wall, steady = time.time(), time.monotonic()
        with self._condition:
            while len(self._views):
                moment = time.monotonic()
                if time.time() - wall - (moment - steady) > ASLEEP:
                    self._marks.changed = True
                wall, steady = time.time(), moment
                ready = self._marks.asked or (self._marks.changed and moment - self._marks.since >= self._coalesce)
                if ready or (due and moment >= due):
                    marks, self._marks = self._marks, Marks(changed=False)
                    return marks
                if self._marks.changed:
                    self._condition.wait(max(0.001, self._coalesce - (moment - self._marks.since)))
                    continue
                self._condition.wait(min(TICK, max(0.001, due - moment)) if due else TICK)
                if not self._marks.changed and self._files_changed():
                    self._marks.changed = True
            self._thread = None
            return None

    def _files_changed(self) -> bool:
        """Whether the lab's files or its progress differ from those of the last look. No engine is asked."""
        return self._stamp is not None and self._stamp != self._take_stamp()

    def _take_stamp(self) -> object:
        kept = [progress.path(self.settings, self.lab.id), last_probes.path(self.settings, self.lab.id)]
        times = [file.stat().st_mtime_ns if file.exists() else 0 for file in kept]
        return times, last_probes.work_files(self.settings.work / self.lab.id)

    def _look(self, marks: Marks) -> None:
        self._stamp = self._take_stamp()
        state = progress.read(self.settings, self.lab.id)
        if not state.started:
            self._waits = False
            self._views.not_started()
            return
        client = self._connected()
        if isinstance(client, Engine):
            with suppress(EngineError):  # an engine that does not answer is a matter of the report
                ownership.require(self.lab, client, self.settings)
        if marks.asked:
            self._full(client)
        before = history.read(self.settings, self.lab.id, state.started)
        passed = before.passed | (state.passed.keys() - before.checks.keys())
        looked = evaluation.look(self.lab, self._checks, client, self.settings, self._collect, state.started, passed)
        with history.changing(self.settings, self.lab.id, state.started) as kept:
            if looked.reached:
                facts = object_facts.extract(looked.snapshot)
                kept.note(looked.report, facts, now(), self._causes(kept.facts, facts, marks.actions))
        self._on_looked(self.lab, looked.snapshot)
        self._remember(looked, state)
        self._waits = not looked.reached or bool(_waiting(looked.report) - looked.noted)
        if looked.reached:
            self._views.report(looked.report, kept, looked.noted, looked.snapshot)
        else:
            self._views.state("unreachable", looked.report.results[0].reason)

    def _causes(self, before: dict[str, Facts], after: dict[str, Facts], actions: dict[str, set[str]]) -> list[Cause]:
        """Return what was changed, the latest first: a change may be some seconds older than what it leads to."""
        moment = time.monotonic()
        new = causes.between(before, after, actions) if before else []
        older = [(at, cause) for at, cause in self._recent if moment - at < RECENT]
        self._recent = [*((moment, cause) for cause in new), *older]
        return [cause for _, cause in self._recent]

    def _fail(self, reason: str) -> None:
        """Say why the lab cannot be looked at, and look again later."""
        self._waits = True
        self._views.state("unreachable", reason)

    def _connected(self) -> Client:
        if self._client is None:
            self._client = connect(self.lab)
            self._on_connected(self._client)
        return self._client

    def _full(self, client: Client) -> None:
        """Run the check with all its probes; what they see is kept for the look that follows."""
        self._views.state("checking", "")
        graded = grade.grade(
            self.lab, client, self.settings, on_wait=lambda report, left: self._views.state("checking", f"{left:.0f}")
        )
        grade.remember(graded, self.settings)

    def _remember(self, looked: Looked, state: progress.LabState) -> None:
        """Save what has passed, and what the lab has created, as a check does; what was not looked at in full is left out."""
        results = tuple(result for result in looked.report.results if result.id not in looked.noted)
        made = untagged_images.seen(looked.snapshot)
        passed = {result.id for result in results if result.outcome is Outcome.PASSED}
        if passed <= state.passed.keys() and made.images <= set(state.images) and made.volumes <= set(state.volumes):
            return
        with progress.changing(self.settings, self.lab.id) as kept:
            if kept.started == state.started:
                kept.note(replace(looked.report, results=results), made)


def _waiting(report: Report) -> set[str]:
    return {result.id for result in report.results if result.outcome is Outcome.WAITING}
