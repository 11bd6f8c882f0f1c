"""The vocabulary of a cluster: objects that exist, their labels, their owners, quantities, what a probe through it saw.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import seconds
from checks.vocabulary.containers import Findings, last_lines

HAPPENED = {
    "refused": "the connection was refused",
    "closed": "the connection was closed without an answer",
    "timeout": "there was no answer in time",
    "not HTTP": "what came back is not HTTP",
    "no endpoints": "the Service has no ready endpoint",
    "no such port": "the Service has no such port",
    "no route": "no way leads to the Pod",
}


def subject(item: Json) -> str:
    """An object as findings name it: "pod/web"."""
    return f"{item['kind'].lower()}/{item['metadata']['name']}"


def name_of(item: Json) -> str:
    return str(item["metadata"]["name"])


def age(item: Json, snapshot: Snapshot) -> float:
    """Seconds since the object was made, by the cluster's clock."""
    return seconds(item["metadata"].get("creationTimestamp"), snapshot.taken)


def condition(item: Json, kind: str) -> Json:
    """A condition in the object's status; {} where it is not there."""
    found = (item.get("status") or {}).get("conditions") or ()
    return next((each for each in found if each.get("type") == kind), {})


def exists(snapshot: Snapshot, kind: str, name: str, hint: str, namespace: str = "") -> Findings:
    """There is an object of this kind and name, and it is not being removed."""
    item = snapshot.object(kind, name, namespace)
    if item is None:
        others = sorted(snapshot.of_kind(kind))
        why = why_absent(snapshot, kind, name, namespace)
        yield Finding(f"There is no {kind} called {name}.", f"{kind.lower()}/{name}", "metadata.name", name, others, why, hint)
    elif since := item["metadata"].get("deletionTimestamp"):
        finalizers = item["metadata"].get("finalizers") or []
        why = f"It waits for what is to be done first (finalizers): {', '.join(finalizers)}." if finalizers else ""
        message, waiting = f"{name} is being removed since {since}.", seconds(since, snapshot.taken) < 60
        yield Finding(message, subject(item), "metadata.deletionTimestamp", "none", since, why, hint, waiting=waiting)


def why_absent(snapshot: Snapshot, kind: str, name: str, namespace: str = "") -> str:
    """What explains that an object is not there: no namespace, one that is being removed, another place or spelling."""
    spaces = (snapshot.scope or {}).get("namespaces") or [""]
    where, found = namespace or spaces[0], snapshot.objects.get("Namespace", {})
    space = found.get(where) or found.get(f"{where}/{where}")
    if where and "Namespace" in snapshot.objects and space is None:
        if where != spaces[0]:
            return f"The namespace {where} does not exist."
        return f"The namespace {where} does not exist. Running the notebook's first cell, or `slipway start`, makes it again."
    if space and ((space.get("status") or {}).get("phase") == "Terminating" or space["metadata"].get("deletionTimestamp")):
        return f"The namespace {where} is being removed, and everything in it goes with it."
    found_in = [(place or spaces[0], other) for place, _, other in (key.rpartition("/") for key in snapshot.of_kind(kind))]
    if places := {place for place, other in found_in if other == name} - {where}:
        return f"There is one of that name in the namespace {min(places)}."
    here = [other for place, other in found_in if place == where]
    near = get_close_matches(name, here, n=1, cutoff=0.75)
    return f"There is one called {near[0]}: names have to match to the letter." if near else ""


def labelled(item: Json, labels: Mapping[str, str], hint: str, cost: int | None = None) -> Findings:
    """The object carries these labels, whatever else it carries."""
    found = item["metadata"].get("labels") or {}
    missing = {key: value for key, value in labels.items() if found.get(key) != value}
    if missing:
        words = ", ".join(f"{key}={value}" for key, value in missing.items())
        observed = [f"{key}={value}" for key, value in sorted(found.items())]
        message = f"{name_of(item)} does not carry the label {words}."
        yield Finding(message, subject(item), "metadata.labels", words, observed, hint=hint, cost=cost)


def owned(snapshot: Snapshot, child: Json, owner: Json, hint: str) -> Findings:
    """`owner` made `child`, or made what made it, by UID."""
    if not snapshot.descends(child, owner):
        path = "metadata.ownerReferences"
        references = [f"{each['kind']}/{each['name']}" for each in child["metadata"].get("ownerReferences") or ()]
        message = f"{subject(child)} does not belong to {subject(owner)}."
        yield Finding(message, subject(child), path, subject(owner), references, hint=hint)


def selects(selector: Mapping[str, str], labels: Mapping[str, str] | None) -> bool:
    """Whether a selector of plain labels chooses something with these labels. An empty selector chooses nothing."""
    return bool(selector) and selector.items() <= (labels or {}).items()


def container_of(pod: Json, name: str) -> Json | None:
    """A container's specification by its name, of a Pod or a Pod template. (A sidecar may stand under initContainers.)"""
    spec = pod.get("spec") or {}
    all_of_them = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    return next((each for each in all_of_them if each["name"] == name), None)


def container_status(pod: Json, name: str) -> Json:
    """What the kubelet reports of a container; {} where it has not reported yet."""
    status = pod.get("status") or {}
    found = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    return next((each for each in found if each["name"] == name), {})


def quantity(text: Any) -> Decimal:
    """DOC"""
    # The package brings the whole client with it, which a lab on the cluster has loaded anyway and no other lab needs.
    from kubernetes.utils import quantity as parser

    number = parser.parse_quantity(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is no quantity")
    return number


def image_name(reference: str) -> str:
    """An image's name in its short form: docker.io/library/nginx:1.26 is nginx:1.26, nginx is nginx:latest."""
    short = reference.removeprefix("docker.io/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] or "@" in short else f"{short}:latest"


def answers(snapshot: Snapshot, probe_id: str, where: str, contains: str, hint: str, status: int = 200) -> Findings:
    """A request through the cluster got this status, with a body that contains `contains`."""
    probe = snapshot.probe(probe_id)
    request, by = probe["request"], f" (by the Pod {probe['pod']})" if probe.get("pod") else ""
    if not probe["ok"]:
        happened = HAPPENED.get(probe["error"], probe["error"])
        why = "Nothing listens on that port in the Pod." if probe["error"] == "refused" else ""
        yield Finding(f"{request} gets no answer: {happened}.", where, request, "an answer", probe["error"], why, hint)
    elif probe["status"] != status:
        why = f"The answer says: {probe['body'][:300].strip()}"
        message = f"{request} is answered{by} with status {probe['status']}, not {status}."
        yield Finding(message, where, request, status, probe["status"], why, hint)
    elif contains not in probe["body"]:
        message = f"{request} is answered{by}, but the answer does not contain “{contains}”."
        yield Finding(message, where, request, contains, probe["body"][:2000], hint=hint)


def printed(snapshot: Snapshot, probe_id: str, where: str, contains: str, hint: str, message: str = "") -> Findings:
    """A command in a Pod ended well and printed `contains`; or a log holds it."""
    probe = snapshot.probe(probe_id)
    is_log = probe["kind"] == "pod_logs"
    path = "the log" if is_log else " ".join(probe["command"])
    out = probe["text"] if is_log else probe["stdout"]
    if not probe["ok"]:
        observed = probe["error"] or f"exit code {probe['exit']}"
        why = last_lines(probe.get("stderr", "") or out)
        said = message or f"{'The log' if is_log else f'`{path}`'} in {where} could not be had: {observed}."
        yield Finding(said, where, path, contains, observed, why, hint)
    elif contains not in out:
        said = message or f"The log of {where} does not contain “{contains}”."
        yield Finding(said, where, path, contains, last_lines(out, 20), hint=hint)


def names(items: Iterable[Json]) -> list[str]:
    return [name_of(each) for each in items]
