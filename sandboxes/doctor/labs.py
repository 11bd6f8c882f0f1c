"""Diagnoses of what the labs use: the cluster, their ports and JupyterLab."""

from sandboxes.cluster.preflight import DISK_GIB, MEMORY_GIB
from sandboxes.doctor.diagnosis import Verdict, fine, note, problem, unknown
from sandboxes.doctor.facts import Facts
from sandboxes.host.resources import GIB

# macOS listens there by itself.
AIRPLAY = 5000


def cluster(facts: Facts) -> Verdict:
    """Judge the cluster's condition, or whether the machine has room for one."""
    if facts.cluster:
        name, condition, reason = (facts.cluster[key] for key in ("name", "condition", "reason"))
        if condition == "ready":
            return fine(f"{name} is ready.")
        judge = note if condition == "stopped" else problem
        return judge(f"{name}, {condition}: {reason}.", "Run ./slipway cluster up, which repairs it.")
    lacking = [
        f"{needed} GiB of {resource}, and {size / GIB:.1f} GiB are available"
        for resource, size, needed in (("memory", facts.memory, MEMORY_GIB), ("disk", facts.engine_free, DISK_GIB))
        if size is not None and size < needed * GIB
    ]
    if lacking:
        text = f"Not created yet. It needs {'; '.join(lacking)}."
        return note(text, "Enough for the Docker labs: free some before lab 10.")
    return fine("Not created yet; memory and disk are enough for it.")


def ports(facts: Facts) -> Verdict:
    """Judge whether the ports that labs publish are free."""
    if facts.engine.get("endpoint", {}).get("remote"):
        return unknown("The ports are on the engine's machine.")
    if facts.listeners:
        taken = "; ".join(
            f"{port} by {who} (needed in {', '.join(facts.ports[port])})" for port, who in sorted(facts.listeners.items())
        )
        numbers = " ".join(str(port) for port in sorted(facts.listeners))
        if facts.system == "Darwin":
            show = f"`lsof -nP -iTCP -sTCP:LISTEN` shows it ({numbers})."
            if AIRPLAY in facts.listeners:
                show += f" Port {AIRPLAY} is AirPlay's: turn off AirPlay Receiver in System Settings, General, AirDrop & Handoff."
        else:
            show = f"`ss -ltnp` shows it ({numbers})."
        return problem(f"Taken: {taken}.", f"Stop what listens there before these labs: {show}")
    names = ", ".join(str(port) for port in sorted(facts.ports)) or "none"
    return fine(f"Free: {names}.")


def jupyter(facts: Facts) -> Verdict:
    """Judge whether JupyterLab answers, or its port is free."""
    port = facts.jupyter.get("port")
    if facts.jupyter.get("ours"):
        if facts.jupyter.get("answers"):
            return fine(f"JupyterLab answers on port {port}.")
        return problem(f"JupyterLab runs but does not answer on port {port}.", "./slipway down, then ./slipway up.")
    if not facts.jupyter.get("free"):
        return note(f"Port {port} is taken by another program; JupyterLab will use the next free one.")
    return fine(f"Port {port} is free.")
