"""Causes: what was changed between two looks at a lab, in words, and which change explains the outcome of a check."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks import api_resources
from checks.model import Result
from checks.object_facts import Facts

KINDS = {name.lower(): name for name in api_resources.KINDS}
# Objects that others create: what a person did is seen at their owner, too.
MADE_BY_OTHERS = ("pod", "replicaset")
STATES = {
    "removing": "is being removed",
    "paused": "was paused",
    "restarting": "restarts again and again",
    "created": "is not started",
}
SIGNALS = {137: "was killed", 143: "was stopped"}


@dataclass(frozen=True)
class Cause:
    """A change: its object ("container/web"), a sentence without a full stop, and its weight as an explanation (0: most)."""

    subject: str
    words: str
    weight: int


def between(before: dict[str, Facts], after: dict[str, Facts], actions: dict[str, set[str]] | None = None) -> list[Cause]:
    """Return what was changed between two sets of facts, the most telling first.

    `actions` are the events of the engine in between by subject, such as {"container/web": {"kill", "stop", "die"}}.
    """
    acted = actions or {}
    causes: list[Cause] = []
    for subject in before.keys() | after.keys():
        kind = subject.partition("/")[0]
        late = 3 if kind in MADE_BY_OTHERS else 0
        if subject not in after:
            causes.append(Cause(subject, f"{_name(subject)} was {'deleted' if kind in KINDS else 'removed'}", late))
        elif subject not in before:
            causes.append(Cause(subject, f"{_name(subject)} was created", 2 + late))
        elif before[subject] != after[subject]:
            words = next(_changed(subject, before[subject], after[subject], acted.get(subject, set())), "")
            causes += [Cause(subject, words, 1 + late)] if words else []
    return sorted(causes, key=lambda cause: (cause.weight, cause.subject))


def explain(result: Result, causes: Iterable[Cause]) -> str:
    """Return the change that explains a check's outcome: one of the objects of its findings, or else the weightiest."""
    known = list(causes)
    subjects = [finding.subject.lower() for finding in result.findings]
    of_finding = [cause for cause in known if cause.subject.lower() in subjects]
    return next((cause.words for cause in [*of_finding, *known]), "")


def _name(subject: str) -> str:
    kind, _, name = subject.partition("/")
    return "Swarm mode" if kind == "swarm" else f"{KINDS.get(kind, kind.capitalize())} {name}"


def _changed(subject: str, before: Facts, after: Facts, actions: set[str]) -> Iterator[str]:
    """Yield sentences about an object that is there before and after, the most telling first."""
    name, kind = _name(subject), subject.partition("/")[0]
    if kind == "container":
        yield from _container(name, before, after, actions)
    elif kind == "image":
        yield f"{name} was built again" if after.get("id") else f"{name} was changed"
    elif kind == "swarm":
        yield f"{name} is {after.get('state', '')}"
    else:
        yield from _kubernetes(name, before, after)


def _container(name: str, before: Facts, after: Facts, actions: set[str]) -> Iterator[str]:
    if before.get("id") != after.get("id"):
        yield f"{name} was recreated"
    if after.get("status") in ("exited", "dead") and before.get("status") != after.get("status"):
        yield f"{name} {_ended(after, actions)}"
    if after.get("status") != before.get("status") and after.get("status") in STATES:
        yield f"{name} {STATES[after['status']]}"
    if before.get("started") != after.get("started"):
        yield f"{name} was started" if before.get("status") != "running" else f"{name} was restarted"
    lost = sorted(set(before.get("networks") or ()) - set(after.get("networks") or ()))
    if lost:
        yield f"{name} was disconnected from the network {lost[0]}"
    joined = sorted(set(after.get("networks") or ()) - set(before.get("networks") or ()))
    if joined:
        yield f"{name} was connected to the network {joined[0]}"
    if before.get("health") != after.get("health"):
        yield f"{name} is {after.get('health') or 'without a health check'}"
    yield f"{name} was changed"


def _ended(after: Facts, actions: set[str]) -> str:
    """Say how a container ended: by an order, by the kernel, or by itself."""
    code = after.get("exit")
    if after.get("oom") or "oom" in actions:
        return "was killed because it ran out of memory"
    if "stop" in actions:
        return "was stopped"
    if "kill" in actions:
        return "was killed"
    return SIGNALS.get(code if isinstance(code, int) else -1, f"exited with code {code}")


def _kubernetes(name: str, before: Facts, after: Facts) -> Iterator[str]:
    if before.get("uid") != after.get("uid"):
        yield f"{name} was deleted and created again"
    if after.get("deleting") and not before.get("deleting"):
        yield f"{name} is being deleted"
    if "replicas" in after and before.get("replicas") != after["replicas"]:
        yield f"{name} was scaled to {after['replicas']}"
    if after.get("images") != before.get("images") and after.get("images"):
        yield f"The image of {name} was changed to {', '.join(after['images'])}"
    if after.get("unschedulable") != before.get("unschedulable"):
        yield f"{name} was cordoned" if after.get("unschedulable") else f"{name} was uncordoned"
    if after.get("taints") != before.get("taints"):
        yield f"The taints of {name} were changed"
    if after.get("content") != before.get("content"):
        yield f"{name} was changed"
    if after.get("labels") != before.get("labels"):
        yield f"The labels of {name} were changed"
    if after.get("problem") and after.get("problem") != before.get("problem"):
        yield f"{name} reports {after['problem']}"
    if after.get("restarts", 0) > before.get("restarts", 0):
        yield f"{name} was restarted"
    if after.get("phase") != before.get("phase"):
        yield f"{name} is {after.get('phase')}"
    if after.get("ready") != before.get("ready"):
        yield f"{name} is ready" if after.get("ready") else f"{name} is not ready"
