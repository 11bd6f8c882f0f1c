"""The checks of lab 26: who may connect to whom, proved with packets from the Pods themselves."""

from checks.labs.lab_26_connections import CUSTOMS, Attempt, blocked, passes
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers, objects, workloads

OURS = ("records", "office", "crane", "visitor", "trainee")
THEIRS = ("gate", "inspector", "clerk")
DENY = "default-deny"
VISITOR, OFFICE, TRAINEE = "The visitor", "The office", "The trainee"
INSPECTOR, CLERK = f"The inspector of {CUSTOMS}", f"The clerk of {CUSTOMS}"
RECORDS, PONG = "records on port 6379", "+PONG"


def _policies(snapshot: Snapshot) -> list[Json]:
    """Return the policies of the harbour's own namespace."""
    return [item for item in snapshot.of_kind("NetworkPolicy").values() if item["metadata"].get("namespace") != CUSTOMS]


@check(
    "closed",
    "The crane accepts no connection, because no policy allows one",
    points=2,
    hints=[
        "`kubectl get networkpolicies` shows the policies of the namespace, and `kubectl describe networkpolicies` says which "
        "Pods each of them selects.",
        "An empty `podSelector: {}` selects every Pod of the policy's own namespace. With `Ingress` under `policyTypes` and no "
        "`ingress`, nothing is allowed in.",
        "Below `spec:` in deny.yaml: `podSelector: {}` and `policyTypes: [Ingress]`, and nothing else. Then `kubectl apply -f "
        "deny.yaml`, without `-n customs`.",
    ],
)
def closed(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl apply -f deny.yaml`, with a policy that selects every Pod of the namespace."
    yield from containers.first(
        _all_run(snapshot),
        blocked(snapshot, Attempt("visitor", VISITOR, "the crane", "crane", "gate"), _why_open(snapshot), hint),
        blocked(snapshot, Attempt("clerk", CLERK, "the crane", "crane", "gate"), _why_open(snapshot), hint),
    )


def _all_run(snapshot: Snapshot) -> containers.Findings:
    """Yield a finding for each Deployment of the two files that does not run."""
    places = [(name, "", "harbour.yaml") for name in OURS] + [(name, CUSTOMS, "customs.yaml") for name in THEIRS]
    for name, namespace, file in places:
        hint = f"`kubectl apply -f {file}` creates it."
        deployment = snapshot.object("Deployment", name, namespace)
        yield from containers.first(
            objects.exists(snapshot, "Deployment", name, hint, namespace),
            workloads.rolled_out(snapshot, deployment, hint) if deployment else (),
        )


def _why_open(snapshot: Snapshot) -> str:
    """Return why the crane is open, as far as the policies of the harbour show it."""
    own = _policies(snapshot)
    if not own:
        if any(item["metadata"].get("namespace") == CUSTOMS for item in snapshot.of_kind("NetworkPolicy").values()):
            return f"The policies are in the namespace {CUSTOMS}, and a policy selects only Pods of the namespace that it is in."
        return "There is no NetworkPolicy in the harbour's namespace: as long as none selects a Pod, the Pod accepts everything."
    labels = {"app": "crane"}
    selecting = [item for item in own if _selects(item, labels) and "Ingress" in (item["spec"].get("policyTypes") or ())]
    if not selecting:
        names = ", ".join(sorted(item["metadata"]["name"] for item in own))
        return f"No policy selects the crane for incoming connections ({names})."
    return f"{', '.join(sorted(item['metadata']['name'] for item in selecting))} selects the crane and allows this connection."


def _selects(policy: Json, labels: dict[str, str]) -> bool:
    """Tell whether a policy selects Pods with these labels, as far as plain labels say."""
    selector = policy["spec"].get("podSelector") or {}
    return not selector.get("matchExpressions") and (selector.get("matchLabels") or {}).items() <= labels.items()


@check(
    "office-reads",
    "The office can connect to records on port 6379",
    needs=["closed"],
    hints=[
        "Policies only ever allow more: leave default-deny as it is, and add one that selects records.",
        "`ingress` is a list of rules. `from` says where a connection may come from, `ports` to which port it may go. "
        "`kubectl get pods --show-labels` shows the labels to select by.",
        "In records.yaml: below `ingress:` `- from: [{podSelector: {matchLabels: {app: office}}}]` with `ports: [{port: 6379}]`.",
    ],
)
def office_reads(snapshot: Snapshot) -> containers.Findings:
    why = "No policy that selects records allows connections from Pods with the labels of the office to this port."
    attempts = [Attempt("office", OFFICE, RECORDS, f"{way} {PONG}") for way in ("name", "address")]
    findings = [list(passes(snapshot, attempt, why, "Complete records.yaml and apply it.")) for attempt in attempts]
    if all(findings):
        yield from findings[0]


@check(
    "records-closed",
    "The visitor cannot connect to records",
    needs=["office-reads"],
    hints=[
        "An empty selector matches all Pods. A rule without `from` allows connections from everywhere.",
        "Compare `kubectl get pods --show-labels` with the selectors below `from`: which of the Pods do they match?",
        "The only `podSelector` below `from` in records.yaml for Pods of your own namespace is `matchLabels: {app: office}`.",
    ],
)
def records_closed(snapshot: Snapshot) -> containers.Findings:
    why = "What a policy allows cannot be forbidden by another one: some policy that selects records allows it."
    attempt = Attempt("visitor", VISITOR, RECORDS, PONG, "gate")
    yield from blocked(snapshot, attempt, why, "Allow only the Pods of the office.")


@check(
    "office-page",
    "The visitor can connect to the office on port 80, and not on port 8080",
    points=2,
    needs=["closed"],
    hints=[
        "A rule without `ports` allows all ports. One with `ports` allows those.",
        "`podSelector: {}` below `from` matches every Pod of the policy's own namespace.",
        "In office.yaml: below `ingress:` `- from: [{podSelector: {}}]` with `ports: [{port: 80}]`.",
    ],
)
def office_page(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete office.yaml and apply it."
    why = "No policy that selects the office allows connections from this Pod to this port."
    open_why = "A rule without `ports` allows every port of the Pod."
    yield from containers.first(
        passes(snapshot, Attempt("visitor", VISITOR, "the office on port 80", "office"), why, hint),
        blocked(snapshot, Attempt("visitor", VISITOR, "the office on port 8080", "desk", "office"), open_why, hint),
    )


@check(
    "inspector-reads",
    "The inspector of customs can connect to records",
    needs=["closed"],
    hints=[
        "A `podSelector` alone matches Pods of the policy's own namespace, never those of another one.",
        "`namespaceSelector` matches namespaces by their labels. Every namespace has the label kubernetes.io/metadata.name with "
        "its name as the value.",
        "One more item below `from` in records.yaml: `- namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "
        "customs}}`, and in the same item, without another dash, `podSelector: {matchLabels: {role: inspector}}`.",
    ],
)
def inspector_reads(snapshot: Snapshot) -> containers.Findings:
    why = "A `podSelector` without a `namespaceSelector` beside it matches Pods of the policy's own namespace only."
    attempt = Attempt("inspector", INSPECTOR, RECORDS, PONG)
    yield from passes(snapshot, attempt, why, "Allow this Pod in records.yaml by its namespace and its label.")


@check(
    "only-inspector",
    "Neither the clerk of customs nor the harbour's trainee can connect to records",
    points=2,
    needs=["inspector-reads"],
    hints=[
        "`kubectl describe networkpolicy records` prints `From:` once for each item of the list: count them.",
        "Two selectors in one item mean *and*: such a Pod in such a namespace. In two items they mean *or*. The dash makes the "
        "difference.",
        "`namespaceSelector:` and `podSelector:` begin in the same column, and only the first of them has a dash before it.",
    ],
)
def only_inspector(snapshot: Snapshot) -> containers.Findings:
    hint = "Put both selectors into one item of `from`."
    clerk = Attempt("clerk", CLERK, RECORDS, PONG, "gate")
    trainee = Attempt("trainee", TRAINEE, RECORDS, PONG, "gate")
    yield from blocked(snapshot, clerk, "A `namespaceSelector` alone matches every Pod of the namespace.", hint)
    why = "A `podSelector` in a separate item matches Pods of the harbour's namespace, and the trainee has this label."
    yield from blocked(snapshot, trainee, why, hint)


@check(
    "office-leaves",
    "The office can connect to records by name, and to nothing in customs",
    points=2,
    needs=["office-reads"],
    hints=[
        "A policy with `Egress` under `policyTypes` allows only the outgoing connections that it names. Resolving a name "
        "takes such a connection as well.",
        "`kubectl exec deployment/office -- nslookup records` shows whether the office can ask the DNS. It is answered by Pods "
        "in the namespace kube-system, on port 53, over UDP and TCP.",
        "In office-egress.yaml, one rule with `to: [{podSelector: {matchLabels: {app: records}}}]` and `ports: [{port: 6379}]`, "
        "and a second one with `ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]`.",
    ],
)
def office_leaves(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete office-egress.yaml and apply it."
    why = (
        "records answers at its address, but the name is not resolved: no policy allows connections to port 53, where the DNS "
        "answers."
    )
    gate = Attempt("office", OFFICE, f"the gate of {CUSTOMS}", "gate", f"name {PONG}")
    open_why = "No policy that selects the office restricts its outgoing connections, or one of its rules allows this one."
    yield from containers.first(
        passes(snapshot, Attempt("office", OFFICE, "records by its name", f"name {PONG}"), why, hint),
        blocked(snapshot, gate, open_why, hint),
    )
