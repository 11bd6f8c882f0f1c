"""The checks of lab 24: rights, tokens, the powers of a process, and what a namespace refuses."""

from checks.labs import lab_24_tokens as tokens
from checks.registry import check
from checks.snapshot import Snapshot
from checks.vocabulary import admission, containers, objects, pod_privileges, rights, workloads
from checks.vocabulary.objects import subject

BOARD, TIDES, POLICY = "board", "tides", "harbour-team"
NEEDED = {("", "pods"): ("get", "list", "watch")}
TEAM = {"team": "quay"}


@check(
    "own-account",
    "The Deployment board runs with the ServiceAccount board",
    hints=[
        "`kubectl get pods -l app=board -o custom-columns=NAME:.metadata.name,ACCOUNT:.spec.serviceAccountName` shows it.",
        "`kubectl create serviceaccount` creates one. A Pod's account is fixed when the Pod is created: it is in the template of "
        "the Deployment, under `serviceAccountName`.",
        "If there is no account yet, `kubectl create serviceaccount board`. Add `serviceAccountName: board` to board.yaml, above "
        "`containers:`. Then `kubectl apply -f program.yaml -f board.yaml`.",
    ],
)
def own_account(snapshot: Snapshot) -> containers.Findings:
    hint = "Set `serviceAccountName: board` in board.yaml, above `containers:`, and apply it."
    yield from containers.first(
        objects.exists(snapshot, "ServiceAccount", BOARD, "`kubectl create serviceaccount board` creates it."),
        objects.exists(snapshot, "Deployment", BOARD, "`kubectl apply -f program.yaml -f board.yaml` creates it."),
        _uses_account(snapshot, hint),
        _rolled_out(snapshot, BOARD),
    )


def _uses_account(snapshot: Snapshot, hint: str) -> containers.Findings:
    deployment = snapshot.require("Deployment", BOARD)
    account = deployment["spec"]["template"]["spec"].get("serviceAccountName") or "default"
    message = f"The Pods of {BOARD} run with the ServiceAccount {account}."
    path = "spec.template.spec.serviceAccountName"
    why = "Every Pod that names no account gets this one, so what it may do, all of them may do." if account == "default" else ""
    yield from containers.equal(subject(deployment), path, BOARD, account, message, why=why, hint=hint)


def _rolled_out(snapshot: Snapshot, name: str) -> containers.Findings:
    hint = f"`kubectl describe pods -l app={name}` ends with the events of its Pods."
    yield from workloads.rolled_out(snapshot, snapshot.require("Deployment", name), hint)


@check(
    "may-look",
    "The ServiceAccount board may get, list and watch Pods, and the board shows them",
    points=2,
    needs=["own-account"],
    hints=[
        "`kubectl auth can-i list pods --as=system:serviceaccount:lab-24-access:board` asks the API server.",
        "A Role lists what is allowed, and a RoleBinding gives it to someone. `kubectl create role --help` and `kubectl create "
        "rolebinding --help` show examples. The subject of the binding is a ServiceAccount with its namespace.",
        "`kubectl create role look-at-pods --verb=get,list,watch --resource=pods`, then `kubectl create rolebinding "
        "board-looks-at-pods --role=look-at-pods --serviceaccount=lab-24-access:board`.",
    ],
)
def may_look(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl describe rolebindings,roles` shows who is given what."
    shown = "The page needs the rights of the account board, and the Deployment tides (`kubectl apply -f tides.yaml`)."
    yield from containers.first(
        rights.may(snapshot, "may", hint),
        objects.answers(snapshot, "page", f"deployment/{BOARD}", TIDES, shown),
    )


@check(
    "no-more",
    "The ServiceAccount board may do nothing else, and default may do nothing",
    points=2,
    needs=["may-look"],
    hints=[
        "`kubectl auth can-i --list --as=system:serviceaccount:lab-24-access:default` lists what an account may do. The lines "
        "about `selfsubject…` and about addresses such as `/healthz` are there for everyone.",
        "Rights only add up: nothing denies what a binding has given. `kubectl get rolebindings -o wide` shows the bindings with "
        "their roles and subjects. What is too much has to be removed.",
        "`kubectl delete rolebinding quick-fix --ignore-not-found`, and a Role with `verbs: [get, list, watch]` on `resources: "
        "[pods]` alone, without `*`.",
    ],
)
def no_more(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl get rolebindings -o wide` shows the bindings. Delete the one that gives too much, or narrow its Role."
    for account, probe, needed in ((BOARD, "too-much", NEEDED), ("default", "by-default", {})):
        yield from containers.first(rights.may_not(snapshot, probe, hint), rights.no_rule_beyond(snapshot, account, needed, hint))


@check(
    "no-token",
    "The Pods of tides carry no token",
    hints=[
        "`kubectl exec deployment/tides -- ls /var/run/secrets/kubernetes.io/serviceaccount` shows what was mounted.",
        "The kubelet mounts the token by itself, unless the Pod or its ServiceAccount says no. `kubectl explain "
        "pod.spec.automountServiceAccountToken` names the field.",
        "In tides.yaml, above `securityContext:` of the Pod: `automountServiceAccountToken: false`. Then `kubectl apply -f "
        "tides.yaml`.",
    ],
)
def no_token(snapshot: Snapshot) -> containers.Findings:
    hint = "Set `automountServiceAccountToken: false` in tides.yaml, in the Pod's spec, and apply it."
    yield from containers.first(
        objects.exists(snapshot, "Deployment", TIDES, "`kubectl apply -f tides.yaml` creates it."),
        _rolled_out(snapshot, TIDES) if snapshot.object("Deployment", TIDES) else (),
        tokens.none_in(snapshot, TIDES, hint),
    )


@check(
    "customs-token",
    "The board has a token for the audience customs that is valid for 600 seconds",
    points=2,
    needs=["own-account"],
    hints=[
        "`kubectl explain pod.spec.volumes.projected.sources.serviceAccountToken` lists the fields of such a token.",
        "It needs a volume of the type `projected`, and a `volumeMounts` entry of the container with the folder of the file. The "
        "usual token stays: the board asks the API server with it.",
        "A volume `{name: customs, projected: {sources: [{serviceAccountToken: {path: token, audience: customs, "
        "expirationSeconds: 600}}]}}`, mounted at `/var/run/secrets/customs`. Then `kubectl apply -f board.yaml`.",
    ],
)
def customs_token(snapshot: Snapshot) -> containers.Findings:
    hint = "Give board.yaml a projected volume with a serviceAccountToken, and mount it at /var/run/secrets/customs."
    yield from tokens.for_customs(snapshot, hint)


@check(
    "confined",
    "The board's process has no powers over its node",
    points=5,
    needs=["may-look"],
    hints=[
        "`kubectl exec deployment/board -- grep -E 'Uid|Cap|NoNewPrivs|Seccomp' /proc/1/status` shows what it may do.",
        "`kubectl explain pod.spec.containers.securityContext` lists the settings: runAsUser, allowPrivilegeEscalation, "
        "capabilities, seccompProfile, readOnlyRootFilesystem. The board still has to write to /tmp: an `emptyDir` gives it one.",
        "In the container: `securityContext: {runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, "
        "readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}`, and an `emptyDir: "
        "{}` volume mounted at /tmp. Then `kubectl apply -f board.yaml`.",
    ],
)
def confined(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete the securityContext in board.yaml, and apply it."
    process = pod_privileges.facts(snapshot, "process")
    yield from pod_privileges.confined(snapshot.require("Deployment", BOARD), process, hint)


@check(
    "restricted",
    "The namespace refuses Pods that could break out, and admits those of board and tides",
    points=2,
    needs=["confined"],
    hints=[
        "Pod Security admission goes by labels of the namespace: `kubectl get namespace lab-24-access --show-labels`.",
        "There are three levels (privileged, baseline, restricted) and three modes (audit, warn, enforce). One of them refuses.",
        "`kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce=restricted --overwrite`",
    ],
)
def restricted(snapshot: Snapshot) -> containers.Findings:
    hint = "`kubectl label namespace lab-24-access pod-security.kubernetes.io/enforce=restricted --overwrite`"
    yield from admission.refused_by_pod_security(snapshot, "root-pod", "a Pod that may run as root", hint)
    for name in (BOARD, TIDES):
        change = f"Change the securityContext in {name}.yaml until the API server has nothing to say."
        yield from admission.admitted(snapshot, f"{name}-pod", f"a new Pod of {name}", f"deployment/{name}", change)


@check(
    "team-required",
    "A Deployment without the label team is refused, and board and tides have it",
    points=3,
    needs=["own-account", "no-token"],
    hints=[
        "`kubectl create deployment try --image=busybox:1.35 --dry-run=server` asks the API server without creating anything.",
        "The expression must be true for what is admitted. It may have no labels at all: `has(object.metadata.labels)` comes "
        "first, then `'team' in object.metadata.labels`. The binding says `validationActions: [Deny]`.",
        "Under `validations:`, `- expression: has(object.metadata.labels) && 'team' in object.metadata.labels`; in the binding "
        "`validationActions: [Deny]` and `matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "
        "lab-24-access}}}`. Then `kubectl apply -f policy.yaml`.",
    ],
)
def team_required(snapshot: Snapshot) -> containers.Findings:
    hint = "Complete policy.yaml, and `kubectl apply -f policy.yaml`."
    kinds = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
    yield from containers.first(
        *(objects.exists(snapshot, kind, POLICY, hint) for kind in kinds),
        _decides(snapshot, hint),
    )
    for name in (BOARD, TIDES):
        label = f"`kubectl label deployment {name} team=quay` now, and under `metadata.labels` in {name}.yaml for later."
        yield from objects.labelled(snapshot.require("Deployment", name), TEAM, label)


def _decides(snapshot: Snapshot, hint: str) -> containers.Findings:
    policy = snapshot.require("ValidatingAdmissionPolicy", POLICY)
    binding = snapshot.require("ValidatingAdmissionPolicyBinding", POLICY)
    yield from admission.refused_by_policy(
        snapshot, "without-team", policy, binding, "a Deployment whose Pods have the label team, and that has none itself", hint
    )
    young = admission.is_young(snapshot, policy, binding)
    what, any_team = "a Deployment with the label team=tugs", "Any team will do."
    yield from admission.admitted(snapshot, "with-team", what, subject(policy), any_team, young)


@check(
    "here-only",
    "The policy applies to lab-24-access alone",
    needs=["team-required"],
    hints=[
        "A policy belongs to the whole cluster. `kubectl create deployment try -n default --image=busybox:1.35 --dry-run=server` "
        "asks for another namespace.",
        "The binding selects namespaces by their labels, under `matchResources.namespaceSelector`. Each namespace has its "
        "own name in the label `kubernetes.io/metadata.name`.",
        "In the binding: `matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab-24-access}}}`. "
        "Then `kubectl apply -f policy.yaml`.",
    ],
)
def here_only(snapshot: Snapshot) -> containers.Findings:
    policy = snapshot.require("ValidatingAdmissionPolicy", POLICY)
    binding = snapshot.require("ValidatingAdmissionPolicyBinding", POLICY)
    hint = "Select the namespace by its label `kubernetes.io/metadata.name` in the binding, and apply policy.yaml."
    yield from admission.unconcerned(snapshot, "next-door", policy, binding, hint)
