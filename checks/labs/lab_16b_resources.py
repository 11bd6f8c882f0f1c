"""The checks of lab 16b: the classes of Pods, and what happens at a limit."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, pod_resources, pods
from checks.vocabulary.pod_containers import main_container

CLASSES = {"rowboat": "BestEffort", "ferry": "Burstable", "tanker": "Guaranteed"}
HUNGRY, LITTLE, FED, ENOUGH, MAP, DRUM, BEATS = "hungry", "32Mi", "fed", "96Mi", "map", "drum", "50m"


@check(
    "classes",
    "rowboat is BestEffort, ferry Burstable, tanker Guaranteed",
    points=3,
    hints=[
        "`kubectl get pods -o custom-columns=NAME:.metadata.name,QOS:.status.qosClass` shows the classes.",
        "Nothing said is BestEffort. For Guaranteed, every container has limits for cpu *and* memory, and requests equal to "
        "them. All else is Burstable.",
        "ferry: `requests: {memory: 16Mi}`. tanker: `limits: {cpu: 50m, memory: 32Mi}`, and no requests or the same ones. Then "
        "`kubectl delete pod ferry tanker` and `kubectl apply -f ships.yaml`.",
    ],
)
def classes(snapshot: Snapshot) -> containers.Findings:
    hint = "Change ships.yaml, `kubectl delete pod NAME`, `kubectl apply -f ships.yaml`."
    for name, wanted in CLASSES.items():
        for finding in pods.runs(snapshot, name, hint):
            yield Finding(**{**vars(finding), "cost": 1})
        if pod := snapshot.pod(name):
            yield from pod_resources.of_class(pod, wanted, hint, cost=1)


@check(
    "hungry-killed",
    "hungry was killed for using more than its 32Mi",
    hints=[
        "`kubectl describe pod hungry` shows under Last State why its container ended.",
        "Apply hungry.yaml as it is. The kernel kills a process that exceeds the limit.",
        "`kubectl apply -f hungry.yaml`, and leave the Pod as it is. Call the one that gets enough memory fed.",
    ],
)
def hungry_killed(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f hungry.yaml`, with the limit that it sets."
    yield from objects.exists(snapshot, "Pod", HUNGRY, hint)
    if pod := snapshot.pod(HUNGRY):
        yield from containers.first(
            pod_resources.limited(pod, "memory", LITTLE, hint, MAP), pod_resources.killed_for_memory(snapshot, pod, hint, MAP)
        )


@check(
    "fed-runs",
    "fed does the same with 96Mi, and is ready",
    needs=["hungry-killed"],
    hints=[
        "The log of hungry and its file say what it needs. A limit must leave room for it.",
        "fed.yaml is a copy of hungry.yaml with another name and another `limits.memory`.",
        "In fed.yaml: `name: fed`, `limits: {memory: 96Mi}`; the command stays. Then `kubectl apply -f fed.yaml`.",
    ],
)
def fed_runs(snapshot: Snapshot) -> containers.Findings:
    hint = "Copy hungry.yaml to fed.yaml, change the name and the limit, and apply it."
    yield from containers.first(
        objects.exists(snapshot, "Pod", FED, hint),
        pod_resources.limited(snapshot.pod(FED) or {}, "memory", ENOUGH, hint, MAP) if snapshot.pod(FED) else (),
        pods.runs(snapshot, FED, hint),
        _same_work(snapshot, hint),
    )


def _same_work(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless the two run the same command: only the limit may differ."""
    specs = (main_container(snapshot.require("Pod", name), MAP) for name in (HUNGRY, FED))
    one, other = ([container.get(part) for part in ("command", "args")] for container in specs)
    if one != other:
        message = f"{FED} does something else than {HUNGRY}."
        yield Finding(message, f"pod/{FED}", f"containers[{MAP}].command", one, other, hint=hint)


@check(
    "drum-throttled",
    "drum runs with a limit of 50m, and is throttled",
    points=2,
    hints=[
        "`kubectl logs drum` shows how long the same work takes each time.",
        "`limits.cpu` is how much CPU time a container may use, in thousandths of a CPU: `50m` is a twentieth.",
        "In drum.yaml, in the container: `resources: {limits: {cpu: 50m}}`. Then `kubectl delete pod drum "
        "--ignore-not-found` and `kubectl apply -f drum.yaml`.",
    ],
)
def drum_throttled(snapshot: Snapshot) -> containers.Findings:
    hint = "Give drum the limit in drum.yaml; delete the Pod, and apply the file."
    yield from containers.first(
        pods.runs(snapshot, DRUM, hint),
        pod_resources.limited(snapshot.pod(DRUM) or {}, "cpu", BEATS, hint, DRUM) if snapshot.pod(DRUM) else (),
        pod_resources.held_back(snapshot, "held-back", snapshot.pod(DRUM) or {}, hint),
    )
