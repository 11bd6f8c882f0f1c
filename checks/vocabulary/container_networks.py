"""The networks of containers: members, names, and which ports can be reached from where.

Each function is pure over a Snapshot and yields a Finding for what is not as expected.
"""

from collections.abc import Iterable

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_ports, containers
from checks.vocabulary.containers import Findings

# What the networks that every engine has mean for a container that should be on another one.
DEFAULTS = {
    "bridge": "It is on Docker's default network, where containers reach each other by address and never by name.",
    "host": "It shares the network of the host, and is on none of Docker's networks.",
    "none": "It has no network at all.",
}


def networks(container: Json) -> set[str]:
    """Return the names of the networks that the container is on.

    Example:
        container_networks.networks({"NetworkSettings": {"Networks": {"harbour": {}}}})
        # {'harbour'}
    """
    return set(container["NetworkSettings"]["Networks"])


def known_as(container: Json, network: str) -> list[str]:
    """Return the names under which other containers on the network find the container: its aliases and its own name.

    Example:
        container_networks.known_as(database, "harbour")
        # ['db', 'database']
    """
    if network in DEFAULTS:
        return []
    endpoint = container["NetworkSettings"]["Networks"].get(network) or {}
    own = container["Name"].lstrip("/")
    given = dict.fromkeys([*(endpoint.get("Aliases") or ()), *(endpoint.get("DNSNames") or ()), own])
    return [name for name in given if not container.get("Id", "").startswith(name)]


def network_exists(snapshot: Snapshot, name: str, driver: str, hint: str) -> Findings:
    """Yield a finding unless there is a network of this name and driver.

    Example:
        yield from container_networks.network_exists(snapshot, "harbour", "bridge", "`docker network create harbour`")
        # There is no network called harbour yet.
    """
    network, where = snapshot.network(name), f"network/{name}"
    if network is None:
        others = sorted(snapshot.of_kind("network"))
        yield Finding(f"There is no network called {name} yet.", where, "Name", name, others, hint=hint)
    elif network["Driver"] != driver:
        message = f"{name} is a network with the driver {network['Driver']}, not {driver}."
        yield Finding(message, where, "Driver", driver, network["Driver"], hint=hint)


def joined(container: Json, network: str, hint: str, name: str = "") -> Findings:
    """Yield a finding unless the container is on the network and, if `name` is given, can be found there under that name.

    Example:
        yield from container_networks.joined(web, "harbour", "`docker network connect harbour web`", name="web")
        # web is not on the network harbour.
    """
    where, own = containers.subject(container), networks(container)
    title = where.partition("/")[2]
    if network not in own:
        why = "\n".join(DEFAULTS[other] for other in sorted(own & DEFAULTS.keys()))
        message = f"{title} is not on the network {network}."
        yield Finding(message, where, "NetworkSettings.Networks", network, sorted(own), why, hint)
    elif name and name not in (names := known_as(container, network)):
        why = "On your own network, a container is found under its own name and under its aliases there."
        message = f"{title} is on {network}, but containers there cannot find it under the name {name}."
        yield Finding(message, where, f"NetworkSettings.Networks.{network}.Aliases", name, names, why, hint)


def finds(
    snapshot: Snapshot, look_up: str, connection: str, container: Json, other: Json, network: str, hint: str, silent: str
) -> Findings:
    """Yield a finding unless a name resolves, inside the container, to `other` on the network, and its port accepts connections.

    `look_up` and `connection` are ids of probes of the kinds `resolve` and `connect`; `silent` is the hint for a port
    that does not answer.

    Example:
        yield from container_networks.finds(snapshot, "name", "port", web, db, "harbour", "Join it.", "See `docker logs db`.")
        # Inside web, the name db does not resolve.
    """
    looked, tried = snapshot.probe(look_up), snapshot.probe(connection)
    where, title = containers.subject(container), containers.subject(container).partition("/")[2]
    name, path = looked["name"], f"look-up of {looked['name']}"
    endpoint = other["NetworkSettings"]["Networks"].get(network) or {}
    address, target = endpoint.get("IPAddress") or "an address", containers.subject(other).partition("/")[2]
    if not looked["addresses"]:
        reason = containers.last_lines(f"{looked['stdout']}\n{looked['stderr']}") or looked["error"]
        message = f"Inside {title}, the name {name} does not resolve."
        if network in networks(container) and name in known_as(other, network) and not looked["error"]:
            reason = f"{reason}\n{_forgotten(network, name, target)}".lstrip()
            hint = f"`docker restart {target}` registers its names again."
        yield Finding(message, where, path, address, [], reason, hint)
    elif address not in looked["addresses"]:
        message = f"Inside {title}, {name} does not resolve to {target} on {network}."
        why = ""
        if any(entry.startswith(f"{name}:") for entry in container["HostConfig"].get("ExtraHosts") or ()):
            why = "The container's own hosts file (`--add-host`) takes precedence over the names of a network."
            hint = f"Create {title} again without `--add-host` for {name}: only a new container has another hosts file."
        yield Finding(message, where, path, address, looked["addresses"], why, hint)
    elif not tried["ok"]:
        port = f"port {tried['port']} of {tried['host']}"
        message = f"{title} finds {target}, but nothing answers on {port}."
        reason = containers.last_lines(tried["stderr"], 1) or tried["error"]
        young = other["State"]["Running"] and containers.seconds_running(other, snapshot) < containers.GRACE
        yield Finding(message, where, f"connection to {port}", "accepted", "not accepted", reason, silent, waiting=young)


def _forgotten(network: str, name: str, container: str) -> str:
    return (
        f"Both are on {network}, where {name} is a name of {container}. An engine that leaves a swarm forgets the names of "
        "running containers until they start again."
    )


def unpublished(inside: Iterable[Json], hint: str, cost: int | None = None) -> Findings:
    """Yield a finding for each of the containers that publishes a port on the host.

    Example:
        yield from container_networks.unpublished([database, cache], "Take `ports` out.", cost=1)
        # database is published on this machine: anyone who can reach the machine can reach it too.
    """
    for container in inside:
        if bound := container_ports.bindings(container):
            where, expected = containers.subject(container), "no published port"
            name = where.partition("/")[2]
            message = f"{name} is published on this machine: anyone who can reach the machine can reach it too."
            why = "Containers on the same network reach each other without any published port."
            yield Finding(message, where, "HostConfig.PortBindings", expected, bound, why, hint, cost=cost)


def shares_machines_network(container: Json, hint: str) -> Findings:
    """Yield a finding unless the container uses the network of the host.

    Example:
        yield from container_networks.shares_machines_network(meter, "Run it with `--network host`.")
        # meter has its own network and does not share the host's.
    """
    mode = container["HostConfig"]["NetworkMode"]
    if mode != "host":
        where = containers.subject(container)
        why = "A published port forwards into the container's own network." if container_ports.bindings(container) else ""
        message = f"{where.partition('/')[2]} has its own network and does not share the host's."
        yield Finding(message, where, "HostConfig.NetworkMode", "host", mode, why, hint)
