"""The lost node of lab 20b: it is back, it is the same one, and the lamp's journal survived."""

from checks.labs import lab_20b_service as service
from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import seconds
from checks.vocabulary import containers, objects
from checks.vocabulary.objects import condition, subject

NIGHT, MORNING, LAMP = "night", "morning", "lamp"
WATCH = "lit by the night watch"
# The times of objects have no fractions of a second.
ROUNDED = 1.0
AGAIN = "`bash night.sh` begins a new night."


def is_back(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the node that was stopped has reported since, is the same Node object, and takes Pods."""
    name = (snapshot.require("ConfigMap", NIGHT).get("data") or {}).get("node", "")
    node = snapshot.of_kind("Node").get(name)
    if node is None:
        message = f"The cluster has no Node object {name} any more."
        hint = f"Start the node, and its kubelet registers it again. What was on it is lost: {AGAIN}"
        yield Finding(message, f"node/{name}", "metadata.name", name, sorted(snapshot.of_kind("Node")), hint=hint)
        return
    yield from containers.first(_same(snapshot, node), _reports(snapshot, node, name), _takes_pods(node, name))


def _same(snapshot: Snapshot, node: Json) -> containers.Findings:
    stopped, created = _stopped(snapshot), node["metadata"].get("creationTimestamp", "")
    if seconds(stopped, created) > 0:
        message = f"The Node object {objects.name_of(node)} was deleted, and the node has joined again as a new one."
        why = "With a Node object, Kubernetes deletes the Pods of that node, and what they had stored there."
        yield Finding(message, subject(node), "metadata.creationTimestamp", f"before {stopped}", created, why, AGAIN)


def _reports(snapshot: Snapshot, node: Json, name: str) -> containers.Findings:
    ready, renewed = condition(node, "Ready"), _renewed(snapshot, name)
    hint = "A node of this cluster is a container of your Docker engine. Which of them run?"
    if seconds(_stopped(snapshot), renewed) <= ROUNDED:
        message = f"The kubelet of {name} has not reported since the node was stopped."
        why = f"The control plane says: {ready.get('reason', '')}. {ready.get('message', '')}"
        yield Finding(message, subject(node), "its lease: spec.renewTime", f"after {_stopped(snapshot)}", renewed, why, hint)
    elif ready.get("status") != "True":
        # It reports: it is becoming ready.
        message, why = f"The node {name} is not ready yet.", f"It says: {ready.get('message', '')}"
        yield Finding(message, subject(node), "status.conditions[Ready]", "True", ready.get("status"), why, hint, waiting=True)


def _takes_pods(node: Json, name: str) -> containers.Findings:
    if node["spec"].get("unschedulable"):
        message = f"The node {name} is cordoned: no new Pod is scheduled on it."
        why = "`kubectl get nodes` shows SchedulingDisabled."
        yield Finding(message, subject(node), "spec.unschedulable", False, True, why, f"`kubectl uncordon {name}`")


def _stopped(snapshot: Snapshot) -> str:
    """Return when the node was stopped: a ConfigMap was created right after that."""
    return str(snapshot.require("ConfigMap", MORNING)["metadata"].get("creationTimestamp", ""))


def _renewed(snapshot: Snapshot, name: str) -> str:
    """Return when the kubelet of a node has renewed its lease last, or when the node was stopped if there is no lease."""
    leases = {lease["metadata"]["name"]: lease for lease in snapshot.probe("leases")["fields"].get("items") or ()}
    return str(((leases.get(name) or {}).get("spec") or {}).get("renewTime") or _stopped(snapshot))


def lamp_is_lit(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding unless the lamp answers from its own program and its journal still has the line of the watch."""
    hint = "`kubectl get pods -n lamp -o wide` shows the Pod and its node."
    yield from containers.first(
        service.runs(snapshot, LAMP, hint, "StatefulSet"),
        service.answers(snapshot, LAMP, f"{LAMP}: open", hint, "StatefulSet"),
        _journal(snapshot),
    )


def _journal(snapshot: Snapshot) -> containers.Findings:
    probe = snapshot.probe(LAMP)
    if WATCH not in probe["body"]:
        message = "The journal of the lamp has lost the line of the night watch."
        why = "The journal lived in the Pod that was on the lost node. That Pod was deleted, and a new one began a new journal."
        hint = f"It cannot be recovered. {AGAIN} Then bring the node back before you touch the Pod."
        yield Finding(message, f"service/{LAMP}", "its journal", WATCH, probe["body"], why, hint)
