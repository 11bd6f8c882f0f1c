"""The vocabulary of a process's rights: whose it is, what the kernel allows it, what it could still gain.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. They look
at what the kernel itself says of a container's first process (`man proc_pid_status`), as a probe has read it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

# The users that are root, as an image or a container can name them; "" is nobody named.
ROOT = ("", "0", "root")
SETS = ("CapEff", "CapPrm", "CapInh", "CapBnd")


def status(snapshot: Snapshot, probe_id: str) -> dict[str, str]:
    """The lines of /proc/1/status by name. Raises Unknown where they could not be read."""
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        reason = probe["error"] or probe["stderr"].strip()
        raise Unknown(f"the first process of {probe['container']} could not be looked at ({reason})")
    pairs = (line.partition(":") for line in probe["stdout"].splitlines())
    return {name: value.strip() for name, _, value in pairs}


def is_user(container: Json, said: dict[str, str], user: int, hint: str) -> Findings:
    """The process is this user, and of the group with the same number."""
    where, name = containers.subject(container), _name(container)
    users, groups = ({int(each) for each in said[line].split()} for line in ("Uid", "Gid"))
    if users != {user}:
        who = "root" if users == {0} else f"user {_listed(users)}"
        message = f"The process in {name} is {who}, not user {user}."
        why = f"It was made to run as “{container['Config']['User']}”."
        if not container["Config"]["User"]:
            why = "Neither the image (USER) nor the container (--user) names a user, so it is root."
        yield Finding(message, where, "Uid in /proc/1/status", user, sorted(users), why, hint)
    elif groups != {user}:
        message = f"The process in {name} is user {user}, but of group {_listed(groups)}."
        why = ""
        if groups == {0}:
            why = "Group 0 is root's. It comes without being asked for where only a user is named, and /etc/passwd "
            why += "of the image does not know them."
        yield Finding(message, where, "Gid in /proc/1/status", user, sorted(groups), why, hint)


def no_capabilities(container: Json, said: dict[str, str], hint: str, cost: int | None = None) -> Findings:
    """The process has no capability, and neither it nor a program that it starts can come by one."""
    sets = {name: int(said[name], 16) for name in SETS}
    if left := {name: said[name] for name, bits in sets.items() if bits}:
        count = max(bits.bit_count() for bits in sets.values())
        message, why = f"The process in {_name(container)} has {count} capabilities.", ""
        if not sets["CapEff"]:
            message = f"The process in {_name(container)} uses no capability, but it could still come by {count}."
            why = "A user other than root begins without any. CapBnd bounds what a program that it starts can get."
        where, path = containers.subject(container), "capabilities in /proc/1/status"
        yield Finding(message, where, path, "all sets 0", left, why, hint, cost=cost)


def no_new_privileges(container: Json, said: dict[str, str], hint: str, cost: int | None = None) -> Findings:
    """The kernel gives no program that the process starts more rights than the process has."""
    if said.get("NoNewPrivs") != "1":
        message = f"A program that the process in {_name(container)} starts can gain rights: nothing forbids it."
        why = "A file with the setuid bit runs with the rights of its owner, whoever starts it. An image holds "
        why += "several, such as su and mount."
        where, found = containers.subject(container), said.get("NoNewPrivs", "not known to this kernel")
        yield Finding(message, where, "NoNewPrivs in /proc/1/status", "1", found, why, hint, cost=cost)


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


def _name(container: Json) -> str:
    return containers.subject(container).partition("/")[2]


def _listed(ids: set[int]) -> str:
    return ", ".join(map(str, sorted(ids)))
