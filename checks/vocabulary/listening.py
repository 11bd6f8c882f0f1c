"""The port on which a server listens, as its log says.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re

from checks.model import Finding
from checks.snapshot import Json
from checks.vocabulary import container_ports, containers
from checks.vocabulary.containers import Findings

LISTENS = re.compile(r"listens on port (\d+)")


def leads_to_listener(container: Json, host_port: int, hint: str) -> Findings:
    """Yield a finding unless `host_port` is forwarded to the port on which, by its log, the container last listened.

    Example:
        yield from listening.leads_to_listener(ferry, 8080, "Change the port in compose.yaml.")
        # Port 8080 of this machine forwards to a port of ferry-1 where nothing listens.
    """
    bound, where = container_ports.bindings(container), containers.subject(container)
    name, leads = where.partition("/")[2], [pair for pair in bound if pair.startswith(f"{host_port} → ")]
    log_lines = [line.strip() for line in container["LogTail"].splitlines() if LISTENS.search(line)]
    listens = LISTENS.search(log_lines[-1])[1] if log_lines else "the port that it listens on"
    if not leads:
        message = f"{name} is not published on port {host_port} of this machine."
        yield Finding(message, where, "NetworkSettings.Ports", f"{host_port} → {listens}", bound, hint=hint)
    elif log_lines and f"{host_port} → {listens}" not in leads:
        message = f"Port {host_port} of this machine forwards to a port of {name} where nothing listens."
        why = f"The last line of its log about that: {log_lines[-1]}"
        yield Finding(message, where, "NetworkSettings.Ports", "the port on which it listens", leads, why, hint)
