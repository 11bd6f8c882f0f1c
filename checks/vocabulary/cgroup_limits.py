"""The limits of a container: memory, swap, CPU and processes, as the engine keeps and the kernel applies them.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

MIB = 1024 * 1024
# The kernel's files for each limit: in control groups of version 2, and of version 1.
MEMORY_FILES = ("memory.max", "memory/memory.limit_in_bytes")
SWAP_FILES = ("memory.swap.max", "memory/memory.memsw.limit_in_bytes")
CPU_FILES = ("cpu.max", "cpu/cpu.cfs_quota_us")
PROCESS_FILES = ("pids.max", "pids/pids.max")
# Bytes: version 1 writes a number of this size where there is no limit.
ENDLESS = 2**60


def memory_limited(container: Json, most: int, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the container has a memory limit of at most `most` MiB.

    Example:
        yield from cgroup_limits.memory_limited(api, 64, "Give it `mem_limit: 64m`.")
        # api may use all the memory of this machine.
    """
    limit, where = container["HostConfig"]["Memory"], containers.subject(container)
    if not 0 < limit <= most * MIB:
        observed = mebibytes(limit) if limit else "no limit"
        message = f"{_name(container)} may use {mebibytes(limit) if limit else 'all the memory of this machine'}."
        yield Finding(message, where, "HostConfig.Memory", f"at most {most} MiB", observed, hint=hint, cost=cost)


def no_swap(container: Json, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the container may use no swap in addition to its memory.

    Example:
        yield from cgroup_limits.no_swap(api, "Give it `memswap_limit: 64m`, the same as its memory.")
        # In addition to its memory, api may use 64 MiB of swap.
    """
    memory, both = container["HostConfig"]["Memory"], container["HostConfig"]["MemorySwap"]
    if both == memory and memory:
        return
    beside = f"{mebibytes(both - memory)} of swap" if both > 0 else "as much swap as there is"
    message = f"In addition to its memory, {_name(container)} may use {beside}."
    why = (
        "MemorySwap is the sum of memory and swap. If you leave it out, it is twice the memory; -1 means no limit. A process "
        "that should end at its limit then moves to the disk, and slows the whole machine down."
    )
    observed, where = mebibytes(both) if both > 0 else "no limit", containers.subject(container)
    yield Finding(message, where, "HostConfig.MemorySwap", "the same as HostConfig.Memory", observed, why, hint, cost=cost)


def cpu_limited(container: Json, most: float, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the container may use at most `most` CPUs, however the limit was set.

    Example:
        yield from cgroup_limits.cpu_limited(api, 0.5, "Give it `cpus: 0.5`.")
        # api may use 2 CPUs.
    """
    settings = container["HostConfig"]
    cpus = (settings.get("NanoCpus") or 0) / 1e9
    if not cpus:  # set in the kernel's own terms: microseconds of each period
        cpus = max(0, settings.get("CpuQuota") or 0) / (settings.get("CpuPeriod") or 100_000)
    if not 0 < cpus <= most:
        message = f"{_name(container)} may use {f'{cpus:g} CPUs' if cpus else 'every CPU of this machine'}."
        where, observed = containers.subject(container), cpus or "no limit"
        yield Finding(message, where, "HostConfig.NanoCpus", f"at most {most:g} CPUs", observed, hint=hint, cost=cost)


def processes_limited(container: Json, most: int, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the container may have at most `most` processes and threads.

    Example:
        yield from cgroup_limits.processes_limited(api, 50, "Give it `pids_limit: 50`.")
        # api may start any number of processes.
    """
    limit, where = container["HostConfig"].get("PidsLimit") or 0, containers.subject(container)
    if not 0 < limit <= most:
        observed = limit if limit > 0 else "no limit"
        message = f"{_name(container)} may start {limit if limit > 0 else 'any number of'} processes."
        why = "A process that keeps forking fills the machine's process table, and then no one can log in."
        yield Finding(message, where, "HostConfig.PidsLimit", f"at most {most}", observed, why, hint, cost=cost)


def kernel_limits(snapshot: Snapshot, probe_id: str) -> dict[str, str]:
    """Return the kernel's limit files of a container, each by its path with its first word, as an `exec` probe printed them.

    Example:
        kernel = cgroup_limits.kernel_limits(snapshot, "limits")
        # {'memory.max': '67108864', 'pids.max': '50'}
    """
    lines = (line.split() for line in snapshot.probe(probe_id)["stdout"].splitlines())
    return {words[0]: words[1] for words in lines if len(words) > 1}


def counts_swap(kernel: dict[str, str]) -> bool:
    """Tell whether the kernel limits swap, which it can be started without. True where no limit file could be read.

    Example:
        cgroup_limits.counts_swap({"memory.max": "67108864"})
        # False
    """
    return not any(name in kernel for name in MEMORY_FILES) or any(name in kernel for name in SWAP_FILES)


def must_apply(kernel: dict[str, str]) -> None:
    """Raise Unknown where the kernel does not apply a limit that the engine keeps: that is no fault of the learner's.

    Example:
        cgroup_limits.must_apply(cgroup_limits.kernel_limits(snapshot, "limits"))
    """
    for name in (*MEMORY_FILES, *CPU_FILES, *PROCESS_FILES):
        word = kernel.get(name, "0")
        if word in ("max", "-1") or (word.isdigit() and int(word) > ENDLESS):
            raise Unknown(f"the engine keeps the limit, but the kernel does not apply it: {name} says {word}")


def mebibytes(size: int) -> str:
    """Return a size in bytes as text, in MiB.

    Example:
        cgroup_limits.mebibytes(67108864)
        # '64 MiB'
    """
    return f"{size / MIB:g} MiB"


def _name(container: Json) -> str:
    return containers.subject(container).partition("/")[2]
