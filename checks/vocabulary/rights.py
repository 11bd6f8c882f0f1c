"""The rights of a service account: what it may do, and the bindings and rules that say so.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. Rules have many equivalent forms,
so the API server decides: a probe `allowed` has asked it.
"""

from collections.abc import Iterator, Mapping

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import name_of, subject

ASKED = "kubectl auth can-i"
SHOWN = 6  # requests that a message names
Right = tuple[str, str]


def may(snapshot: Snapshot, probe_id: str, hint: str) -> Findings:
    """Yield a finding unless the account of a probe `allowed` may do everything that the probe asks for.

    Example:
        yield from rights.may(snapshot, "may", "`kubectl create role --help` shows how.")
        # The ServiceAccount board may not list pods.
    """
    probe = snapshot.probe(probe_id)
    account, where = probe["account"], f"serviceaccount/{probe['account']}"
    denied = [request for request, answer in sorted(probe["answers"].items()) if not answer["allowed"]]
    if denied:
        message = f"The ServiceAccount {account} may not {_listed(denied)}."
        yield Finding(message, where, ASKED, sorted(probe["answers"]), denied, why_denied(snapshot, account), hint)


def may_not(snapshot: Snapshot, probe_id: str, hint: str) -> Findings:
    """Yield a finding if the account of a probe `allowed` may do anything that the probe asks for.

    Example:
        yield from rights.may_not(snapshot, "too-much", "Name the resources and the verbs instead of `*`.")
        # The ServiceAccount board has rights that it does not need: get secrets, delete pods.
    """
    probe = snapshot.probe(probe_id)
    account, where = probe["account"], f"serviceaccount/{probe['account']}"
    granted = {request: answer["reason"] for request, answer in sorted(probe["answers"].items()) if answer["allowed"]}
    if granted:
        message = f"The ServiceAccount {account} has rights that it does not need: {_listed(list(granted))}."
        reasons = "\n".join(dict.fromkeys(filter(None, granted.values())))
        why = f"The API server says: {reasons}" if reasons else ""
        yield Finding(message, where, ASKED, "no", list(granted), why, hint)


def no_rule_beyond(snapshot: Snapshot, account: str, needed: Mapping[Right, tuple[str, ...]], hint: str) -> Findings:
    """Yield a finding if a Role of the namespace gives the account more than `needed`: verbs by API group and resource.

    Example:
        yield from rights.no_rule_beyond(snapshot, "board", {("", "pods"): ("get", "list")}, "Remove the rule.")
        # The Role board lets the ServiceAccount board update leases (coordination.k8s.io), which it does not need.
    """
    for role, rule in rules_of(snapshot, account):
        pairs = [(group, resource) for group in rule.get("apiGroups") or () for resource in rule.get("resources") or ()]
        for right in pairs:
            verbs = [verb for verb in rule.get("verbs") or () if verb not in needed.get(right, ())]
            if verbs:
                what = f"{', '.join(verbs)} {_resource(right)}"
                message = f"The Role {name_of(role)} lets the ServiceAccount {account} {what}, which it does not need."
                yield Finding(message, subject(role), "rules", _rule_words(needed), what, hint=hint)


def rules_of(snapshot: Snapshot, account: str) -> Iterator[tuple[Json, Json]]:
    """Yield the Roles that a RoleBinding of the lab's namespace gives to an account, each with one of its rules.

    Example:
        [rule["verbs"] for role, rule in rights.rules_of(snapshot, "board")]
        # [['get', 'list', 'watch']]
    """
    for binding in snapshot.of_kind("RoleBinding").values():
        reference = binding.get("roleRef") or {}
        role = snapshot.object("Role", reference.get("name", "")) if reference.get("kind") == "Role" else None
        if role and any(is_account(entry, account, namespace_of(snapshot)) for entry in binding.get("subjects") or ()):
            yield from ((role, rule) for rule in role.get("rules") or ())


def is_account(entry: Json, account: str, namespace: str) -> bool:
    """Tell whether a subject of a binding is this service account: by its name, as a user, or by one of its groups.

    Example:
        rights.is_account({"kind": "Group", "name": "system:serviceaccounts"}, "board", "harbour")
        # True
    """
    kind, name = entry.get("kind"), entry.get("name")
    if kind == "ServiceAccount":
        return (name, entry.get("namespace")) == (account, namespace)
    if kind == "User":
        return bool(name == f"system:serviceaccount:{namespace}:{account}")
    return name in ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")


def namespace_of(snapshot: Snapshot) -> str:
    """Return the lab's own namespace; "" where it is not known.

    Example:
        rights.namespace_of(snapshot)
        # 'lab-24-access'
    """
    return next(iter((snapshot.scope or {}).get("namespaces") or ()), "")


def why_denied(snapshot: Snapshot, account: str) -> str:
    """Return why an account may lack a right: no binding, a binding of someone else, a missing Role, or what its rules allow.

    Example:
        rights.why_denied(snapshot, "board")
        # 'No RoleBinding names the ServiceAccount board of the namespace lab-24-access.'
    """
    namespace, bindings = namespace_of(snapshot), list(snapshot.of_kind("RoleBinding").values())
    own = [item for item in bindings if any(is_account(entry, account, namespace) for entry in item.get("subjects") or ())]
    for binding in own:
        reference = binding.get("roleRef") or {}
        if reference.get("kind") == "Role" and snapshot.object("Role", reference.get("name", "")) is None:
            return f"The RoleBinding {name_of(binding)} refers to the Role {reference.get('name')}, which does not exist."
    if own:
        allowed = "; ".join(_words(rule) for _, rule in rules_of(snapshot, account))
        return f"Its Roles allow: {allowed}." if allowed else ""
    for binding in bindings:
        for entry in binding.get("subjects") or ():
            if entry.get("name") == account:
                of = f" of the namespace {entry['namespace']}" if entry.get("namespace") else ""
                return f"The RoleBinding {name_of(binding)} names the {entry.get('kind')} {account}{of}, which is someone else."
    return f"No RoleBinding names the ServiceAccount {account} of the namespace {namespace}."


def _words(rule: Json) -> str:
    names = f", named {', '.join(rule['resourceNames'])}" if rule.get("resourceNames") else ""
    groups = [_resource((group, resource)) for group in rule.get("apiGroups") or () for resource in rule.get("resources") or ()]
    return f"{', '.join(rule.get('verbs') or ())} {', '.join(groups)}{names}"


def _resource(right: Right) -> str:
    group, resource = right
    return f"{resource} ({group})" if group else resource


def _rule_words(needed: Mapping[Right, tuple[str, ...]]) -> list[str]:
    return [f"{', '.join(verbs)} {_resource(right)}" for right, verbs in needed.items()] or ["nothing"]


def _listed(requests: list[str]) -> str:
    more = len(requests) - SHOWN
    return ", ".join(requests[:SHOWN]) + (f" and {more} more" if more > 0 else "")
