"""The published ports of a container, and what a server answers there.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

import re

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary.containers import GRACE, Findings, last_lines, seconds_running, subject

LOOPBACK = ("127.0.0.1", "::1")
# The address that a server names when it is ready, such as "Running on http://0.0.0.0:8000".
ANNOUNCED = re.compile(r"https?://[\w.*\[\]:]*?:(\d+)\b")
LOOPBACK_SIGNS = ("127.0.0.1:", "localhost:")


def publishes(container: Json, host_port: int, port: int, hint: str) -> Findings:
    """Yield a finding unless the container's TCP port `port` is published on `host_port` of the host.

    Example:
        yield from container_ports.publishes(web, 5000, 8000, "The host's port comes first.")
        # Port 8000 of web is not published on port 5000 of this machine.
    """
    bound = bindings(container)
    if f"{host_port} → {port}" in bound:
        return
    exposed = ", ".join(sorted(container["Config"].get("ExposedPorts") or ())) or "none"
    why = ""
    if f"{port} → {host_port}" in bound and port != host_port:
        why = "The two numbers are the wrong way round: the host's port comes first, then the container's."
    elif not bound:
        why = f"No port is published. EXPOSE alone ({exposed}) only documents a port and opens nothing on the host."
    name = subject(container).partition("/")[2]
    message = f"Port {port} of {name} is not published on port {host_port} of this machine."
    expected = f"{host_port} → {port}"
    yield Finding(message, subject(container), "NetworkSettings.Ports", expected, bound, why, hint)


def for_this_machine_only(container: Json, host_port: int, hint: str) -> Findings:
    """Yield a finding if `host_port` can also be reached from other machines: it is published on more than loopback addresses.

    Example:
        yield from container_ports.for_this_machine_only(web, 5000, "Publish it with `-p 127.0.0.1:5000:5000`.")
        # Port 5000 is published for every machine in the network, not for this one only.
    """
    targets = [target for group in (container["HostConfig"].get("PortBindings") or {}).values() for target in group or ()]
    addresses = sorted({target.get("HostIp") or "0.0.0.0" for target in targets if target["HostPort"] == str(host_port)})
    if not addresses or any(address not in LOOPBACK for address in addresses):
        message = f"Port {host_port} is published for every machine in the network, not for this one only."
        why = "Without an address before the host's port, Docker listens on all addresses of the machine."
        yield Finding(message, subject(container), "HostConfig.PortBindings", LOOPBACK[0], addresses, why, hint)


def bindings(container: Json) -> list[str]:
    """Return the container's published TCP ports, each as "host → container".

    Example:
        container_ports.bindings({"HostConfig": {"PortBindings": {"8000/tcp": [{"HostPort": "5000"}]}}, "NetworkSettings": {}})
        # ['5000 → 8000']
    """
    asked = container["HostConfig"].get("PortBindings") or {}
    live = container["NetworkSettings"].get("Ports") or {}
    pairs = set()
    for port, targets in {**asked, **{key: value for key, value in live.items() if value}}.items():
        number, _, protocol = port.partition("/")
        if protocol == "tcp":
            pairs |= {f"{target['HostPort']} → {number}" for target in targets or ()}
    return sorted(pairs)


def own_addresses(container: Json) -> list[str]:
    """Return the addresses under which a container reaches itself.

    Example:
        container_ports.own_addresses({"NetworkSettings": {"Networks": {"harbour": {"IPAddress": "172.18.0.2"}}}})
        # ['127.0.0.1', '::1', '172.18.0.2']
    """
    networks = container["NetworkSettings"]["Networks"].values()
    return ["127.0.0.1", "::1", *(endpoint["IPAddress"] for endpoint in networks if endpoint["IPAddress"])]


def answers(snapshot: Snapshot, probe_id: str, container: Json, contains: str, hint: str, status: int = 200) -> Findings:
    """Yield a finding unless the `http` probe got this status and a body that contains `contains`.

    Example:
        yield from container_ports.answers(snapshot, "home", web, "Hello", "`docker logs web` shows each request.")
        # GET http://127.0.0.1:5000/ gets no answer: the connection was refused.
    """
    probe = snapshot.probe(probe_id)
    if not probe["ok"]:
        yield no_answer(snapshot, probe, container, hint)
        return
    request, where = probe["request"], subject(container)
    if probe["status"] != status:
        why = f"The answer says: {probe['body'][:300].strip()}"
        if lines := last_lines(container.get("LogTail", "")):
            why += f"\nThe log ends with:\n{lines}"
        message = f"{request} is answered with status {probe['status']}, not {status}."
        yield Finding(message, where, request, status, probe["status"], why, hint)
    elif contains not in probe["body"]:
        message = f"{request} is answered, but the answer does not contain “{contains}”."
        yield Finding(message, where, request, contains, probe["body"][:2000], hint=hint)


def no_answer(snapshot: Snapshot, probe: Json, container: Json, hint: str) -> Finding:
    """Return the finding for a request without an answer: waiting while the container starts, then with the likely reason.

    Example:
        yield container_ports.no_answer(snapshot, snapshot.probe("home"), web, "`docker logs web` shows each request.")
        # GET http://127.0.0.1:5000/ gets no answer: the connection was refused.
    """
    words = {
        "refused": "the connection was refused",
        "closed": "the connection was closed without an answer",
        "timeout": "there was no answer in time",
        "not HTTP": "the response is not HTTP",
    }
    happened = words.get(probe["error"], probe["error"])
    health = (container["State"].get("Health") or {}).get("Status")
    starting = health == "starting" or seconds_running(container, snapshot) < GRACE
    log = container.get("LogTail", "")
    local = next((line.strip() for line in log.splitlines() if any(sign in line for sign in LOOPBACK_SIGNS)), "")
    why = ""
    if local and "0.0.0.0" not in log:
        starting = False
        why = (
            f"Its log says “{local}”. Inside a container that address is the container itself: "
            "a server that listens only there cannot be reached from outside. Make it listen on 0.0.0.0."
        )
    elif lines := last_lines(log):
        why = f"Its log ends with:\n{lines}"
    if not local and (elsewhere := _listens_elsewhere(probe["request"], container, log)):
        starting, why = False, elsewhere
    message = f"{probe['request']} gets no answer: {happened}."
    where = subject(container)
    return Finding(message, where, probe["request"], "an answer", probe["error"], why, hint, waiting=starting)


def _listens_elsewhere(request: str, container: Json, log: str) -> str:
    """Why a server that is ready, by its log, does not get the request: it listens on another port. Empty where it may."""
    listens = set(ANNOUNCED.findall(log))
    asked = ANNOUNCED.search(request)
    leads = [pair.partition(" → ")[2] for pair in bindings(container) if asked and pair.startswith(f"{asked[1]} → ")]
    if not listens or not leads or listens & set(leads):
        return ""
    return f"Its log says that it listens on port {', '.join(sorted(listens))}; the request is forwarded to port {leads[0]}."
