"""The images, cluster and add-ons that labs need before a learner can work on them."""

from collections.abc import Collection, Iterable

from checks import backend
from checks.clients.base import EngineError
from checks.model import Lab
from sandboxes.cluster.access import Refused
from sandboxes.errors import SlipwayError
from sandboxes.settings import load
from sandboxes.steps import Progress


def get(labs: Iterable[Lab], progress: Progress | None = None, addons: Collection[str] = ()) -> None:
    """Get the images of the labs. For Kubernetes labs, make the cluster ready with their add-ons and images.

    `addons` are installed in any case.
    """
    from sandboxes import images

    labs, progress = list(labs), progress or Progress()
    wanted = dict.fromkeys(image for lab in labs for image in lab.images)
    images.ensure(wanted, source=load().image_source, progress=progress)
    on_cluster = [lab for lab in labs if lab.sandbox == "kind"]
    if on_cluster or addons:
        from sandboxes.cluster import manage

        needed = (name for lab in on_cluster for name in lab.addons)
        node_images = dict.fromkeys(image for lab in on_cluster for image in lab.images)
        manage.ensure(progress, addons=dict.fromkeys((*addons, *needed)), images=node_images)


def get_cluster(lab: Lab) -> None:
    """Make the cluster ready for a lab before any other request: on a new machine, it does not exist yet.

    Raise Refused, and change nothing, where the recorded cluster is not the one that answers.
    """
    try:
        backend.connect(lab).verify()
    except Refused:
        raise
    except (SlipwayError, EngineError):
        pass  # it does not exist or does not answer: `get` creates or repairs it
    get([lab])
