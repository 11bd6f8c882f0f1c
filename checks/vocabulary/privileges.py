"""The privileges of a process: its user, its capabilities, and what it could still gain.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
Most read what the kernel says about the first process of a container (`man proc_pid_status`), from a probe.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

# The users that are root, as an image or a container can name them; "" means that none is named.
ROOT = ("", "0", "root")
SETS = ("CapEff", "CapPrm", "CapInh", "CapBnd")


def status(snapshot: Snapshot, probe_id: str) -> dict[str, str]:
    """Return the lines of /proc/1/status by name, as an `exec` probe read them. Raises Unknown if it could not.

    Example:
        process = privileges.status(snapshot, "status")
        # {'Uid': '1000 1000 1000 1000', 'NoNewPrivs': '1'}
    """
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        reason = probe["error"] or probe["stderr"].strip()
        raise Unknown(f"the first process of {probe['container']} could not be inspected ({reason})")
    pairs = (line.partition(":") for line in probe["stdout"].splitlines())
    return {name: value.strip() for name, _, value in pairs}


def is_user(container: Json, process: dict[str, str], user: int, hint: str) -> Findings:
    """Yield a finding unless the process runs as this user, and in the group with the same number.

    Example:
        yield from privileges.is_user(api, process, 1000, "Write USER 1000:1000.")
        # The process in api is root, not user 1000.
    """
    where, name = containers.subject(container), _name(container)
    users, groups = ({int(part) for part in process[line].split()} for line in ("Uid", "Gid"))
    if users != {user}:
        who = "root" if users == {0} else f"user {_listed(users)}"
        message = f"The process in {name} is {who}, not user {user}."
        why = f"It was created to run as “{container['Config']['User']}”."
        if not container["Config"]["User"]:
            why = "Neither the image (USER) nor the container (--user) names a user, so it is root."
        yield Finding(message, where, "Uid in /proc/1/status", user, sorted(users), why, hint)
    elif groups != {user}:
        message = f"The process in {name} is user {user}, but in group {_listed(groups)}."
        why = ""
        if groups == {0}:
            why = "Group 0 is root's. It is the default where only a user is named and /etc/passwd "
            why += "of the image does not list that user."
        yield Finding(message, where, "Gid in /proc/1/status", user, sorted(groups), why, hint)


def no_capabilities(container: Json, process: dict[str, str], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding if the process has capabilities, or if a program that it starts could gain some.

    Example:
        yield from privileges.no_capabilities(api, process, "Drop ALL.")
        # The process in api has 14 capabilities.
    """
    sets = {name: int(process[name], 16) for name in SETS}
    if left := {name: process[name] for name, bits in sets.items() if bits}:
        count = max(bits.bit_count() for bits in sets.values())
        message, why = f"The process in {_name(container)} has {count} capabilities.", ""
        if not sets["CapEff"]:
            message = f"The process in {_name(container)} has no effective capability, but it could still gain {count}."
            why = "A user other than root starts without any. CapBnd limits what a program that it starts can gain."
        where, path = containers.subject(container), "capabilities in /proc/1/status"
        yield Finding(message, where, path, "all sets 0", left, why, hint, cost=cost)


def no_new_privileges(container: Json, process: dict[str, str], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the kernel keeps programs that the process starts from gaining privileges.

    Example:
        yield from privileges.no_new_privileges(api, process, "Use `security_opt: [no-new-privileges:true]`.")
        # A program that the process in api starts can gain privileges: nothing prevents it.
    """
    if process.get("NoNewPrivs") != "1":
        message = f"A program that the process in {_name(container)} starts can gain privileges: nothing prevents it."
        why = "A file with the setuid bit runs with the privileges of its owner, no matter who starts it. An image contains "
        why += "several, such as su and mount."
        where, observed = containers.subject(container), process.get("NoNewPrivs", "not known to this kernel")
        yield Finding(message, where, "NoNewPrivs in /proc/1/status", "1", observed, why, hint, cost=cost)


class Setting(NamedTuple):
    """One setting of a container: what it lacks in words, its path, and its key in a Compose file."""

    holds: bool
    lacks: str
    path: str
    expected: Any
    observed: Any
    key: str


def confined(container: Json, memory: int, file: str) -> Findings:
    """Yield a finding, at the cost of one point, for each setting that leaves the container more than it needs.

    These are: a user other than root, a read-only root file system, no capabilities, no new privileges, not privileged, and
    at most `memory` bytes. They are read from its configuration, so this works for images without a shell. `file` is named
    in hints.

    Example:
        yield from privileges.confined(api, 64 * 2**20, "compose.yaml")
        # api runs as root.
    """
    where = containers.subject(container)
    for setting in _settings(container, memory):
        if not setting.holds:
            message, hint = f"{where.partition('/')[2]} {setting.lacks}.", f"The key in {file} is `{setting.key}`."
            yield Finding(message, where, setting.path, setting.expected, setting.observed, hint=hint, cost=1)


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
    none = "ALL" in (capability.upper().removeprefix("CAP_") for capability in kept["dropped"]) and not kept["added"]
    key = "cap_add" if kept["added"] else "cap_drop"
    yield Setting(none, "keeps capabilities", "HostConfig.CapDrop", "ALL dropped, none added", kept, key)
    options = host.get("SecurityOpt") or []
    barred = any(option.startswith("no-new-privileges") and not option.endswith("false") for option in options)
    yield Setting(
        barred, "may gain privileges while it runs", "HostConfig.SecurityOpt", "no-new-privileges", options, "security_opt"
    )
    privileged = bool(host.get("Privileged"))
    yield Setting(not privileged, "is privileged, which undoes the rest", "HostConfig.Privileged", False, True, "privileged")
    limit = host.get("Memory") or 0
    expected, observed = f"at most {memory} bytes", limit or "no limit"
    yield Setting(
        0 < limit <= memory,
        "may use more memory than it is allowed",
        "HostConfig.Memory",
        expected,
        observed,
        "mem_limit",
    )


def _name(container: Json) -> str:
    return containers.subject(container).partition("/")[2]


def _listed(ids: set[int]) -> str:
    return ", ".join(map(str, sorted(ids)))
