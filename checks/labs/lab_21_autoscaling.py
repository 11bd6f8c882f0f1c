"""The checks of lab 21: Pods that can be measured, an autoscaler that knows its targets, and a rush that comes and goes."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, objects, pod_resources, pods, scaling, workloads
from checks.vocabulary.objects import age, name_of, quantity, subject
from checks.vocabulary.scaling import ABOVE, BELOW, Rescale

DESK, RUSH, KIND = "desk", "rush", "HorizontalPodAutoscaler"
REQUESTS = {"cpu": "20m", "memory": "16Mi"}
TARGETS = {"cpu": 50, "memory": 80}
LEAST, MOST, WINDOW, USUAL_WINDOW = 1, 3, 15, 300
# How long the autoscaler may take, in seconds, from the first question to the second desk.
REACTION = 100.0
APPLY = "Complete scaler.yaml and apply it."


@check(
    "desk-requests",
    "desk is ready, and its container requests 20m CPU and 16Mi of memory",
    points=2,
    hints=[
        "`kubectl describe hpa desk` shows under Conditions and Events what is missing.",
        "A percentage needs a whole: utilization is what is used, divided by what is *requested*.",
        "In desk.yaml, in the container: `resources:`, in it `requests:` with `cpu: 20m` and `memory: 16Mi`. Then `kubectl apply "
        "-f desk.yaml`.",
    ],
)
def desk_requests(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete desk.yaml and apply it."
    deployment = snapshot.object("Deployment", DESK)
    yield from containers.first(
        objects.exists(snapshot, "Deployment", DESK, hint),
        _requests(snapshot, deployment, hint) if deployment else (),
        workloads.rolled_out(snapshot, deployment, hint) if deployment else (),
    )


def _requests(snapshot: Snapshot, deployment: Json, hint: str) -> containers.Findings:
    template = deployment["spec"]["template"]
    # Where a file gives a limit alone, the cluster takes it as the request, too.
    amounts = pod_resources.of(template, "limits", DESK) | pod_resources.of(template, "requests", DESK)
    scaler = snapshot.object(KIND, DESK)
    scaler_says = objects.condition(scaler, "ScalingActive").get("message", "") if scaler else ""
    for name, amount in REQUESTS.items():
        observed, path = amounts.get(name), f"spec.template.spec.containers[{DESK}].resources.requests.{name}"
        if observed is None:
            message, why = (
                f"The container of {DESK} requests no {name}.",
                f"The autoscaler says: {scaler_says}" if "missing" in scaler_says else "",
            )
            yield Finding(message, subject(deployment), path, amount, None, why, hint, cost=1)
        elif quantity(observed) != quantity(amount):
            message = f"The container of {DESK} requests {observed} of {name}, not {amount}."
            yield Finding(message, subject(deployment), path, amount, observed, hint=hint, cost=1)


@check(
    "scaler-measures",
    "The autoscaler desk knows what the Pods of desk use",
    points=2,
    needs=["desk-requests"],
    hints=[
        "`kubectl get hpa desk` shows under TARGETS what is used and what is aimed at; `<unknown>` is a bad sign after a minute.",
        "`kubectl describe hpa desk` says under Conditions, ScalingActive, why it does not know. `kubectl top pods` shows what "
        "the cluster has measured.",
        "`kubectl apply -f desk.yaml -f scaler.yaml`, then half a minute of patience. If desk has no Pods: `kubectl scale "
        "deployment/desk --replicas=1`.",
    ],
)
def scaler_measures(snapshot: Snapshot) -> containers.Findings:
    scaler = snapshot.object(KIND, DESK)
    hint = "`kubectl describe hpa desk` says what it lacks."
    yield from containers.first(
        objects.exists(snapshot, KIND, DESK, APPLY),
        scaling.scales(scaler, "Deployment", DESK, APPLY) if scaler else (),
        scaling.measures(snapshot, scaler, hint) if scaler else (),
    )


@check(
    "scaler-declared",
    "The autoscaler targets 50 % of the CPU and 80 % of the memory requested, with 1 to 3 Pods",
    points=3,
    needs=["scaler-measures"],
    hints=[
        "`kubectl get hpa desk` shows targets and bounds.",
        "`metrics` is a list: memory is a second entry of the same shape as that for cpu. The bounds are `minReplicas` and "
        "`maxReplicas`.",
        "Under `metrics` another `- type: Resource` with `resource: {name: memory, target: {type: Utilization, "
        "averageUtilization: 80}}`, and `maxReplicas: 3`. Then `kubectl apply -f scaler.yaml`.",
    ],
)
def scaler_declared(snapshot: Snapshot) -> containers.Findings:
    scaler = snapshot.require(KIND, DESK)
    yield from scaling.bounds(scaler, LEAST, MOST, APPLY)
    yield from scaling.aims(scaler, TARGETS, APPLY)


@check(
    "scaler-calm",
    "The autoscaler waits 15 seconds before it takes Pods away",
    needs=["scaler-measures"],
    hints=[
        "`kubectl explain hpa.spec.behavior.scaleDown` tells what can be said about taking away.",
        "The field is `stabilizationWindowSeconds`, under `behavior.scaleDown` of the autoscaler's `spec`.",
        "Under `spec`: `behavior:`, in it `scaleDown:`, in it `stabilizationWindowSeconds: 15`. Then "
        "`kubectl apply -f scaler.yaml`.",
    ],
)
def scaler_calm(snapshot: Snapshot) -> containers.Findings:
    scaler = snapshot.require(KIND, DESK)
    down = (scaler["spec"].get("behavior") or {}).get("scaleDown") or {}
    window = down.get("stabilizationWindowSeconds")
    if window != WINDOW:
        seconds = USUAL_WINDOW if window is None else window
        message = f"Before it takes Pods away, {DESK} looks back over {seconds} seconds, not over {WINDOW}."
        why = f"Where nothing is said, it is {USUAL_WINDOW}." if seconds == USUAL_WINDOW else ""
        yield Finding(message, subject(scaler), "spec.behavior.scaleDown", WINDOW, window, why, APPLY)


@check(
    "scaled-up",
    "Under the rush, the autoscaler has added Pods",
    points=2,
    needs=["scaler-declared"],
    hints=[
        "`kubectl get hpa desk --watch` in a terminal shows how use and number change. It takes up to a minute.",
        "The desk needs so many requests that it uses more than half of the CPU that it requests. rush.yaml sends them.",
        "`kubectl apply -f rush.yaml`, then wait until `kubectl get hpa desk` shows more than one replica.",
    ],
)
def scaled_up(snapshot: Snapshot) -> containers.Findings:
    scaler = snapshot.require(KIND, DESK)
    changes = scaling.rescales(snapshot, scaler)
    if any(ABOVE in change.reason and change.size > LEAST for change in changes) or scaling.has_rescaled(snapshot, scaler):
        return
    rush, use = snapshot.pod(RUSH), scaling.utilization(scaler, "cpu")
    busy = use is not None and use > TARGETS["cpu"]
    if rush and not busy and (trouble := list(pods.ready(snapshot, rush, "`kubectl describe pod rush` says more."))):
        yield from trouble
        return
    waiting = busy or (rush is not None and age(rush, snapshot) < REACTION)
    message = "The autoscaler has not added a Pod because of the load" + (" yet." if waiting else ".")
    why = f"desk uses {_percent(use)} of the CPU that it requests; more than {TARGETS['cpu']} % would be a reason."
    others = [change.reason for change in changes if BELOW not in change.reason]
    if others and not waiting:
        why = f"It has added Pods for another reason: {others[-1]}."
    hint = "`kubectl apply -f rush.yaml`, and let it send requests for a minute."
    yield Finding(message, subject(scaler), "its events", f"New size … {ABOVE}", _in_words(changes), why, hint, waiting=waiting)


def _percent(use: int | None) -> str:
    return "not known" if use is None else f"{use} %"


def _in_words(changes: list[Rescale]) -> list[str]:
    return [f"{change.time[11:19]} {change.size} Pods: {change.reason}" for change in changes]


@check(
    "scaled-down",
    "After the rush, the autoscaler has taken them away again, to 1",
    points=2,
    needs=["scaled-up"],
    hints=[
        "The autoscaler removes Pods when the use has been low for a while. What still sends requests?",
        "Delete the Pod rush, and leave the number to the autoscaler. It takes up to a minute.",
        "`kubectl delete pod rush`, then wait until `kubectl get hpa desk` shows one replica.",
    ],
)
def scaled_down(snapshot: Snapshot) -> containers.Findings:
    scaler, deployment = snapshot.require(KIND, DESK), snapshot.require("Deployment", DESK)
    changes = scaling.rescales(snapshot, scaler)
    wanted, rush = deployment["spec"].get("replicas", 1), snapshot.pod(RUSH)
    down = changes[-1] if changes and BELOW in changes[-1].reason else None
    if wanted == LEAST and (down and down.size == LEAST or scaling.has_rescaled(snapshot, scaler)) and not rush:
        return
    path, expected, hint = "its events", f"New size: {LEAST} … {BELOW}", "`kubectl delete pod rush`, and wait."
    if rush:
        message = f"The rush continues: {name_of(rush)} is still sending requests, and {wanted} Pods answer."
        yield Finding(message, subject(rush), "metadata.name", "no such Pod", RUSH, hint=hint)
    elif wanted <= LEAST:
        message = "There is one Pod again, but it was not the autoscaler that took the others away."
        why = "The Deployment was scaled by hand. While an autoscaler exists, leave the number to it."
        again = "Start the rush once more, wait until it ends, and leave the number to the autoscaler."
        yield Finding(message, subject(scaler), path, expected, _in_words(changes), why, again)
    else:
        use = scaling.utilization(scaler, "cpu")
        message = f"{wanted} Pods are still there, and the autoscaler looks whether the calm lasts."
        why = f"They use {_percent(use)} of the CPU that they request."
        yield Finding(message, subject(scaler), path, expected, _in_words(changes), why, hint, waiting=True)
