"""Diagnoses of the machine itself: Python, permissions, programs, disk, memory, limits, clock, certificates, proxy."""

from datetime import datetime

from sandboxes.cluster.preflight import LEAST_INSTANCES
from sandboxes.doctor.diagnosis import Verdict, fine, note, problem, unknown
from sandboxes.doctor.engine import runs
from sandboxes.doctor.facts import Facts
from sandboxes.host.resources import GIB

# Disk for the learner's files, and memory for the Docker labs.
PROJECT_GIB, LABS_MEMORY_GIB = 1, 1
CLOCK_SECONDS = 5
# The project began in this year: a clock that shows an earlier one is wrong, and makes certificates look not yet valid.
FIRST_YEAR = 2026
WATCHES, INSTANCES = 65536, 128
CLUSTER_INSTANCES = 512


def python(facts: Facts) -> Verdict:
    """Judge the version of Python."""
    version = ".".join(str(part) for part in facts.python)
    if facts.python < (3, 11):
        return problem(f"Python {version} is too old.", "Install Python 3.11 or newer, then run ./slipway again.")
    return fine(f"Version {version}.")


def write(facts: Facts) -> Verdict:
    """Judge whether the learner's work and the state folder can be written."""
    if facts.not_writable:
        folders = " and ".join(facts.not_writable)
        return problem(
            f"Permission denied: you cannot write to {folders}.", f"Change the owner: sudo chown -R {facts.user} {folders}"
        )
    return fine("Your work and Slipway's state folder are writable.")


def tools(facts: Facts) -> Verdict:
    """Judge whether the programs that notebook cells call are installed."""
    if facts.missing_tools:
        names = " ".join(facts.missing_tools)
        return problem(f"Missing: {names}. Cells of the notebooks call them.", f"Install them: sudo apt-get install {names}")
    return fine("All are installed.")


def disk(facts: Facts) -> Verdict:
    """Judge the free space in the project's folder."""
    if facts.project_free is None:
        return unknown("The free space could not be read.")
    text = f"{facts.project_free / GIB:.1f} GiB free in the project's folder."
    if facts.project_free < PROJECT_GIB * GIB:
        return problem(f"Only {text}", f"Free some space; {PROJECT_GIB} GiB is enough.")
    return fine(text)


def memory(facts: Facts) -> Verdict:
    """Judge the available memory."""
    # The engine of Docker Desktop has the memory of its virtual machine, and no more.
    sizes = [size for size in (facts.memory, facts.engine.get("memory")) if size]
    if not sizes:
        return unknown("The available memory could not be read.")
    size = min(sizes)
    text = f"{size / GIB:.1f} GiB of memory available."
    if size < LABS_MEMORY_GIB * GIB:
        fix = f"Close other programs, or give the machine more memory; labs need {LABS_MEMORY_GIB} GiB."
        return problem(f"Only {text}", fix)
    return fine(text)


def inotify(facts: Facts) -> Verdict:
    """Judge the kernel's limits on watched files."""
    watches, instances = (facts.inotify.get(name) for name in ("max_user_watches", "max_user_instances"))
    if watches is None or instances is None:
        return fine("This system has no such limits.")
    text = f"{watches} watches, {instances} instances (fs.inotify)."
    raise_limits = f"sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances={CLUSTER_INSTANCES}"
    if watches < WATCHES // 8 or instances < INSTANCES:
        return problem(f"Too low for many containers: {text}", raise_limits)
    used = facts.inotify.get("used", 0)
    if not facts.cluster and instances - used < LEAST_INSTANCES:
        text = f"{used} of {instances} instances are in use (fs.inotify). A cluster needs {LEAST_INSTANCES} more."
        return problem(text, raise_limits)
    if watches < WATCHES or instances < CLUSTER_INSTANCES:
        return note(f"Enough for the Docker labs, but not for a cluster of several nodes: {text}", raise_limits)
    return fine(text)


def certificates(facts: Facts) -> Verdict:
    """Judge whether certificate authorities that were added to the machine are trusted by its programs."""
    if not facts.certificates:
        return fine("Only those of the system.")
    names = ", ".join(facts.certificates)
    if untrusted := [name for name, trusted in facts.certificates.items() if not trusted]:
        return problem(
            f"Added to this machine but not trusted by its programs: {', '.join(untrusted)}.",
            "Run `sudo update-ca-certificates` (Debian, Ubuntu) or `sudo update-ca-trust` (Fedora).",
        )
    return note(f"Added to this machine, and copied into images that are built: {names}.")


def clock(facts: Facts) -> Verdict:
    """Judge this machine's clock, also against the engine's."""
    ours = datetime.fromisoformat(facts.now)
    if ours.year < FIRST_YEAR:
        return problem(f"The clock says {ours:%Y-%m-%d}.", "Correct it: `timedatectl set-ntp true`.")
    if not runs(facts) or not facts.engine["clock"]:
        return fine(f"{ours:%Y-%m-%d %H:%M} UTC.")
    apart = abs((ours - datetime.fromisoformat(facts.engine["clock"])).total_seconds())
    if apart > CLOCK_SECONDS:
        return problem(
            f"The engine's clock and this machine's differ by {apart:.0f} seconds.",
            "Set both by NTP; a virtual machine's clock often stops while the computer sleeps.",
        )
    return fine(f"{ours:%Y-%m-%d %H:%M} UTC, the same as the engine's.")


def proxy(facts: Facts) -> Verdict:
    """Judge whether a proxy would receive requests to this machine's own addresses."""
    used = [f"{name}={value}" for name, value in facts.proxies.items() if name != "NO_PROXY"]
    if not used:
        return fine("No proxy is set.")
    exceptions = facts.proxies.get("NO_PROXY", "").replace(" ", "").split(",")
    if not {"localhost", "127.0.0.1"} & set(exceptions) and "*" not in exceptions:
        return problem(
            f"{', '.join(used)}, also for this machine's own addresses: requests to your containers would go there.",
            "export NO_PROXY=localhost,127.0.0.1",
        )
    if socks := [proxy for proxy in used if "=socks" in proxy]:
        return note(
            f"{', '.join(socks)}: pip and Slipway's own downloads cannot use a SOCKS proxy.",
            "export HTTPS_PROXY with the address of an HTTP proxy, and unset ALL_PROXY.",
        )
    return note(f"{', '.join(used)}; not for {', '.join(exceptions)}.")
