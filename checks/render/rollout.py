"""A Deployment's rollout at one moment, and how it went so far: its revisions, and how the Pods of each are doing.

Pure over snapshots. What a View holds is as it was found; the renderers make it fit for a person.
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
# Of the revisions that have no Pods any more, this many are named.
OLD_ONES = 3


@dataclass(frozen=True)
class Berth:
    """One Pod of a revision: its state in words, and what that means for the rollout."""

    name: str
    said: str
    phase: Literal["ready", "coming", "failing", "leaving"]


@dataclass(frozen=True)
class Revision:
    """A ReplicaSet of the Deployment: its number, what it runs, how many Pods it is asked for, and which it has."""

    number: int
    images: tuple[str, ...]
    wanted: int
    pods: tuple[Berth, ...]
    current: bool = False

    @property
    def title(self) -> str:
        return f"revision {self.number}, {', '.join(self.images)}"

    @property
    def tally(self) -> str:
        """Its Pods in words: "2 ready, 1 coming"."""
        counts = {phase: sum(each.phase == phase for each in self.pods) for phase in ("ready", "coming", "failing", "leaving")}
        return ", ".join(f"{count} {phase}" for phase, count in counts.items() if count) or "no Pods"

    @property
    def ready(self) -> int:
        return sum(each.phase == "ready" for each in self.pods)


@dataclass(frozen=True)
class View:
    """A rollout at one moment. Revisions with Pods come first, the newest before others; `older` are those left out."""

    name: str
    wanted: int
    verdict: Verdict
    message: str
    why: str
    revisions: tuple[Revision, ...]
    older: int = 0

    @property
    def line(self) -> str:
        """The moment in one line."""
        parts = [f"revision {each.number}: {each.tally}" for each in self.revisions if each.pods or each.wanted]
        return " · ".join(parts) or "no Pods"

    @property
    def most(self) -> int:
        """The number of Pods that a full bar stands for."""
        return max([self.wanted, 1, *(len(each.pods) for each in self.revisions)])


@dataclass(frozen=True)
class Moment:
    """What was seen, and how many seconds after the first look."""

    seconds: float
    view: View


def build(snapshot: Snapshot, name: str, namespace: str = "") -> View | None:
    """The rollout of a Deployment; None where there is none of the name. Raises Unknown for what could not be asked."""
    deployment = snapshot.object("Deployment", name, namespace)
    if deployment is None:
        return None
    current = workloads.current_set(snapshot, deployment)
    found = [_revision(snapshot, each, each is current) for each in reversed(workloads.sets_of(snapshot, deployment))]
    alive = [each for each in found if each.pods or each.wanted or each.current]
    resting = [each for each in found if each not in alive]
    verdict, message, why = _verdict(snapshot, deployment)
    shown = (*alive, *resting[:OLD_ONES])
    wanted = int(deployment["spec"].get("replicas", 1))
    return View(name, wanted, verdict, message, why, shown, max(0, len(resting) - OLD_ONES))


def _revision(snapshot: Snapshot, item: Json, current: bool) -> Revision:
    spec = ((item["spec"].get("template") or {}).get("spec")) or {}
    images = tuple(str(each.get("image", "no image")) for each in spec.get("containers") or ())
    pods = tuple(_berth(snapshot, pod) for pod in snapshot.pods(owner=item))
    return Revision(workloads.revision(item), images, int(item["spec"].get("replicas", 1)), pods, current)


def _berth(snapshot: Snapshot, pod: Json) -> Berth:
    said, tone = pod_state(snapshot, pod)
    if pod["metadata"].get("deletionTimestamp"):
        return Berth(name_of(pod), "being removed", "leaving")
    return Berth(name_of(pod), said, "ready" if tone == "good" else "coming" if tone == "busy" else "failing")


def _verdict(snapshot: Snapshot, deployment: Json) -> tuple[Verdict, str, str]:
    """How the rollout stands, in a word and a sentence, and why it does not get on."""
    name = name_of(deployment)
    finding = next(iter(workloads.rolled_out(snapshot, deployment, "")), None)
    if finding is None:
        return "complete", _complete(snapshot, deployment), ""
    if deployment["spec"].get("paused"):
        return (
            "paused",
            f"The rollout of {name} is paused: `kubectl rollout resume deployment/{name}` lets it go on.",
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
        return f"{name} is asked for no Pods, and has none."
    return f"The rollout of {name} is complete: {words.count(wanted, 'Pod')} of revision {number}, all ready."


def describe(moments: Sequence[Moment]) -> str:
    """The last of these moments as plain text, and how it came to that."""
    view = moments[-1].view
    lines = [view.message, *(f"  {line}" for line in view.why.split("\n") if view.why)]
    for each in view.revisions:
        now = " (the template as it is now)" if each.current else ""
        lines.append(f"{each.title}{now}: {each.tally}, {each.wanted} wanted")
        lines += [f"  {pod.name}: {pod.said}" for pod in each.pods]
    if view.older:
        lines.append(f"{words.count(view.older, 'older revision')} without Pods")
    if len(moments) > 1:
        lines += ["How it went:", *(f"  {each.seconds:5.1f} s  {each.view.line}" for each in moments)]
    return "\n".join(words.name(line) if len(line) <= words.NAME_LIMIT else words.prose(line) for line in lines)
