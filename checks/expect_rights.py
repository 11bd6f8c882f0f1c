"""The vocabulary of rights: what a container may do, as it was set, and as the kernel says of its process.

As in `checks.expect`, each function yields a Finding for what is not as expected and is pure over a Snapshot.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checks import expect
from checks.expect import Findings
from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown

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
    where = expect.subject(container)
    for each in _settings(container, memory):
        if not each.holds:
            message, hint = f"{where.partition('/')[2]} {each.lacks}.", f"The key in {file} is `{each.key}`."
            yield Finding(message, where, each.path, each.expected, each.observed, hint=hint, cost=1)


def _settings(container: Json, memory: int) -> Iterator[Setting]:
    host, user = container["HostConfig"], container["Config"]["User"]
    yield Setting(
        user.partition(":")[0] not in ROOT, "runs as root", "Config.User", "a user other than root", user, "user"
    )
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
    yield Setting(
        barred, "may gain rights while it runs", "HostConfig.SecurityOpt", "no-new-privileges", options, "security_opt"
    )
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


def acts(snapshot: Snapshot, probe_id: str, container: Json) -> Findings:
    """What the kernel says of the first process (/proc/1/status) agrees with what was set: no root, no capability."""
    probe, where = snapshot.probe(probe_id), expect.subject(container)
    name = where.partition("/")[2]
    if not probe["ok"]:
        raise Unknown(f"the process of {name} could not be looked at ({probe['error'] or probe['stderr'].strip()})")
    says = dict(line.split(":\t", 1) for line in probe["stdout"].splitlines() if ":\t" in line)
    user, effective = says["Uid"].split()[1], says["CapEff"].strip()
    if user == "0" and container["Config"]["User"].partition(":")[0] not in ROOT:
        message = f"{name} was started as another user, and its process runs as root all the same."
        yield Finding(message, where, "Uid in /proc/1/status", "not 0", user, hint="Look at its ENTRYPOINT.", cost=1)
    if int(effective, 16) and container["HostConfig"].get("CapDrop"):
        message = f"The process of {name} has capabilities in force, though some were dropped."
        yield Finding(
            message, where, "CapEff in /proc/1/status", "0", effective, hint="Drop ALL, and add none.", cost=1
        )
