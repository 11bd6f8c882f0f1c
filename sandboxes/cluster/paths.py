"""Where the cluster's things are, what it is called, and who may work on it at the moment.

Everything is in one folder, `cluster` under the project's state folder. SLIPWAY_CLUSTER names another one, so that
several state folders (those of the tests) can share one cluster.
"""

import hashlib
import os
from contextlib import AbstractContextManager
from pathlib import Path

from sandboxes import settings
from sandboxes.errors import SlipwayError
from sandboxes.host import processes

FOLDER = "SLIPWAY_CLUSTER"


def folder() -> Path:
    """The cluster's folder, made where it is missing. Raises SlipwayError where it cannot be made."""
    path = location()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SlipwayError(
            f"The folder {path} cannot be made: {error.strerror}.", "Give yourself the right to write there."
        ) from error
    return path


def location() -> Path:
    """The cluster's folder, whether it is there or not."""
    return Path(os.environ.get(FOLDER) or settings.load().state / "cluster").absolute()


def name() -> str:
    """The cluster's name: the same for the same folder, so that checkouts on one machine have a cluster each."""
    return "slipway-" + hashlib.sha256(str(location()).encode()).hexdigest()[:6]


def kubeconfig() -> Path:
    return location() / "kubeconfig"


def identity() -> Path:
    return location() / "identity.json"


def record() -> Path:
    """What was chosen when the cluster was made: ports, image."""
    return location() / "cluster.json"


def log() -> Path:
    return location() / "cluster.log"


def programs() -> Path:
    """The folder of `kubectl` and, where this machine has none, `kind`."""
    return location() / "bin"


def exclusive() -> AbstractContextManager[None]:
    """Hold the right to change the cluster; wait where another command has it."""
    return processes.exclusive(folder() / "lock", "Another slipway command works on the cluster; waiting for it ...")
