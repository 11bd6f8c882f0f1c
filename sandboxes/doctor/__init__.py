"""`slipway doctor`: named problems of a machine, each with its fix. A diagnosis is a pure function of collected facts."""

from collections.abc import Callable
from typing import Any

from sandboxes.doctor import engine, exported, labs, machine
from sandboxes.doctor.diagnosis import Diagnosis, Level, Verdict
from sandboxes.doctor.facts import Facts

__all__ = ["CHECKS", "Diagnosis", "Level", "diagnose", "healthy", "to_json"]

# Every check of the machine, in the order in which it is shown: id, title, function.
CHECKS: tuple[tuple[str, str, Callable[[Facts], Verdict]], ...] = (
    ("python", "Python", machine.python),
    ("write", "Write permission", machine.write),
    ("engine", "Docker engine", engine.state),
    ("local", "Engine on this machine", engine.location),
    ("version", "Engine version", engine.version),
    ("client", "Docker command, Compose, BuildKit", engine.client),
    ("docker-settings", "Settings of the docker command", exported.docker_settings),
    ("snap", "Folders that Docker sees", exported.snap),
    ("tools", "Programs that the labs call", machine.tools),
    ("disk-engine", "Disk space for images", engine.disk),
    ("disk-project", "Disk space for your work", machine.disk),
    ("memory", "Memory", machine.memory),
    ("cluster", "Cluster of the Kubernetes labs", labs.cluster),
    ("inotify", "Limits on watched files", machine.inotify),
    ("cgroup", "Control groups", engine.cgroup),
    ("ports", "Ports of the labs", labs.ports),
    ("jupyter", "JupyterLab's port", labs.jupyter),
    ("certificates", "Certificate authorities", machine.certificates),
    ("clock", "Clock", machine.clock),
    ("proxy", "Proxy", machine.proxy),
    ("variables", "Exported variables", exported.variables),
    ("builder", "Builder of images", exported.builder),
    ("umask", "Permissions of new files", exported.umask),
)


def diagnose(facts: Facts) -> list[Diagnosis]:
    """Return the result of every check, in order."""
    return [Diagnosis(id, title, *check(facts)) for id, title, check in CHECKS]


def healthy(diagnoses: list[Diagnosis]) -> bool:
    """Return whether none of the diagnoses is a problem."""
    return not any(diagnosis.level is Level.PROBLEM for diagnosis in diagnoses)


def to_json(diagnoses: list[Diagnosis]) -> dict[str, Any]:
    """Return the diagnoses as JSON values."""
    checks = [{**diagnosis.__dict__, "level": diagnosis.level.value} for diagnosis in diagnoses]
    return {"format": "slipway-doctor/1", "ok": healthy(diagnoses), "checks": checks}
