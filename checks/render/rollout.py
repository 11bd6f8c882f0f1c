"""The rollout of a Deployment at one moment and over time: its revisions, and the states of their Pods.

Pure functions of snapshots. A View holds raw values; the renderers shorten them and make them harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from checks.render import words
from checks.render.scene_kube import pod_state
from checks.snapshot import Json, Snapshot
from checks.vocabulary import workloads
from checks.vocabulary.objects import name_of

Verdict = Literal["complete", "moving", "paused", "stuck"]
# The number of revisions without Pods that are shown.
OLD_SHOWN = 3


@dataclass(frozen=True)
class PodState:
    """A Pod of a revision: its state as text, and its phase in the rollout."""

    name: str
    state: str
    phase: Literal["ready", "starting", "failing", "terminating"]


@dataclass(frozen=True)
class Revision:
    """A ReplicaSet of the Deployment: its revision number, images, desired number of Pods, and actual Pods."""

    number: int
    images: tuple[str, ...]
    wanted: int
    pods: tuple[PodState, ...]
    current: bool = False

    @property
    def title(self) -> str:
        """The revision number and the images."""
        return f"revision {self.number}, {', '.join(self.images)}"

    @property
    def tally(self) -> str:
        """The number of Pods in each phase: "2 ready, 1 starting"."""
        counts = {
            phase: sum(pod.phase == phase for pod in self.pods) for phase in ("ready", "starting", "failing", "terminating")
        }
        return ", ".join(f"{count} {phase}" for phase, count in counts.items() if count) or "no Pods"

    @property
    def ready(self) -> int:
        """The number of ready Pods."""
        return sum(pod.phase == "ready" for pod in self.pods)


@dataclass(frozen=True)
class View:
    """A rollout at one moment. Revisions with Pods come first, newest first; `older` is the number of those not shown."""

    name: str
    wanted: int
    verdict: Verdict
    message: str
    why: str
    revisions: tuple[Revision, ...]
    older: int = 0

    @property
    def line(self) -> str:
        """The Pods of each revision, in one line."""
        parts = [
            f"revision {revision.number}: {revision.tally}" for revision in self.revisions if revision.pods or revision.wanted
        ]
        return " · ".join(parts) or "no Pods"

    @property
    def most(self) -> int:
        """The number of Pods that a full bar represents."""
        return max([self.wanted, 1, *(len(revision.pods) for revision in self.revisions)])


@dataclass(frozen=True)
class Moment:
    """An observation, with the seconds since the first one."""

    seconds: float
    view: View


def build(snapshot: Snapshot, name: str, namespace: str = "") -> View | None:
    """Return the rollout of a Deployment; None where it does not exist. Raise Unknown for what could not be collected."""
    deployment = snapshot.object("Deployment", name, namespace)
    if deployment is None:
        return None
    current = workloads.current_set(snapshot, deployment)
    revisions = [
        _revision(snapshot, replicas, replicas is current) for replicas in reversed(workloads.sets_of(snapshot, deployment))
    ]
    active = [revision for revision in revisions if revision.pods or revision.wanted or revision.current]
    inactive = [revision for revision in revisions if revision not in active]
    verdict, message, why = _verdict(snapshot, deployment)
    shown = (*active, *inactive[:OLD_SHOWN])
    wanted = int(deployment["spec"].get("replicas", 1))
    return View(name, wanted, verdict, message, why, shown, max(0, len(inactive) - OLD_SHOWN))


def _revision(snapshot: Snapshot, item: Json, current: bool) -> Revision:
    spec = ((item["spec"].get("template") or {}).get("spec")) or {}
    images = tuple(str(container.get("image", "no image")) for container in spec.get("containers") or ())
    pods = tuple(_pod_state(snapshot, pod) for pod in snapshot.pods(owner=item))
    return Revision(workloads.revision(item), images, int(item["spec"].get("replicas", 1)), pods, current)


def _pod_state(snapshot: Snapshot, pod: Json) -> PodState:
    state, tone = pod_state(snapshot, pod)
    if pod["metadata"].get("deletionTimestamp"):
        return PodState(name_of(pod), "terminating", "terminating")
    return PodState(name_of(pod), state, "ready" if tone == "good" else "starting" if tone == "busy" else "failing")


def _verdict(snapshot: Snapshot, deployment: Json) -> tuple[Verdict, str, str]:
    """Return the verdict, a sentence about it, and the reason why the rollout is stuck."""
    name = name_of(deployment)
    finding = next(iter(workloads.rolled_out(snapshot, deployment, "")), None)
    if finding is None:
        return "complete", _complete(snapshot, deployment), ""
    if deployment["spec"].get("paused"):
        return (
            "paused",
            f"The rollout of {name} is paused. Resume it with `kubectl rollout resume deployment/{name}`.",
            "",
        )
    if finding.waiting:
        return "moving", f"{finding.message[:-1]}: {finding.observed}.", ""
    return "stuck", finding.message, finding.why


def _complete(snapshot: Snapshot, deployment: Json) -> str:
    wanted, name = int(deployment["spec"].get("replicas", 1)), name_of(deployment)
    current = workloads.current_set(snapshot, deployment)
    number = workloads.revision(current or deployment)
    if not wanted:
        return f"{name} is scaled to 0 replicas."
    return f"The rollout of {name} is complete: {words.count(wanted, 'Pod')} of revision {number}, all ready."


def describe(moments: Sequence[Moment]) -> str:
    """Return the last moment as text, followed by the history."""
    view = moments[-1].view
    lines = [view.message, *(f"  {line}" for line in view.why.split("\n") if view.why)]
    for revision in view.revisions:
        current = " (current template)" if revision.current else ""
        lines.append(f"{revision.title}{current}: {revision.tally}, {revision.wanted} desired")
        lines += [f"  {pod.name}: {pod.state}" for pod in revision.pods]
    if view.older:
        lines.append(f"{words.count(view.older, 'older revision')} without Pods")
    if len(moments) > 1:
        lines += ["History:", *(f"  {moment.seconds:5.1f} s  {moment.view.line}" for moment in moments)]
    return "\n".join(words.name(line) if len(line) <= words.NAME_LIMIT else words.prose(line) for line in lines)
