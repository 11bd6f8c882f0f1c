"""Beginning and clearing away a lab on a Docker engine."""

from checks.clients.base import Engine
from checks.collect import untagged_images
from checks.lifecycle import inventory, swarm
from checks.model import Lab, Made
from checks.progress import LabState
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


def identity(engine: Engine) -> str:
    """What tells this engine from every other."""
    return inventory.engine_id(engine)


def begin(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> None:
    """Refuse names that are taken by something that the lab did not make, and note what a reset has to leave."""
    refuse_taken(lab, engine)
    if lab.scope.swarm:
        swarm.refuse(engine.get("/info"), engine.endpoint, lab.id)
        kept.before = swarm.present(engine)


def go_on(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> None:
    """Nothing needs to be there before a lab on Docker goes on."""


def refuse_taken(lab: Lab, engine: Engine) -> None:
    """Raise SlipwayError where something on the engine bears a name of the lab's scope."""
    if taken := inventory.take(engine, lab.scope):
        raise _taken(lab, taken)


def _taken(lab: Lab, taken: inventory.Inventory) -> SlipwayError:
    commands = [f"docker rename {name} my-{name}" for name in taken.containers.values()]
    commands += [f"docker tag {tag} my-{tag} && docker rmi {tag}" for tags in taken.images.values() for tag in tags]
    kept = [*(f"volume {name}" for name in taken.volumes), *(f"network {name}" for name in taken.networks)]
    fix = "Nothing was changed. Give your own another name"
    fix += f": {'; '.join(commands)}." if commands else "."
    if kept:
        fix += f" A {' and a '.join(kept)} cannot be renamed: remove what you no longer need with `docker volume rm`"
        fix += " or `docker network rm`."
    return SlipwayError(f"Lab {lab.id} uses names that are already taken on this engine: {', '.join(taken.names())}.", fix)


def clear(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove what the lab made. Returns what was removed, and a sentence for each thing that could not be.

    Raises SlipwayError where another engine answers than the one that the lab was started on.
    """
    if identity(engine) != kept.engine:
        raise SlipwayError(
            f"Lab {lab.id} was started on another Docker engine than the one that answers now; nothing was removed.",
            "Go back to that engine (`docker context use`, DOCKER_HOST), then reset.",
        )
    told = untagged_images.recall(engine, lab.scope, kept.started)
    made = Made(told.images.union(kept.images), told.volumes.union(kept.volumes))
    found = inventory.take(engine, lab.scope, made)
    removed, left = inventory.remove(engine, found)
    if left or not lab.scope.swarm:
        return removed, left
    restored, left = swarm.restore(engine, kept.before)
    return removed + restored, left
