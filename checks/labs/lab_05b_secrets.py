"""The checks of lab 05b: an application that gets its password as a file, hides its database, and recovers."""

from checks.model import Finding
from checks.redact import MARK
from checks.registry import check
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import (
    compose,
    compose_files,
    container_images,
    container_networks,
    container_ports,
    container_storage,
    containers,
    image_secrets,
)

PROJECT = "slipway-lodge"
WEB, DATABASE, CACHE = SERVICES = ("web", "database", "cache")
FILE = "compose.yaml"
# The probes of the file that Compose reads, and of the one that overrides it.
FILES = ("file", "override")
MOUNTED = "/run/secrets"
EXAMPLES = (".example", ".sample", ".template", ".dist")
SECRET_SUFFIXES = ("", ".txt", ".env")


@check(
    "services-run",
    "web, database and cache run",
    hints=[
        "`docker compose up -d` creates what is missing. `docker compose ps -a` shows which service has exited.",
        "`docker compose logs web` shows why it exited. If the password is wrong, web and database do not have the same one.",
        "A volume keeps the password that it was initialized with. There is nothing in it yet that you need: "
        "`docker compose down --volumes`, then `docker compose up -d`.",
    ],
)
def services_run(snapshot: Snapshot) -> containers.Findings:
    hint = "`docker compose logs` shows what each service said. After a change: `docker compose up -d`."
    yield from compose.services_run(snapshot, PROJECT, SERVICES, hint)


@check(
    "visits-answered",
    "http://localhost:8085/ answers with the visits",
    points=2,
    needs=["services-run"],
    hints=[
        "Open http://localhost:8085/. The answer contains the visits, or an error that says what failed.",
        "`docker compose logs web` shows each request. Which port does web publish, and which database does it connect to?",
        "web needs the port `8085:8000`, and a DATABASE_URL with the user, host and database of the service database.",
    ],
)
def visits_answered(snapshot: Snapshot) -> containers.Findings:
    web = compose.require_service(snapshot, PROJECT, WEB)
    hint = f"`docker compose logs {WEB}` shows each request, and what failed."
    yield from containers.first(
        container_ports.publishes(web, 8085, 8000, f"Publish it under {WEB} in {FILE}: ports, with the host's port first."),
        container_ports.answers(snapshot, "visit", web, '"database"', hint),
    )


@check(
    "password-kept-out",
    "The password is neither in compose.yaml nor in the image of web",
    points=3,
    needs=["services-run"],
    hints=[
        "Three places to look: compose.yaml, the Dockerfile, and the files in the image: `docker compose exec web ls -a`.",
        "Compose reads the file .env beside compose.yaml and replaces ${NAME} with its values. `COPY . .` copies that file as "
        "well, unless .dockerignore names it.",
        "Write `POSTGRES_PASSWORD=…` into .env, `${POSTGRES_PASSWORD}` in both places of compose.yaml, `.env` into a file "
        ".dockerignore. Then `docker compose up -d --build`.",
    ],
)
def password_kept_out(snapshot: Snapshot) -> containers.Findings:
    web = compose.require_service(snapshot, PROJECT, WEB)
    hint = "Write the password into .env, and its name as ${POSTGRES_PASSWORD} in its place."
    yield from compose_files.no_secret_written(snapshot, FILES, PROJECT, hint, cost=1)
    again = "`docker compose up -d` recreates the container."
    yield from list(container_images.image_kept(snapshot, web, again)) or _in_the_image(snapshot, web)


def _in_the_image(snapshot: Snapshot, web: Json) -> containers.Findings:
    """No variable, no step and no file of the image holds the password."""
    yield from _described(snapshot, web)
    yield from containers.first(_copied(snapshot, web), _with_the_password(snapshot))


def _with_the_password(snapshot: Snapshot) -> containers.Findings:
    """No file in a layer of the image holds the password, whatever the file is called."""
    hint = "Name the file in .dockerignore, or copy only what is needed. Then `docker compose up -d --build`."
    yield from image_secrets.no_password_in_files(snapshot, "passwords-in-image", hint, cost=1)


def _described(snapshot: Snapshot, web: Json) -> containers.Findings:
    """No variable and no step of the image holds a secret."""
    image = container_images.image_behind(snapshot, web)
    if image is None:
        return
    hint = f"Take it out of the Dockerfile: a container gets it from {FILE} when it is created. Build again."
    where = f"image/{web['Config']['Image']}"
    yield from image_secrets.no_secret_described(image, where, f"The image of {WEB}", hint, cost=1)


def _copied(snapshot: Snapshot, web: Json) -> containers.Findings:
    """No file that holds a secret was copied into the image."""
    folder = web["Config"]["WorkingDir"] or "/"
    if any(container_storage.is_below(folder, mount["Destination"]) for mount in web["Mounts"]):
        return  # a folder of this machine covers the image's own
    probe = snapshot.probe("files-in-image")
    if not probe["ok"]:
        raise Unknown(f"the files in {WEB} could not be listed ({probe['error'] or probe['stderr'].strip()})")
    secret_files = sorted(path for path in probe["stdout"].splitlines() if holds_secret(path))
    if secret_files:
        message = f"The image of {WEB} contains a file with a password."
        why = "`COPY . .` copies everything in the folder, including files whose names begin with a dot."
        hint = "Name the file in .dockerignore, or copy only what is needed. Then `docker compose up -d --build`."
        where, path = f"image/{web['Config']['Image']}", f"files in {folder}"
        yield Finding(message, where, path, "no .env and no file with a password", secret_files, why, hint, cost=1)


def holds_secret(path: str) -> bool:
    """Whether a file of this name is there to hold secrets."""
    name = path.rpartition("/")[2].lower()
    if name == ".env" or name.startswith(".env."):
        return not name.endswith(EXAMPLES)
    stem, dot, suffix = name.partition(".")
    return any(word in stem for word in ("password", "secret")) and dot + suffix in SECRET_SUFFIXES


@check(
    "password-in-a-file",
    "web and database get the password as a file, and in no variable",
    points=3,
    needs=["visits-answered"],
    hints=[
        "A secret is declared at the end of compose.yaml, and each service that needs it lists its name. Look at the example.",
        "The secret's file is mounted at /run/secrets/ followed by its name. A variable tells each program the path: "
        "POSTGRES_PASSWORD_FILE for database, DATABASE_PASSWORD_FILE for web.",
        "At the end: `secrets:`, in it `database_password:`, in it `file: ./database_password.txt`. Under web and database: "
        "`secrets: [database_password]`, and the variable with `/run/secrets/database_password`. In DATABASE_URL, nothing is "
        "left between `harbour` and `@`.",
    ],
)
def password_in_a_file(snapshot: Snapshot) -> containers.Findings:
    for service in (WEB, DATABASE):
        container = compose.require_service(snapshot, PROJECT, service)
        yield from containers.first(_no_variable(container), _mounted(container, service))


def _no_variable(container: Json) -> containers.Findings:
    """Yield a finding if a variable of the container contains a secret."""
    variables = container["Config"]["Env"] or ()
    secret = [variable.partition("=")[0] for variable in variables if MARK.search(variable)]
    if secret:
        where = containers.subject(container)
        message = f"{where.partition('/')[2]} gets the password in {' and '.join(secret)}."
        why = "Everyone with access to the engine can read that with `docker container inspect`."
        hint = f"Name the file in a variable that ends in _FILE, take the password out of {FILE}, then `docker compose up -d`."
        yield Finding(message, where, "Config.Env", "no password", secret, why, hint, cost=1)


def _mounted(container: Json, service: str) -> containers.Findings:
    """Yield a finding unless a secret is mounted in the container."""
    places = [mount["Destination"] for mount in container["Mounts"]]
    if not any(container_storage.is_below(place, MOUNTED) for place in places):
        where = containers.subject(container)
        message = f"{where.partition('/')[2]} has no secret mounted at {MOUNTED}/."
        why = "A database that accepts connections without a password is open to everyone who reaches it."
        hint = f"List the name of the secret under `secrets` of {service} as well, then `docker compose up -d`."
        yield Finding(message, where, "Mounts", f"a file in {MOUNTED}", places, why, hint, cost=1)


@check(
    "database-private",
    "database and cache are unpublished, on a network apart from web's own",
    points=2,
    needs=["services-run"],
    hints=[
        "`docker compose ps` shows what is published on this machine. What must be reachable from there, and what only from web?",
        "`ports` publishes; between containers of one network it is not needed. A service is on the networks that are listed "
        "under its `networks`, and on `default` if none are listed.",
        "Take `ports` out of database. Give web `networks: [front, back]`, database and cache `networks: [back]`, and "
        "declare both at the end of the file under `networks`.",
    ],
)
def database_private(snapshot: Snapshot) -> containers.Findings:
    web, *behind = (compose.require_service(snapshot, PROJECT, service) for service in (WEB, DATABASE, CACHE))
    yield from container_networks.unpublished(behind, "Take `ports` out, then `docker compose up -d`.", cost=1)
    shared = {name for container in behind for name in container_networks.networks(container)}
    if not container_networks.networks(web) - shared:
        message = f"{WEB} has no network to itself: whatever joins it reaches {DATABASE} and {CACHE} too."
        hint = f"Declare two networks; {WEB} is on both, {DATABASE} and {CACHE} on one of them only."
        observed = {containers.subject(container): sorted(container_networks.networks(container)) for container in (web, *behind)}
        expected = f"a network that {WEB} is on, and {DATABASE} and {CACHE} are not"
        yield Finding(message, containers.subject(web), "NetworkSettings.Networks", expected, observed, hint=hint, cost=1)


@check(
    "comes-back",
    "web, database and cache come back by themselves",
    points=3,
    needs=["services-run"],
    hints=[
        "What does the engine do with a container whose process has ended? Each service can set it in compose.yaml.",
        "The key is `restart`. `docker container inspect` shows the value under HostConfig.RestartPolicy.",
        "Write `restart: unless-stopped` under each of the three services, then `docker compose up -d`.",
    ],
)
def comes_back(snapshot: Snapshot) -> containers.Findings:
    services = [compose.require_service(snapshot, PROJECT, service) for service in SERVICES]
    yield from compose.comes_back(services, "Write `restart: unless-stopped` under the service.", cost=1)
