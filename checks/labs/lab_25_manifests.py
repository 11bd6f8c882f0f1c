"""The parts of lab 25's checks about old manifests: which of their API versions the cluster serves, and which labels are old."""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, texts
from checks.vocabulary.objects import subject

FILE = "night.yaml"
LANTERN, SWEEP = "lantern", "sweep"
# Labels of nodes that were replaced, each with its successor: the API server warns of them.
# Source: https://kubernetes.io/docs/reference/labels-annotations-taints/.
OLD_LABELS = {
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
}


def documents(snapshot: Snapshot) -> list[Json]:
    """Return the objects that the learner's file describes."""
    parsed = texts.yaml_documents(snapshot.probe("file").get("text") or "")
    return [document for document in parsed if isinstance(document, dict)]


def complete(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the file still describes the Deployment and the CronJob."""
    kinds = sorted(str(document.get("kind")) for document in documents(snapshot))
    missing = [kind for kind in ("CronJob", "Deployment") if kind not in kinds]
    if missing:
        error = snapshot.probe("file").get("error") or ""
        message = f"{FILE} describes no {missing[0]}."
        yield Finding(message, f"file/{FILE}", "kind", "CronJob and Deployment", kinds, error, hint)


def served(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding for each object in the file whose API version the cluster does not serve."""
    groups = {group.get("name"): group for group in snapshot.probe("apis")["fields"].get("groups") or ()}
    known = {str(version.get("groupVersion")) for group in groups.values() for version in group.get("versions") or ()}
    for document in documents(snapshot):
        version, kind = str(document.get("apiVersion")), str(document.get("kind"))
        if version in known or version == "v1":
            continue
        group = version.partition("/")[0]
        others = sorted(other for other in known if other.partition("/")[0] == group)
        why = f"Of the group {group}, it serves {', '.join(others)}." if others else f"It serves no version of the group {group}."
        message = f"{FILE} describes a {kind} in {version}, which this cluster does not serve."
        yield Finding(message, f"file/{FILE}", "apiVersion", "a served version", version, why, hint)


def scheduled(job: Json, schedule: str, hint: str) -> containers.Findings:
    """Yield a finding unless the CronJob has kept its schedule."""
    observed = job["spec"].get("schedule")
    message = f"The CronJob {SWEEP} runs at other times than before."
    yield from containers.equal(subject(job), "spec.schedule", schedule, observed, message, hint=hint)


def warned(item: Json, hint: str) -> containers.Findings:
    """Yield a finding for each label in the object's template that the API server warns of."""
    for spec in _pod_specs(item["spec"]):
        for label in _labels(spec):
            if label in OLD_LABELS:
                message = f"{subject(item)} selects nodes by the deprecated label {label}."
                why = f"The API server warns of it at every `apply`. Its successor is {OLD_LABELS[label]}."
                yield Finding(message, subject(item), "nodeSelector", OLD_LABELS[label], label, why, hint)


def _pod_specs(spec: Json) -> Iterator[Json]:
    """Yield the specification of the Pods in that of a Deployment or a CronJob."""
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    yield from ((owner.get("template") or {}).get("spec") or {} for owner in (spec, job))


def _labels(spec: Json) -> Iterator[str]:
    """Yield the labels by which a Pod selects its node."""
    yield from spec.get("nodeSelector") or {}
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = [*(required.get("nodeSelectorTerms") or ())]
    terms += [term.get("preference") or {} for term in affinity.get("preferredDuringSchedulingIgnoredDuringExecution") or ()]
    for term in terms:
        yield from (expression.get("key", "") for expression in term.get("matchExpressions") or ())
