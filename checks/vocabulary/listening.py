"""The port on which a server listens, and the requests that it logged.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re

from checks.model import Finding
from checks.snapshot import Json, Snapshot
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
    name, leads = where.partition("/")[2], [each for each in bound if each.startswith(f"{host_port} → ")]
    said = [line.strip() for line in container["LogTail"].splitlines() if LISTENS.search(line)]
    listens = LISTENS.search(said[-1])[1] if said else "the port that it listens on"
    if not leads:
        message = f"{name} is not published on port {host_port} of this machine."
        yield Finding(message, where, "NetworkSettings.Ports", f"{host_port} → {listens}", bound, hint=hint)
    elif said and f"{host_port} → {listens}" not in leads:
        message = f"Port {host_port} of this machine forwards to a port of {name} where nothing listens."
        why = f"The last line of its log about that: {said[-1]}"
        yield Finding(message, where, "NetworkSettings.Ports", "the port on which it listens", leads, why, hint)


def asked_from_inside(snapshot: Snapshot, container: Json, probe_id: str, path: str, hint: str) -> Findings:
    """Yield a finding unless the server's log (a `logs` probe) shows a request for `path` from its own container.

    Example:
        yield from listening.asked_from_inside(snapshot, api, "api-log", "/health", "Let the health check request it.")
        # The health check of api succeeds, but it has not requested /health from the server.
    """
    lines = snapshot.probe(probe_id)["text"].splitlines()
    inside = [line for line in lines if line.split(" ", 1)[0] in container_ports.own_addresses(container)]
    if not any(f"{path} " in line for line in inside):
        where = containers.subject(container)
        name = where.partition("/")[2]
        message = f"The health check of {name} succeeds, but it has not requested {path} from the server."
        test = (container["Config"].get("Healthcheck") or {}).get("Test") or []
        why = f"The health check is: {' '.join(test[1:])}"
        observed = containers.last_lines("\n".join(inside)) or "no request from inside"
        yield Finding(message, where, "the log", f"GET {path} from 127.0.0.1", observed, why, hint)
