"""Ownership of labs on a Docker engine: which copy of Slipway uses the names of a lab.

The learner creates a lab's objects, so they cannot carry a label of ours. An empty volume, `slipway-owner-LAB`, says whose
they are: it is created when a lab is started and removed by its reset. Its labels hold the id of the copy of Slipway, which
stays the same when the folder is moved, and the state folder. The engine creates a volume of a name once only, so of two
copies that start a lab at the same moment one gets it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from checks.clients.base import Engine, EngineError
from checks.model import Lab
from checks.snapshot import Json
from sandboxes import checkout
from sandboxes.errors import SlipwayError
from sandboxes.settings import Settings

PREFIX = "slipway-owner-"
CHECKOUT, STATE, MACHINE = (f"slipway.dev/{name}" for name in ("checkout", "state", "machine"))


@dataclass(frozen=True)
class Owner:
    """A copy of Slipway: its random id, its state folder (absolute), and the name of its machine."""

    checkout: str
    state: str
    machine: str

    @property
    def folder(self) -> str:
        """The folder of the project, or the state folder where that is elsewhere."""
        state = Path(self.state)
        return str(state.parent if state.name == ".slipway" else state)

    @property
    def gone(self) -> bool:
        """Whether this copy was on this machine, and is no longer in its folder."""
        return self.machine == os.uname().nodename and checkout.recorded(Path(self.state)).get("id") != self.checkout

    @property
    def labels(self) -> dict[str, str]:
        """The labels of a volume that says that this copy owns a lab."""
        return {CHECKOUT: self.checkout, STATE: self.state, MACHINE: self.machine}


def own(settings: Settings) -> Owner:
    """Return this copy of Slipway. Its id is drawn once; a folder that was moved keeps it, a copied one gets a new one."""
    return Owner(checkout.own(settings.state), str(settings.state), os.uname().nodename)


def claim(lab: Lab, engine: Engine, settings: Settings, *, free: bool, take_over: bool = False) -> None:
    """Make this copy of Slipway the owner of a lab. Raise SlipwayError where another one is.

    A copy whose folder is gone loses the lab when none of its objects are left (`free`), or by `take_over`.
    """
    ours = own(settings)
    owner = _create(lab, engine, ours)
    if owner == ours:
        return
    if owner.checkout != ours.checkout and not (owner.gone and (free or take_over)):
        raise _refusal(lab, owner)
    _remove(lab, engine)
    if (owner := _create(lab, engine, ours)).checkout != ours.checkout:
        raise _refusal(lab, owner)


def require(lab: Lab, engine: Engine, settings: Settings) -> None:
    """Raise SlipwayError where another copy of Slipway owns the lab on this engine."""
    volume = engine.get(f"/volumes/{PREFIX}{lab.id}")
    owner = _owner(lab, volume) if volume is not None else None
    if owner is not None and owner.checkout != own(settings).checkout:
        raise _refusal(lab, owner)


def release(lab: Lab, engine: Engine, settings: Settings) -> None:
    """Give a lab up: remove the volume that says that this copy of Slipway owns it."""
    volume = engine.get(f"/volumes/{PREFIX}{lab.id}")
    if volume is not None and _owner(lab, volume).checkout == own(settings).checkout:
        _remove(lab, engine)


def _create(lab: Lab, engine: Engine, owner: Owner) -> Owner:
    """Create the volume, and return the owner that it names: an earlier one, where it was there before."""
    answer = engine.request("POST", "/volumes/create", {"Name": f"{PREFIX}{lab.id}", "Labels": owner.labels})
    if answer.status >= 400:
        raise EngineError(f"the volume {PREFIX}{lab.id} could not be created: {answer.message}")
    # An engine that was restarted answers for a volume that it had before without the labels, until it is asked for it.
    return _owner(lab, engine.get(f"/volumes/{PREFIX}{lab.id}"))


def _remove(lab: Lab, engine: Engine) -> None:
    answer = engine.request("DELETE", f"/volumes/{PREFIX}{lab.id}")
    if answer.status >= 400 and answer.status != 404:
        raise EngineError(f"the volume {PREFIX}{lab.id} could not be removed: {answer.message}")


def _owner(lab: Lab, volume: Json) -> Owner:
    """Return the owner that a lab's volume names. Raise EngineError for an answer that describes no such volume."""
    labels = volume.get("Labels") or {} if isinstance(volume, dict) else None
    if not isinstance(labels, dict) or volume.get("Name") != f"{PREFIX}{lab.id}":
        raise EngineError(f"the Docker engine's answer about the volume {PREFIX}{lab.id} could not be understood")
    return Owner(labels.get(CHECKOUT, ""), labels.get(STATE, ""), labels.get(MACHINE, ""))


def _refusal(lab: Lab, owner: Owner) -> SlipwayError:
    if not owner.checkout:
        return SlipwayError(
            f"The Docker engine has a volume {PREFIX}{lab.id} that Slipway did not create.",
            f"If you do not need it, remove it with `docker volume rm {PREFIX}{lab.id}`.",
        )
    where = owner.folder if owner.machine == os.uname().nodename else f"{owner.folder} on {owner.machine}"
    message = f"Lab {lab.id} belongs to another copy of Slipway on this Docker engine: {where}. Nothing was changed."
    if owner.gone:
        return SlipwayError(message, f"That folder is gone. To take the lab over: `slipway start {lab.id} --take-over`.")
    return SlipwayError(message, f"Continue there, or reset the lab there first: `slipway reset {lab.id}`.")
