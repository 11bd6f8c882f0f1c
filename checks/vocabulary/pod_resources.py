"""The requests and limits of Pods, their QoS class, and the kernel's action at a limit.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Mapping

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import age, container_status, name_of, quantity, subject
from checks.vocabulary.pod_containers import SETTLED, main_container
from checks.vocabulary.pods import trouble_of

KILLED = "OOMKilled"
THROTTLED = "nr_throttled"


def amounts(item: Json, path: str, wanted: Mapping[str, str], found: Mapping[str, str | None], place: str, hint: str) -> Findings:
    """Yield a finding for each amount that is missing or different, in whatever unit; each takes off one point.

    `found` has the amounts of `item` at `path`; `place` says in words where that is.

    Example:
        yield from pod_resources.amounts(quota, "spec.hard", {"requests.cpu": "100m"}, hard, "under hard", "See budget.yaml.")
        # budget sets no requests.cpu under hard.
    """
    for name, amount in wanted.items():
        observed = found.get(name)
        if observed is None:
            message = f"{name_of(item)} sets no {name} {place}."
            yield Finding(message, subject(item), path, f"{name}: {amount}", None, hint=hint, cost=1)
        elif quantity(observed) != quantity(amount):
            message = f"{name_of(item)} sets {name} to {observed} {place}, not {amount}."
            yield Finding(message, subject(item), f"{path}.{name}", amount, observed, hint=hint, cost=1)


def of(pod: Json, kind: str, container: str = "") -> dict[str, str]:
    """Return the "requests" or "limits" of a Pod's container with this name or image, else of its first.

    Example:
        pod_resources.of({"spec": {"containers": [{"resources": {"limits": {"memory": "64Mi"}}}]}}, "limits")
        # {'memory': '64Mi'}
    """
    return (main_container(pod, container).get("resources") or {}).get(kind) or {}


def limited(pod: Json, resource: str, amount: str, hint: str, container: str = "") -> Findings:
    """Yield a finding unless the Pod's container (see `of`) has exactly this limit of a resource, in whatever unit.

    Example:
        yield from pod_resources.limited(drum, "cpu", "50m", "Set it under resources.limits.")
        # The container of drum has no cpu limit.
    """
    observed = of(pod, "limits", container).get(resource)
    if observed is None or quantity(observed) != quantity(amount):
        message = f"The container of {name_of(pod)} has a {resource} limit of {observed}, not {amount}."
        message = message if observed else f"The container of {name_of(pod)} has no {resource} limit."
        yield Finding(message, subject(pod), f"resources.limits.{resource}", amount, observed, hint=hint)


def of_class(pod: Json, wanted: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the cluster gives the Pod this QoS class.

    Example:
        yield from pod_resources.of_class(pod, "Guaranteed", "Requests and limits must be equal.")
        # The Pod calm has the QoS class Burstable, not Guaranteed.
    """
    qos_class = (pod.get("status") or {}).get("qosClass", "")
    if qos_class and qos_class != wanted:
        message = f"The Pod {name_of(pod)} has the QoS class {qos_class}, not {wanted}."
        yield Finding(
            message, subject(pod), "status.qosClass", wanted, qos_class, f"Its resources: {in_words(pod)}.", hint, cost=cost
        )


def in_words(pod: Json) -> str:
    """Return what a Pod's containers request and are limited to, as text.

    Example:
        pod_resources.in_words({"spec": {"containers": [{"resources": {"requests": {"cpu": "100m"}}}]}})
        # 'requests cpu 100m'
    """
    resources = [container.get("resources") or {} for container in (pod.get("spec") or {}).get("containers") or ()]
    kinds = ("requests", "limits")
    parts = [f"{kind} {name} {value}" for part in resources for kind in kinds for name, value in (part.get(kind) or {}).items()]
    return ", ".join(parts) or "nothing"


def killed_for_memory(snapshot: Snapshot, pod: Json, hint: str, container: str = "") -> Findings:
    """Yield a finding unless the kernel killed the Pod's container (see `of`) for its memory, now or the time before.

    A runtime that learns of an end before its reason reports "Error" with the exit code of SIGKILL, which counts as well.

    Example:
        yield from pod_resources.killed_for_memory(snapshot, hungry, "Give it less memory than it uses.")
        # The container of hungry was not killed for using too much memory.
    """
    status = container_status(pod, main_container(pod, container)["name"])
    ends = [(status.get(name) or {}).get("terminated") or {} for name in ("state", "lastState")]
    if any(end.get("reason") == KILLED or end.get("exitCode") == containers.KILLED for end in ends):
        return
    trouble, young = trouble_of(snapshot, pod), age(pod, snapshot) < SETTLED
    observed = next((end["reason"] for end in ends if end.get("reason")), trouble.observed if trouble else "running")
    why = trouble.why if trouble else "It stays below its limit."
    message = f"The container of {name_of(pod)} was not killed for using too much memory."
    yield Finding(message, subject(pod), "state.terminated.reason", KILLED, observed, why, hint, waiting=young)


def held_back(snapshot: Snapshot, probe_id: str, pod: Json, hint: str) -> Findings:
    """Yield a finding unless the kernel has throttled the Pod's container in at least one period.

    The probe reads cpu.stat, in which cgroup v1 and v2 count these periods under the same name.

    Example:
        yield from pod_resources.held_back(snapshot, "cpu", drum, "Give drum a CPU limit of 50m.")
        # drum has not been throttled yet.
    """
    result = snapshot.probe(probe_id)
    words = [line.split() for line in result["stdout"].splitlines()]
    counts = {line[0]: int(line[1]) for line in words if len(line) == 2 and line[1].isdigit()}
    if counts.get(THROTTLED, 0) > 0:
        return
    young = age(pod, snapshot) < SETTLED
    message = f"{name_of(pod)} has not been throttled yet."
    message = message if young else f"{name_of(pod)} is not throttled: it stays below its CPU limit."
    observed = result["stdout"].strip() or result["error"] or "nothing"
    yield Finding(message, subject(pod), f"cpu.stat {THROTTLED}", "more than 0", observed, hint=hint, waiting=young)
