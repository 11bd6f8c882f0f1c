"""Diagnoses of the Docker engine: its state, address, version, client, disk and control groups."""

from sandboxes.doctor.diagnosis import Verdict, fine, note, problem, unknown
from sandboxes.doctor.facts import Facts
from sandboxes.engine.find import DOCKER, NOT_DOCKER
from sandboxes.host.resources import GIB

# Disk for the images of the Docker labs.
ENGINE_GIB = 4
NO_ANSWER = "Not known while no engine answers."


def state(facts: Facts) -> Verdict:
    """Judge whether an engine is installed, running and answering."""
    where = facts.engine["endpoint"]
    match facts.engine["state"]:
        case "ok" if facts.engine["product"] != DOCKER:
            text = f"{facts.engine['product']} {facts.engine['version']} answers at {where['url']} ({where['source']})."
            return problem(text, NOT_DOCKER)
        case "ok":
            return fine(f"Docker {facts.engine['version']} answers at {where['url']} ({where['source']}).")
        case "is on another machine":
            return unknown(f"The engine at {where['url']} is not asked: it is on another machine.")
        case "not installed":
            return problem("No Docker engine is installed.", facts.install_fix)
        case "not running":
            fix = "Start it with ./slipway up." if where["source"] == "the default socket" else facts.leave_fix
            return problem(f"No engine is listening at {where['url']} ({where['source']}).", fix)
        case "no rights on the socket":
            return problem(f"Permission denied on the Docker socket {where['url']}.", facts.rights_fix)
        case _:
            fix = "Restart the engine." if where["source"] == "the default socket" else facts.leave_fix
            return problem(f"The engine at {where['url']} does not answer: {facts.engine['reason']}.", fix)


def location(facts: Facts) -> Verdict:
    """Judge whether the engine is on this machine, or on another one that was chosen."""
    where = facts.engine.get("endpoint", {})
    if not where.get("remote"):
        return fine("The engine's ports and folders are this machine's.")
    if facts.remote_allowed:
        return note(f"The engine is on another machine ({where['url']}), as you chose.")
    return problem(
        f"The engine is on another machine ({where['url']}, {where['source']}): ports and folders would be there.",
        facts.leave_fix,
    )


def version(facts: Facts) -> Verdict:
    """Judge whether the engine is recent enough."""
    if not runs(facts):
        return unknown(NO_ANSWER)
    if facts.engine["too_old"]:
        return problem(f"Docker {facts.engine['version']} is too old.", "Install 20.10 or newer: " + facts.install_fix)
    return fine(f"API {facts.engine['api_version']}, storage driver {facts.engine['storage']}.")


def client(facts: Facts) -> Verdict:
    """Judge whether the docker command, Compose and BuildKit are installed."""
    if facts.missing and facts.docker_settings.get("foreign"):
        return unknown("Not known while the settings of the docker command cannot be read.")
    if facts.missing:
        return problem(f"Missing: {', '.join(facts.missing)}.", "Run ./slipway up, which offers to install it.")
    return fine("The docker command, Compose v2 and BuildKit are installed.")


def disk(facts: Facts) -> Verdict:
    """Judge the free space in the engine's data folder."""
    if facts.engine_free is None:
        if not runs(facts):
            return unknown(NO_ANSWER)
        return unknown(f"The data folder is on the machine {facts.engine['name']}: see there, or use `docker system df`.")
    text = f"{facts.engine_free / GIB:.1f} GiB free in the engine's data folder {facts.engine['root']}."
    if facts.engine_free < ENGINE_GIB * GIB:
        return problem(f"Only {text}", f"Labs need {ENGINE_GIB} GiB. `docker system df` shows what uses the engine's disk.")
    return fine(text)


def cgroup(facts: Facts) -> Verdict:
    """Report the version of control groups."""
    if not runs(facts):
        return unknown(NO_ANSWER)
    if facts.engine["cgroup"] == "1":
        return note("Version 1: everything in the labs works; newer systems have version 2.")
    return fine(f"Version {facts.engine['cgroup'] or 'unknown'}.")


def runs(facts: Facts) -> bool:
    """Return whether an engine answers."""
    return facts.engine.get("state") == "ok"
