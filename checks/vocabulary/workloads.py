"""The vocabulary of what makes Pods (Deployment, StatefulSet, DaemonSet): how many, which version, whether it moves.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import condition, name_of, subject
from checks.vocabulary.pods import trouble_of

REVISION = "deployment.kubernetes.io/revision"


def replicas(item: Json, count: int, hint: str) -> Findings:
    """It is asked for this many Pods."""
    found = item["spec"].get("replicas", 1)
    if found != count:
        message = f"{name_of(item)} is asked for {found} Pods, not for {count}."
        yield Finding(message, subject(item), "spec.replicas", count, found, hint=hint)


def rolled_out(snapshot: Snapshot, item: Json, hint: str) -> Findings:
    """All Pods that are asked for run the template as it is now, and no others do."""
    status, wanted = item.get("status") or {}, _wanted(item)
    updated, ready, total = _counts(item)
    seen = status.get("observedGeneration", 0) >= item["metadata"].get("generation", 0)
    if seen and updated == wanted and ready == wanted and total == wanted:
        return
    name, where = name_of(item), subject(item)
    observed = f"{updated} of {wanted} updated, {ready} ready, {total} in all"
    stuck, why = _stuck(snapshot, item)
    message = f"The rollout of {name} is under way." if not stuck else f"The rollout of {name} does not get on."
    yield Finding(message, where, "status", f"{wanted} updated and ready", observed, why, hint, waiting=not stuck)


def _wanted(item: Json) -> int:
    if item["kind"] == "DaemonSet":
        return int((item.get("status") or {}).get("desiredNumberScheduled", 0))
    return int(item["spec"].get("replicas", 1))


def _counts(item: Json) -> tuple[int, int, int]:
    """Updated, ready and all Pods, as the controller reports them."""
    status = item.get("status") or {}
    if item["kind"] == "DaemonSet":
        names = ("updatedNumberScheduled", "numberAvailable", "currentNumberScheduled")
    elif item["kind"] == "StatefulSet":
        names = ("updatedReplicas", "readyReplicas", "replicas")
    else:
        names = ("updatedReplicas", "availableReplicas", "replicas")
    first, second, third = (int(status.get(name) or 0) for name in names)
    return first, second, third


def _stuck(snapshot: Snapshot, item: Json) -> tuple[bool, str]:
    """Whether nothing will come of it by itself, and why: what the controller says, and what ails its newest Pods."""
    progress, failure = condition(item, "Progressing"), condition(item, "ReplicaFailure")
    reasons = [failure["message"]] if failure.get("status") == "True" else []
    newest = newest_pods(snapshot, item)
    troubles = [(pod, trouble) for pod in newest if (trouble := trouble_of(snapshot, pod))]
    # After an undo the controller's word of before stands for a moment, though only the Pods too many are left to go.
    arrived = len(newest) == _wanted(item) and not troubles
    if progress.get("reason") == "ProgressDeadlineExceeded" and not arrived:
        reasons.append(f"The controller says: {progress.get('message', '')}")
    for pod, trouble in [each for each in troubles if not each[1].waiting][:1]:
        reasons.append(f"{name_of(pod)}: {trouble.message}\n{trouble.why}".strip())
    return bool(reasons), "\n".join(reasons)


def newest_pods(snapshot: Snapshot, item: Json) -> list[Json]:
    """The Pods of the template as it is now; for what is not a Deployment all of its Pods."""
    current = current_set(snapshot, item) if item["kind"] == "Deployment" else item
    return snapshot.pods(owner=current) if current else []


def sets_of(snapshot: Snapshot, deployment: Json) -> list[Json]:
    """The ReplicaSets of a Deployment, the oldest revision first."""
    found = [each for each in snapshot.of_kind("ReplicaSet").values() if snapshot.descends(each, deployment)]
    return sorted(found, key=revision)


def current_set(snapshot: Snapshot, deployment: Json) -> Json | None:
    """The ReplicaSet of the Deployment's template as it is now."""
    return next(iter(reversed(sets_of(snapshot, deployment))), None)


def revision(item: Json) -> int:
    """The revision that a Deployment or one of its ReplicaSets carries; 0 for none."""
    text = (item["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def refusals(deployment: Json) -> Iterator[str]:
    """What in a Deployment lets requests fail during a rollout."""
    strategy = deployment["spec"].get("strategy") or {}
    rolling, template = strategy.get("rollingUpdate") or {}, deployment["spec"]["template"]["spec"]
    if strategy.get("type") == "Recreate":
        yield "Its strategy is Recreate: all old Pods end before the first new one is made."
    elif str(rolling.get("maxUnavailable", "25%")) not in ("0", "0%"):
        yield f"Its strategy lets Pods be missing meanwhile (maxUnavailable {rolling.get('maxUnavailable', '25%')})."
    for container in template.get("containers") or ():
        if not container.get("readinessProbe"):
            yield f"Its container {container['name']} has no readiness probe: it counts as ready before it answers."
        if not (container.get("lifecycle") or {}).get("preStop"):
            yield (
                f"Its container {container['name']} has no preStop: a Pod is told to end at the moment at which it is taken "
                "out of the Service, and some hear of that later than it ends."
            )
