"""What labs need before they can be worked on: images on the engine, and for those on the cluster in its nodes too."""

from collections.abc import Collection, Iterable

from checks import backend
from checks.clients.base import EngineError
from checks.model import Lab
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError
from sandboxes.settings import load
from sandboxes.steps import Progress


def get(labs: Iterable[Lab], progress: Progress | None = None, addons: Collection[str] = ()) -> None:
    """Get the images of the labs; make the cluster ready for those that run on it, with their add-ons and images.

    The cluster then gets `addons` as well, whether a lab asks for them or not.
    """
    from sandboxes import images

    labs, progress = list(labs), progress or Progress()
    wanted = dict.fromkeys(image for lab in labs for image in lab.images)
    images.ensure(wanted, source=load().image_source, progress=progress)
    on_cluster = [lab for lab in labs if lab.sandbox == "kind"]
    if on_cluster or addons:
        from sandboxes.cluster import manage

        asked = (name for lab in on_cluster for name in lab.addons)
        inside = dict.fromkeys(image for lab in on_cluster for image in lab.images)
        manage.ensure(progress, addons=dict.fromkeys((*addons, *asked)), images=inside)


def get_cluster(lab: Lab) -> None:
    """Make the cluster ready for a lab on it, before anything is asked of it: on a fresh machine there is none.

    Raises Refused, and makes and changes nothing, where what is recorded of the cluster leads to another one.
    """
    try:
        backend.connect(lab).verify()
    except Refused:
        raise
    except (SlipwayError, EngineError):
        pass  # there is none yet, or it does not answer: it is made, or brought back
    get([lab])
