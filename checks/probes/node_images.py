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
    """Return the engine on which images are built for the cluster. Raises SlipwayError for a remote one."""
    where = endpoint.find()
    endpoint.refuse_remote(where)
    return Engine(where)


def look(probe: Probe) -> Json:
    """Return what the engine has under the names in `images`, and whether each node has the same content.

    `engine` maps a name to the image's ID, empty where there is none; `nodes` maps a node to a word for each name: "same",
    "other" (an image of that name, and not the engine's) or "none".
    """
    names, engine = probe.options["images"], engine_here()
    try:
        images = {name: engine.get(f"/images/{quote(name, safe=':/')}/json?manifests=1") for name in names}
    finally:
        engine.close()
    ids = {name: image["Id"] if image else "" for name, image in images.items()}
    expected = nodes.expected()
    try:
        with ThreadPoolExecutor() as pool:
            present = list(pool.map(lambda node: load.present(engine.endpoint, node, names), expected))
    except SlipwayError as error:
        raise EngineError(error.message) from error
    seen = {
        node: {name: _compared(identities(images[name]), there.get(load.full(name), ())) for name in names}
        for node, there in zip(expected, present, strict=True)
    }
    return {"kind": probe.kind, "ok": True, "error": "", "engine": ids, "nodes": seen}


def identities(image: Json | None) -> set[str]:
    """Return the digests that stand for an image's content: its ID, and since Docker 28 its manifests in containerd's store."""
    if image is None:
        return set()
    manifests = image.get("Manifests") or ()
    return {image["Id"], *(manifest["Descriptor"]["digest"] for manifest in manifests if manifest.get("Kind") == "image")}


def _compared(identities: set[str], digests: tuple[str, ...]) -> str:
    if not digests:
        return "none"
    return "same" if identities & set(digests) else "other"
