"""The images that a learner builds for a Kubernetes lab: on the engine, and in the nodes that loaded them."""

from checks import ownership
from checks.clients.base import Engine
from checks.collect import untagged_images
from checks.lifecycle import docker, inventory
from checks.model import Lab, Made
from checks.probes import node_images
from checks.progress import LabState
from sandboxes.cluster import load, nodes
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


def begin(lab: Lab, settings: Settings, kept: LabState, take_over: bool = False) -> None:
    """Refuse image names that are taken, and record the engine on which the lab builds. Raise SlipwayError."""
    engine = node_images.engine_here()
    try:
        docker.claim(lab, engine, settings, take_over)
        kept.builder = inventory.engine_id(engine)
    finally:
        engine.close()


def clear(lab: Lab, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove the lab's images from the engine that built them, and from the cluster's nodes on that engine.

    Return the removed images, and a sentence for each that could not be removed. On another engine, remove nothing.
    """
    engine = node_images.engine_here()
    try:
        if inventory.engine_id(engine) != kept.builder:
            return [], []
        ownership.require(lab, engine, settings)
        recalled = untagged_images.recall(engine, lab.scope, kept.started)
        images = inventory.take(engine, lab.scope, Made(recalled.images.union(kept.images)))
        removed, left = inventory.remove(engine, images)
        in_nodes, stuck = _out_of_nodes(lab, engine)
        if not left:
            ownership.release(lab, engine, settings)
    finally:
        engine.close()
    return [*removed, *in_nodes], [*left, *stuck]


def _out_of_nodes(lab: Lab, engine: Engine) -> tuple[list[str], list[str]]:
    if any(engine.get(f"/containers/{node}/json") is None for node in nodes.expected()):
        return [], []
    try:
        dropped = load.drop(engine.endpoint, lambda name: untagged_images.in_scope(name, lab.scope))
    except SlipwayError as error:
        return [], [f"The lab's images may still be in the nodes: {error.message}"]
    return [f"image {name} in {len(node_names)} nodes" for name, node_names in sorted(dropped.items())], []
