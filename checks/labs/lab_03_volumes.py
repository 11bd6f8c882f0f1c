"""The checks of lab 03: what a container writes, where it is stored, and what remains of it without the container."""

import re
from datetime import UTC, datetime

from checks.model import Finding
from checks.registry import check
from checks.snapshot import Json, Snapshot, Unknown
from checks.vocabulary import container_images, container_ports, container_storage, containers, stored_rows

DESK, DATABASE, WEB = "harbour-desk", "harbour-database", "harbour-web"
BOOK, DATA = "harbour-book", "harbour-data"
NOTE, LOG = "/desk.txt", "/book/log.txt"
FOLDER, SCRATCH = "/app", "/tmp"
# With none of these variables the image refuses its first start.
PASSWORDS = {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"}
WELCOME = "Welcome to the harbour!"
# What PostgreSQL says where the user of the question is none of its own.
NO_ROLE = re.compile(r'role "([^"]+)" does not exist')


def _seconds(time: str) -> float:
    """An ISO 8601 time in seconds since 1970."""
    return datetime.fromisoformat(time).timestamp()


@check(
    "two-places",
    "harbour-desk has written once into its writable layer and once into a volume",
    points=2,
    hints=[
        "`docker diff harbour-desk` shows what the container has changed in its writable layer, `docker container "
        "inspect` shows under Mounts what it mounts.",
        "`-v NAME:/FOLDER` of `docker run` mounts the volume NAME. `docker exec harbour-desk sh -c '…'` runs a shell "
        "in the container, where `echo text > file` writes a file.",
        "`docker rm -f harbour-desk` if there is one, `docker run -d --name harbour-desk -v harbour-book:/book busybox:1.35 "
        "sleep 1d`, then `docker exec harbour-desk sh -c 'echo one > /desk.txt; echo two > /book/log.txt'`.",
    ],
)
def two_places(snapshot: Snapshot) -> containers.Findings:
    hint = f"Run it in the background with the volume {BOOK} at /book, and a command that lasts, such as `sleep 1d`."
    not_running = list(containers.running(snapshot, DESK, hint))
    if not_running:
        yield from not_running
        return
    desk = snapshot.require("container", DESK)
    image = "Remove it, and create it again from busybox:1.35, with the volume."
    yield from container_images.made_from(snapshot, desk, "busybox:1.35", image, cost=1)
    yield from container_storage.named_volume(desk, "/book", f"Make it again with `-v {BOOK}:/book`.", 1, BOOK)
    yield from _written(snapshot, desk)


def _written(snapshot: Snapshot, desk: Json) -> containers.Findings:
    """Both files are there."""
    where, book, changed = containers.subject(desk), snapshot.probe("book"), snapshot.probe("layer")["paths"]
    if not book["ok"]:
        message, hint = f"{DESK} has no file {LOG}.", f"`docker exec {DESK} sh -c 'echo text > {LOG}'` writes it."
        yield Finding(message, where, LOG, "a file", book["stderr"].strip() or book["error"], hint=hint, cost=1)
    if changed.get(NOTE) != "added":
        message = f"{NOTE} is not in the writable layer of {DESK}."
        hint = f"`docker exec {DESK} sh -c 'echo text > {NOTE}'` writes it; a new container starts with an empty layer."
        yield Finding(message, where, "docker diff", f"{NOTE} added", sorted(changed), hint=hint, cost=1)


@check(
    "database-answers",
    "harbour-database runs PostgreSQL, and it answers",
    hints=[
        "`docker ps -a` shows whether the container runs, `docker logs harbour-database` what PostgreSQL said last.",
        "The image refuses to start without a password: `--env POSTGRES_PASSWORD=…`. It needs a few seconds the first time.",
        "`docker rm -f harbour-database`, then `docker run -d --name harbour-database --env POSTGRES_PASSWORD=practice "
        "-v harbour-data:/var/lib/postgresql/data postgres:15`, then `bash ready.sh harbour-database`.",
    ],
)
def database_answers(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker logs {DATABASE}` says what PostgreSQL did last."
    made, ended = snapshot.container(DATABASE), ""
    if made is None:
        hint = f"Run postgres:15 in the background under this name, with a password and the volume {DATA}."
    elif not PASSWORDS & {variable.partition("=")[0] for variable in made["Config"]["Env"] or ()}:
        ended = (
            f"`docker rm -f {DATABASE}`, then create it again with `--env POSTGRES_PASSWORD=…`: the image does not set itself "
        )
        ended += "up without a password."
    yield from containers.first(containers.running(snapshot, DATABASE, hint, ended), _answers(snapshot, hint))


def _answers(snapshot: Snapshot, hint: str) -> containers.Findings:
    """The container was made from PostgreSQL's image, and the server in it answers."""
    container, probe = snapshot.require("container", DATABASE), snapshot.probe("data-directory")
    where, why = containers.subject(container), probe["stderr"].strip() or probe["error"]
    image = f"Remove it (`docker rm -f {DATABASE}`), and create it again from postgres:15, with its volume."
    yield from container_images.made_from(snapshot, container, "postgres:15", image)
    if role := NO_ROLE.search(why):
        message = f"PostgreSQL in {DATABASE} answers, but it has no user {role[1]}."
        why += "\nThe volume was set up with another POSTGRES_USER. The variable counts only while the volume is empty, and "
        why += "without it the user is postgres."
        hint = "Create the container again with the `--env POSTGRES_USER=…` that the volume was set up with."
        yield Finding(message, where, "POSTGRES_USER", "a user of this server", role[1], why, hint)
    elif not probe["ok"]:
        message = f"PostgreSQL in {DATABASE} does not answer."
        young = containers.seconds_running(container, snapshot) < containers.GRACE
        yield Finding(message, where, "psql", "an answer", "none", why, hint, waiting=young)


@check(
    "data-in-volume",
    "The volume harbour-data is mounted where PostgreSQL keeps its data",
    points=2,
    needs=["database-answers"],
    hints=[
        "`docker container inspect harbour-database` shows under Mounts what is stored where. PostgreSQL itself says where "
        "its data is: `SHOW data_directory`.",
        "The name of the volume comes first, then the folder in the container: `-v harbour-data:/FOLDER`. A container "
        "cannot be given a mount later: remove it and create a new one.",
        "`docker rm -f -v harbour-database`, then `docker run -d --name harbour-database --env "
        "POSTGRES_PASSWORD=practice -v harbour-data:/var/lib/postgresql/data postgres:15`.",
    ],
)
def data_in_volume(snapshot: Snapshot) -> containers.Findings:
    folder = snapshot.probe("data-directory")["stdout"].strip()
    hint = f"Make the container again with `-v {DATA}:{folder}`: a mount cannot be added later."
    yield from container_storage.named_volume(snapshot.require("container", DATABASE), folder, hint, name=DATA)


@check(
    "rows-kept",
    "The first visit is older than the container that has it now",
    points=3,
    needs=["data-in-volume"],
    hints=[
        "`docker exec harbour-database psql --username postgres -c 'SELECT * FROM visits'` shows the rows with their times.",
        "Write a row, remove the container, and create it again with the same volume. `docker stop` and `docker start` "
        "are not enough: that is still the same container.",
        "`docker exec -i harbour-database psql --username postgres < visits.sql`, then `docker rm -f "
        "harbour-database`, then the same `docker run` as before.",
    ],
)
def rows_kept(snapshot: Snapshot) -> containers.Findings:
    database, probe = snapshot.require("container", DATABASE), snapshot.probe("rows")
    where, made = containers.subject(database), database["Created"]
    if not probe["ok"]:
        message = f"The visits in {DATABASE} cannot be counted."
        hint = "visits.sql creates the table and writes a row. If the row existed before, this is another volume."
        why = probe["stderr"].strip() or probe["error"]
        yield Finding(message, where, "SELECT count(*) FROM visits", "1 or more", "an error", why, hint)
        return
    _, _, first = probe["stdout"].strip().partition("|")
    oldest = stored_rows.number(first)
    if oldest is None or oldest >= _seconds(made):
        message = f"No visit is older than {DATABASE}: nothing has outlived a container yet."
        observed = f"{datetime.fromtimestamp(oldest, UTC):%Y-%m-%dT%H:%M:%S}" if oldest is not None else "no visit"
        hint = "Write a visit, then remove the container and create it again with the same volume."
        yield Finding(message, where, "the first visit", f"before {made[:19]}", observed, hint=hint)


@check(
    "web-answers",
    "http://localhost:8003/ answers with the greeting",
    hints=[
        "`docker ps -a` shows whether harbour-web runs and which ports it publishes, `docker logs harbour-web` what it says.",
        "The application listens on port 5000 of the container; the host's port comes first: `-p 127.0.0.1:8003:5000`.",
        "In the lab's folder: `docker build -t harbour-web .`, `docker rm -f harbour-web` if there is one, then `docker run -d "
        "--name harbour-web -p "
        '127.0.0.1:8003:5000 --env FLASK_DEBUG=1 -v "$PWD":/app:ro --tmpfs /tmp harbour-web`.',
    ],
)
def web_answers(snapshot: Snapshot) -> containers.Findings:
    hint = f"`docker logs {WEB}` says where the application listens, or why it has ended."
    if snapshot.container(WEB) is None:
        hint = "Build the image, then run a container of it in the background under this name."
    not_running = list(containers.running(snapshot, WEB, hint))
    yield from not_running
    if not not_running:
        web = snapshot.require("container", WEB)
        yield from containers.first(
            container_ports.publishes(web, 8003, 5000, "Make it again with `-p 127.0.0.1:8003:5000`."),
            container_ports.for_this_machine_only(web, 8003, "Make it again with `-p 127.0.0.1:8003:5000`."),
            container_ports.answers(snapshot, "home", web, "You have reached", hint),
        )


@check(
    "folder-mounted",
    "The lab's folder is mounted at /app in harbour-web",
    points=2,
    needs=["web-answers"],
    hints=[
        "`docker container inspect harbour-web` shows under Mounts what is at /app, and where it comes from.",
        "`-v` reads a path that begins with a slash as a folder of this machine, and a bare word as the name of a "
        "volume. "
        '"$PWD" is the folder that you are in.',
        'Remove harbour-web and run it again, in the lab\'s folder, with `-v "$PWD":/app:ro`.',
    ],
)
def folder_mounted(snapshot: Snapshot) -> containers.Findings:
    hint = 'Run it in the lab\'s folder with `-v "$PWD":/app:ro`: a whole path, and the folder rather than one file.'
    yield from container_storage.labs_folder(snapshot, "same-folder", snapshot.require("container", WEB), FOLDER, hint)


@check(
    "folder-read-only",
    "harbour-web can read the lab's folder but not write to it, and its /tmp is in memory",
    points=2,
    needs=["folder-mounted"],
    hints=[
        "`docker exec harbour-web touch /app/test.txt` shows whether the container may write to your folder.",
        "A third part after the folder in the container says how it is mounted: `:ro` is read-only. What may be "
        "written and forgotten goes into a tmpfs: `--tmpfs /FOLDER`.",
        'Remove harbour-web and run it again with `-v "$PWD":/app:ro --tmpfs /tmp`.',
    ],
)
def folder_read_only(snapshot: Snapshot) -> containers.Findings:
    web, probe = snapshot.require("container", WEB), snapshot.probe("may-write")
    if probe["exit"] is None:
        raise Unknown(f"nothing could be run in {WEB} ({probe['error']})")
    if probe["ok"]:
        message = f"{WEB} may change the files in the lab's folder."
        why = "Its process runs as root, so it could replace what you write, and leave files that belong to root."
        hint = 'Mount it read-only: `-v "$PWD":/app:ro`.'
        yield Finding(message, containers.subject(web), FOLDER, "read-only", "writable", why, hint, cost=1)
    yield from container_storage.in_memory(web, SCRATCH, f"Make it again with `--tmpfs {SCRATCH}`.", cost=1)


@check(
    "changed-live",
    "The greeting was changed in the lab's folder while harbour-web ran, and it serves the new one",
    points=3,
    needs=["folder-mounted"],
    hints=[
        "Three times matter: when app.py was changed, when the container was started, when the application loaded app.py.",
        "The file is in the container at once. The process keeps using what it has loaded, unless it watches its "
        "files: FLASK_DEBUG=1 lets Flask do that.",
        "Run harbour-web with `--env FLASK_DEBUG=1`, and only then write `Welcome to the harbour!` into app.py, in "
        "place of the old greeting.",
    ],
)
def changed_live(snapshot: Snapshot) -> containers.Findings:
    web, home, source = snapshot.require("container", WEB), snapshot.probe("home"), snapshot.probe("source")
    if WELCOME not in home["body"]:
        yield _old_greeting(snapshot, web, home, source)
    elif _seconds(source["modified"]) <= _seconds(started := web["State"]["StartedAt"]):
        message = f"{WEB} was started after the last change of app.py: nothing has been changed while it runs."
        hint = "Change app.py once more, if only a comment, while the container runs."
        expected, observed = f"after {started[:19]}", source["modified"][:19]
        yield Finding(message, "file/app.py", "last changed", expected, observed, hint=hint)


def _old_greeting(snapshot: Snapshot, web: Json, home: Json, source: Json) -> Finding:
    """The finding for an answer without the new greeting: not written yet, or written and not loaded."""
    message, why = f"The answer does not contain “{WELCOME}”.", ""
    hint = f"Write {WELCOME} into app.py in the lab's folder in place of the old greeting, and save it."
    waiting = False
    if WELCOME in source["text"]:
        waiting = _seconds(snapshot.taken) - _seconds(source["modified"]) < containers.GRACE
        message = f"app.py has the new greeting, but {WEB} still answers with the old one."
        why = "The container has the new file; its process still uses the one that it loaded when it started."
        hint = "Let Flask watch its files: run it again with `--env FLASK_DEBUG=1`, then change app.py once more."
    where, answer = containers.subject(web), home["body"][:2000]
    return Finding(message, where, home["request"], WELCOME, answer, why, hint, waiting=waiting)
