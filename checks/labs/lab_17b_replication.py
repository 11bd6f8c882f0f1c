"""The checks of lab 17b: three members of a database, two of which copy the first, and an address for writes."""

from checks.labs import lab_17b_members as members
from checks.labs.lab_17b_members import LEDGER, PRIMARY
from checks.model import Finding
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import containers, objects, services, workloads
from checks.vocabulary.objects import subject

WRITES, PORT = "writes", 6379


@check(
    "members-ready",
    "The StatefulSet ledger has three ready members",
    hints=[
        "`kubectl get statefulset,pods` shows what was requested and what exists; `kubectl describe pod ledger-0` ends with the "
        "events.",
        "The first member that is not ready holds up the others. If its container restarts, `kubectl logs --previous` shows why.",
    ],
)
def members_ready(snapshot: Snapshot) -> containers.Findings:
    create = "`kubectl apply -f ledger.yaml` creates it, and the Service with it."
    wait = "`kubectl rollout status statefulset/ledger` waits for the members."
    yield from containers.first(objects.exists(snapshot, "StatefulSet", LEDGER, create), _three(snapshot, wait))


def _three(snapshot: Snapshot, hint: str) -> containers.Findings:
    item = snapshot.require("StatefulSet", LEDGER)
    scale = "`kubectl scale statefulset ledger --replicas=3`, or the number in ledger.yaml."
    yield from containers.first(
        workloads.replicas(item, members.COUNT, scale),
        workloads.rolled_out(snapshot, item, hint),
        *(objects.exists(snapshot, "Pod", f"{LEDGER}-{ordinal}", hint) for ordinal in range(members.COUNT)),
    )


@check(
    "members-copy",
    "ledger-1 and ledger-2 copy ledger-0, and find it by its name",
    points=3,
    needs=["members-ready"],
    hints=[
        "`kubectl exec ledger-1 -- redis-cli INFO replication` shows whether a member is a primary (`role:master`) or a "
        "replica, and of which host.",
        "The command in ledger.yaml is the same for all three, so it must look at `$(hostname)`. Give `redis-server` the option "
        "`--replicaof HOST PORT` on every member but the first. The host is the first member's name under the Service.",
        'In the command: `case "$(hostname)" in ledger-0) primary="" ;; *) primary="--replicaof ledger-0.ledgers 6379" ;; esac`, '
        "and `$primary` as the last word of the `redis-server` line.",
    ],
)
def members_copy(snapshot: Snapshot) -> containers.Findings:
    yield from members.follows(snapshot)


@check(
    "member-rejoins",
    "A new ledger-1 has copied the entry that was written before it existed",
    points=2,
    needs=["members-copy"],
    hints=[
        "`kubectl exec ledger-1 -- redis-cli XRANGE moorings - +` lists what a member has; `kubectl get pods` shows its age.",
        "First the entry, then the replacement. Only the primary accepts writes.",
        "`kubectl exec ledger-0 -- redis-cli XADD moorings '*' ship Cormorant`, then `kubectl delete pod ledger-1`.",
    ],
)
def member_rejoins(snapshot: Snapshot) -> containers.Findings:
    yield from members.rejoined(snapshot)


@check(
    "writes-reach-primary",
    "The Service writes forwards to ledger-0 only",
    points=2,
    needs=["members-copy"],
    hints=[
        "`kubectl get endpointslices` shows the Pods behind each Service, `kubectl get pods --show-labels` their labels.",
        "A label that only one Pod has selects only this Pod. The StatefulSet controller sets one with the name of the Pod: "
        "`statefulset.kubernetes.io/pod-name`.",
        "A Service `writes` with `selector:` `statefulset.kubernetes.io/pod-name: ledger-0` and the port `6379`.",
    ],
)
def writes_reach_primary(snapshot: Snapshot) -> containers.Findings:
    hint = "Select a label that only ledger-0 has, and that stays when the Pod is replaced."
    yield from containers.first(objects.exists(snapshot, "Service", WRITES, hint), _leads(snapshot, hint))


def _leads(snapshot: Snapshot, hint: str) -> containers.Findings:
    service = snapshot.require("Service", WRITES)
    yield from containers.first(
        services.endpoints(snapshot, service, hint),
        _only_the_primary(snapshot, hint),
        services.port(service, PORT, hint),
        _accepts(snapshot, hint),
    )


def _only_the_primary(snapshot: Snapshot, hint: str) -> containers.Findings:
    service = snapshot.require("Service", WRITES)
    chosen = sorted(set(services.addresses(snapshot, service, ready=False).values()))
    if chosen != [PRIMARY]:
        why = "A write that reaches a replica fails with READONLY."
        message = f"The Service {WRITES} forwards to {', '.join(chosen) or 'no Pod'}, not to {PRIMARY} alone."
        yield Finding(message, subject(service), "its endpoints", PRIMARY, chosen, why, hint)


def _accepts(snapshot: Snapshot, hint: str) -> containers.Findings:
    """Yield a finding unless a member of the set reaches the primary at the name and port of the Service."""
    probe, service = snapshot.probe("through-writes"), snapshot.require("Service", WRITES)
    words = probe["stdout"].split() if probe["ok"] else []
    if words[:1] != ["master"]:
        why = containers.last_lines(probe["stderr"] or probe["stdout"] or probe["error"])
        message = f"{WRITES}:{PORT} does not answer as the primary."
        young = objects.age(service, snapshot) < members.COPYING
        yield Finding(message, subject(service), "redis-cli ROLE", "master", words[:1], why, hint, waiting=young)
