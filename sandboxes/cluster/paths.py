"""The cluster's folder and what is in it, the cluster's name, and the lock for changing it.

The settings decide where the folder is (SLIPWAY_CLUSTER), so several state folders can share one cluster.
"""

from contextlib import AbstractContextManager
from pathlib import Path

from sandboxes import checkout, json_text, settings
from sandboxes.cluster import access
from sandboxes.errors import SlipwayError
from sandboxes.host import processes
from sandboxes.host.atomic_write import read_text


def folder() -> Path:
    """Return the cluster's folder, and create it if it is missing. Raises SlipwayError where it cannot be created."""
    path = location()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SlipwayError(
            f"The folder {path} cannot be created: {error.strerror}.", "Give yourself permission to write there."
        ) from error
    return path


def location() -> Path:
    """Return the path of the cluster's folder, whether it exists or not."""
    return settings.load().cluster


def name() -> str:
    """Return the cluster's name: the one that was recorded when it was created, or the one that it would get now.

    A new cluster is named after the id of this copy of Slipway, so a folder that is moved keeps its cluster, and each copy on
    a machine has its own. A cluster's folder elsewhere (SLIPWAY_CLUSTER) gives its cluster a name by its path.
    """
    state = settings.load().state
    if location() != state / checkout.CLUSTER:
        return recorded_name() or checkout.name_by_path(location())
    known = "" if checkout.is_copied(state) else recorded_name()
    return known or checkout.cluster_name(state) or checkout.name_by_path(location())


def recorded_name() -> str:
    """Return the name in the recorded identity or, where that is missing, in the choices made at creation; else empty."""
    for path in (identity(), record()):
        try:
            return str(json_text.loads(read_text(path))["name"])
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return ""


def settle() -> None:
    """Make a copied folder forget the cluster of the folder that it was copied from. Nothing else is changed."""
    state = settings.load().state
    if location() == state / checkout.CLUSTER and checkout.is_copied(state):
        checkout.own(state)


def kubeconfig() -> Path:
    """Return the path of the private kubeconfig."""
    return location() / access.FILE


def identity() -> Path:
    """Return the path of the recorded identity."""
    return location() / access.IDENTITY


def record() -> Path:
    """Return the path of what was chosen when the cluster was created: ports, image."""
    return location() / access.RECORD


def log() -> Path:
    """Return the path of the log that kind's output goes to."""
    return location() / "cluster.log"


def programs() -> Path:
    """Return the folder of `kubectl` and, where this machine has none, `kind`."""
    return location() / "bin"


def exclusive() -> AbstractContextManager[None]:
    """Hold the lock for changing the cluster, and wait while another command holds it."""
    state = settings.load().state
    if location() == state / checkout.CLUSTER:
        checkout.own(state)  # a cluster that is created is named after the id
    return processes.exclusive(folder() / "lock", "Another slipway command is changing the cluster; waiting for it ...")
