"""The checks of lab 08: four services repaired, each at its cause, and each still itself."""

from datetime import datetime

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import compose, container_ports, containers, health_checks, identity, listening, privileges, stored_rows

PROJECT = "slipway-morning"
FERRY, TIDE, CLERK, DATABASE, LAMP = SERVICES = ("ferry", "tide", "clerk", "database", "lamp")
NIGHT, VISITS = "night-shift", 7
WATCH = "night watch"
USER = 1000
RECENT = 15.0  # seconds: the clerk notes a visit every two


@check(
    "morning-came",
    "The morning has come: every service of slipway-morning has a container",
    hints=[
        "A script in the lab's folder replays it.",
        "`bash morning.sh` takes some seconds and ends with a list of containers. If it stops before, its last line says why.",
    ],
)
def morning_came(snapshot: Snapshot) -> containers.Findings:
    hint = "Run `bash morning.sh` in the lab's folder and read what it says."
    yield from compose.services_made(snapshot, PROJECT, SERVICES, hint)


@check(
    "ferry-answers",
    "ferry runs, and http://localhost:8081/ tells when the next one leaves",
    points=2,
    needs=["morning-came"],
    hints=[
        "It is not in `docker ps`. `docker compose ps -a` lists what has ended, with the exit code; `docker compose "
        "logs ferry` shows what it said. Does any of it look like an error?",
        "Nothing failed: exit code 0. A container lives as long as its first process. Which is that here, and what does it do?",
        "In ferry/start.sh, let the timetable take the shell's place: `exec python timetable.py`, without `&`. Then "
        "`docker compose up -d --build ferry`.",
    ],
)
def ferry_answers(snapshot: Snapshot) -> containers.Findings:
    hint = "What is its first process, and when does it end? After a repair: `docker compose up -d --build ferry`."
    yield from containers.first(
        compose.services_run(snapshot, PROJECT, [FERRY], hint),
        _answers(snapshot, FERRY, 8081, "The next ferry leaves at", hint),
    )


def _answers(snapshot: Snapshot, service: str, host_port: int, contains: str, hint: str) -> containers.Findings:
    """The service answers on this port of the machine; if it does not, whether the port is forwarded to where it listens."""
    container = compose.require_service(snapshot, PROJECT, service)
    yield from containers.first(
        listening.leads_to_listener(container, host_port, hint),
        container_ports.answers(snapshot, service, container, contains, hint),
    )


def _own_program(snapshot: Snapshot, service: str, hint: str) -> containers.Findings:
    """The container holds the service's own program, as it is in the lab's folder."""
    container = compose.require_service(snapshot, PROJECT, service)
    yield from identity.own_program(snapshot, container, f"{service}-inside", f"{service}-program", hint)


@check(
    "ferry-itself",
    "The timetable itself is what keeps ferry alive",
    needs=["ferry-answers"],
    hints=[
        "`docker compose top ferry` lists its processes. What would happen to the container if the timetable ended?",
        "What only sleeps, or follows an empty file, keeps a container alive for nothing: you would not notice the "
        "end of the program. The program belongs in the foreground.",
        "The last line of ferry/start.sh is `exec python timetable.py`. Then `docker compose up -d --build ferry`.",
    ],
)
def ferry_itself(snapshot: Snapshot) -> containers.Findings:
    hint = "Build ferry from its own folder, with timetable.py in the foreground: `docker compose up -d --build ferry`."
    yield from containers.first(
        _own_program(snapshot, FERRY, hint),
        identity.only_runs(snapshot, compose.require_service(snapshot, PROJECT, FERRY), "ferry-processes", "timetable.py", hint),
        identity.runs_once(snapshot, compose.require_service(snapshot, PROJECT, FERRY), "ferry-script", "timetable.py", hint),
    )


@check(
    "tide-answers",
    "http://localhost:8082/ shows the water level",
    points=2,
    needs=["morning-came"],
    hints=[
        "It runs, and its port is published. Is the port forwarded to where the gauge listens? Compare `docker compose "
        "ps` and `docker compose logs tide`.",
        "tide/tide.conf says 8000. Is that what the container has? `docker diff slipway-morning-tide-1` lists what "
        "has changed in the container since it was created from its image.",
        "The files and the image are right, only this container is not. Replace it: `docker compose up -d "
        "--force-recreate tide`.",
    ],
)
def tide_answers(snapshot: Snapshot) -> containers.Findings:
    hint = "Where does it listen, and why there? `docker diff` shows what has changed in a container."
    yield from containers.first(
        compose.services_run(snapshot, PROJECT, [TIDE], hint),
        _answers(snapshot, TIDE, 8082, "The water stands at", hint),
    )


@check(
    "tide-itself",
    "tide is what its image says, with nothing changed by hand",
    points=2,
    needs=["tide-answers"],
    hints=[
        "`docker diff slipway-morning-tide-1` lists every file that differs from the image.",
        "What was changed inside a container, by you as well, is written down nowhere and ends with the container. "
        "The image is right already.",
        "`docker compose up -d --force-recreate tide` creates a new container from it.",
    ],
)
def tide_itself(snapshot: Snapshot) -> containers.Findings:
    hint = "Recreate the container from its image: `docker compose up -d --force-recreate tide`."
    yield from containers.first(
        _own_program(snapshot, TIDE, hint),
        identity.unchanged(snapshot, compose.require_service(snapshot, PROJECT, TIDE), "tide-changes", "/app", hint),
    )


@check(
    "clerk-writes",
    "clerk notes visits in the database again",
    points=2,
    needs=["morning-came"],
    hints=[
        "It runs and complains: `docker compose logs --tail 5 clerk`. The message names what it cannot do. Read it "
        "again after each repair: one fault hides the next.",
        "A name is known to those on the same network; `docker compose config` shows who is on which. And a database "
        "keeps the password that its volume was created with, whatever POSTGRES_PASSWORD says today.",
        "Put clerk on the network store. Then set the new password in the database, from inside, where it asks for "
        "none: `docker compose exec database psql -U harbour -c \"ALTER ROLE harbour PASSWORD '…'\"`, with the one "
        "that is in .env.",
    ],
)
def clerk_writes(snapshot: Snapshot) -> containers.Findings:
    hint = "Repair what the last line of `docker compose logs clerk` names, wait two seconds, and read it again."
    yield from containers.first(
        compose.services_run(snapshot, PROJECT, [DATABASE, CLERK], hint),
        _writes(snapshot, compose.require_service(snapshot, PROJECT, CLERK), hint),
    )


def _unread(probe: Json, database: Json) -> Finding:
    """The visits could not be read, which says nothing about who noted how many."""
    message = f"The visits in {containers.subject(database).partition('/')[2]} could not be read."
    observed, why = probe["error"] or f"exit code {probe['exit']}", containers.last_reason(probe["stderr"])
    hint = "`docker compose logs database` shows what the database says."
    return Finding(message, containers.subject(database), "SELECT … FROM visits", "the visits", observed, why, hint)


def _visits(snapshot: Snapshot) -> dict[str, tuple[int, float]]:
    """How many visits each has noted, and when the last one was, in seconds since 1970."""
    rows = (line.split("|") for line in snapshot.probe("visits")["stdout"].splitlines())
    read = ((row[0], stored_rows.number(row[1]), stored_rows.number(row[2])) for row in rows if len(row) == 3)
    return {who: (int(count), last) for who, count, last in read if count is not None and last is not None}


def _writes(snapshot: Snapshot, clerk: Json, hint: str) -> containers.Findings:
    """The clerk's own container has noted a visit only just now."""
    probe = snapshot.probe("visits")
    if not probe["ok"]:
        yield _unread(probe, compose.require_service(snapshot, PROJECT, DATABASE))
        return
    visits, host = _visits(snapshot), clerk["Config"]["Hostname"]
    _, last = visits.get(host, (0, 0.0))
    silent = datetime.fromisoformat(snapshot.taken).timestamp() - last
    if silent <= RECENT:
        return
    name = containers.subject(clerk).partition("/")[2]
    message = f"{name} has noted no visit for {silent:.0f} seconds." if last else f"{name} has noted no visit."
    lines = containers.last_reason(clerk["LogTail"])
    observed = {who: count for who, (count, _) in visits.items()} or "no visit at all"
    expected, path = f"visits of {host}, one every two seconds", "visits by who noted them"
    why, young = f"Its log says: {lines}" if lines else "", containers.is_young(clerk, snapshot) and not lines
    yield Finding(message, containers.subject(clerk), path, expected, observed, why, hint, waiting=young)


@check(
    "visits-kept",
    "The seven visits of the night are still in the database",
    needs=["clerk-writes"],
    hints=[
        "Who recorded which visits? `docker compose exec database psql -U harbour -c 'SELECT served_by, count(*) FROM "
        "visits GROUP BY 1'`",
        "A new volume makes every password right, and the log of the harbour empty. `bash morning.sh` brings the "
        "night back; then repair without removing the volume.",
    ],
)
def visits_kept(snapshot: Snapshot) -> containers.Findings:
    visits, probe = _visits(snapshot), snapshot.probe("visits")
    if not probe["ok"]:
        yield _unread(probe, compose.require_service(snapshot, PROJECT, DATABASE))
        return
    count, _ = visits.get(NIGHT, (0, 0.0))
    if count < VISITS:
        database = compose.require_service(snapshot, PROJECT, DATABASE)
        message = f"Of the {VISITS} visits of the night, {count} are in the database."
        volumes = [mount["Name"] for mount in database["Mounts"] if mount["Type"] == "volume"]
        made = [(snapshot.volume(volume) or {}).get("CreatedAt", "") for volume in volumes]
        why = f"Its volume {volumes[0]} was created at {made[0]}." if volumes else "It has no volume."
        hint = "`bash morning.sh` replays the night. Then change the password and leave the volume as it is."
        observed = {who: count for who, (count, _) in visits.items()}
        where, path = containers.subject(database), "visits by who noted them"
        yield Finding(message, where, path, {NIGHT: VISITS}, observed, why, hint)


@check(
    "lamp-healthy",
    "lamp is healthy, and its health check still queries it",
    points=2,
    needs=["morning-came"],
    hints=[
        "It answers at http://localhost:8083/ and is called unhealthy all the same. The health check has said why: "
        "`docker container inspect slipway-morning-lamp-1 --format '{{json .State.Health}}'`",
        "Which user runs the process, and who owns the file? `docker compose exec lamp id` and `docker compose exec lamp ls -ln "
        "/var/lib/lamp`. A file in a volume keeps its owner, whatever the image says.",
        "`docker compose exec --user 0 lamp chown -R 1000:1000 /var/lib/lamp`",
    ],
)
def lamp_healthy(snapshot: Snapshot) -> containers.Findings:
    hint = "The health check says what is wrong. Repair that, not the health check, which runs every second."
    none = "lamp/Dockerfile gives it one. Take what replaces it or switches it off out of compose.yaml and lamp/Dockerfile."
    yield from compose.services_run(snapshot, PROJECT, [LAMP], hint)
    lamp = compose.require_service(snapshot, PROJECT, LAMP)
    if lamp["State"]["Running"]:
        yield from containers.first(
            health_checks.asks_the_server(snapshot, lamp, hint, "lamp-check"),
            containers.healthy(snapshot, lamp, hint if lamp["State"].get("Health") else none),
            health_checks.requests_path(snapshot, lamp, "lamp-check", "lamp-log", "/health", hint),
            _answers(snapshot, LAMP, 8083, "The lamp is lit.", hint),
        )


@check(
    "lamp-itself",
    "lamp is its own program, as user 1000, and has kept its journal",
    points=2,
    needs=["lamp-healthy"],
    hints=[
        "`docker compose exec lamp id` tells who it is, `docker compose exec lamp cat /var/lib/lamp/journal` what it has noted.",
        "Root may write everywhere, so making it root again repairs nothing. And the journal is what all this is "
        "about: change its owner, and do not delete it. `bash morning.sh` replays the night.",
        "`docker compose exec --user 0 lamp chown -R 1000:1000 /var/lib/lamp`, and lamp/Dockerfile and compose.yaml "
        "as they were.",
    ],
)
def lamp_itself(snapshot: Snapshot) -> containers.Findings:
    lamp = compose.require_service(snapshot, PROJECT, LAMP)
    hint = "Leave the program, the user and the journal as they are: the owner of the journal is what is wrong."
    yield from containers.first(
        _own_program(snapshot, LAMP, hint),
        privileges.is_user(lamp, privileges.status(snapshot, "lamp-process"), USER, hint),
        _journal(snapshot, lamp, hint),
    )


def _journal(snapshot: Snapshot, lamp: Json, hint: str) -> containers.Findings:
    probe = snapshot.probe("journal")
    if WATCH not in probe["stdout"].partition("\n")[0]:
        name = containers.subject(lamp).partition("/")[2]
        message = f"The journal of {name} has lost what the {WATCH} wrote."
        if WATCH in probe["stdout"]:
            message = f"The journal of {name} no longer begins with what the {WATCH} wrote."
        observed = probe["stdout"] or probe["stderr"] or probe["error"]
        expected = f"the line of the {WATCH}"
        yield Finding(message, containers.subject(lamp), probe["command"][-1], expected, observed, hint=hint)
