"""The vocabulary of rights as they were set: also for a container without a shell, where nothing else can be asked.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checks.model import Finding
from checks.snapshot import Json
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

ROOT = ("", "0", "root")


class Setting(NamedTuple):
    """One setting of a container: what it lacks in words, where it stands, and its key in a Compose file."""

    holds: bool
    lacks: str
    path: str
    expected: Any
    observed: Any
    key: str


def confined(container: Json, memory: int, file: str) -> Findings:
    """Not root, a read-only root, no capabilities, no new privileges, at most `memory` bytes. One point each."""
    where = containers.subject(container)
    for each in _settings(container, memory):
        if not each.holds:
            message, hint = f"{where.partition('/')[2]} {each.lacks}.", f"The key in {file} is `{each.key}`."
            yield Finding(message, where, each.path, each.expected, each.observed, hint=hint, cost=1)


def _settings(container: Json, memory: int) -> Iterator[Setting]:
    host, user = container["HostConfig"], container["Config"]["User"]
    yield Setting(user.partition(":")[0] not in ROOT, "runs as root", "Config.User", "a user other than root", user, "user")
    yield Setting(
        host["ReadonlyRootfs"],
        "can write to its own root file system",
        "HostConfig.ReadonlyRootfs",
        True,
        False,
        "read_only",
    )
    kept = {"dropped": sorted(host.get("CapDrop") or ()), "added": sorted(host.get("CapAdd") or ())}
    none = "ALL" in (each.upper().removeprefix("CAP_") for each in kept["dropped"]) and not kept["added"]
    key = "cap_add" if kept["added"] else "cap_drop"
    yield Setting(none, "keeps capabilities", "HostConfig.CapDrop", "ALL dropped, none added", kept, key)
    options = host.get("SecurityOpt") or []
    barred = any(each.startswith("no-new-privileges") and not each.endswith("false") for each in options)
    yield Setting(barred, "may gain rights while it runs", "HostConfig.SecurityOpt", "no-new-privileges", options, "security_opt")
    limit = host.get("Memory") or 0
    expected, observed = f"at most {memory} bytes", limit or "no limit"
    yield Setting(
        0 < limit <= memory,
        "may take more memory than was ordered",
        "HostConfig.Memory",
        expected,
        observed,
        "mem_limit",
    )
