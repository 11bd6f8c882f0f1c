"""The second cluster: for tests that stop nodes or the API server while labs are proven on the first.

    python -m checks.dev.lanes.second_cluster COMMAND ...

runs a command with such a cluster, and removes it afterwards.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from checks.dev.lanes.parent import attend, run
from checks.dev.lanes.plugin import CLUSTER
from checks.dev.lanes.prepare import get_images
from sandboxes import settings
from sandboxes.cluster import manage
from sandboxes.host import resources
from sandboxes.host.resources import GIB
from sandboxes.host.signals import finishing
from sandboxes.steps import Progress

# A cluster with its add-ons uses about 60 inotify instances, and the browsers, engines and labs of a run about 30.
INOTIFY_INSTANCES = 192
RAISED = 512
LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
# What two clusters and the other jobs use at most.
MEMORY_GIB = 8


def possible() -> bool:
    """Return whether this machine has room for a second cluster."""
    memory = resources.available_memory()
    return _enough_instances() and (memory is None or memory >= MEMORY_GIB * GIB)


def raise_limit() -> None:
    """Raise the kernel's limit of inotify instances to what two clusters need, where it is lower. For CI only."""
    if not _enough_instances():
        with suppress(OSError):  # a container may not change the kernel's settings
            LIMIT.write_text(str(RAISED), encoding="ascii")


def _enough_instances() -> bool:
    limit = resources.kernel_limit(LIMIT.name)
    return limit is None or limit >= INOTIFY_INSTANCES


def folder() -> Path:
    """Return the folder of the second cluster, beside that of the first: the same for every run, as that one is."""
    first = settings.load().cluster
    return first.with_name(f"{first.name}-second")


def main(command: Sequence[str]) -> int:
    """Run a command with a second cluster. Returns its exit code."""
    os.environ[CLUSTER] = str(folder())
    get_images([settings.load().node_image])
    # What fails here leaves no cluster, and a log that says why.
    manage.ensure(Progress())
    try:
        return attend(command, os.environ)
    finally:
        with finishing():
            manage.delete(Progress())
            shutil.rmtree(settings.load().cluster, ignore_errors=True)


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
