"""What the API server admits to a namespace, as dry runs have shown, and the rules that decide about it.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. The probes are of the kind `admission`.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import changed, subject
from checks.vocabulary.rights import namespace_of

ENFORCE = "pod-security.kubernetes.io/enforce"
BY_POD_SECURITY = "violates PodSecurity"
# How long the API server may take to apply a policy that has just been created or changed, in seconds.
SETTLED = 5.0


def refused_by_pod_security(snapshot: Snapshot, probe_id: str, what: str, hint: str) -> Findings:
    """Yield a finding unless Pod Security admission refuses what a probe tries. `what` names it in the message.

    Example:
        yield from admission.refused_by_pod_security(snapshot, "root-pod", "a Pod that may run as root", "Label it.")
        # The namespace admits a Pod that may run as root.
    """
    probe, namespace = snapshot.probe(probe_id), _own_namespace(snapshot)
    labels = (namespace["metadata"].get("labels") or {}) if namespace else {}
    where = subject(namespace) if namespace else "namespace"
    level, path = labels.get(ENFORCE, "no label"), f"metadata.labels[{ENFORCE}]"
    if not probe["ok"]:
        yield Finding(
            f"Nothing can be created in the namespace: {probe['message']}.", where, path, "restricted", level, hint=hint
        )
    elif probe["admitted"]:
        warned = any(BY_POD_SECURITY in text or "PodSecurity" in text for text in probe["warnings"])
        why = "It only warns: what `warn` and `audit` name is admitted all the same." if warned else ""
        why = why or (f"It enforces the level {level}." if ENFORCE in labels else "")
        yield Finding(f"The namespace admits {what}.", where, path, "restricted", level, why, hint)
    elif BY_POD_SECURITY not in probe["message"]:
        message = f"The namespace refuses {what}, but not for Pod Security."
        yield Finding(message, where, path, BY_POD_SECURITY, level, f"The API server says: {probe['message']}", hint)


def admitted(snapshot: Snapshot, probe_id: str, what: str, where: str, hint: str, waiting: bool = False) -> Findings:
    """Yield a finding unless the API server admits what a probe tries. `what` names it, and `where` is the subject.

    `waiting` says that a change may not have taken effect yet.

    Example:
        yield from admission.admitted(snapshot, "board-pod", "a new Pod of board", "deployment/board", "Change board.yaml.")
        # The API server would refuse a new Pod of board.
    """
    probe = snapshot.probe(probe_id)
    if not probe["admitted"]:
        why = f"The API server says: {probe['message']}"
        yield Finding(f"The API server would refuse {what}.", where, probe["request"], "admitted", "refused", why, hint, waiting)


def refused_by_policy(snapshot: Snapshot, probe_id: str, policy: Json, binding: Json, what: str, hint: str) -> Findings:
    """Yield a finding unless this ValidatingAdmissionPolicy refuses what a probe tries. One that is young may still have to.

    Example:
        yield from admission.refused_by_policy(snapshot, "bare", policy, binding, "a Deployment without owner", "Apply it.")
        # The API server admits a Deployment without owner.
    """
    probe, name = snapshot.probe(probe_id), policy["metadata"]["name"]
    if _names(probe["message"], name):
        return
    if not probe["admitted"]:
        message = f"The API server refuses {what}, but not for the policy {name}."
        yield Finding(message, subject(policy), probe["request"], name, probe["message"], hint=hint)
        return
    path, observed = "spec.validationActions", (binding.get("spec") or {}).get("validationActions")
    why = _why_admitted(probe, policy, binding)
    yield Finding(
        f"The API server admits {what}.",
        subject(binding),
        path,
        ["Deny"],
        observed,
        why,
        hint,
        not why and is_young(snapshot, policy, binding),
    )


def is_young(snapshot: Snapshot, *items: Json) -> bool:
    """Tell whether one of these objects was created or changed so recently that it may not have taken effect.

    Example:
        admission.is_young(snapshot, policy, binding)
        # False
    """
    return any(ago(time, snapshot.taken) < SETTLED for time in map(changed, items) if time)


def unconcerned(snapshot: Snapshot, probe_id: str, policy: Json, binding: Json, hint: str) -> Findings:
    """Yield a finding if the policy of a binding refuses what a probe tries in a namespace that is not its concern.

    Example:
        yield from admission.unconcerned(snapshot, "elsewhere", policy, binding, "Select the namespace by its name.")
        # The policy team also applies to other namespaces.
    """
    probe, name = snapshot.probe(probe_id), policy["metadata"]["name"]
    if _names(probe["message"], name):
        message = f"The policy {name} also applies to other namespaces."
        why = f"The API server says: {probe['message']}"
        path = "spec.matchResources.namespaceSelector"
        observed = ((binding.get("spec") or {}).get("matchResources") or {}).get("namespaceSelector")
        waiting = is_young(snapshot, policy, binding)
        yield Finding(message, subject(binding), path, "the lab's namespace alone", observed, why, hint, waiting)


def _names(message: str, policy: str) -> bool:
    return f"ValidatingAdmissionPolicy '{policy}'" in message


def _why_admitted(probe: Json, policy: Json, binding: Json) -> str:
    name, spec = policy["metadata"]["name"], binding.get("spec") or {}
    if spec.get("policyName") != name:
        return f"The binding binds the policy {spec.get('policyName')}, and not {name}."
    if any(_names(text, name) for text in probe["warnings"]):
        return "The binding only warns: what happens is under `validationActions`."
    if "Deny" not in (spec.get("validationActions") or ()):
        return "The binding does not deny: what happens is under `validationActions`."
    checked = ((policy.get("status") or {}).get("typeChecking") or {}).get("expressionWarnings") or ()
    if words := " ".join(str(entry.get("warning", "")) for entry in checked):
        return f"The API server warns of the expression: {' '.join(words.split())}"
    if (policy.get("spec") or {}).get("failurePolicy") == "Ignore":
        return "With `failurePolicy: Ignore`, a request for which the expression fails is admitted."
    return ""


def _own_namespace(snapshot: Snapshot) -> Json | None:
    return snapshot.objects.get("Namespace", {}).get(namespace_of(snapshot))
