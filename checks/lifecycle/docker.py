"""The start and the removal of a lab on a Docker engine."""

from checks import ownership
from checks.clients.base import Engine
from checks.collect import untagged_images
from checks.lifecycle import builds, compose_projects, inventory, lab_texts, swarm
from checks.model import Lab, Made
from checks.progress import LabState
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings


def identity(engine: Engine) -> str:
    """Return the ID of the engine."""
    return inventory.engine_id(engine)


def begin(lab: Lab, engine: Engine, settings: Settings, kept: LabState, take_over: bool = False) -> None:
    """Claim the lab, refuse names that other objects use, and record what a reset must keep. Raise SlipwayError.

    With `take_over`, the objects of a copy of Slipway whose folder is gone are the lab's.
    """
    claim(lab, engine, settings, take_over)
    if lab.scope.swarm:
        swarm.refuse(engine.get("/info"), engine.endpoint, lab.id)
        kept.before = swarm.present(engine)


def go_on(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> None:
    """Claim the lab again: its marker may have been removed with unused volumes. Raise SlipwayError."""
    ownership.claim(lab, engine, settings, free=False)


def claim(lab: Lab, engine: Engine, settings: Settings, take_over: bool = False) -> None:
    """Make this copy of Slipway the owner of the lab's names, if nothing has one of them yet. Raise SlipwayError."""
    taken = inventory.take(engine, lab.scope)
    if taken and not take_over:
        ownership.require(lab, engine, settings)
        raise _taken(lab, taken)
    ownership.claim(lab, engine, settings, free=not taken, take_over=take_over)


def refuse_taken(lab: Lab, engine: Engine) -> None:
    """Raise SlipwayError where an object on the engine has a name of the lab's scope."""
    if taken := inventory.take(engine, lab.scope):
        raise _taken(lab, taken)


def _taken(lab: Lab, taken: inventory.Inventory) -> SlipwayError:
    commands = [f"docker rename {name} my-{name}" for name in taken.containers.values()]
    tags = [reference for references in taken.images.values() for reference in references if "@" not in reference]
    commands += [f"docker tag {tag} my-{tag} && docker rmi {tag}" for tag in tags]
    fixed = [*(f"volume {name}" for name in taken.volumes), *(f"network {name}" for name in taken.networks)]
    fix = "Nothing was changed."
    if commands:
        fix += f" Rename your objects: {'; '.join(commands)}."
    if fixed:
        fix += f" Docker cannot rename the {' and the '.join(fixed)}: if you no longer need it, remove it with"
        fix += " `docker volume rm` or `docker network rm`."
    return SlipwayError(f"Lab {lab.id} uses names that are already taken on this engine: {', '.join(taken.names())}.", fix)


def clear(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove what the lab created. Return the removed objects, and a sentence for each that could not be removed.

    Raise SlipwayError where the engine is not the one on which the lab was started.
    """
    removed, left = empty(lab, engine, settings, kept)
    if lab.scope.swarm and not left:
        restored, left = swarm.restore(engine, kept.before)
        removed = removed + restored
    if not left:
        ownership.release(lab, engine, settings)
    return removed, left


def empty(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove the lab's objects and keep the lab started: its owner and Swarm mode stay. Return and raise as `clear` does."""
    if identity(engine) != kept.engine:
        raise SlipwayError(
            f"Lab {lab.id} was started on a different Docker engine. Nothing was removed.",
            "Switch back to that engine (`docker context use` or DOCKER_HOST), then reset the lab.",
        )
    ownership.require(lab, engine, settings)
    removed, left = _remove(lab, engine, settings, kept)
    if lab.scope.images or lab.scope.projects:
        late, building = builds.wait(engine, settings.work / lab.id)
        if late:
            again, left = _remove(lab, engine, settings, kept)
            removed = [*removed, *again]
        left = [*left, *building]
    return removed, left


def _remove(lab: Lab, engine: Engine, settings: Settings, kept: LabState) -> tuple[list[str], list[str]]:
    """Remove the objects of the lab's scope, those without a name, and those of Compose projects of the lab's folder."""
    recalled = untagged_images.recall(engine, lab.scope, kept.started)
    made = Made(recalled.images.union(kept.images), recalled.volumes.union(kept.volumes))
    objects = inventory.take(engine, lab.scope, made)
    texts = lab_texts.read(lab, settings)
    objects.add(compose_projects.find(engine, lab.scope, settings.work / lab.id, kept.started, texts))
    return inventory.remove(engine, objects)
