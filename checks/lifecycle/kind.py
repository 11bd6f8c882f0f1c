"""The start and the removal of a lab on the cluster: its namespaces and its cluster-scoped objects."""

import hashlib
import re
from types import ModuleType

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster, refusal
from checks.lifecycle import lab_texts, namespace_defaults, node_outage, removal
from checks.model import Lab
from checks.progress import LabState
from checks.snapshot import Json
from checks.times import seconds
from sandboxes import checkout
from sandboxes.cluster import kubeconfig, lab_kubeconfig
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

LAB, WORKSPACE = "slipway.dev/lab", "slipway.dev/workspace"
# Seconds by which the clock of this machine and the clock of the cluster may differ.
CLOCKS = 2.0
# A name of an object, as it stands in a manifest or a command.
NAME = re.compile(r"[a-z0-9][a-z0-9.-]*[a-z0-9]")
NAMESPACES = KINDS["Namespace"].path()


def identity(cluster: Cluster) -> str:
    """Return the identity of the cluster, which changes when the cluster is recreated."""
    return cluster.verify()


def begin(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState, take_over: bool = False) -> None:
    """Create the namespace of the lab. Raise SlipwayError where another object has a name of the lab."""
    if lab.scope.images:
        _built().begin(lab, settings, kept, take_over)
    if lab.scope.stops_nodes:
        kept.before = node_outage.cordoned(cluster)
    _prepare(lab, cluster, settings, "")


def go_on(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> None:
    """Create the namespace of the lab again if it is missing, and point kubectl to it."""
    _prepare(lab, cluster, settings, kept.started)


def clear(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove what the lab created. Return the removed objects, and a sentence for each that could not be removed.

    A lab that was started on an earlier cluster left nothing on this one, but its images are still on the engine.
    """
    removed, left = _clear(lab, cluster, settings, kept) if identity(cluster) == kept.engine else ([], [])
    if kept.builder:
        images, stuck = _built().clear(lab, settings, kept)
        removed, left = removed + images, left + stuck
    return removed, left


def empty(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove the lab's objects and keep the lab started: its namespace is empty afterwards. Return as `clear` does."""
    if identity(cluster) != kept.engine:
        return [], []
    removed, left = _clear(lab, cluster, settings, kept)
    if not left:
        _prepare(lab, cluster, settings, kept.started)
    return removed, left


def _clear(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    if lab.scope.stops_nodes:  # what is on a node that is away cannot be removed
        node_outage.end(cluster, kept.before)
    items = [item for item in _existing(lab, cluster) if _is_ours(item, lab, settings, kept.started)]
    items += _unbound_volumes(lab, cluster, settings, kept.started)
    namespaces = tuple(item["metadata"]["name"] for item in items if item["kind"] == "Namespace")
    objects = tuple(f"{item['kind']}/{item['metadata']['name']}" for item in items if item["kind"] != "Namespace")
    return removal.remove(cluster, namespaces, objects)


def _unbound_volumes(lab: Lab, cluster: Cluster, settings: Settings, started: str) -> list[Json]:
    """Return the volumes without a claim that came after the start and that a file of the lab's folder names."""
    if "PersistentVolume" not in lab.scope.kinds:
        return []
    items = cluster.get(KINDS["PersistentVolume"].path())["items"]
    unbound = [item for item in items if not (item.get("spec") or {}).get("claimRef")]
    own = [item for item in unbound if _is_ours(item, lab, settings, started)]
    words = {word for text in lab_texts.read(lab, settings) for word in NAME.findall(text)} if own else set()
    return [{**item, "kind": "PersistentVolume"} for item in own if item["metadata"]["name"] in words]


def _built() -> ModuleType:
    """Import the module for labs that build images: the other labs do not need a connection to the engine."""
    from checks.lifecycle import lab_images

    return lab_images


def _prepare(lab: Lab, cluster: Cluster, settings: Settings, started: str) -> None:
    items = _existing(lab, cluster)
    if foreign := [item for item in items if not _is_ours(item, lab, settings, started)]:
        raise _taken(lab, foreign)
    own = next((item for item in items if (item["kind"], item["metadata"]["name"]) == ("Namespace", lab.namespace)), None)
    if own is not None and own["metadata"].get("deletionTimestamp"):
        _, left = removal.remove(cluster, (lab.namespace,), ())
        if left:
            raise SlipwayError(f"The namespace {lab.namespace} is still terminating: {left[0]}")
        own = None
    if own is None:
        _make(lab, cluster, settings)
    kubeconfig.rewrite_as_json(cluster.folder)
    lab_kubeconfig.write_copy(cluster.folder, cluster.access)
    lab_kubeconfig.write_current(cluster.folder, cluster.access, lab.namespace)
    lab_kubeconfig.write_copy(cluster.folder, cluster.access, lab.id, lab.namespace)


def _make(lab: Lab, cluster: Cluster, settings: Settings) -> None:
    about = {"name": lab.namespace, "labels": {LAB: lab.id}, "annotations": {WORKSPACE: workspace_id(settings)}}
    answer = cluster.write("POST", NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": about})
    if answer.status >= 400:
        raise EngineError(refusal(answer, f"creating the namespace {lab.namespace}"))
    namespace_defaults.wait(cluster, (lab.namespace,))


def workspace_id(settings: Settings) -> str:
    """Return an ID of this copy of Slipway that does not reveal its path, and stays the same when the folder is moved."""
    return _hashed(checkout.own(settings.state))


def _is_own_mark(mark: str, settings: Settings) -> bool:
    """Tell whether a namespace has the mark of this copy, or the one by path that earlier versions used."""
    return mark in (workspace_id(settings), _hashed(str(settings.work)))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _existing(lab: Lab, cluster: Cluster) -> list[Json]:
    """Return the lab's namespaces and named objects that exist."""
    wanted = [f"Namespace/{name}" for name in lab.scope.namespaces] + list(lab.scope.cluster)
    items = []
    for kind, _, name in (entry.partition("/") for entry in wanted):
        item = cluster.get(f"{KINDS[kind].path()}/{name}")
        if item is not None:
            items.append({**item, "kind": kind})
    return items


def _is_ours(item: Json, lab: Lab, settings: Settings, started: str) -> bool:
    """Tell whether this workspace created an object: it has the mark, or it has no mark and is newer than the start."""
    about = item["metadata"]
    mark = (about.get("annotations") or {}).get(WORKSPACE)
    if mark:
        return _is_own_mark(mark, settings) and (about.get("labels") or {}).get(LAB) == lab.id
    return bool(started) and seconds(started, about["creationTimestamp"]) >= -CLOCKS


def _taken(lab: Lab, foreign: list[Json]) -> SlipwayError:
    names = [f"{item['kind'].lower()} {item['metadata']['name']}" for item in foreign]
    others = [item for item in foreign if (item["metadata"].get("annotations") or {}).get(WORKSPACE)]
    fix = f"Nothing was changed. If you no longer need it, remove it with `kubectl delete {names[0]}`."
    if others:
        fix = f"Nothing was changed. Another copy of Slipway on this machine uses it: reset lab {lab.id} there."
    return SlipwayError(f"Lab {lab.id} uses names that are already taken on this cluster: {', '.join(names)}.", fix)
