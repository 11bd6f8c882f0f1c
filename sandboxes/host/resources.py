"""Free resources of this machine: disk, memory and the kernel's limits."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

GIB = 2**30


def free_space(path: Path) -> int | None:
    """Return the free bytes on the disk of a folder, which need not exist yet; None where they cannot be read."""
    try:
        while not path.exists() and path != path.parent:
            path = path.parent
        return shutil.disk_usage(path).free
    except OSError:
        return None


def available_memory() -> int | None:
    """Return the memory that programs can still get, in bytes; None where the system does not report it."""
    import psutil  # takes longer to load than the rest of the command line

    try:
        return psutil.virtual_memory().available
    except (OSError, RuntimeError):
        return None


def inotify_instances_of_root() -> int | None:
    """Return the inotify instances that root's processes use, also those in containers; None where they cannot be counted."""
    if os.geteuid() != 0 or not Path("/proc/self/fd").exists():
        return None
    used = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # a process may have ended
            if process.stat().st_uid == 0:
                used += sum(_leads_to(file) == "anon_inode:inotify" for file in (process / "fd").iterdir())
    return used


def _leads_to(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def kernel_limit(name: str) -> int | None:
    """Return a limit of inotify (`max_user_watches`, `max_user_instances`); None where the system has none."""
    try:
        return int(Path(f"/proc/sys/fs/inotify/{name}").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
