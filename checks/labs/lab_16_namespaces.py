"""The checks of lab 16: two namespaces, and a budget that refuses."""

import re
from ipaddress import ip_address, ip_network

from checks.labs import lab_16_budget as budget
from checks.labs.lab_16_budget import BUDGET, DEVELOPMENT, HARD, WEB
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, pod_resources, workloads
from checks.vocabulary.objects import name_of

OUR_PAGE, THEIR_PAGE, ASKED = "The harbour", "Development", "/from-development"
USUAL = "usual"
FITS = 2
VISIT = re.compile(r"(\d+\.\d+\.\d+\.\d+)\]?:\d+: url:" + re.escape(ASKED))


@check(
    "two-webs",
    "web answers as the harbour in lab-16-namespaces, and as development in development",
    points=3,
    hints=[
        "`kubectl get namespaces` and `kubectl get deployments -A` show what is where.",
        "A file says under `metadata.namespace` where it belongs; `-n development` says it for one command. Where nothing is "
        "said, kubectl uses its current namespace.",
        "`kubectl apply -n development -f development.yaml` and `kubectl apply -f web.yaml`: each team's page in its own "
        "namespace. If it does not exist yet, first `kubectl create namespace development`.",
    ],
)
def two_webs(snapshot: Snapshot) -> containers.Findings:
    yield from _web(snapshot, "ours", "", "`kubectl apply -f web.yaml`, with kubectl aiming at the lab's own namespace.")
    apply = "`kubectl apply -n development -f development.yaml`"
    yield from containers.first(
        objects.exists(snapshot, "Namespace", DEVELOPMENT, f"`kubectl create namespace development`, then {apply}."),
        _web(snapshot, "theirs", DEVELOPMENT, f"{apply} creates both."),
    )


def _web(snapshot: Snapshot, probe: str, namespace: str, hint: str) -> containers.Findings:
    """Yield a finding unless the namespace has a Deployment and a Service web that answer with the page of their team."""
    place = f"the namespace {namespace}" if namespace else "the lab's own namespace"
    deployment = snapshot.object("Deployment", WEB, namespace)
    missing = [
        Finding(**{**vars(finding), "message": f"There is no {kind} called {WEB} in {place}."})
        for kind in ("Deployment", "Service")
        for finding in objects.exists(snapshot, kind, WEB, hint, namespace)
    ]
    page, other = (THEIR_PAGE, OUR_PAGE) if namespace else (OUR_PAGE, THEIR_PAGE)
    wrong = list(objects.answers(snapshot, probe, f"{namespace} service/{WEB}".strip(), page, hint))
    if missing or not wrong:
        yield from missing
    elif rolling := list(workloads.rolled_out(snapshot, deployment or {}, hint)):
        yield from rolling
    else:
        answer, why = snapshot.probe(probe), wrong[0].why
        if answer["ok"] and other in answer["body"]:
            why = "The other team's file was applied here: in a namespace a name refers to one object, so the later one wins."
        yield Finding(**{**vars(wrong[0]), "why": why})


@check(
    "asked-across",
    "A Pod of development has requested /from-development from the harbour's web",
    needs=["two-webs"],
    hints=[
        "`kubectl exec -n development deployment/web -- COMMAND` runs a command in the developers' Pod.",
        "A Service of another namespace has the name SERVICE.NAMESPACE.svc.cluster.local. Its short name means the one here.",
        "`kubectl exec -n development deployment/web -- wget -q -O - "
        "http://web.lab-16-namespaces.svc.cluster.local/from-development`",
    ],
)
def asked_across(snapshot: Snapshot) -> containers.Findings:
    log = snapshot.probe("visits")
    visits = VISIT.findall(log["text"])
    from_pods = [address for address in visits if _is_of_a_pod(snapshot, address)]
    # Pods of development come and go, with their addresses; those of the lab's own namespace are known.
    own_pods = [pod for pod in snapshot.pods() if pod["metadata"].get("namespace") != DEVELOPMENT]
    ours = {(pod.get("status") or {}).get("podIP"): name_of(pod) for pod in own_pods}
    if set(from_pods) - ours.keys():
        return
    message, why = f"No Pod has requested {ASKED} from the harbour's web yet, as far as its log goes.", ""
    if from_pods:
        message = f"{ASKED} was requested, but not from {DEVELOPMENT}."
        why = f"The request came from {ours[from_pods[-1]]}, a Pod of the harbour."
    elif visits:
        why = f"A request came from {visits[-1]}, which is no Pod's address: it is a node's, or web requesting it from itself."
    hint = "Ask from inside: `kubectl exec -n development deployment/web -- wget …`, with the Service's full name."
    yield Finding(message, "deployment/web", "its log", ASKED, containers.last_lines(log["text"], 4), why, hint)


def _is_of_a_pod(snapshot: Snapshot, address: str) -> bool:
    """Tell whether it is an address that a node gives to its Pods, and not the node's own (in its range that is the first)."""
    cidrs = [(node.get("spec") or {}).get("podCIDR") for node in snapshot.of_kind("Node").values()]
    ranges = [ip_network(cidr) for cidr in cidrs if cidr]
    return any(ip_address(address) in network and ip_address(address) != network[1] for network in ranges)


@check(
    "budget-set",
    "development has a budget: 100m and 48Mi requested, 96Mi of memory as limits",
    points=2,
    hints=[
        "`kubectl describe quota -n development` shows what is used, and of how much.",
        "Each line under `spec.hard` names a sum over all Pods: `requests.cpu`, `requests.memory`, `limits.memory`.",
        "Under `hard` in budget.yaml: `requests.cpu: 100m`, `requests.memory: 48Mi`, `limits.memory: 96Mi`. Then "
        "`kubectl apply -f budget.yaml`.",
    ],
)
def budget_set(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete budget.yaml and apply it. It names its namespace itself."
    quota = snapshot.object("ResourceQuota", BUDGET, DEVELOPMENT)
    yield from objects.exists(snapshot, "ResourceQuota", BUDGET, hint, DEVELOPMENT)
    if quota:
        hard = quota["spec"].get("hard") or {}
        # For a quota, cpu and memory are other names for what is requested of them.
        amounts = {name: hard.get(name, hard.get(name.removeprefix("requests."))) for name in HARD}
        yield from pod_resources.amounts(quota, "spec.hard", HARD, amounts, "under hard", hint)


@check(
    "usual-given",
    "A container of development that says nothing is given 20m and 16Mi, and may use 32Mi",
    points=2,
    needs=["two-webs", "budget-set"],
    hints=[
        "`kubectl describe limits -n development` shows what a container is given. `kubectl explain limitrange.spec.limits` "
        "names the fields.",
        "`defaultRequest` is given as requests, `default` as limits, and only to Pods that are created from then on: `kubectl "
        "rollout restart deployment/web -n development` creates new ones.",
        "Below `- type: Container`: `defaultRequest:` with `cpu: 20m` and `memory: 16Mi`, and `default:` with `memory: 32Mi`. "
        "Apply, then restart the rollout of web in development.",
    ],
)
def usual_given(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete the LimitRange in budget.yaml and apply it."
    limit_range = snapshot.object("LimitRange", USUAL, DEVELOPMENT)
    yield from containers.first(
        objects.exists(snapshot, "LimitRange", USUAL, hint, DEVELOPMENT),
        budget.usual(limit_range, hint) if limit_range else (),
        budget.carried(snapshot),
    )


@check(
    "budget-enforced",
    "development was refused a Pod for its budget, and web runs there with 2",
    points=2,
    needs=["usual-given"],
    hints=[
        "Ask for more Pods than fit: `kubectl scale deployment/web -n development --replicas=…`. Then look for who complains.",
        "Pods of a Deployment are created by its ReplicaSet, so a refusal is an event of the ReplicaSet: `kubectl get events -n "
        "development`. Afterwards scale back.",
        "`kubectl scale deployment/web -n development --replicas=5`, `kubectl get events -n development --field-selector "
        "reason=FailedCreate`, then `kubectl scale deployment/web -n development --replicas=2`.",
    ],
)
def budget_enforced(snapshot: Snapshot) -> containers.Findings:
    deployment = snapshot.object("Deployment", WEB, DEVELOPMENT) or {}
    hint = "`kubectl scale deployment/web -n development --replicas=2` goes back to what fits."
    yield from containers.first(
        budget.was_refused(snapshot, deployment),
        workloads.replicas(deployment, FITS, hint),
        workloads.rolled_out(snapshot, deployment, hint),
    )
