"""The budget of lab 16: what a container is given, what the Pods carry, and which Pod was refused."""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, pod_resources, workloads
from checks.vocabulary.objects import name_of, subject
from checks.vocabulary.pod_containers import main_container

DEVELOPMENT, WEB, BUDGET = "development", "web", "budget"
HARD = {"requests.cpu": "100m", "requests.memory": "48Mi", "limits.memory": "96Mi"}
REQUEST, LIMIT = {"cpu": "20m", "memory": "16Mi"}, {"memory": "32Mi"}
REFUSED = "exceeded quota"


def usual(item: Json, hint: str) -> containers.Findings:
    """Yield a finding for each amount that the LimitRange does not give as the task says."""
    limits = item["spec"].get("limits") or ()
    own = next((entry for entry in limits if entry.get("type") == "Container"), {})
    # Where only `default` is set, the cluster takes it as the request, too: what counts is the result.
    for field, wanted in (("defaultRequest", REQUEST), ("default", LIMIT)):
        path, amounts = f"spec.limits[Container].{field}", own.get(field) or {}
        yield from pod_resources.amounts(item, path, wanted, amounts, f"under {field}", hint)


def carried(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for each Pod of web in development without these amounts."""
    deployment = snapshot.object("Deployment", WEB, DEVELOPMENT) or {}
    hint = "`kubectl rollout restart deployment/web -n development` recreates its Pods."
    for pod in snapshot.pods(owner=deployment):
        if pod["metadata"].get("deletionTimestamp"):
            continue
        resources, path = main_container(pod, WEB).get("resources") or {}, f"containers[{WEB}].resources"
        if not (resources.get("requests") or {}).get("memory"):
            why = "It is older than the LimitRange, which applies only to new Pods. The budget does not count it either."
            message = f"The Pod {name_of(pod)} of {DEVELOPMENT} requests nothing."
            yield Finding(message, subject(pod), path, "requests and limits", resources, why, hint)
            continue
        for kind, wanted in (("requests", REQUEST), ("limits", LIMIT)):
            yield from pod_resources.amounts(pod, f"{path}.{kind}", wanted, resources.get(kind) or {}, f"under {kind}", hint)


def was_refused(snapshot: Snapshot, deployment: Json) -> containers.Findings:
    """Yield a finding unless an event says that a Pod was refused for the budget."""
    refusals = [
        str(event.get("message", ""))
        for replica_set in workloads.sets_of(snapshot, deployment)
        for event in snapshot.events(replica_set)
        if event.get("reason") == "FailedCreate"
    ]
    if any(REFUSED in message for message in refusals):
        return
    used = ((snapshot.object("ResourceQuota", BUDGET, DEVELOPMENT) or {}).get("status") or {}).get("used") or {}
    observed = {name: used.get(name) for name in HARD}
    why = (
        f"A Pod was refused for another reason: {refusals[-1]}"
        if refusals
        else "Everything that was requested so far fits the budget."
    )
    message = f"No Pod of {DEVELOPMENT} has been refused for the budget (as far as its events tell: they are kept for a day)."
    hint = "`kubectl scale deployment/web -n development --replicas=5` requests more than fits."
    yield Finding(message, "development deployment/web", "events of its ReplicaSets", REFUSED, observed, why, hint)
