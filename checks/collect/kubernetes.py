"""The collector of a lab on the cluster: its scope as a Snapshot, by one LIST for each kind, and logs of failing Pods."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from checks.api_resources import KINDS, looked_at
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster
from checks.collect.collected import Facts, now
from checks.model import Lab, Probe, Scope
from checks.probes import pods
from checks.probes import run as probing
from checks.redact.encodings import decoded
from checks.snapshot import Json, Snapshot
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError

LOG_LINES = 20
MOST_LOGS = 12
# Parts of a list that an API server gives at most; ours gives a list in one.
MOST_PARTS = 100
# What identifies the learner's machine, and says nothing about the cluster.
MACHINE = ("machineID", "systemUUID", "bootID")
SCOPE = ("namespaces", "cluster", "kinds")


def collect(lab: Lab, cluster: Cluster, context: probing.Context, probes: Iterable[Probe], started: str) -> Snapshot:
    """Collect the state of a lab's scope. Never raises for a failing cluster: the snapshot says what is missing and why.

    Raises Refused where the cluster's files were changed.
    """
    cluster.refresh()
    facts = Facts("cluster")
    kinds = looked_at(lab.scope.kinds, lab.scope.cluster)
    jobs = {kind: cluster.submit(_list, cluster, lab.scope, kind) for kind in kinds}
    version = cluster.submit(cluster.version)
    seen, failed = probing.run(tuple(probes), context)
    for kind, job in jobs.items():
        facts.take(kind, job)
    ours = cluster.submit(cluster.verify)  # after the lists: what they hold is of the cluster that answers by now
    _add_logs(cluster, lab.namespace, facts.objects.get("Pod", {}))
    about = {"cluster": cluster.identity.name}
    if (release := facts.attempt("version", version)) is not None:
        about["kubernetes"] = release
    try:
        ours.result()
    except Refused as refused:
        facts.fail(str(refused))
        seen, failed = {}, dict.fromkeys([*seen, *failed], str(refused))
    except SlipwayError:
        pass  # What it did not answer before is listed; what it did answer was encrypted with the key of our cluster.
    clean = facts.clean(seen, failed)
    scope = {name: list(getattr(lab.scope, name)) for name in SCOPE}
    return Snapshot(lab.id, cluster.time or now(), started, about, **clean, scope=scope)


def _list(cluster: Cluster, scope: Scope, kind: str) -> dict[str, Json]:
    """The objects of a kind in scope, by name; those of another namespace than the lab's own by "namespace/name"."""
    served = KINDS[kind]
    one = scope.namespaces[0] if served.namespaced and len(scope.namespaces) == 1 else ""
    version, items = _parts(cluster, kind, served.path(one))
    objects = {}
    for item in items:
        if _in_scope(item, kind, scope):
            about = item["metadata"]
            name, namespace = about["name"], about.get("namespace", scope.namespaces[0])
            key = name if namespace == scope.namespaces[0] else f"{namespace}/{name}"
            objects[key] = slim({"apiVersion": version, "kind": kind, **item})
    return objects


def _parts(cluster: Cluster, kind: str, path: str) -> tuple[str, list[Json]]:
    """The version and the objects of a list, also where the API server gives it in parts. Raises EngineError.

    Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks.
    """
    items: list[Json] = []
    version = part = ""
    for _ in range(MOST_PARTS):
        answer = cluster.get(f"{path}?continue={quote(part, safe='')}" if part else path)
        if answer is None:
            raise EngineError(f"the cluster does not serve the kind {kind} (404 to GET {path})")
        more = answer.get("items", ()) if isinstance(answer, dict) else ()
        if more is not None and not isinstance(more, list):
            raise EngineError(f"the cluster's answer to GET {path} could not be understood: it is no list")
        items += more or ()
        version, last, part = answer.get("apiVersion", version), part, (answer.get("metadata") or {}).get("continue", "")
        if not part:
            return version, items
        if part == last:
            break
    raise EngineError(f"the cluster's answer to GET {path} does not end")


def _in_scope(item: Json, kind: str, scope: Scope) -> bool:
    name, served = item["metadata"]["name"], KINDS[kind]
    if served.namespaced:
        return item["metadata"]["namespace"] in scope.namespaces
    if kind == "Namespace":
        return name in scope.namespaces
    claim = (item.get("spec") or {}).get("claimRef") or {}
    return served.shared or f"{kind}/{name}" in scope.cluster or claim.get("namespace") in scope.namespaces


def slim(item: Json) -> Json:
    """The object without what no check uses and takes the most room: the managers of its fields, a node's images.

    Of the managers, who they are and what they did stays, of the images their names ("ImageNames"). A Secret's values are
    described under "DataFacts": their lengths in bytes, and whether they end with a line break.
    """
    for entry in item["metadata"].get("managedFields") or ():
        entry.pop("fieldsV1", None)
    if item["kind"] == "Node":
        status = item.get("status") or {}
        images = status.pop("images", None) or ()
        for name in MACHINE:
            (status.get("nodeInfo") or {}).pop(name, None)
        item["ImageNames"] = sorted({name for image in images for name in image.get("names") or () if "@" not in name})
    if item["kind"] == "Secret":
        values = {name: decoded(value) for name, value in (item.get("data") or {}).items()}
        item["DataFacts"] = {
            name: {"length": len(value.encode("utf-8", errors="replace")), "ends_with_newline": value.endswith("\n")}
            for name, value in values.items()
        }
    return item


def _add_logs(cluster: Cluster, namespace: str, listed: dict[str, Json]) -> None:
    """Give each Pod the ends of its unwell containers' logs, under "LogTails": most failures are explained there."""
    unwell = [(pod, name, previous) for pod in listed.values() for name, previous in _unwell(pod)]
    jobs = [
        (pod, name, cluster.submit(_tail, cluster, pod["metadata"].get("namespace", namespace), pod, name, previous))
        for pod, name, previous in unwell[:MOST_LOGS]
    ]
    for pod, name, job in jobs:
        with suppress(EngineError):  # a log explains what is seen without it
            if text := job.result():
                pod.setdefault("LogTails", {})[name] = text


def _unwell(pod: Json) -> Iterator[tuple[str, bool]]:
    """The containers that failed or are not ready, and whether the log of the one that ended before says more."""
    status = pod.get("status") or {}
    for container in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
        state: dict[str, Any] = container.get("state") or {}
        failed = (state.get("terminated") or {}).get("exitCode", 0) != 0
        unready = "running" in state and not container.get("ready")
        if container.get("restartCount", 0) or failed or unready:
            yield container["name"], "running" in state and not unready


def _tail(cluster: Cluster, namespace: str, pod: Json, container: str, previous: bool) -> str:
    """The end of a container's log; empty where there is none. Raises EngineError."""
    options = {"container": container, "tailLines": str(LOG_LINES), "limitBytes": str(pods.OUTPUT_LIMIT)}
    options |= {"previous": "true"} if previous else {}
    answer = pods.log(cluster, namespace, pod["metadata"]["name"], cluster.deadline, **options)
    return answer.body.decode("utf-8", errors="replace") if answer.status == 200 else ""
