"""What a process in a Pod may do to its node, as the kernel reports it: user, capabilities, system calls, root file system.

Each function is pure over a Snapshot. The facts come from a `pod_exec` probe that prints lines of /proc/1/status, and
"Root: ro" for a root file system that is mounted read-only.
"""

from collections.abc import Iterator
from typing import NamedTuple

from checks.model import Finding
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary.containers import Findings
from checks.vocabulary.objects import subject

FILTERED = "2"  # "Seccomp" of a process whose system calls are filtered


class Setting(NamedTuple):
    """One setting of a process: what it lacks in words, the field that changes it, what it should be, and why it matters."""

    message: str
    path: str
    expected: str
    observed: str
    why: str


def facts(snapshot: Snapshot, probe_id: str) -> dict[str, str]:
    """Return the lines that a probe has printed, by name. Raises Unknown where it printed none.

    Example:
        pod_privileges.facts(snapshot, "process")["Uid"]
        # '1000 1000 1000 1000'
    """
    probe = snapshot.probe(probe_id)
    lines = [line.partition(":") for line in probe["stdout"].splitlines()]
    known = {name: value.strip() for name, separator, value in lines if separator}
    if "Uid" not in known:
        raise Unknown(f"the process could not be looked at: {probe['error'] or probe['stderr'][-200:]}")
    return known


def confined(item: Json, process: dict[str, str], hint: str) -> Findings:
    """Yield a finding, at the cost of one point, for each power over the node that the process of a workload still has.

    Example:
        yield from pod_privileges.confined(deployment, facts, "Add a securityContext.")
        # The process of board runs as root (user 0).
    """
    for setting in _lacking(item["metadata"]["name"], process):
        message, path, expected, observed, why = setting
        yield Finding(message, subject(item), path, expected, observed, why, hint, cost=1)


def _lacking(name: str, process: dict[str, str]) -> Iterator[Setting]:
    users = process["Uid"].split()
    if "0" in users:
        yield Setting(
            f"The process of {name} runs as root (user 0).", "securityContext.runAsUser", "a user other than 0", process["Uid"],
            "The image names no other user. `runAsNonRoot` alone keeps such a container from starting; `runAsUser` names a user.",
        )  # fmt: skip
    sets = {part: process.get(part, "") for part in ("CapPrm", "CapEff", "CapBnd")}
    if kept := {part: value for part, value in sets.items() if value.strip("0")}:
        yield Setting(
            f"The process of {name} has capabilities, or could gain some.", "securityContext.capabilities.drop", "ALL",
            ", ".join(f"{part} {value}" for part, value in kept.items()),
            "" if kept.keys() - {"CapBnd"} else "A program with the setuid bit could still gain what is in the bounding set.",
        )  # fmt: skip
    if process.get("NoNewPrivs") != "1":
        yield Setting(
            f"A program that {name} starts may gain privileges.", "securityContext.allowPrivilegeEscalation", "false",
            f"NoNewPrivs {process.get('NoNewPrivs')}", "",
        )  # fmt: skip
    if process.get("Seccomp") != FILTERED:
        yield Setting(
            f"The process of {name} may call every function of the kernel.", "securityContext.seccompProfile.type",
            "RuntimeDefault", f"Seccomp {process.get('Seccomp')}", "On Kubernetes, no profile is used unless the Pod names one.",
        )  # fmt: skip
    if process.get("Root") != "ro":
        yield Setting(
            f"The process of {name} can change its root file system.", "securityContext.readOnlyRootFilesystem", "true",
            f"mounted {process.get('Root')}", "",
        )  # fmt: skip
