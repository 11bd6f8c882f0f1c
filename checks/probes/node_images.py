"""Which of an engine's images the cluster's nodes have taken over."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from checks.clients.base import Engine, EngineError
from checks.model import Probe
from checks.snapshot import Json
from sandboxes.cluster import load, nodes
from sandboxes.engine import endpoint
from sandboxes.errors import SlipwayError


def engine_here() -> Engine:
    """The engine on which images are built for the cluster. Raises SlipwayError for a remote one."""
    found = endpoint.find()
    endpoint.refuse_remote(found)
    return Engine(found)


def look(probe: Probe) -> Json:
    """What the engine has under the names in `images`, and whether each node has the very same.

    `engine` maps a name to the image's ID, empty where there is none; `nodes` maps a node to a word for each name: "same",
    "other" (an image of that name, and not the engine's) or "none".
    """
    names, engine = probe.options["images"], engine_here()
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
