"""Deployments, StatefulSets and DaemonSets: replicas, rollouts, revisions.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import condition, name_of, subject
from checks.vocabulary.pod_containers import pulling
from checks.vocabulary.pods import trouble_of

PAUSED = "While a Deployment is paused, a change of its template starts no rollout."
REVISION, HISTORY = "deployment.kubernetes.io/revision", "deployment.kubernetes.io/revision-history"


def replicas(item: Json, count: int, hint: str) -> Findings:
    """Yield a finding unless the workload is set to this many replicas.

    Example:
        yield from workloads.replicas(web, 3, "`kubectl scale deployment web --replicas=3`")
        # web is set to 2 replicas, not 3.
    """
    asked = item["spec"].get("replicas", 1)
    if asked != count:
        message = f"{name_of(item)} is set to {asked} replica{'' if asked == 1 else 's'}, not {count}."
        yield Finding(message, subject(item), "spec.replicas", count, asked, hint=hint)


def rolled_out(snapshot: Snapshot, item: Json, hint: str) -> Findings:
    """Yield a finding unless all Pods run the current template and are ready; waiting while the rollout makes progress.

    Example:
        yield from workloads.rolled_out(snapshot, web, "`kubectl rollout status deployment/web`")
        # The rollout of web is in progress.
    """
    status, wanted = item.get("status") or {}, _wanted(item)
    updated, ready, total = _counts(item)
    observed_latest = status.get("observedGeneration", 0) >= item["metadata"].get("generation", 0)
    if observed_latest and updated == wanted and ready == wanted and total == wanted:
        return
    name, where = name_of(item), subject(item)
    observed = f"{updated} of {wanted} updated, {ready} ready, {total} in all"
    if item["spec"].get("paused"):
        resume = f"`kubectl rollout resume deployment {name}` lets it continue; `undo` works only after that."
        yield Finding(f"The rollout of {name} is paused.", where, "spec.paused", False, True, PAUSED, resume)
        return
    stuck, why = _stuck(snapshot, item)
    message = f"The rollout of {name} is in progress." if not stuck else f"The rollout of {name} is stuck."
    yield Finding(message, where, "status", f"{wanted} updated and ready", observed, why, hint, waiting=not stuck)


def _wanted(item: Json) -> int:
    if item["kind"] == "DaemonSet":
        return int((item.get("status") or {}).get("desiredNumberScheduled", 0))
    return int(item["spec"].get("replicas", 1))


def _counts(item: Json) -> tuple[int, int, int]:
    """Return updated, ready and all Pods, as the controller reports them."""
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
    """Tell whether nothing will come of it by itself, and why: what the controller says, and what ails its newest Pods."""
    progress, failure = condition(item, "Progressing"), condition(item, "ReplicaFailure")
    reasons = [failure["message"]] if failure.get("status") == "True" else []
    newest = newest_pods(snapshot, item)
    troubles = [(pod, trouble) for pod in newest if (trouble := trouble_of(snapshot, pod))]
    # After an undo, the controller's old condition remains for a moment while the surplus Pods are deleted.
    arrived = len(newest) == _wanted(item) and not troubles
    # The controller gives up after ten minutes, also on an image that is still being pulled.
    pulls = any(pulling(snapshot, pod) for pod in newest)
    if progress.get("reason") == "ProgressDeadlineExceeded" and not arrived and not pulls:
        reasons.append(f"The controller says: {progress.get('message', '')}")
    for pod, trouble in [pair for pair in troubles if not pair[1].waiting][:1]:
        reasons.append(f"{name_of(pod)}: {trouble.message}\n{trouble.why}".strip())
    return bool(reasons), "\n".join(reasons)


def newest_pods(snapshot: Snapshot, item: Json) -> list[Json]:
    """Return the Pods of a Deployment's current template; all Pods of any other workload.

    Example:
        pods = workloads.newest_pods(snapshot, web)
    """
    current = current_set(snapshot, item) if item["kind"] == "Deployment" else item
    return snapshot.pods(owner=current) if current else []


def sets_of(snapshot: Snapshot, deployment: Json) -> list[Json]:
    """Return the ReplicaSets of a Deployment, the oldest revision first.

    Example:
        [workloads.revision(replica_set) for replica_set in workloads.sets_of(snapshot, web)]
        # [1, 2]
    """
    sets = [replica_set for replica_set in snapshot.of_kind("ReplicaSet").values() if snapshot.descends(replica_set, deployment)]
    return sorted(sets, key=revision)


def current_set(snapshot: Snapshot, deployment: Json) -> Json | None:
    """Return the ReplicaSet of the Deployment's current template; None if there is none yet.

    Example:
        current = workloads.current_set(snapshot, web)
    """
    return next(iter(reversed(sets_of(snapshot, deployment))), None)


def revision(item: Json) -> int:
    """Return the revision of a Deployment or a ReplicaSet; 0 if it has none.

    Example:
        workloads.revision({"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}})
        # 2
    """
    text = (item["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def revisions(snapshot: Snapshot, deployment: Json) -> list[tuple[int, Json]]:
    """Return each revision of a Deployment with its ReplicaSet, the oldest first.

    A ReplicaSet that a rollback took up again has several revisions: times of creation do not tell the order of rollouts.
    Source: the annotations revision and revision-history in https://kubernetes.io/docs/reference/labels-annotations-taints/.

    Example:
        [number for number, _ in workloads.revisions(snapshot, web)]
        # [1, 2, 3, 4]
    """
    numbered = [(number, replica_set) for replica_set in sets_of(snapshot, deployment) for number in _numbers(replica_set)]
    return sorted(numbered, key=lambda pair: pair[0])


def _numbers(replica_set: Json) -> list[int]:
    earlier = (replica_set["metadata"].get("annotations") or {}).get(HISTORY, "")
    return [*(int(number) for number in earlier.split(",") if number.strip().isdigit()), revision(replica_set)]


def was_taken_up_again(replica_set: Json) -> bool:
    """Tell whether a later rollout went back to this ReplicaSet: then it is older than its last rollout.

    Example:
        workloads.was_taken_up_again({"metadata": {"annotations": {"deployment.kubernetes.io/revision-history": "1"}}})
        # True
    """
    return len(_numbers(replica_set)) > 1


def refusals(deployment: Json) -> Iterator[str]:
    r"""Yield, as sentences, which settings of a Deployment make requests fail during a rollout.

    Example:
        why = "\n".join(workloads.refusals(web))
        # 'Its strategy is Recreate: all old Pods end before the first new one starts.'
    """
    strategy = deployment["spec"].get("strategy") or {}
    rolling, template = strategy.get("rollingUpdate") or {}, deployment["spec"]["template"]["spec"]
    if strategy.get("type") == "Recreate":
        yield "Its strategy is Recreate: all old Pods end before the first new one starts."
    elif str(rolling.get("maxUnavailable", "25%")) not in ("0", "0%"):
        yield f"Its strategy lets Pods be unavailable during a rollout (maxUnavailable {rolling.get('maxUnavailable', '25%')})."
    for container in template.get("containers") or ():
        if not container.get("readinessProbe"):
            yield f"Its container {container['name']} has no readiness probe: it counts as ready before it answers."
        if not (container.get("lifecycle") or {}).get("preStop"):
            yield (
                f"Its container {container['name']} has no preStop hook: a Pod is told to stop as soon as it is removed "
                "from the Service, while some clients still send requests to it."
            )
