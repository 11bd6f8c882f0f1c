"""Beginning and clearing away a lab on our cluster: its namespaces, and the objects outside of them that it names."""

import hashlib
from types import ModuleType

from checks.api_resources import KINDS
from checks.clients.base import EngineError
from checks.clients.cluster import Cluster, refusal
from checks.lifecycle import namespace_defaults, removal
from checks.model import Lab
from checks.progress import LabState
from checks.snapshot import Json
from checks.times import seconds
from sandboxes.cluster import kubeconfig, lab_kubeconfig
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

LAB, WORKSPACE = "slipway.dev/lab", "slipway.dev/workspace"
# The clock that noted the start and the cluster's may differ a little, in seconds.
CLOCKS = 2.0
NAMESPACES = KINDS["Namespace"].path()


def identity(cluster: Cluster) -> str:
    """What tells this cluster from every other, also from one made anew under its name."""
    return cluster.verify()


def begin(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> None:
    """Make the lab's own namespace. Raises SlipwayError where a name of the lab is taken by something else."""
    if lab.scope.images:
        _built().begin(lab, kept)
    _prepare(lab, cluster, settings, "")


def go_on(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> None:
    """Make the lab's own namespace again where it is gone, and show kubectl the way to it."""
    _prepare(lab, cluster, settings, kept.started)


def clear(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove what the lab made. Returns what was removed, and a sentence for each thing that could not be.

    A lab that was started on a cluster that is gone left nothing on this one; images that it built are on the engine still.
    """
    removed, left = _clear(lab, cluster, settings, kept) if identity(cluster) == kept.engine else ([], [])
    if kept.builder:
        images, stuck = _built().clear(lab, kept)
        removed, left = removed + images, left + stuck
    return removed, left


def _clear(lab: Lab, cluster: Cluster, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    there = [each for each in _there(lab, cluster) if _is_ours(each, lab, settings, kept.started)]
    namespaces = tuple(each["metadata"]["name"] for each in there if each["kind"] == "Namespace")
    objects = tuple(f"{each['kind']}/{each['metadata']['name']}" for each in there if each["kind"] != "Namespace")
    return removal.remove(cluster, namespaces, objects)


def _built() -> ModuleType:
    """Loaded for the labs in which images are built: what talks to the engine is not needed by the others."""
    from checks.lifecycle import lab_images

    return lab_images


def _prepare(lab: Lab, cluster: Cluster, settings: Settings, started: str) -> None:
    there = _there(lab, cluster)
    if foreign := [each for each in there if not _is_ours(each, lab, settings, started)]:
        raise _taken(lab, foreign)
    own = next((each for each in there if (each["kind"], each["metadata"]["name"]) == ("Namespace", lab.namespace)), None)
    if own is not None and own["metadata"].get("deletionTimestamp"):
        _, left = removal.remove(cluster, (lab.namespace,), ())
        if left:
            raise SlipwayError(f"The namespace {lab.namespace} is being removed, and does not go: {left[0]}")
        own = None
    if own is None:
        _make(lab, cluster, settings)
    kubeconfig.rewrite_as_json(cluster.folder)
    lab_kubeconfig.write_copy(cluster.folder, cluster.access)
    lab_kubeconfig.write_copy(cluster.folder, cluster.access, lab.id, lab.namespace)


def _make(lab: Lab, cluster: Cluster, settings: Settings) -> None:
    about = {"name": lab.namespace, "labels": {LAB: lab.id}, "annotations": {WORKSPACE: workspace_id(settings)}}
    answer = cluster.write("POST", NAMESPACES, {"apiVersion": "v1", "kind": "Namespace", "metadata": about})
    if answer.status >= 400:
        raise EngineError(refusal(answer, f"making the namespace {lab.namespace}"))
    namespace_defaults.wait(cluster, (lab.namespace,))


def workspace_id(settings: Settings) -> str:
    """What tells this checkout's workspace from another one's, without naming its folder."""
    return hashlib.sha256(str(settings.work).encode()).hexdigest()[:16]


def _there(lab: Lab, cluster: Cluster) -> list[Json]:
    """The lab's namespaces and named objects that exist."""
    wanted = [f"Namespace/{name}" for name in lab.scope.namespaces] + list(lab.scope.cluster)
    found = []
    for kind, _, name in (each.partition("/") for each in wanted):
        each = cluster.get(f"{KINDS[kind].path()}/{name}")
        if each is not None:
            found.append({**each, "kind": kind})
    return found


def _is_ours(item: Json, lab: Lab, settings: Settings, started: str) -> bool:
    """Whether this workspace made it: it bears the mark, or it came after this lab was started and bears nobody's."""
    about = item["metadata"]
    mark = (about.get("annotations") or {}).get(WORKSPACE)
    if mark:
        return mark == workspace_id(settings) and (about.get("labels") or {}).get(LAB) == lab.id
    return bool(started) and seconds(started, about["creationTimestamp"]) >= -CLOCKS


def _taken(lab: Lab, foreign: list[Json]) -> SlipwayError:
    names = [f"{each['kind'].lower()} {each['metadata']['name']}" for each in foreign]
    others = [each for each in foreign if (each["metadata"].get("annotations") or {}).get(WORKSPACE)]
    fix = f"Nothing was changed. Remove what you no longer need: `kubectl delete {names[0]}`."
    if others:
        fix = f"Nothing was changed. It belongs to another copy of Slipway on this machine: reset lab {lab.id} there."
    return SlipwayError(f"Lab {lab.id} uses names that are already taken on this cluster: {', '.join(names)}.", fix)
