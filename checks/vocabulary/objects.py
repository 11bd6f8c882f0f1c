"""The objects of a cluster: existence, labels, owners, conditions and amounts; answers of probes through the cluster.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.times import ago
from checks.vocabulary.containers import Findings, last_lines

HAPPENED = {
    "refused": "the connection was refused",
    "closed": "the connection was closed without an answer",
    "timeout": "there was no answer in time",
    "not HTTP": "the response is not HTTP",
    "no endpoints": "the Service has no ready endpoint",
    "no such port": "the Service has no such port",
    "no route": "there is no route to the Pod",
}


def subject(item: Json) -> str:
    """Return an object of the cluster as findings name it.

    Example:
        objects.subject({"kind": "Pod", "metadata": {"name": "web"}})
        # 'pod/web'
    """
    return f"{item['kind'].lower()}/{item['metadata']['name']}"


def name_of(item: Json) -> str:
    """Return the name of an object.

    Example:
        objects.name_of({"metadata": {"name": "web"}})
        # 'web'
    """
    return str(item["metadata"]["name"])


def age(item: Json, snapshot: Snapshot) -> float:
    """Return the seconds since the object was created, by the cluster's clock.

    Example:
        objects.age(pod, snapshot)
        # 42.0
    """
    return ago(item["metadata"].get("creationTimestamp"), snapshot.taken)


def changed(item: Json) -> str:
    """Return when the object was last changed (ISO 8601, the cluster's clock), or when it was created if that is all it says.

    Example:
        objects.changed({"metadata": {"creationTimestamp": "2026-01-01T12:00:00Z"}})
        # '2026-01-01T12:00:00Z'
    """
    about = item["metadata"]
    times = [entry["time"] for entry in about.get("managedFields") or () if entry.get("time")]
    return max([*times, about.get("creationTimestamp") or ""])


def condition(item: Json, kind: str) -> Json:
    """Return the condition of this type in the object's status; {} if there is none.

    Example:
        objects.condition({"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, "Ready")
        # {'type': 'Ready', 'status': 'True'}
    """
    conditions = (item.get("status") or {}).get("conditions") or ()
    return next((entry for entry in conditions if entry.get("type") == kind), {})


def exists(snapshot: Snapshot, kind: str, name: str, hint: str, namespace: str = "") -> Findings:
    """Yield a finding unless there is an object of this kind and name that is not being deleted.

    Example:
        yield from objects.exists(snapshot, "Deployment", "web", "`kubectl apply -f web.yaml` creates it.")
        # There is no Deployment called web.
    """
    item = snapshot.object(kind, name, namespace)
    if item is None:
        others = sorted(snapshot.of_kind(kind))
        why = why_absent(snapshot, kind, name, namespace)
        yield Finding(f"There is no {kind} called {name}.", f"{kind.lower()}/{name}", "metadata.name", name, others, why, hint)
    elif since := item["metadata"].get("deletionTimestamp"):
        finalizers = item["metadata"].get("finalizers") or []
        why = f"It waits for its finalizers: {', '.join(finalizers)}." if finalizers else ""
        message, waiting = f"{name} has been terminating since {since}.", ago(since, snapshot.taken) < 60
        yield Finding(message, subject(item), "metadata.deletionTimestamp", "none", since, why, hint, waiting=waiting)


def why_absent(snapshot: Snapshot, kind: str, name: str, namespace: str = "") -> str:
    """Return why an object may be missing: no such namespace, another namespace, a similar name. "" if nothing explains it.

    Example:
        objects.why_absent(snapshot, "Pod", "web")
        # 'There is one called webb: names must match exactly.'
    """
    spaces = (snapshot.scope or {}).get("namespaces") or [""]
    where, namespaces = namespace or spaces[0], snapshot.objects.get("Namespace", {})
    space = namespaces.get(where) or namespaces.get(f"{where}/{where}")
    if where and "Namespace" in snapshot.objects and space is None:
        if where != spaces[0]:
            return f"The namespace {where} does not exist."
        return f"The namespace {where} does not exist. `slipway start` creates it again."
    if space and ((space.get("status") or {}).get("phase") == "Terminating" or space["metadata"].get("deletionTimestamp")):
        return f"The namespace {where} is terminating, and everything in it is deleted with it."
    found_in = [(place or spaces[0], other) for place, _, other in (key.rpartition("/") for key in snapshot.of_kind(kind))]
    if places := {place for place, other in found_in if other == name} - {where}:
        return f"There is one of that name in the namespace {min(places)}."
    if other_places := _places(snapshot, kind, name) - {where}:
        return (
            f"There is one of that name in the namespace {min(other_places)}: kubectl aimed there when it was created. "
            f"`kubectl delete {kind.lower()} {name} -n {min(other_places)}` removes it; `-n {where}` creates it here."
        )
    here = [other for place, other in found_in if place == where]
    near = get_close_matches(name, here, n=1, cutoff=0.75)
    return f"There is one called {near[0]}: names must match exactly." if near else ""


def _places(snapshot: Snapshot, kind: str, name: str) -> set[str]:
    """Return the other namespaces of the cluster in which a probe `elsewhere` has seen an object of this kind and name."""
    probes = (probe for probe in snapshot.probes.values() if probe.get("kind") == "elsewhere")
    return {namespace for probe in probes for namespace in probe["namespaces"].get(f"{kind}/{name}", ())}


def labelled(item: Json, labels: Mapping[str, str], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the object has these labels, among others or not.

    Example:
        yield from objects.labelled(pod, {"app": "web"}, "`kubectl label pod web app=web`")
        # web does not have the label app=web.
    """
    present = item["metadata"].get("labels") or {}
    missing = {key: value for key, value in labels.items() if present.get(key) != value}
    if missing:
        words = ", ".join(f"{key}={value}" for key, value in missing.items())
        observed = [f"{key}={value}" for key, value in sorted(present.items())]
        message = f"{name_of(item)} does not have the label {words}."
        yield Finding(message, subject(item), "metadata.labels", words, observed, hint=hint, cost=cost)


def owned(snapshot: Snapshot, child: Json, owner: Json, hint: str) -> Findings:
    """Yield a finding unless `owner` created `child`, or created what created it. Compared by UID.

    Example:
        yield from objects.owned(snapshot, pod, deployment, "Delete the Pod that you created by hand.")
        # pod/web does not belong to deployment/web.
    """
    if not snapshot.descends(child, owner):
        path = "metadata.ownerReferences"
        references = [f"{reference['kind']}/{reference['name']}" for reference in child["metadata"].get("ownerReferences") or ()]
        message = f"{subject(child)} does not belong to {subject(owner)}."
        yield Finding(message, subject(child), path, subject(owner), references, hint=hint)


def selects(selector: Mapping[str, str], labels: Mapping[str, str] | None) -> bool:
    """Tell whether a selector of plain labels matches these labels. An empty selector matches nothing.

    Example:
        objects.selects({"app": "web"}, {"app": "web", "tier": "front"})
        # True
    """
    return bool(selector) and selector.items() <= (labels or {}).items()


def container_of(pod: Json, name: str) -> Json | None:
    """Return the specification of a container, or of an init container, of a Pod or a Pod template; None if there is none.

    Example:
        objects.container_of({"spec": {"containers": [{"name": "web", "image": "nginx:1.26"}]}}, "web")
        # {'name': 'web', 'image': 'nginx:1.26'}
    """
    spec = pod.get("spec") or {}
    all_of_them = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    return next((container for container in all_of_them if container["name"] == name), None)


def container_status(pod: Json, name: str) -> Json:
    """Return what the kubelet reports about a container; {} if it has not reported yet.

    Example:
        objects.container_status({"status": {"containerStatuses": [{"name": "web", "ready": True}]}}, "web")
        # {'name': 'web', 'ready': True}
    """
    status = pod.get("status") or {}
    statuses = [*(status.get("containerStatuses") or ()), *(status.get("initContainerStatuses") or ())]
    return next((entry for entry in statuses if entry["name"] == name), {})


def quantity(text: Any) -> Decimal:
    """Return an amount as Kubernetes writes it as an exact number, in CPUs or bytes. Raises ValueError for anything else.

    Example:
        objects.quantity("64Mi") == 67108864 and objects.quantity("26m") == objects.quantity("0.026")
        # True
    """
    # The package brings the whole client with it, which a lab on the cluster has loaded anyway and no other lab needs.
    from kubernetes.utils import quantity as parser

    number = parser.parse_quantity(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is no quantity")
    return number


def image_name(reference: str) -> str:
    """Return the short form of an image's name, with its tag.

    Example:
        objects.image_name("docker.io/library/nginx")
        # 'nginx:latest'
    """
    short = reference.removeprefix("docker.io/").removeprefix("library/")
    return short if ":" in short.rpartition("/")[2] or "@" in short else f"{short}:latest"


def answers(snapshot: Snapshot, probe_id: str, where: str, contains: str, hint: str, status: int = 200) -> Findings:
    """Yield a finding unless a request through the cluster got this status and a body that contains `contains`.

    `where` is the finding's subject, such as "service/web".

    Example:
        yield from objects.answers(snapshot, "home", "service/web", "Hello", "`kubectl logs deployment/web`")
        # GET web:80/ gets no answer: the Service has no ready endpoint.
    """
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
    """Yield a finding unless a command in a Pod (`pod_exec`) succeeded and printed `contains`, or a log (`pod_logs`) has it.

    `where` is the finding's subject; `message` replaces the usual one.

    Example:
        yield from objects.printed(snapshot, "log", "pod/web", "ready", "`kubectl logs web`")
        # The log of pod/web does not contain “ready”.
    """
    probe = snapshot.probe(probe_id)
    is_log = probe["kind"] == "pod_logs"
    path = "the log" if is_log else " ".join(probe["command"])
    out = probe["text"] if is_log else probe["stdout"]
    if not probe["ok"]:
        observed = probe["error"] or f"exit code {probe['exit']}"
        why = last_lines(probe.get("stderr", "") or out)
        failure = message or f"{'The log' if is_log else f'`{path}`'} in {where} failed: {observed}."
        yield Finding(failure, where, path, contains, observed, why, hint)
    elif contains not in out:
        failure = message or f"The log of {where} does not contain “{contains}”."
        yield Finding(failure, where, path, contains, last_lines(out, 20), hint=hint)


def names(items: Iterable[Json]) -> list[str]:
    """Return the names of these objects.

    Example:
        objects.names([{"metadata": {"name": "web"}}, {"metadata": {"name": "db"}}])
        # ['web', 'db']
    """
    return [name_of(item) for item in items]
