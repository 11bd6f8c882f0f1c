"""The checks of lab 20b: six faults repaired at their cause, on the real cluster."""

from checks.labs import lab_20b_node as node
from checks.labs import lab_20b_service as service
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, health_probes, objects, workloads
from checks.vocabulary.objects import name_of, quantity, subject

PLACES = ("berths", "cranes", "tugs", "tides", "ferry", "lamp")
BERTHS, CRANES, TUGS, TIDES, FERRY, _ = PLACES
CPU = "200m"
CREWS = "crews on duty: 4"
LIVE, PORT, NOTICED, WARM_UP = "/live", 8000, 10, 6


@check(
    "night-came",
    "The night has left six namespaces, and a node that was stopped",
    hints=[
        "The task names a script in the lab's folder.",
        "`bash night.sh` removes what is left of an earlier night, and begins a new one.",
        "Run `bash night.sh` in the lab's folder, and wait for its last line: it names what it has done.",
    ],
)
def night_came(snapshot: Snapshot) -> containers.Findings:
    hint = "`bash night.sh` in the lab's folder begins a new night."
    for name in (node.NIGHT, node.MORNING):
        yield from objects.exists(snapshot, "ConfigMap", name, hint)
    for place in PLACES:
        yield from objects.exists(snapshot, "Namespace", place, hint)


@check(
    "berths-open",
    "The berth plan runs on a node, and requests the CPU that it needs",
    points=2,
    needs=["night-came"],
    hints=[
        "A Pod that is Pending has no log: no container was started. Who decides where it runs, and what does that part say?",
        "`kubectl describe pods -n berths` ends with an event of the scheduler. How much CPU is requested, and in which unit?",
        "`kubectl set resources deployment berths -n berths --requests=cpu=200m,memory=32Mi`",
    ],
)
def berths_open(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe pods -n berths`: the last event is the scheduler's."
    yield from containers.first(
        service.runs(snapshot, BERTHS, hint),
        _requests(snapshot, hint),
        service.answers(snapshot, BERTHS, f"{BERTHS}: open", hint),
    )


def _requests(snapshot: Snapshot, hint: str) -> containers.Findings:
    deployment = service.workload(snapshot, BERTHS) or {}
    for pod in workloads.newest_pods(snapshot, deployment):
        cpu = ((service.container(pod, BERTHS).get("resources") or {}).get("requests") or {}).get("cpu")
        if cpu is None or quantity(cpu) != quantity(CPU):
            message = f"The berth plan requests {f'{cpu} CPU' if cpu else 'no CPU'}, not {CPU}."
            why = "Without a request, the scheduler puts it on a node that may have no CPU to spare." if cpu is None else ""
            path = f"spec.containers[{BERTHS}].resources.requests.cpu"
            yield Finding(message, subject(pod), path, CPU, cpu or "no request", why, hint)
            return


@check(
    "cranes-open",
    "The cranes run their own image",
    points=2,
    needs=["night-came"],
    hints=[
        "`kubectl get pods -n cranes` shows the status. `kubectl describe pods -n cranes` shows what the kubelet could not do.",
        "Read the name of the image letter by letter, and compare it with that of another service.",
        "`kubectl set image deployment cranes -n cranes cranes=python:3.11-slim`",
    ],
)
def cranes_open(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe pods -n cranes` names the image and the reason."
    yield from containers.first(
        service.runs(snapshot, CRANES, hint),
        service.answers(snapshot, CRANES, f"{CRANES}: open", hint),
    )


@check(
    "tugs-open",
    "The tugs keep running, with four crews on duty",
    points=3,
    needs=["night-came"],
    hints=[
        "The log that you see is that of the container that runs now. The one that ended had a log as well.",
        "`kubectl logs -n tugs deployment/tugs --previous` shows why it ended. Where does that value come from? `kubectl get "
        "deployment tugs -n tugs -o yaml`",
        '`kubectl patch configmap roster -n tugs --patch \'{"data": {"crews": "4"}}\'`, then `kubectl rollout restart '
        "deployment tugs -n tugs`.",
    ],
)
def tugs_open(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl logs -n tugs deployment/tugs --previous` shows the log of the container that ended."
    yield from containers.first(
        service.runs(snapshot, TUGS, hint),
        service.answers(snapshot, TUGS, f"{TUGS}: open", hint),
        objects.answers(snapshot, TUGS, f"service/{TUGS}", CREWS, "The number of crews is in the ConfigMap roster."),
    )


@check(
    "tides-open",
    "The Service tides reaches the Pod of tides",
    points=2,
    needs=["night-came"],
    hints=[
        "The Pod is fine. What is between the Pod and the person who asks? `kubectl get endpointslices -n tides`",
        "Compare the selector of the Service with the labels of the Pod, then `targetPort` with the port in the Pod's log.",
        "`kubectl edit service tides -n tides`: the selector is `app: tides`, and `targetPort: 8000`.",
    ],
)
def tides_open(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl get endpointslices -n tides`, and `kubectl describe service tides -n tides`."
    yield from containers.first(
        service.runs(snapshot, TIDES, hint),
        service.answers(snapshot, TIDES, f"{TIDES}: open", hint),
    )


@check(
    "ferry-open",
    "The ferry starts in peace, and a hang is still noticed",
    points=3,
    needs=["night-came"],
    hints=[
        "Who ends the process? `kubectl get events -n ferry --field-selector reason=Killing`",
        "The probe is right, and it begins too early: the ferry needs six seconds to start. Lab 20 has a probe for that.",
        "Add `startupProbe: {httpGet: {path: /live, port: 8000}, periodSeconds: 1, failureThreshold: 30}` next to the "
        "livenessProbe: `kubectl edit deployment ferry -n ferry`.",
    ],
)
def ferry_open(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl get events -n ferry --field-selector reason=Killing` names the probe."
    deployment = service.workload(snapshot, FERRY)
    yield from containers.first(
        objects.exists(snapshot, "Deployment", FERRY, "`kubectl apply -n ferry -f night/ferry.yaml` creates it again.", FERRY),
        _probed(deployment) if deployment else (),
        health_probes.lets_live(snapshot, deployment, WARM_UP, hint) if deployment else (),
        service.runs(snapshot, FERRY, hint),
        service.answers(snapshot, FERRY, f"{FERRY}: open", hint),
    )


def _probed(deployment: Json) -> containers.Findings:
    """Yield a finding unless the livenessProbe is there, asks the program, can fail, and is quick."""
    kind, hint = "livenessProbe", "Put the livenessProbe of night/ferry.yaml back: /live on port 8000."
    why = "Without it, the ferry would hang until someone notices. The probe is not the fault, but when it begins."
    probe = health_probes.container(deployment, FERRY).get(kind) or {}
    path = health_probes.place(deployment, kind, FERRY)
    yield from health_probes.probed(deployment, kind, why, hint, FERRY)
    if not probe:
        return
    yield from health_probes.can_fail(deployment, kind, hint, FERRY)
    asked = health_probes.port_of(deployment, probe, FERRY)
    if not health_probes.is_about(probe, LIVE) or ("httpGet" in probe and asked != PORT):
        message = f"The livenessProbe of {name_of(deployment)} does not request {LIVE} on port {PORT}."
        yield Finding(message, subject(deployment), path, f"{LIVE} on port {PORT}", probe, hint=hint)
    elif (late := health_probes.notices(probe)) > NOTICED:
        message = f"The livenessProbe of {name_of(deployment)} notices a hang after {late:.0f} s, not after {NOTICED}."
        why = "A patient probe lets the ferry start, and leaves a ferry that hangs alone as well."
        hint = "Leave the livenessProbe as it was, and add a startupProbe for the start."
        yield Finding(message, subject(deployment), path, f"{NOTICED} s at most", f"{late:.0f} s", why, hint)


@check(
    "node-back",
    "The lost node is back, the same one, and takes new Pods",
    points=3,
    needs=["night-came"],
    hints=[
        "`kubectl get nodes` a minute after the night, and `kubectl describe node NAME`: what does the control plane know, and "
        "since when?",
        "A node of this cluster is a container on your Docker engine. `docker ps --all --filter name=worker`",
        "`docker start NAME` turns the node on, `kubectl uncordon NAME` lets it take new Pods. NAME is the one in `kubectl get "
        "pods -n lamp -o wide`.",
    ],
)
def node_back(snapshot: Snapshot) -> containers.Findings:
    yield from node.is_back(snapshot)


@check(
    "lamp-kept",
    "The lamp is lit, and its journal still has the line of the night watch",
    points=2,
    needs=["node-back"],
    hints=[
        "The journal is on the node that was lost. Once the node runs, its kubelet starts the lamp again by itself.",
        "If someone deleted the Pod, or the Node object, the journal is gone: a new night is the only way back.",
        "`bash night.sh`, then start the node and do nothing to the Pod: `docker start NAME`, `kubectl uncordon NAME`.",
    ],
)
def lamp_kept(snapshot: Snapshot) -> containers.Findings:
    yield from node.lamp_is_lit(snapshot)
