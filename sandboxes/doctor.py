"""Named problems of a machine, each with its fix. A diagnosis is a pure function of collected facts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sandboxes.cluster.preflight import DISK_GIB, GIB, MEMORY_GIB
from sandboxes.machine_facts import Facts

ENGINE_GIB = 4
PROJECT_GIB = 1
LABS_MEMORY_GIB = 1
CLOCK_SECONDS = 5
# This project did not exist before: a clock that says otherwise is wrong, and certificates seem not to be valid yet.
FIRST_YEAR = 2026
WATCHES, INSTANCES = 65536, 128
CLUSTER_INSTANCES = 512


class Level(StrEnum):
    """How a check of the machine ended."""

    FINE = "fine"
    NOTE = "note"
    PROBLEM = "problem"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Diagnosis:
    """What one check says, in a sentence, and what to do about it (empty where nothing needs doing)."""

    id: str
    title: str
    level: Level
    text: str
    fix: str = ""


Said = tuple[Level, str, str]
CHECKS: list[tuple[str, str, Callable[[Facts], Said]]] = []


def check(id: str, title: str) -> Callable[[Callable[[Facts], Said]], Callable[[Facts], Said]]:
    """Register a function as a check of the machine, in the order of the file."""

    def register(function: Callable[[Facts], Said]) -> Callable[[Facts], Said]:
        CHECKS.append((id, title, function))
        return function

    return register


def diagnose(facts: Facts) -> list[Diagnosis]:
    """Every check over the facts, in order."""
    return [Diagnosis(id, title, *function(facts)) for id, title, function in CHECKS]


def fine(text: str) -> Said:
    return Level.FINE, text, ""


def problem(text: str, fix: str) -> Said:
    return Level.PROBLEM, text, fix


def note(text: str, fix: str = "") -> Said:
    return Level.NOTE, text, fix


def no_engine() -> Said:
    return Level.UNKNOWN, "To be seen when an engine answers.", ""


def _runs(facts: Facts) -> bool:
    return facts.engine.get("state") == "ok"


def _remote(facts: Facts) -> bool:
    return bool(facts.engine.get("endpoint", {}).get("remote"))


@check("python", "Python")
def python(facts: Facts) -> Said:
    version = ".".join(str(part) for part in facts.python)
    if facts.python < (3, 11):
        return problem(f"Python {version} is too old.", "Install Python 3.11 or newer, then run ./slipway again.")
    return fine(f"Version {version}.")


@check("write", "Write permission")
def write(facts: Facts) -> Said:
    if facts.not_writable:
        folders = " and ".join(facts.not_writable)
        return problem(f"You may not write to {folders}.", f"Make the folder yours: sudo chown -R {facts.user} {folders}")
    return fine("Your work and Slipway's state can be written.")


@check("engine", "Docker engine")
def engine(facts: Facts) -> Said:
    where = facts.engine["endpoint"]
    match facts.engine["state"]:
        case "ok":
            return fine(f"Docker {facts.engine['version']} answers at {where['url']} ({where['source']}).")
        case "not installed":
            return problem("No Docker engine is installed.", facts.install_fix)
        case "not running":
            fix = "Start it with ./slipway up." if where["source"] == "the default socket" else "Start it."
            return problem(f"Nothing answers at {where['url']} ({where['source']}).", fix)
        case "no rights on the socket":
            return problem(f"You may not open the engine's socket {where['url']}.", facts.rights_fix)
        case _:
            fix = "Restart the engine; if DOCKER_HOST or a context points to it, check that address."
            return problem(f"The engine at {where['url']} does not answer: {facts.engine['reason']}.", fix)


@check("local", "Engine on this machine")
def local(facts: Facts) -> Said:
    if _remote(facts):
        where = facts.engine["endpoint"]
        if facts.remote_allowed:
            return note(f"The engine is on another machine ({where['url']}), as you chose.")
        return problem(
            f"The engine is on another machine ({where['url']}, {where['source']}): ports and folders would be there.",
            "Unset DOCKER_HOST or run `docker context use default`.",
        )
    return fine("The engine's ports and folders are this machine's.")


@check("version", "Engine version")
def version(facts: Facts) -> Said:
    if not _runs(facts):
        return no_engine()
    if facts.engine["too_old"]:
        return problem(f"Docker {facts.engine['version']} is too old.", "Install 20.10 or newer: " + facts.install_fix)
    return fine(f"API {facts.engine['api_version']}, storage driver {facts.engine['storage']}.")


@check("client", "Docker command, Compose, BuildKit")
def client(facts: Facts) -> Said:
    if facts.missing:
        return problem(f"Missing: {', '.join(facts.missing)}.", "Run ./slipway up, which offers to install it.")
    return fine("The docker command, Compose v2 and BuildKit are there.")


@check("tools", "Programs that the labs call")
def tools(facts: Facts) -> Said:
    if facts.missing_tools:
        names = " ".join(facts.missing_tools)
        return problem(f"Missing: {names}. Cells of the notebooks call them.", f"Install them: sudo apt-get install {names}")
    return fine("They are there.")


@check("disk-engine", "Disk space for images")
def disk_engine(facts: Facts) -> Said:
    if facts.engine_free is None:
        return no_engine() if not _runs(facts) else (Level.UNKNOWN, "The engine's data folder is not on this machine.", "")
    text = f"{facts.engine_free / GIB:.1f} GiB free in the engine's data folder {facts.engine['root']}."
    if facts.engine_free < ENGINE_GIB * GIB:
        return problem(f"Only {text}", f"Labs need {ENGINE_GIB} GiB. `docker system df` shows what takes space on the engine.")
    return fine(text)


@check("disk-project", "Disk space for your work")
def disk_project(facts: Facts) -> Said:
    if facts.project_free is None:
        return Level.UNKNOWN, "The free space cannot be seen.", ""
    text = f"{facts.project_free / GIB:.1f} GiB free in the project's folder."
    if facts.project_free < PROJECT_GIB * GIB:
        return problem(f"Only {text}", f"Free some space; {PROJECT_GIB} GiB is enough.")
    return fine(text)


@check("memory", "Memory")
def memory(facts: Facts) -> Said:
    size = facts.memory if facts.memory is not None else facts.engine.get("memory") or None
    if size is None:
        return Level.UNKNOWN, "The memory cannot be seen.", ""
    text = f"{size / GIB:.1f} GiB of memory available."
    if size < LABS_MEMORY_GIB * GIB:
        fix = f"Close other programs, or give the machine more; labs need {LABS_MEMORY_GIB} GiB."
        return problem(f"Only {text}", fix)
    return fine(text)


@check("cluster", "Cluster of the Kubernetes labs")
def cluster(facts: Facts) -> Said:
    if facts.cluster:
        name, condition, reason = (facts.cluster[key] for key in ("name", "condition", "reason"))
        if condition == "ready":
            return fine(f"{name} is ready.")
        judge = note if condition == "stopped" else problem
        return judge(f"{name}, {condition}: {reason}.", "Run ./slipway cluster up, which repairs it.")
    lacking = [
        f"{needed} GiB of {what}, and {size / GIB:.1f} GiB are there"
        for what, size, needed in (("memory", facts.memory, MEMORY_GIB), ("disk", facts.engine_free, DISK_GIB))
        if size is not None and size < needed * GIB
    ]
    if lacking:
        return note(f"Not made yet. It needs {'; '.join(lacking)}.", "Enough for the Docker labs: free some before lab 10.")
    return fine("Not made yet; memory and disk are enough for it.")


@check("inotify", "Limits on watched files")
def inotify(facts: Facts) -> Said:
    watches, instances = (facts.inotify.get(name) for name in ("max_user_watches", "max_user_instances"))
    if watches is None or instances is None:
        return fine("This system has no such limits.")
    text = f"{watches} watches, {instances} instances (fs.inotify)."
    raise_them = f"sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances={CLUSTER_INSTANCES}"
    if watches < WATCHES // 8 or instances < INSTANCES:
        return problem(f"Too low for many containers: {text}", raise_them)
    if watches < WATCHES or instances < CLUSTER_INSTANCES:
        return note(f"Enough for the Docker labs; a cluster of several nodes wants more: {text}", raise_them)
    return fine(text)


@check("cgroup", "Control groups")
def cgroup(facts: Facts) -> Said:
    if not _runs(facts):
        return no_engine()
    if facts.engine["cgroup"] == "1":
        return note("Version 1: everything in the labs works; newer systems have version 2.")
    return fine(f"Version {facts.engine['cgroup'] or 'unknown'}.")


@check("ports", "Ports of the labs")
def ports(facts: Facts) -> Said:
    if _remote(facts):
        return Level.UNKNOWN, "The ports are on the engine's machine.", ""
    if facts.listeners:
        taken = "; ".join(
            f"{port} by {who} (needed in {', '.join(facts.ports[port])})" for port, who in sorted(facts.listeners.items())
        )
        numbers = " ".join(str(port) for port in sorted(facts.listeners))
        return problem(f"Taken: {taken}.", f"Stop what listens there before these labs: `ss -ltnp` shows it ({numbers}).")
    names = ", ".join(str(port) for port in sorted(facts.ports)) or "none"
    return fine(f"Free: {names}.")


@check("jupyter", "JupyterLab's port")
def jupyter(facts: Facts) -> Said:
    port = facts.jupyter.get("port")
    if facts.jupyter.get("ours"):
        if facts.jupyter.get("answers"):
            return fine(f"JupyterLab answers on port {port}.")
        return problem(f"JupyterLab runs but does not answer on port {port}.", "./slipway down, then ./slipway up.")
    if not facts.jupyter.get("free"):
        return note(f"Port {port} is taken by another program; JupyterLab will use the next free one.")
    return fine(f"Port {port} is free.")


@check("certificates", "Certificate authorities")
def certificates(facts: Facts) -> Said:
    if not facts.certificates:
        return fine("Those of the system.")
    names = ", ".join(facts.certificates)
    if left := [name for name, trusted in facts.certificates.items() if not trusted]:
        return problem(
            f"Added to this machine but not trusted by its programs: {', '.join(left)}.",
            "Run `sudo update-ca-certificates` (Debian, Ubuntu) or `sudo update-ca-trust` (Fedora).",
        )
    return note(f"Added to this machine, and taken over into images that are built: {names}.")


@check("clock", "Clock")
def clock(facts: Facts) -> Said:
    ours = datetime.fromisoformat(facts.now)
    if ours.year < FIRST_YEAR:
        return problem(f"The clock says {ours:%Y-%m-%d}.", "Set it right: `timedatectl set-ntp true`.")
    if not _runs(facts) or not facts.engine["clock"]:
        return fine(f"{ours:%Y-%m-%d %H:%M} UTC.")
    apart = abs((ours - datetime.fromisoformat(facts.engine["clock"])).total_seconds())
    if apart > CLOCK_SECONDS:
        return problem(
            f"The engine's clock and this machine's are {apart:.0f} seconds apart.",
            "Set both by NTP; a virtual machine's clock often stands still while the computer sleeps.",
        )
    return fine(f"{ours:%Y-%m-%d %H:%M} UTC, the same as the engine's.")


@check("proxy", "Proxy")
def proxy(facts: Facts) -> Said:
    used = [f"{name}={value}" for name, value in facts.proxies.items() if name != "NO_PROXY"]
    if not used:
        return fine("None is set.")
    exceptions = facts.proxies.get("NO_PROXY", "").replace(" ", "").split(",")
    if not {"localhost", "127.0.0.1"} & set(exceptions) and "*" not in exceptions:
        return problem(
            f"{', '.join(used)}, also for this machine's own addresses: requests to your containers would go there.",
            "export NO_PROXY=localhost,127.0.0.1",
        )
    return note(f"{', '.join(used)}; not for {', '.join(exceptions)}.")


def to_json(diagnoses: list[Diagnosis]) -> dict[str, Any]:
    """The diagnoses as JSON values."""
    checks = [{**diagnosis.__dict__, "level": diagnosis.level.value} for diagnosis in diagnoses]
    return {"format": "slipway-doctor/1", "ok": healthy(diagnoses), "checks": checks}


def healthy(diagnoses: list[Diagnosis]) -> bool:
    """Whether there is no problem among them."""
    return not any(diagnosis.level is Level.PROBLEM for diagnosis in diagnoses)
