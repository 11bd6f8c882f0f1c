"""The checks of the checkpoint after the Docker half: three services, by what they are and what they do."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import (
    compose,
    compose_files,
    container_images,
    container_networks,
    container_ports,
    container_storage,
    containers,
    health_checks,
    image_history,
    image_secrets,
    privileges,
    stored_rows,
    texts,
)

PROJECT = "slipway-quay"
BOARD, API, DATABASE = SERVICES = ("board", "api", "database")
ROWS = ("rows-before", "rows")
OURS = (BOARD, API)
FILE = "compose.yaml"
# The probes of the file that Compose reads, and of the one that overrides it.
FILES = ("file", "override")
DATA = "/var/lib/postgresql/data"
MEGABYTE = 1_000_000
BOARD_MEGABYTES, MEMORY = 20, 512 * 1024 * 1024
LOGS = "`docker compose logs` shows what each service said. After a change: `docker compose up -d --build --wait`."


@check(
    "healthy",
    "board, api and database run, and their health checks succeed",
    points=3,
    hints=[
        "Labs 01, 05 and 06 have a Dockerfile or a compose.yaml of this kind. `docker compose ps --all` shows what has ended.",
        "The image of board needs no shell for its health check: the program itself is one, `board health`. That of "
        "api has Python, that of database has `pg_isready`.",
        'For api: `test: ["CMD", "python", "-c", "import urllib.request as u; '
        "u.urlopen('http://127.0.0.1:8000/health')\"]`. gunicorn starts it: `gunicorn --bind 0.0.0.0:8000 app:app`. "
        'For board: `test: ["CMD", "/board", "health"]`, and '
        "`API_URL: http://api:8000`.",
    ],
)
def healthy(snapshot: Snapshot) -> containers.Findings:
    yield from containers.first(
        compose.services_run(snapshot, PROJECT, SERVICES, LOGS),
        _from_postgres(snapshot),
        *(_asked(snapshot, service) for service in SERVICES),
    )


def _from_postgres(snapshot: Snapshot) -> containers.Findings:
    database = compose.require_service(snapshot, PROJECT, DATABASE)
    yield from container_images.made_from(snapshot, database, "postgres:15", f"`image: postgres:15` under {DATABASE} in {FILE}.")


def _asked(snapshot: Snapshot, service: str) -> containers.Findings:
    container = compose.require_service(snapshot, PROJECT, service)
    hint = f"Let the healthcheck of {service} in {FILE} query the server in its container, and pass on how that ends."
    yield from containers.first(
        health_checks.asks_the_server(snapshot, container, hint, f"{service}-check"),
        containers.healthy(snapshot, container, hint),
    )


@check(
    "visits-counted",
    "Visits arrive at port 8090, and each is in the database",
    points=3,
    needs=["healthy"],
    hints=[
        "`curl -i http://localhost:8090/` and `curl -i -X POST http://localhost:8090/api/visits` say how far a request gets.",
        "board logs which server it calls (API_URL); api says in its answer what is missing: DATABASE_URL, and the "
        "password in DATABASE_PASSWORD or in a file that DATABASE_PASSWORD_FILE names.",
        "`DATABASE_URL: postgresql://harbour@database:5432/harbour` with `DATABASE_PASSWORD: ${POSTGRES_PASSWORD}`, "
        "and in database the same user, database and password as POSTGRES_USER, POSTGRES_DB and POSTGRES_PASSWORD.",
    ],
)
def visits_counted(snapshot: Snapshot) -> containers.Findings:
    board = compose.require_service(snapshot, PROJECT, BOARD)
    yield from containers.first(
        container_ports.publishes(board, 8090, 8000, f"Publish it under {BOARD} in {FILE}: ports, with the host's port first."),
        container_ports.answers(snapshot, "before", board, '"visits"', LOGS),
        container_ports.answers(snapshot, "page", board, "Visits so far", LOGS),
        container_ports.answers(snapshot, "arrival", board, "", LOGS, status=201),
        stored_rows.unread(snapshot, ROWS, containers.subject(board), f"the visits in {DATABASE}", LOGS),
        _stored(snapshot, board),
    )


def _stored(snapshot: Snapshot, board: Json) -> containers.Findings:
    """After the arrival the table holds more visits than the API had told before it."""
    before, (rows, _) = _visits(snapshot.probe("before")["body"]), stored_rows.rows(snapshot, "rows")
    added = stored_rows.added(snapshot, "rows-before", "rows")
    if not 0 <= before < rows or added is not None and added < 1:
        message = f"The table visits of {DATABASE} does not have the visits that {API} reports."
        expected, path = f"more than {before}, after one more visit", f"visits in {DATABASE}"
        yield Finding(message, containers.subject(board), path, expected, rows, hint=LOGS)


def _visits(body: str) -> int:
    return texts.whole_number(texts.json_object(body).get("visits"), -1)


@check(
    "one-door",
    "Only port 8090 is published, and board cannot reach database",
    points=3,
    needs=["healthy"],
    hints=[
        "`docker compose ps` shows what is published. Which services must talk to each other, and which must not?",
        "Two networks: one for board and api, one for api and database. Only api is on both.",
        "`networks: [front]` under board, `[front, back]` under api, `[back]` under database; `ports` under board "
        "alone, with "
        '"8090:8000".',
    ],
)
def one_door(snapshot: Snapshot) -> containers.Findings:
    board, api, database = (compose.require_service(snapshot, PROJECT, service) for service in SERVICES)
    yield from container_networks.unpublished([api, database], "Take `ports` out, then `docker compose up -d`.", cost=1)
    bound = container_ports.bindings(board)
    if bound != ["8090 → 8000"]:
        message = f"{BOARD} is published on other ports than the one that was ordered."
        hint = f"Under {BOARD}, `ports` has one line: 8090:8000."
        yield Finding(message, containers.subject(board), "NetworkSettings.Ports", ["8090 → 8000"], bound, hint=hint, cost=1)
    if shared := container_networks.networks(board) & container_networks.networks(database):
        message = f"{BOARD} and {DATABASE} share a network: an attacker who breaks into {BOARD} reaches {DATABASE}."
        hint = f"Put {BOARD} and {DATABASE} on two networks, and {API} on both."
        observed = sorted(shared)
        yield Finding(message, containers.subject(board), "NetworkSettings.Networks", "none shared", observed, hint=hint, cost=1)


@check(
    "data-kept",
    "The visits are in a named volume and have survived their container",
    points=3,
    needs=["visits-counted"],
    hints=[
        "Lab 05 did it: where is the data of database stored, and what must happen once to prove that it is kept?",
        "A volume declared at the end of the file and mounted at /var/lib/postgresql/data. Then a visit, then new containers.",
        "`volumes: [visits:/var/lib/postgresql/data]` under database, `volumes:` with `visits:` at the end. A visit, "
        "then `docker compose down` and `docker compose up -d --wait`.",
    ],
)
def data_kept(snapshot: Snapshot) -> containers.Findings:
    database = compose.require_service(snapshot, PROJECT, DATABASE)
    variables = dict(variable.partition("=")[::2] for variable in database["Config"]["Env"] or ())
    volume = container_storage.named_volume(database, variables.get("PGDATA", DATA), f"Mount a declared volume at {DATA}.")
    again = "Make a visit, then `docker compose down` and `docker compose up -d --wait`."
    yield from containers.first(volume, stored_rows.survived(snapshot, database, "rows", again))


@check(
    "small",
    f"The image of board takes {BOARD_MEGABYTES} MB or less",
    points=2,
    needs=["healthy"],
    hints=[
        "Lab 06: what is needed to build a Go program, and what to run it?",
        "Two stages: the first from golang:1.24 builds, the last from something minimal copies the program out of it.",
        "`FROM golang:1.24 AS build`, `RUN CGO_ENABLED=0 go build -o /board .`; then `FROM scratch`, "
        '`COPY --from=build /board /board`, `ENTRYPOINT ["/board"]`.',
    ],
)
def small(snapshot: Snapshot) -> containers.Findings:
    container = compose.require_service(snapshot, PROJECT, BOARD)
    yield from container_images.image_kept(snapshot, container, LOGS)
    image = container_images.image_behind(snapshot, container)
    size = image_history.unpacked(image) / MEGABYTE if image else 0
    if size > BOARD_MEGABYTES:
        message = f"The image of {BOARD} takes {size:.0f} MB."
        why = "It contains the Go compiler, which is of no use once the program is built." if size > 400 else ""
        hint = "Let the last stage of its Dockerfile start from a minimal base, and copy nothing but the program."
        where, expected = f"image/{container['Config']['Image']}", f"{BOARD_MEGABYTES} MB or less"
        yield Finding(message, where, "Size", expected, f"{size:.0f} MB", why, hint)


@check(
    "few-rights",
    "board and api run without root, capabilities, a writable disk or endless memory",
    points=5,
    needs=["healthy"],
    hints=[
        "Lab 07: five settings. `docker container inspect` shows each of them under Config.User and HostConfig.",
        "In a Compose file they are called user, read_only, cap_drop, security_opt and mem_limit. gunicorn needs a "
        "place for temporary files: tmpfs.",
        '`user: "1000:1000"`, `read_only: true`, `cap_drop: [ALL]`, `security_opt: ["no-new-privileges:true"]`, '
        "`tmpfs: /tmp`, `mem_limit: 256m`, under board and under api.",
    ],
)
def few_rights(snapshot: Snapshot) -> containers.Findings:
    for service in OURS:
        yield from privileges.confined(compose.require_service(snapshot, PROJECT, service), MEMORY, FILE)
    api, hint = compose.require_service(snapshot, PROJECT, API), "Look at what its ENTRYPOINT does."
    if not list(privileges.confined(api, MEMORY, FILE)):
        # What was set is right; now what the kernel says of the process.
        process = privileges.status(snapshot, "process")
        yield from privileges.no_capabilities(api, process, hint, cost=1)
        yield from privileges.no_new_privileges(api, process, hint, cost=1)


@check(
    "secret-kept",
    "The password is neither in compose.yaml nor in an image",
    points=3,
    needs=["healthy"],
    hints=[
        "Lab 05b: where may a password be stored on this machine, and how does it get from there into a container?",
        "Next to compose.yaml, a file .env has it, and ${POSTGRES_PASSWORD} refers to it. It must not be "
        "copied into an image, nor be a build argument.",
        "`POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}` under database and `DATABASE_PASSWORD: ${POSTGRES_PASSWORD:?}` "
        "under api. Build from the folders api and board, which have no .env.",
    ],
)
def secret_kept(snapshot: Snapshot) -> containers.Findings:
    hint = "Write the password into .env, and its name as ${POSTGRES_PASSWORD} in its place."
    yield from compose_files.no_secret_written(snapshot, FILES, PROJECT, hint, cost=1)
    for service in OURS:
        yield from _described(snapshot, service)
    probe = snapshot.probe("files-in-image")
    if secret_files := sorted(probe["stdout"].split()):
        message = f"The image of {API} contains a file with a password."
        hint = "Copy only what the program needs."
        where = f"image/{compose.require_service(snapshot, PROJECT, API)['Config']['Image']}"
        yield Finding(message, where, "files", "no file with a password", secret_files, hint=hint, cost=1)
    else:
        yield from image_secrets.no_password_in_files(snapshot, "passwords-in-image", "Copy only what the program needs.", cost=1)


def _described(snapshot: Snapshot, service: str) -> containers.Findings:
    """No variable and no step of the image holds a secret."""
    container = compose.require_service(snapshot, PROJECT, service)
    where, hint = f"image/{container['Config']['Image']}", "Take it out of the Dockerfile, and build again."
    yield from container_images.image_kept(snapshot, container, LOGS, cost=1)
    if image := container_images.image_behind(snapshot, container):
        yield from image_secrets.no_secret_described(image, where, f"The image of {service}", hint, cost=1)


@check(
    "comes-back",
    "All three come back by themselves, and api waits for a healthy database",
    points=2,
    needs=["healthy"],
    hints=[
        "Two keys of compose.yaml: lab 05 has one of them, lab 05b the other.",
        "`restart`, and the long form of `depends_on`.",
        "`restart: unless-stopped` under each; under api `depends_on:` with `database:` and in it `condition: service_healthy`.",
    ],
)
def comes_back(snapshot: Snapshot) -> containers.Findings:
    services = [compose.require_service(snapshot, PROJECT, service) for service in SERVICES]
    yield from compose.comes_back(services, "Write `restart: unless-stopped` under the service.", cost=1)
    yield from compose.waits_for_health(
        compose.require_service(snapshot, PROJECT, API), DATABASE, "Use the long form of depends_on."
    )
