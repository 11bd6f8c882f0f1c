"""The Pods of a DaemonSet by node, and why a node has none.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator, Sequence

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import age, name_of, selects, subject
from checks.vocabulary.pods import trouble_of

CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
OLD_KEY = "node-role.kubernetes.io/master"
# Taints that the cluster sets by itself; a DaemonSet's Pods tolerate the most of them without being told.
OF_THE_CLUSTER = "node.kubernetes.io/"
# How long a DaemonSet may take to make a Pod, in seconds.
FRESH = 15


def is_control_plane(node: Json) -> bool:
    """Tell whether a node belongs to the control plane.

    Example:
        daemonsets.is_control_plane({"metadata": {"labels": {"node-role.kubernetes.io/control-plane": ""}}})
        # True
    """
    return CONTROL_PLANE in (node["metadata"].get("labels") or {})


def node_of(pod: Json) -> str:
    """Return the name of the node that a Pod is on or, for a DaemonSet's Pod, meant for; "" for neither.

    Example:
        daemonsets.node_of({"spec": {"nodeName": "slipway-worker"}})
        # 'slipway-worker'
    """
    spec = pod.get("spec") or {}
    if spec.get("nodeName"):
        return str(spec["nodeName"])
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms") or ()
    fields = [field for term in terms for field in term.get("matchFields") or () if field.get("key") == "metadata.name"]
    return str(fields[0]["values"][0]) if fields and fields[0].get("values") else ""


def ready_on(snapshot: Snapshot, item: Json) -> dict[str, Json]:
    """Return the ready Pods of a DaemonSet, by the name of their node.

    Example:
        ready = daemonsets.ready_on(snapshot, warden)
    """
    return {node_of(pod): pod for pod in snapshot.pods(owner=item) if trouble_of(snapshot, pod) is None}


def tolerates(spec: Json, taint: Json) -> bool:
    """Tell whether a Pod's specification tolerates a taint, by the rules of the API reference (`Toleration`).

    Example:
        daemonsets.tolerates({"tolerations": [{"operator": "Exists"}]}, {"key": "zone", "effect": "NoSchedule"})
        # True
    """
    return any(_matches(toleration, taint) for toleration in spec.get("tolerations") or ())


def _matches(toleration: Json, taint: Json) -> bool:
    key, effect = toleration.get("key", ""), toleration.get("effect", "")
    exists = toleration.get("operator", "Equal") == "Exists"
    named = key == taint["key"] or (exists and not key)
    return named and effect in ("", taint.get("effect")) and (exists or toleration.get("value", "") == taint.get("value", ""))


def one_on_each(snapshot: Snapshot, item: Json, nodes: Sequence[Json], hint: str) -> Findings:
    """Yield a finding unless the DaemonSet has a ready Pod on each of these nodes.

    Example:
        yield from daemonsets.one_on_each(snapshot, warden, nodes, "Add a toleration for the control plane.")
        # warden has no ready Pod on slipway-control-plane.
    """
    there = ready_on(snapshot, item)
    missing = [node for node in nodes if name_of(node) not in there]
    if not missing:
        return
    pods = {node_of(pod): pod for pod in snapshot.pods(owner=item)}
    reasons = [_why_not(snapshot, item, node, pods.get(name_of(node))) for node in missing]
    where = ", ".join(name_of(node) for node in missing)
    message = f"{name_of(item)} has no ready Pod on {where}."
    if any(True for node in missing for _ in _unselected(item, node)):
        hint = "Its nodeSelector (or nodeAffinity) keeps it from nodes: remove it, or use a label that these nodes have."
    wanted, why = sorted(name_of(node) for node in nodes), "\n".join(dict.fromkeys(words for words, _ in reasons if words))
    waiting = all(may_come for _, may_come in reasons)
    yield Finding(message, subject(item), "its Pods by node", wanted, sorted(there) or "none", why, hint, waiting=waiting)


def none_on(snapshot: Snapshot, item: Json, nodes: Sequence[Json], why: str, hint: str) -> Findings:
    """Yield a finding if the DaemonSet has a Pod on any of these nodes. `why` says what that means.

    Example:
        yield from daemonsets.none_on(snapshot, lamp, others, "The lamp needs a quay.", "Set a nodeSelector.")
        # lamp also has a Pod on slipway-worker2.
    """
    pods_by_node = {node_of(pod): pod for pod in snapshot.pods(owner=item)}
    extra = [name_of(node) for node in nodes if name_of(node) in pods_by_node]
    if extra:
        # After a change of the template, the controller deletes such a Pod within moments.
        waiting = all(pods_by_node[name]["metadata"].get("deletionTimestamp") for name in extra)
        message = f"{name_of(item)} also has a Pod on {', '.join(extra)}."
        yield Finding(message, subject(item), "its Pods by node", "none there", sorted(pods_by_node), why, hint, waiting=waiting)


def _why_not(snapshot: Snapshot, item: Json, node: Json, pod: Json | None) -> tuple[str, bool]:
    """Return why a node has no ready Pod of a DaemonSet, in words, and whether it may still get one by itself."""
    if pod is not None and (trouble := trouble_of(snapshot, pod)):
        return f"{name_of(pod)}: {trouble.message} {trouble.why}".strip(), trouble.waiting
    reasons = [*_unselected(item, node), *_untolerated(item, node)]
    if reasons:
        return "\n".join(reasons), False
    status = item.get("status") or {}
    observed_latest = status.get("observedGeneration", 0) >= item["metadata"].get("generation", 0)
    # The controller wants more Pods than there are: it replaces them, one after the other.
    wants_more = int(status.get("desiredNumberScheduled") or 0) > len(snapshot.pods(owner=item))
    return "", not observed_latest or age(item, snapshot) < FRESH or wants_more or pod is not None


def _unselected(item: Json, node: Json) -> Iterator[str]:
    spec = item["spec"]["template"].get("spec") or {}
    selector = spec.get("nodeSelector") or {}
    if selector and not selects(selector, node["metadata"].get("labels")):
        words = ", ".join(f"{key}={value}" if value else key for key, value in sorted(selector.items()))
        yield f"Its nodeSelector requires the label {words}, which none of these nodes has."
    elif (spec.get("affinity") or {}).get("nodeAffinity"):
        yield f"It has a nodeAffinity. Does {name_of(node)} have the labels that it requires?"


def _untolerated(item: Json, node: Json) -> Iterator[str]:
    spec = item["spec"]["template"].get("spec") or {}
    given = [str(toleration.get("key") or "every key") for toleration in spec.get("tolerations") or ()]
    for taint in (node.get("spec") or {}).get("taints") or ():
        hard = taint.get("effect") in ("NoSchedule", "NoExecute") and not taint["key"].startswith(OF_THE_CLUSTER)
        if hard and not tolerates(spec, taint):
            words = f"Its Pods tolerate {', '.join(given)}." if given else "Its Pods tolerate none."
            if OLD_KEY in given:
                words += f" {OLD_KEY} was the key until Kubernetes 1.24; no node has that taint any more."
            yield f"{name_of(node)} has the taint {taint['key']}:{taint['effect']}. {words}"
