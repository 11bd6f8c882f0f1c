"""Images that a learner builds for a lab on the cluster: they lie on the engine, and in the nodes that took them over."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from checks.collect import history, inventory, on_docker
from checks.collect.transport import Engine, EngineError
from checks.model import Lab, Made, Probe
from checks.snapshot import Json
from checks.state import LabState
from sandboxes import endpoint
from sandboxes.cluster import load, nodes
from sandboxes.errors import SlipwayError


def begin(lab: Lab, kept: LabState) -> None:
    """Refuse names of images that are taken, and note the engine on which the lab will build."""
    engine = _engine()
    try:
        on_docker.refuse_taken(lab, engine)
        kept.builder = inventory.engine_id(engine)
    finally:
        engine.close()


def clear(lab: Lab, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove the lab's images from the engine that built them, and from the cluster's nodes that run on it.

    Returns what was removed, and a sentence for each thing that could not be. On another engine, nothing is the lab's.
    """
    engine = _engine()
    try:
        if inventory.engine_id(engine) != kept.builder:
            return [], []
        told = history.recall(engine, lab.scope, kept.started)
        found = inventory.take(engine, lab.scope, Made(told.images.union(kept.images)))
        left = inventory.remove(engine, found)
        in_nodes, stuck = _out_of_nodes(lab, engine)
    finally:
        engine.close()
    return [*found.names(), *in_nodes], [*left, *stuck]


def look(probe: Probe) -> Json:
    """What the engine has under the names in `images`, and whether each node has the very same.

    `engine` maps a name to the image's ID, empty where there is none; `nodes` maps a node to a word for each name: "same",
    "other" (an image of that name, and not the engine's) or "none".
    """
    names, engine = probe.options["images"], _engine()
    try:
        found = {name: engine.get(f"/images/{quote(name, safe=':/')}/json") for name in names}
    finally:
        engine.close()
    ids = {name: image["Id"] if image else "" for name, image in found.items()}
    expected = nodes.expected()
    try:
        with ThreadPoolExecutor() as pool:
            present = list(pool.map(lambda node: load.present(engine.endpoint, node, names), expected))
    except SlipwayError as error:
        raise EngineError(error.message) from error
    seen = {
        node: {name: _compared(ids[name], there.get(load.full(name), ())) for name in names}
        for node, there in zip(expected, present, strict=True)
    }
    return {"kind": probe.kind, "ok": True, "error": "", "engine": ids, "nodes": seen}


def _compared(id: str, digests: tuple[str, ...]) -> str:
    if not digests:
        return "none"
    return "same" if id in digests else "other"


def _out_of_nodes(lab: Lab, engine: Engine) -> tuple[list[str], list[str]]:
    if any(engine.get(f"/containers/{node}/json") is None for node in nodes.expected()):
        return [], []
    try:
        gone = load.drop(engine.endpoint, lambda name: history.in_scope(name, lab.scope))
    except SlipwayError as error:
        return [], [f"The lab's images may still be in the nodes: {error.message}"]
    return [f"image {name} in {len(where)} nodes" for name, where in sorted(gone.items())], []


def _engine() -> Engine:
    found = endpoint.find()
    endpoint.refuse_remote(found)
    return Engine(found)
