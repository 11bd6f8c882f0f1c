"""The checks of lab 05: three services as one application that waits for its database and keeps its data."""

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot
from checks.vocabulary import compose, container_ports, container_storage, containers, health_checks, stored_rows, texts

PROJECT = "slipway-harbour"
WEB, DATABASE, CACHE = SERVICES = ("web", "database", "cache")
FILE = "compose.yaml"
# The probes of what each service stores, before and after two visits.
ROWS, COUNTERS = ("rows-before", "rows"), ("counter-before", "counter")
DATA = "/var/lib/postgresql/data"


@check(
    "services-made",
    "Compose has created a container for web, database and cache",
    hints=[
        "One command reads compose.yaml and creates everything that it describes. Run it in the lab's folder.",
        "`docker compose up` builds, creates and starts; `-d` leaves it in the background. `docker compose ps -a` lists "
        "also what has ended.",
        "`docker compose up -d`. If Compose says that a file or a variable is missing, the message names it.",
    ],
)
def services_made(snapshot: Snapshot) -> containers.Findings:
    hint = "Run `docker compose up -d` in the lab's folder and read what it says."
    yield from compose.services_made(snapshot, PROJECT, SERVICES, hint)


@check(
    "services-run",
    "web, database and cache run",
    needs=["services-made"],
    hints=[
        "`docker compose ps -a` shows which service has ended, `docker compose logs` what it said last.",
        "If the database refused web's connection, web was started too early. What must be true before it starts?",
        "Give database a health check, let web wait for it, then `docker compose up -d`.",
    ],
)
def services_run(snapshot: Snapshot) -> containers.Findings:
    hint = "`docker compose logs` shows what each service said. After a change: `docker compose up -d`."
    yield from compose.services_run(snapshot, PROJECT, SERVICES, hint)


@check(
    "database-healthy",
    "database has a health check that queries the server, and it succeeds",
    points=2,
    needs=["services-made"],
    hints=[
        "A health check is a command that the engine runs in the container again and again. Exit code 0 means healthy.",
        "PostgreSQL includes a program that asks a server whether it accepts connections: `pg_isready`. The key in "
        "compose.yaml is `healthcheck`, with `test`, `interval`, `timeout` and `retries`.",
        'Under database: `healthcheck:`, and in it `test: ["CMD", "pg_isready", "--host", "127.0.0.1"]`, `interval: 1s` '
        "and `retries: 30`. Then `docker compose up -d`.",
    ],
)
def database_healthy(snapshot: Snapshot) -> containers.Findings:
    container = compose.require_service(snapshot, PROJECT, DATABASE)
    hint = f"Let the healthcheck of {DATABASE} run pg_isready and nothing after it, then `docker compose up -d`."
    yield from containers.first(
        containers.process_runs(snapshot, container, f"`docker compose logs {DATABASE}` shows what it said."),
        health_checks.asks_the_server(snapshot, container, hint, "database-check"),
        containers.healthy(snapshot, container, hint),
    )


@check(
    "web-waits",
    "web is started only when database is healthy",
    points=2,
    needs=["database-healthy"],
    hints=[
        "A list under depends_on orders the starts. It does not wait for anything to be ready.",
        "depends_on has a long form: each service's name has a `condition` under it.",
        "Under web: `depends_on:`, in it `database:`, in it `condition: service_healthy`. The cache needs an entry of the "
        "same form, with `condition: service_started`. Then `docker compose up -d`.",
    ],
)
def web_waits(snapshot: Snapshot) -> containers.Findings:
    hint = f"Use the long form of depends_on, with the condition service_healthy for {DATABASE}."
    yield from compose.waits_for_health(compose.require_service(snapshot, PROJECT, WEB), DATABASE, hint)


@check(
    "visits-stored",
    "http://localhost:8080/ answers, and each visit reaches database and cache",
    points=3,
    needs=["services-run"],
    hints=[
        "Open http://localhost:8080/ twice. The answer contains two numbers, or an error that says what failed.",
        "`docker compose logs web` shows each request. DATABASE_URL and CACHE_URL in compose.yaml say where web looks: "
        "inside a project, the name of a service is its host name.",
        "web needs the port `8080:8000`, a DATABASE_URL with the user, password and database of the service database, and "
        "`CACHE_URL: redis://cache:6379/0`. A volume keeps the password that it was created with.",
    ],
)
def visits_stored(snapshot: Snapshot) -> containers.Findings:
    web = compose.require_service(snapshot, PROJECT, WEB)
    hint = f"`docker compose logs {WEB}` shows each request, and what failed."
    yield from containers.first(
        container_ports.publishes(web, 8080, 8000, f"Publish it under {WEB} in {FILE}: ports, with the host's port first."),
        container_ports.answers(snapshot, "first-visit", web, '"database"', hint),
        container_ports.answers(snapshot, "second-visit", web, '"database"', hint),
        stored_rows.unread(snapshot, ROWS, containers.subject(web), f"the visits in {DATABASE}", hint),
        stored_rows.unread(snapshot, COUNTERS, containers.subject(web), f"the visits in {CACHE}", hint),
        _both_counted(snapshot, web, hint),
    )


def _both_counted(snapshot: Snapshot, web: Json, hint: str) -> containers.Findings:
    """Between two visits both numbers grew, and each is in the service that is said to store it."""
    before, after = (_numbers(snapshot.probe(id)["body"]) for id in ("first-visit", "second-visit"))
    stored = {DATABASE: stored_rows.rows(snapshot, "rows")[0], CACHE: stored_rows.rows(snapshot, "counter")[0]}
    grown = {DATABASE: stored_rows.added(snapshot, "rows-before", "rows")}
    grown[CACHE] = stored_rows.added(snapshot, "counter-before", "counter")
    for service, cost in ((DATABASE, 2), (CACHE, 1)):
        counted = before.get(service, 0) < after.get(service, 0) <= stored[service]
        if not counted or (grown[service] is not None and grown[service] < 2):
            message = f"The service {service} does not have the visits that {WEB} says it has stored there."
            expected = f"{after.get(service, 'a number')} or more in {service}, one more with each visit"
            observed = stored[service] if not counted else f"{stored[service]}, {grown[service]} more after two visits"
            where, path = containers.subject(web), f"visits in {service}"
            yield Finding(message, where, path, expected, observed, hint=hint, cost=cost)


def _numbers(body: str) -> dict[str, int]:
    """The numbers in an answer of the application; {} when it is not one of its answers."""
    return {name: value for name, value in texts.json_object(body).items() if type(value) is int}


@check(
    "data-kept",
    "The visits are in a named volume and have survived their container",
    points=3,
    needs=["visits-stored"],
    hints=[
        "Where is the data of database stored now? `docker compose config` shows it under database.",
        "A named volume is declared at the end of compose.yaml under `volumes`, and mounted under database at "
        "/var/lib/postgresql/data instead of tmpfs.",
        "Under database: `volumes:` with `- database-data:/var/lib/postgresql/data`; at the end of the file: `volumes:` with "
        "`database-data:`. Then up, a visit, `docker compose down`, `docker compose up -d`.",
    ],
)
def data_kept(snapshot: Snapshot) -> containers.Findings:
    database = compose.require_service(snapshot, PROJECT, DATABASE)
    variables = dict(variable.partition("=")[::2] for variable in database["Config"]["Env"] or ())
    hint = f"Mount a volume that is declared under `volumes` at {DATA}, and take out tmpfs."
    volume = container_storage.named_volume(database, variables.get("PGDATA", DATA), hint)
    again = "Make a visit, then `docker compose down` and `docker compose up -d`, and look at first_visit."
    yield from containers.first(volume, stored_rows.survived(snapshot, database, "rows", again, cost=1))
