"""The parts of lab 25's checks about Pods and their places: what may be evicted, where Pods run, and which Pod gives way."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, services, workloads
from checks.vocabulary.daemonsets import tolerates
from checks.vocabulary.objects import exists, name_of, subject

HOSTNAME = "kubernetes.io/hostname"
SWEEPERS, RESCUE = "sweepers", "rescue"
IDLE, URGENT = "harbour-idle", "harbour-urgent"


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Tell whether a label selector, of plain labels and of expressions, matches these labels. An empty one matches all."""
    plain = (selector or {}).get("matchLabels") or {}
    expressions = (selector or {}).get("matchExpressions") or ()
    return plain.items() <= labels.items() and all(_holds(expression, labels) for expression in expressions)


def _holds(expression: Json, labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def _labels(pod: Json) -> dict[str, str]:
    return pod["metadata"].get("labels") or {}


def budgets(snapshot: Snapshot, pods: list[Json]) -> list[Json]:
    """Return the PodDisruptionBudgets that select some of these Pods."""
    every = snapshot.of_kind("PodDisruptionBudget").values()
    return [budget for budget in every if any(matches(budget["spec"].get("selector"), _labels(pod)) for pod in pods)]


def behind(snapshot: Snapshot, service: Json) -> list[Json]:
    """Return the Pods behind a Service, ready or not: those that its EndpointSlices name."""
    names = set(services.addresses(snapshot, service, ready=False).values())
    return [pod for pod in snapshot.pods() if name_of(pod) in names]


def one_budget(snapshot: Snapshot, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless exactly one budget selects the Pods behind the Service: all of them, and no others."""
    served = behind(snapshot, service)
    ours, where = budgets(snapshot, served), subject(service)
    every = sorted(snapshot.of_kind("PodDisruptionBudget"))
    if not ours:
        message = f"No PodDisruptionBudget selects the Pods of {name_of(service)}."
        why = f"The selector of {', '.join(every)} matches none of them." if every else "There is none in the namespace."
        yield Finding(message, where, "spec.selector", "one budget", every or "none", why, hint)
    elif len(ours) > 1:
        names = [name_of(budget) for budget in ours]
        why = "The API server refuses to evict a Pod that more than one budget selects."
        message = f"More than one PodDisruptionBudget selects Pods of {name_of(service)}: {', '.join(names)}."
        yield Finding(message, where, "spec.selector", "one budget", names, why, f"`kubectl delete pdb {names[-1]}`")
    else:
        yield from _covers(snapshot, ours[0], served, hint)


def _covers(snapshot: Snapshot, budget: Json, served: list[Json], hint: str) -> containers.Findings:
    selector, wanted = budget["spec"].get("selector"), {name_of(pod) for pod in served}
    covered = {name_of(pod) for pod in snapshot.pods() if matches(selector, _labels(pod))}
    if missing := sorted(wanted - covered):
        message = f"The budget {name_of(budget)} does not cover {', '.join(missing)}."
        why = "These Pods are behind the Service as well: without a budget, all of them can be evicted at the same time."
        yield Finding(message, subject(budget), "spec.selector", sorted(wanted), sorted(covered), why, hint)
    elif extra := sorted(covered - wanted):
        message = f"The budget {name_of(budget)} also covers {', '.join(extra)}."
        why = "Pods that are not behind the Service count as healthy ones of it."
        yield Finding(message, subject(budget), "spec.selector", sorted(wanted), sorted(covered), why, hint)


def allows_one(snapshot: Snapshot, service: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the budget of the Service's Pods allows one eviction now, and never more than one."""
    budget = budgets(snapshot, behind(snapshot, service))[0]
    status, where = budget.get("status") or {}, subject(budget)
    expected, desired = int(status.get("expectedPods") or 0), int(status.get("desiredHealthy") or 0)
    allowed, healthy = int(status.get("disruptionsAllowed") or 0), int(status.get("currentHealthy") or 0)
    late = status.get("observedGeneration", 0) < budget["metadata"].get("generation", 0)
    path, observed = "status.disruptionsAllowed", f"{allowed} allowed: {healthy} of {expected} healthy, {desired} required"
    if late or (expected - desired == 1 and allowed != 1):
        message = f"The budget {name_of(budget)} allows no eviction at the moment, until all Pods are ready."
        yield Finding(message, where, path, 1, observed, hint="`kubectl get pods`", waiting=late or healthy < expected)
    elif expected - desired != 1:
        message = f"The budget {name_of(budget)} allows {expected - desired} of {expected} Pods to be evicted at the same time."
        why = f"It requires {desired} healthy Pods."
        if expected <= desired:
            message = f"The budget {name_of(budget)} allows no eviction, ever."
            why = f"It requires {desired} healthy Pods, and there are {expected}: every drain of their nodes waits forever."
        yield Finding(message, where, path, 1, observed, why, hint)


def constrained(deployment: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the template has a strict topology spread constraint over the nodes that counts its own Pods."""
    template = deployment["spec"]["template"]
    constraints = template["spec"].get("topologySpreadConstraints") or ()
    path, name = "spec.template.spec.topologySpreadConstraints", name_of(deployment)
    by_node = [constraint for constraint in constraints if constraint.get("topologyKey") == HOSTNAME]
    if not by_node:
        keys = [constraint.get("topologyKey") for constraint in constraints]
        message = f"{name} has no topology spread constraint over the nodes."
        why = f"Its constraint is about {', '.join(map(str, keys))}." if keys else ""
        yield Finding(message, subject(deployment), path, f"topologyKey: {HOSTNAME}", keys or "none", why, hint)
        return
    strict = [constraint for constraint in by_node if constraint.get("whenUnsatisfiable") == "DoNotSchedule"]
    if not strict:
        message = f"The constraint of {name} is only a preference."
        why = "With ScheduleAnyway, the scheduler weighs it against others, such as the preferred podAffinity of this template."
        yield Finding(message, subject(deployment), path, "DoNotSchedule", "ScheduleAnyway", why, hint)
        return
    labels = (template.get("metadata") or {}).get("labels") or {}
    if not any(constraint.get("labelSelector") and matches(constraint["labelSelector"], labels) for constraint in strict):
        message = f"The constraint of {name} does not count its own Pods."
        why = "Its labelSelector does not match the labels of the template, so there is nothing to spread."
        observed = [constraint.get("labelSelector") for constraint in strict]
        yield Finding(message, subject(deployment), f"{path}[].labelSelector", labels, observed, why, hint)


def placed(snapshot: Snapshot, deployment: Json, hint: str) -> containers.Findings:
    """Yield a finding unless all Pods of the Deployment run; it explains a constraint that counts the control plane as well."""
    constraints = deployment["spec"]["template"]["spec"].get("topologySpreadConstraints") or ()
    honors = any(constraint.get("nodeTaintsPolicy") == "Honor" for constraint in constraints)
    for finding in workloads.rolled_out(snapshot, deployment, hint):
        why = finding.why
        if "topology spread" in why and not honors:
            why += (
                "\nThe node of the control plane counts as well, and has no Pod of these. Compared with it, one more Pod on a "
                "worker is one too many."
            )
        yield Finding(**{**vars(finding), "why": why})


def even(snapshot: Snapshot, deployment: Json, hint: str) -> containers.Findings:
    """Yield a finding unless the Pods are spread over all nodes that they can use, with a difference of at most one."""
    spec = deployment["spec"]["template"]["spec"]
    nodes = [name for name, node in sorted(snapshot.of_kind("Node").items()) if _usable(node, spec)]
    pods = [pod for pod in snapshot.pods(owner=deployment) if not pod["metadata"].get("deletionTimestamp")]
    counts = Counter(dict.fromkeys(nodes, 0))
    counts.update(str(pod["spec"].get("nodeName")) for pod in pods)
    numbers = [counts[name] for name in nodes] or [0]
    if max(numbers) - min(numbers) > 1:
        observed = {name: counts[name] for name in nodes}
        words = ", ".join(f"{number} on {name}" for name, number in observed.items())
        message = f"The Pods of {name_of(deployment)} are not spread evenly: {words}."
        why = "A constraint applies when a Pod is scheduled: it moves no Pod that runs already."
        skews = [constraint.get("maxSkew", 1) for constraint in spec.get("topologySpreadConstraints") or ()]
        if min(skews, default=1) > 1:
            why = f"Its constraint allows a difference of {min(skews)} Pods (maxSkew)."
        yield Finding(message, subject(deployment), "its Pods by node", "a difference of at most one", observed, why, hint)


def _usable(node: Json, spec: Json) -> bool:
    """Tell whether a node takes Pods of this specification, by its taints and by `kubectl cordon`."""
    taints = [taint for taint in node["spec"].get("taints") or () if taint.get("effect") != "PreferNoSchedule"]
    return not node["spec"].get("unschedulable") and all(tolerates(spec, taint) for taint in taints)


def valued(snapshot: Snapshot, values: Mapping[str, int]) -> containers.Findings:
    """Yield a finding for each of these PriorityClasses that is missing or has another value."""
    for name, value in values.items():
        yield from exists(snapshot, "PriorityClass", name, f"`kubectl create priorityclass {name} --value={value}`")
        item = snapshot.object("PriorityClass", name)
        if item and item.get("value") != value:
            message = f"The PriorityClass {name} has the value {item.get('value')}, not {value}."
            why = "Above 0, its Pods could displace those of everyone else in the cluster." if item.get("value", 0) > 0 else ""
            again = f"Its value cannot be changed: `kubectl delete priorityclass {name}`, then create it again."
            yield Finding(message, subject(item), "value", value, item.get("value"), why, again)


def of_class(snapshot: Snapshot, name: str, wanted: str, hint: str) -> containers.Findings:
    """Yield a finding unless the Pods of the Deployment have the PriorityClass."""
    deployment = snapshot.require("Deployment", name)
    observed = deployment["spec"]["template"]["spec"].get("priorityClassName")
    message = f"The Pods of {name} do not have the PriorityClass {wanted}."
    why = "" if observed else "Without a class, a Pod has the priority 0, which is higher than both of these."
    path = "spec.template.spec.priorityClassName"
    yield from containers.equal(subject(deployment), path, wanted, observed, message, why=why, hint=hint)


def gave_way(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless a Pod of sweepers was displaced by rescue, and waits for a place."""
    sweepers = snapshot.require("Deployment", SWEEPERS)
    rescuers = snapshot.pods(owner=snapshot.require("Deployment", RESCUE))
    waiting = [pod for pod in snapshot.pods(owner=sweepers) if not (pod.get("spec") or {}).get("nodeName")]
    expected, path = "one that runs, one that waits for a berth", "its Pods"
    observed = [
        f"{name_of(pod)}: {(pod.get('spec') or {}).get('nodeName') or 'waiting'}" for pod in snapshot.pods(owner=sweepers)
    ]
    if not waiting:
        message, why = "No Pod of sweepers had to give way.", "All of them have a node, and rescue has one as well."
        yield Finding(message, subject(sweepers), path, expected, observed, why, hint)
    elif not _displaced(snapshot) and not any(_made(pod) >= _made(rescuers[0]) > _made(sweepers) for pod in waiting):
        message = "rescue found a free berth: no Pod was displaced."
        why = "rescue was there before one of the sweepers, which has waited since."
        yield Finding(message, subject(sweepers), path, expected, observed, why, hint)


def _displaced(snapshot: Snapshot) -> bool:
    """Tell whether the scheduler has reported that it removed a Pod of sweepers for another Pod."""
    events = snapshot.of_kind("Event").values()
    victims = [str((event.get("involvedObject") or {}).get("name")) for event in events if event.get("reason") == "Preempted"]
    return any(victim.startswith(f"{SWEEPERS}-") for victim in victims)


def _made(item: Json) -> str:
    return str(item["metadata"].get("creationTimestamp", ""))
