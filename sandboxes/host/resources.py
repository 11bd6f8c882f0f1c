"""How much of this machine is free: disk, memory, and what the kernel allows."""

import shutil
from pathlib import Path


def free_space(path: Path) -> int | None:
    """Free bytes where a folder is, or would be; None where that cannot be seen."""
    while not path.exists() and path != path.parent:
        path = path.parent
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None


def available_memory() -> int | None:
    """Memory that programs can still get, in bytes; None outside Linux."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    values = dict(line.split(":", 1) for line in lines)
    return int(values["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in values else None


def kernel_limit(name: str) -> int | None:
    """A limit of inotify; None where the system has none."""
    try:
        return int(Path(f"/proc/sys/fs/inotify/{name}").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
