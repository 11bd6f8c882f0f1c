"""The requirements of a cluster, checked before it is created: memory, disk and inotify instances."""

from sandboxes.engine.find import Engine
from sandboxes.errors import SlipwayError
from sandboxes.host import resources
from sandboxes.host.resources import GIB

MEMORY_GIB = 2.5
# Three nodes with the images of the labs in them.
DISK_GIB = 5
# Each node uses about forty inotify instances; all nodes and this machine share one limit.
INOTIFY_INSTANCES = 96
# What the systemd, containerd and kubelet of three nodes use at the least, as counted on a running cluster.
LEAST_INSTANCES = 42
RAISE_LIMIT = "Raise the limit: sudo sysctl fs.inotify.max_user_instances=512"


def require(engine: Engine) -> None:
    """Raise SlipwayError with the fix where memory, disk or a kernel limit is too low."""
    remote = engine.endpoint.remote
    memory = min(size for size in (engine.memory, None if remote else resources.available_memory()) if size)
    if memory < MEMORY_GIB * GIB:
        raise SlipwayError(
            f"A cluster needs {MEMORY_GIB} GiB of memory, and {memory / GIB:.1f} GiB is available.",
            "Close other programs, or give the machine (or Docker Desktop) more memory.",
        )
    free = resources.free_space(engine.local_root) if engine.local_root else None
    if free is not None and free < DISK_GIB * GIB:
        raise SlipwayError(
            f"A cluster needs {DISK_GIB} GiB of disk, and {engine.root} has {free / GIB:.1f} GiB free.",
            "Free some: `docker image prune` removes dangling images, `docker builder prune` the build cache.",
        )
    limit = None if remote else resources.kernel_limit("max_user_instances")
    if limit is not None and limit < INOTIFY_INSTANCES:
        raise SlipwayError(
            f"A cluster needs {INOTIFY_INSTANCES} inotify instances, and this system allows {limit}.",
            RAISE_LIMIT,
        )
    used = None if remote else resources.inotify_instances_of_root()
    if limit is not None and used is not None and limit - used < LEAST_INSTANCES:
        raise SlipwayError(
            f"A cluster needs {LEAST_INSTANCES} inotify instances, and {used} of the {limit} that this system allows are in use.",
            RAISE_LIMIT,
        )
