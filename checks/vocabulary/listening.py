"""The vocabulary of reaching a server: where it listens, which port leads there, and who has asked it.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

LISTENS = re.compile(r"listens on port (\d+)")


def leads_to_listener(container: Json, host_port: int, hint: str) -> Findings:
    """A port of the container is published on `host_port`, and it is the one on which it last said that it listens."""
    bound, where = containers.bindings(container), containers.subject(container)
    name, leads = where.partition("/")[2], [each for each in bound if each.startswith(f"{host_port} → ")]
    said = [line.strip() for line in container["LogTail"].splitlines() if LISTENS.search(line)]
    listens = LISTENS.search(said[-1])[1] if said else "the port that it listens on"
    if not leads:
        message = f"{name} is not published on port {host_port} of this machine."
        yield Finding(message, where, "NetworkSettings.Ports", f"{host_port} → {listens}", bound, hint=hint)
    elif said and f"{host_port} → {listens}" not in leads:
        message = f"Port {host_port} of this machine leads to a port of {name} where nothing listens."
        why = f"The last that its log says about it is: {said[-1]}"
        yield Finding(message, where, "NetworkSettings.Ports", "the port on which it listens", leads, why, hint)


def asked_from_inside(snapshot: Snapshot, container: Json, probe_id: str, path: str, hint: str) -> Findings:
    """The server's log (a `logs` probe) shows a request for `path` from its own container: its health check asks it."""
    lines = snapshot.probe(probe_id)["text"].splitlines()
    inside = [line for line in lines if line.split(" ", 1)[0] in containers.own_addresses(container)]
    if not any(f"{path} " in line for line in inside):
        where = containers.subject(container)
        name = where.partition("/")[2]
        message = f"The health check of {name} succeeds, but the server has not been asked for {path} by it."
        test = (container["Config"].get("Healthcheck") or {}).get("Test") or []
        why = f"The health check is: {' '.join(test[1:])}"
        observed = containers.last_lines("\n".join(inside)) or "no request from inside"
        yield Finding(message, where, "the log", f"GET {path} from 127.0.0.1", observed, why, hint)
