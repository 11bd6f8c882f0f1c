"""The cluster's folder and what is in it, the cluster's name, and the lock for changing it.

The settings decide where the folder is (SLIPWAY_CLUSTER), so several state folders can share one cluster.
"""

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path

from sandboxes import settings
from sandboxes.cluster import access
from sandboxes.errors import SlipwayError
from sandboxes.host import processes


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
    """Return the cluster's name. It depends on the folder, so each checkout on a machine has its own cluster."""
    return "slipway-" + hashlib.sha256(str(location()).encode()).hexdigest()[:6]


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
    return processes.exclusive(folder() / "lock", "Another slipway command is changing the cluster; waiting for it ...")
