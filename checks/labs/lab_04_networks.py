"""The checks of lab 04: containers that find each other by name, one on the machine's network, two on an overlay."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import container_images, container_networks, container_ports, containers, stored_rows, texts

NETWORK, OVERLAY = "quay", "quay-overlay"
DATABASE, WEB, LOOKOUT = "quay-database", "quay-web", "quay-lookout"
ROWS = ("rows-before", "rows")
NORTH, SOUTH = "quay-north", "quay-south"
ALIAS = "database"


@check(
    "network-made",
    "There is a user-defined bridge network called quay",
    hints=[
        "`docker network ls` lists what there is. The first three (bridge, host, none) are on every engine.",
        "`docker network create NAME` creates a bridge.",
        "`docker network create quay`. Remove one with another driver first: `docker network rm quay`.",
    ],
)
def network_made(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker network create {NETWORK}` creates it. Remove one with another driver first: `docker network rm {NETWORK}`."
    yield from container_networks.network_exists(snapshot, NETWORK, "bridge", hint)


@check(
    "database-joined",
    "quay-database runs on quay, where it is found under the name database",
    points=2,
    needs=["network-made"],
    hints=[
        "`docker container inspect quay-database` shows under NetworkSettings which networks it is on, and under which names.",
        "`--network` puts a new container on a network, `--network-alias` gives it another name there. A container "
        "that runs already is moved by `docker network connect --alias NAME NETWORK CONTAINER`.",
        "`docker rm -f -v quay-database`, then `docker run -d --name quay-database --network quay --network-alias "
        "database --env POSTGRES_PASSWORD=practice postgres:15`.",
    ],
)
def database_joined(snapshot: Snapshot) -> containers.Findings:
    hint = f"Run it with `--network {NETWORK} --network-alias {ALIAS}`, and with POSTGRES_PASSWORD."
    not_running = list(containers.running(snapshot, DATABASE, hint))
    connect = f"`docker network connect --alias {ALIAS} {NETWORK} {DATABASE}` connects it under that name"
    again = f"{connect}. If it is on {NETWORK} already, disconnect it first (`docker network disconnect`)."
    if not_running:
        yield from not_running
        return
    database = snapshot.require("container", DATABASE)
    image = f"Remove it (`docker rm -f -v {DATABASE}`), and create it again from postgres:15."
    yield from containers.first(
        container_images.made_from(snapshot, database, "postgres:15", image),
        container_networks.joined(database, NETWORK, again, ALIAS),
    )


@check(
    "database-private",
    "No port of quay-database is published",
    needs=["database-joined"],
    hints=[
        "`docker ps` shows under PORTS what is published: the entries with an arrow.",
        "`-p` opens a port of the machine. Who needs this one? Containers on the same network do not.",
        "Make quay-database again without `-p`.",
    ],
)
def database_private(snapshot: Snapshot) -> containers.Findings:
    hint = "Make it again without `-p` (`--publish`)."
    yield from container_networks.unpublished([snapshot.require("container", DATABASE)], hint)


@check(
    "web-finds-it",
    "quay-web, on the network quay, finds quay-database under the name database and reaches its port 5432",
    points=3,
    needs=["database-joined"],
    hints=[
        "Look from the inside: `docker exec quay-web getent hosts database` prints the address that the name resolves to.",
        "Names are given on a network that both containers are on, and that is not the default one.",
        "`docker rm -f quay-web`, then run it again with `--network quay`. Or, without making it again: "
        "`docker network connect quay quay-web`.",
    ],
)
def web_finds_it(snapshot: Snapshot) -> containers.Findings:
    hint = f"Put both on {NETWORK}, {DATABASE} with the alias {ALIAS}: `docker network connect` does it while they run."
    not_running = list(containers.running(snapshot, WEB, f"Build the image {WEB}, then run a container of it on {NETWORK}."))
    if not_running:
        yield from not_running
        return
    web, database = snapshot.require("container", WEB), snapshot.require("container", DATABASE)
    silent = f"`docker logs {DATABASE}` says whether PostgreSQL is ready, and on which port it listens."
    yield from containers.first(
        _around(web, database, hint),
        container_networks.joined(web, NETWORK, hint),
        container_networks.finds(snapshot, "look-up", "connection", web, database, NETWORK, hint, silent),
    )


def _around(web: Json, database: Json, hint: str) -> containers.Findings:
    """The finding for a database that is published instead of connected."""
    joined = container_networks.networks(web)
    if NETWORK not in joined and container_ports.bindings(database):
        message = f"{WEB} is not on the network {NETWORK}; {DATABASE} is published on this machine instead."
        why = "That takes a detour through the host: it opens the database to everyone, and gives it no name."
        yield Finding(message, containers.subject(web), "NetworkSettings.Networks", NETWORK, sorted(joined), why, hint)


@check(
    "visits-counted",
    "http://localhost:8004/ answers, and each visit reaches the database",
    points=2,
    needs=["web-finds-it"],
    hints=[
        "Open http://localhost:8004/ twice. The answer contains a number, or an error that says what failed.",
        "DATABASE_URL says where the application looks: postgresql://USER:PASSWORD@HOST:PORT/DATABASE. The port 8004 "
        "of this machine must be forwarded to port 8000 of the container.",
        "`docker rm -f quay-web`, then `docker run -d --name quay-web --network quay -p 8004:8000 --env "
        "DATABASE_URL=postgresql://postgres:practice@database:5432/postgres quay-web`.",
    ],
)
def visits_counted(snapshot: Snapshot) -> containers.Findings:
    web = snapshot.require("container", WEB)
    hint = f"DATABASE_URL names the host {ALIAS} (localhost would be {WEB} itself) and the password of {DATABASE}."
    yield from containers.first(
        container_ports.publishes(web, 8004, 8000, "Make it again with `-p 8004:8000`."),
        container_ports.answers(snapshot, "first-visit", web, '"visits"', hint),
        container_ports.answers(snapshot, "second-visit", web, '"visits"', hint),
        stored_rows.unread(snapshot, ROWS, f"container/{DATABASE}", f"the visits in {DATABASE}", f"Does {DATABASE} still run?"),
        _stored(snapshot, web, hint),
    )


def _stored(snapshot: Snapshot, web: Json, hint: str) -> containers.Findings:
    """The number grew between two visits, and quay-database has as many rows."""
    before, after = (_visits(snapshot.probe(id)["body"]) for id in ("first-visit", "second-visit"))
    (rows, _), added = stored_rows.rows(snapshot, "rows"), stored_rows.added(snapshot, "rows-before", "rows")
    if not before < after <= rows or added is not None and added < 2:
        message = f"{DATABASE} does not have the visits that {WEB} says it has stored."
        observed = rows if added is None else f"{rows}, {added} more after two visits"
        yield Finding(message, containers.subject(web), f"rows in {DATABASE}", f"{after} or more", observed, hint=hint)


def _visits(body: str) -> int:
    """The number in an answer of the application; 0 where there is none."""
    return texts.whole_number(texts.json_object(body).get("visits"))


@check(
    "host-answers",
    "quay-lookout is on the network of the machine and answers at http://127.0.0.1:8014/",
    points=2,
    hints=[
        "`docker logs quay-lookout` shows where the server listens, or why it has ended.",
        "`--network host` gives a container no separate network: its ports are ports of the machine, and `-p` has "
        "nothing to do. With Docker Desktop, host networking is switched on in the settings first.",
        "`docker rm -f quay-lookout` if there is one, then `docker run -d --name quay-lookout --network host python:3.11-slim "
        "python -m http.server 8014 --bind 127.0.0.1`.",
    ],
)
def host_answers(snapshot: Snapshot) -> containers.Findings:
    hint = "Run `python -m http.server 8014` with `--network host`. Nothing else on the machine may use that port."
    not_running = list(containers.running(snapshot, LOOKOUT, hint))
    if not_running:
        yield from not_running
        return
    lookout = snapshot.require("container", LOOKOUT)
    yield from containers.first(
        container_networks.shares_machines_network(lookout, "Make it again with `--network host` and without `-p`."),
        container_ports.answers(snapshot, "lookout", lookout, "", hint),
    )


@check(
    "overlay-made",
    "There is an overlay network called quay-overlay that containers may join",
    points=2,
    hints=[
        "`docker network ls` shows the DRIVER of each network. An overlay needs Swarm mode: what does `docker info` say of it?",
        "`docker swarm init --advertise-addr 127.0.0.1` turns this engine into a swarm of one. By default only services of "
        "the swarm may join an overlay; an option of `docker network create` opens it to containers.",
        "`docker network create --driver overlay --attachable quay-overlay`. If one of another kind has the name, first "
        "`docker network rm quay-overlay`.",
    ],
)
def overlay_made(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker network create --driver overlay --attachable {OVERLAY}` creates it."
    if snapshot.network(OVERLAY) is not None:
        hint = f"`docker network rm {OVERLAY}` frees the name (disconnect its containers first). Then {hint}"
    if snapshot.network(OVERLAY) is None and snapshot.swarm()["LocalNodeState"] != "active":
        yield _no_swarm(snapshot)
        return
    missing = list(container_networks.network_exists(snapshot, OVERLAY, "overlay", hint))
    yield from missing
    network = snapshot.network(OVERLAY)
    if network and not missing and not network["Attachable"]:
        message = f"No container may join {OVERLAY}: it is open only to services of the swarm."
        again = f"Remove it (`docker network rm {OVERLAY}`), and create it again with `--attachable`."
        yield Finding(message, f"network/{OVERLAY}", "Attachable", True, False, hint=again)


def _no_swarm(snapshot: Snapshot) -> Finding:
    """Return the finding for an engine in no swarm: it never was in one, or has left it, and its overlay is gone."""
    state = snapshot.swarm()["LocalNodeState"]
    running = [name for name in (NORTH, SOUTH) if (container := snapshot.container(name)) and _begun_on_overlay(container)]
    if not running:
        message = f"There is no network called {OVERLAY} yet, and Swarm mode, which an overlay needs, is not on."
        first = "`docker swarm init --advertise-addr 127.0.0.1` turns it on."
        return Finding(message, "engine", "Swarm.LocalNodeState", "active", state, hint=first)
    message = f"The engine is no longer in Swarm mode, and the network {OVERLAY} is gone."
    why = f"{' and '.join(running)} began on {OVERLAY}. When an engine leaves a swarm, the swarm's overlay networks are removed."
    again = (
        f"`docker swarm init --advertise-addr 127.0.0.1`, `docker network create --driver overlay --attachable {OVERLAY}`, then "
        + ", ".join(f"`docker network connect {OVERLAY} {name}`" for name in running)
        + "."
    )
    return Finding(message, "engine", "Swarm.LocalNodeState", "active", state, why, again)


def _begun_on_overlay(container: Json) -> bool:
    return container["HostConfig"]["NetworkMode"] == OVERLAY


@check(
    "overlay-carries",
    "quay-south reaches port 8000 of quay-north by its name, over quay-overlay",
    points=3,
    needs=["overlay-made"],
    hints=[
        "Both containers must be on quay-overlay, and a server must listen on port 8000 of quay-north.",
        "`docker exec quay-south wget -qO- http://quay-north:8000/` tries it, and says what fails.",
        "Run both with `--network quay-overlay`: quay-north with `sh -c 'echo Hello > /tmp/index.html; httpd -f -p "
        "8000 -h /tmp'`, quay-south with `sleep 1d`, each from busybox:1.35.",
    ],
)
def overlay_carries(snapshot: Snapshot) -> containers.Findings:
    hint = (
        f"Run both with `--network {OVERLAY}`, {NORTH} with a server on port 8000. "
        f"`docker network connect {OVERLAY} CONTAINER` adds one that runs already."
    )
    not_running = [finding for name in (NORTH, SOUTH) for finding in containers.running(snapshot, name, hint)]
    if not_running:
        yield from not_running
        return
    north, south = snapshot.require("container", NORTH), snapshot.require("container", SOUTH)
    silent = f"Let {NORTH} run a server: `httpd -f -p 8000 -h /tmp`. `docker logs {NORTH}` says what it does."
    yield from containers.first(
        (finding for container in (north, south) for finding in container_networks.joined(container, OVERLAY, hint)),
        container_networks.finds(snapshot, "overlay-look-up", "overlay-connection", south, north, OVERLAY, hint, silent),
    )
