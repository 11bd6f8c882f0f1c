"""The vocabulary of what Pods may use: amounts, limits, the class that follows, and what the kernel did at a limit.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Mapping

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import age, container_status, name_of, quantity, subject
from checks.vocabulary.pods import SETTLED, trouble_of

KILLED = "OOMKilled"
THROTTLED = "nr_throttled"


def amounts(item: Json, path: str, wanted: Mapping[str, str], found: Mapping[str, str | None], place: str, hint: str) -> Findings:
    """Each amount that is wanted stands there, in whatever unit; each that does not costs a point."""
    for name, amount in wanted.items():
        observed = found.get(name)
        if observed is None:
            message = f"{name_of(item)} says nothing of {name} {place}."
            yield Finding(message, subject(item), path, f"{name}: {amount}", None, hint=hint, cost=1)
        elif quantity(observed) != quantity(amount):
            message = f"{name_of(item)} says {observed} for {name} {place}, not {amount}."
            yield Finding(message, subject(item), f"{path}.{name}", amount, observed, hint=hint, cost=1)


def of(pod: Json, kind: str) -> dict[str, str]:
    """The "requests" or "limits" of a Pod's first container."""
    first, *_ = (pod.get("spec") or {}).get("containers") or [{}]
    return (first.get("resources") or {}).get(kind) or {}


def limited(pod: Json, resource: str, amount: str, hint: str) -> Findings:
    """The Pod's first container may use this much of a resource, and no more."""
    found = of(pod, "limits").get(resource)
    if found is None or quantity(found) != quantity(amount):
        message = f"The container of {name_of(pod)} has {found or 'no limit'} as its limit of {resource}, not {amount}."
        message = message if found else f"The container of {name_of(pod)} has no limit of {resource}."
        yield Finding(message, subject(pod), f"resources.limits.{resource}", amount, found, hint=hint)


def of_class(pod: Json, wanted: str, hint: str, cost: int | None = None) -> Findings:
    """The cluster puts the Pod into this QoS class."""
    found = (pod.get("status") or {}).get("qosClass", "")
    if found and found != wanted:
        message = f"The Pod {name_of(pod)} is {found}, not {wanted}."
        yield Finding(message, subject(pod), "status.qosClass", wanted, found, f"It says: {in_words(pod)}.", hint, cost=cost)


def in_words(pod: Json) -> str:
    """What a Pod's containers ask for: "requests memory 16Mi, limits memory 64Mi", or "nothing"."""
    found = [each.get("resources") or {} for each in (pod.get("spec") or {}).get("containers") or ()]
    kinds = ("requests", "limits")
    parts = [f"{kind} {name} {value}" for each in found for kind in kinds for name, value in (each.get(kind) or {}).items()]
    return ", ".join(parts) or "nothing"


def killed_for_memory(snapshot: Snapshot, pod: Json, hint: str) -> Findings:
    """The kernel has ended the Pod's first container because it used more memory than its limit, now or the time before.

    A runtime that learns of an end before its reason reports plain "Error" with the exit code of a KILL; it counts as well.
    """
    status = container_status(pod, pod["spec"]["containers"][0]["name"])
    ends = [(status.get(name) or {}).get("terminated") or {} for name in ("state", "lastState")]
    if any(end.get("reason") == KILLED or end.get("exitCode") == containers.KILLED for end in ends):
        return
    trouble, young = trouble_of(snapshot, pod), age(pod, snapshot) < SETTLED
    observed = next((end["reason"] for end in ends if end.get("reason")), trouble.observed if trouble else "running")
    why = trouble.why if trouble else "It has kept below its limit."
    message = f"The container of {name_of(pod)} has not been killed for its memory."
    yield Finding(message, subject(pod), "state.terminated.reason", KILLED, observed, why, hint, waiting=young)


def held_back(snapshot: Snapshot, probe_id: str, pod: Json, hint: str) -> Findings:
    """The kernel has made the Pod wait in at least one period, because it had used up its share of the processor.

    The probe has read cpu.stat: of cgroup v1 or v2, both count the periods under the same name.
    """
    seen = snapshot.probe(probe_id)
    words = [line.split() for line in seen["stdout"].splitlines()]
    counts = {line[0]: int(line[1]) for line in words if len(line) == 2 and line[1].isdigit()}
    if counts.get(THROTTLED, 0) > 0:
        return
    young = age(pod, snapshot) < SETTLED
    message = f"{name_of(pod)} has not been held back yet."
    message = message if young else f"{name_of(pod)} is not held back: it does not use up what it may."
    observed = seen["stdout"].strip() or seen["error"] or "nothing"
    yield Finding(message, subject(pod), f"cpu.stat {THROTTLED}", "more than 0", observed, hint=hint, waiting=young)
