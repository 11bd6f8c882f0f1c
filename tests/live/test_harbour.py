"""The harbour's application as each lab has it: built with the lab's own solution, and held to what it promises.

It grows from lab to lab: it greets; it keeps visits in PostgreSQL; it is an API that knows whether it is ready.
Each app.py beside a Dockerfile is found, and what it promises is read from its routes. Where two labs have the same program
and Dockerfile, the first of them stands for both.
"""

import json
import re
import shutil
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from images_box import Box, docker, must

from checks import catalog, notebook_file
from checks.lifecycle import workspace
from checks.model import Lab
from sandboxes.settings import ROOT

ROUTE = re.compile(r'@app\.(get|post)\("([^"]+)"\)')
SECONDS = 60


@dataclass(frozen=True)
class App:
    """One application of a lab: `place` is the folder of its app.py and Dockerfile in the lab's own."""

    lab: Lab
    place: Path
    source: str

    @property
    def name(self) -> str:
        return "-".join([self.lab.id, *self.place.parts])

    @property
    def routes(self) -> set[tuple[str, str]]:
        return set(ROUTE.findall(self.source))

    @property
    def keeps(self) -> bool:
        """Whether it keeps the visits in a database."""
        return "DATABASE_URL" in self.source

    def lay_out(self, folder: Path) -> Path:
        """Put the lab, solved, into `folder`. Returns the folder to build in."""
        for path, relative in _files(self.lab):
            (folder / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / relative)
        return folder / self.place


def _files(lab: Lab) -> Iterator[tuple[Path, Path]]:
    """The files of a lab, each with its path in the lab; those of the solution come last."""
    yield from ((path, path.relative_to(lab.folder)) for path in workspace.starter_files(lab))
    yield from ((lab.folder / "solution" / path, path) for path in notebook_file.solution_files(lab))


def apps() -> list[App]:
    programs = {}
    for lab in catalog.labs(ROOT / "labs"):
        files = {relative: path for path, relative in _files(lab)}
        for relative in sorted(path for path in files if path.name == "app.py" and path.with_name("Dockerfile") in files):
            source, recipe = (files[path].read_text(encoding="utf-8") for path in (relative, relative.with_name("Dockerfile")))
            programs.setdefault((source, recipe), App(lab, relative.parent, source))
    return list(programs.values())


APPS = apps()
ARRIVALS = ("post", "/api/arrivals")
GREETS = [app for app in APPS if not app.keeps and ARRIVALS not in app.routes]
CACHES = [app for app in APPS if ARRIVALS in app.routes]
COUNTS = [app for app in APPS if app.keeps and ("get", "/") in app.routes]
SERVES = [app for app in APPS if app.keeps and ("post", "/api/visits") in app.routes]


def each(chosen: list[App]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("app", chosen, ids=lambda app: app.name)


@dataclass
class Answer:
    status: int
    body: str

    @property
    def data(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Running:
    """An application that runs, at `url`."""

    box: Box
    url: str

    def ask(self, path: str, method: str = "GET") -> Answer:
        """One request. Raises OSError where there is no answer."""
        request = urllib.request.Request(self.url + path, method=method)
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:
                return Answer(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode())

    def listens(self) -> bool:
        try:
            return self.ask("/").status > 0
        except OSError:
            return False


class Database:
    """A PostgreSQL of the tests' own, on a network where it is called `database`, with a Redis called `cache`."""

    def __init__(self, network: str) -> None:
        self.network = network
        on_it = ("--network", network, "--network-alias")
        self.box = Box("postgres:15", options=(*on_it, "database", "--env", "POSTGRES_PASSWORD=deep-water")).start()
        self.cache = Box("redis:7", options=(*on_it, "cache")).start()
        self.wait()

    def wait(self) -> None:
        """By its address: while it sets itself up, it answers on its socket alone."""
        self.box.wait_for(lambda: self.box.run("pg_isready", "--host", "127.0.0.1").code == 0)

    def new(self) -> str:
        """A new, empty database; its name."""
        name = f"harbour_{uuid.uuid4().hex[:8]}"
        self.box.text("createdb", "--username", "postgres", name)
        return name

    def ask(self, name: str, query: str) -> str:
        return self.box.text("psql", "-XAtq", "--username", "postgres", "--dbname", name, "--command", query)

    def visits(self, name: str) -> int:
        return int(self.ask(name, "SELECT count(*) FROM visits"))

    def remove(self) -> None:
        self.box.remove()
        self.cache.remove()
        must("network", "rm", self.network)


@pytest.fixture(scope="module")
def database(need_images: Callable[[Iterable[str]], None]) -> Iterator[Database]:
    need_images(["postgres:15", "redis:7", *(image for app in APPS for image in app.lab.images)])
    network = f"slipway-contract-{uuid.uuid4().hex[:8]}"
    must("network", "create", network)
    made = Database(network)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def built(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[App], str]]:
    """Builds an application once; its image."""
    made: dict[str, str] = {}

    def build(app: App) -> str:
        if app.name not in made:
            tag = f"slipway-contract-{uuid.uuid4().hex[:8]}"
            completed = docker("build", "--quiet", "--tag", tag, str(app.lay_out(tmp_path_factory.mktemp(app.name))))
            assert completed.code == 0, completed.text
            made[app.name] = tag
        return made[app.name]

    yield build
    for tag in made.values():
        docker("rmi", "--force", tag)


Start = Callable[..., Running]


@pytest.fixture
def start(database: Database, built: Callable[[App], str]) -> Iterator[Start]:
    """Starts an application, with these variables and options, and waits until it answers."""
    boxes: list[Box] = []

    def run(app: App, *options: str, **variables: str) -> Running:
        image = built(app)
        port = next(iter(json.loads(must("image", "inspect", image))[0]["Config"]["ExposedPorts"]))
        given = [part for name, value in variables.items() for part in ("--env", f"{name}={value}")]
        network = ("--network", database.network, "--publish", f"127.0.0.1::{port}")
        boxes.append(Box(image, options=(*network, *given, *options)).start())
        where = must("port", boxes[-1].name, port).splitlines()[0]
        running = Running(boxes[-1], f"http://{where}")
        boxes[-1].wait_for(running.listens)
        return running

    yield run
    for box in boxes:
        box.remove()


def where(name: str) -> dict[str, str]:
    """What the applications are told of the database and the cache."""
    return {"DATABASE_URL": f"postgresql://postgres:deep-water@database/{name}", "CACHE_URL": "redis://cache:6379/0"}


def test_every_application_promises_something() -> None:
    assert {"01-flask", "05-compose"} <= {app.lab.id for app in APPS}
    silent = [app.name for app in APPS if app not in [*GREETS, *COUNTS, *SERVES, *CACHES]]
    assert not silent, f"nothing is known of what these promise: {silent}"


@each(GREETS)
def test_it_greets_and_tells_the_truth_of_where_it_runs(app: App, start: Start) -> None:
    running = start(app)
    answer = running.ask("/")
    assert answer.status == 200 and "Hello from" in answer.body
    if "gethostname" in app.source:
        assert running.box.text("hostname") in answer.body


@each(CACHES)
def test_an_arrival_is_a_row_and_its_count_comes_from_the_cache(app: App, start: Start, database: Database) -> None:
    name = database.new()
    given = {"DATABASE_HOST": "database", "DATABASE_NAME": name, "DATABASE_PASSWORD": "deep-water"}
    with_cache, without = start(app, CACHE_HOST="cache", **given), start(app, **given)
    database.cache.text("redis-cli", "DEL", "arrivals")
    answers = [with_cache.ask("/api/arrivals").data for _ in range(2)]
    assert answers == [{"arrivals": 0, "from": "database"}, {"arrivals": 0, "from": "cache"}]
    assert with_cache.ask("/api/arrivals", "POST").status == 201
    assert with_cache.ask("/api/arrivals").data == {"arrivals": 1, "from": "database"}
    assert without.ask("/api/arrivals").data == without.ask("/api/arrivals").data == {"arrivals": 1, "from": "database"}
    assert database.ask(name, "SELECT count(*) FROM arrivals") == "1"


@each(CACHES)
def test_without_its_cache_it_lives_and_is_not_ready(app: App, start: Start, database: Database) -> None:
    given = {"DATABASE_HOST": "database", "DATABASE_NAME": database.new(), "DATABASE_PASSWORD": "deep-water"}
    running = start(app, CACHE_HOST="nowhere.invalid", **given)
    assert running.ask("/health").status == 200
    ready = running.ask("/ready")
    assert ready.status == 503 and ready.body.startswith('{"error":"cache: ')


@each(COUNTS)
def test_each_request_is_one_visit_in_the_table(app: App, start: Start, database: Database) -> None:
    name = database.new()
    running = start(app, **where(name))
    before = database.visits(name)
    first, second = (running.ask("/") for _ in range(2))
    assert (first.status, second.status) == (200, 200), second.body
    assert before + 1 in first.data.values() and before + 2 in second.data.values()
    assert database.visits(name) == before + 2
    assert database.ask(name, "SELECT DISTINCT served_by FROM visits") == running.box.text("hostname")


@each(SERVES)
def test_a_post_is_one_visit_and_a_get_is_none(app: App, start: Start, database: Database) -> None:
    name = database.new()
    running = start(app, **where(name))
    assert running.ask("/api/visits").data["visits"] == 0
    arrived = running.ask("/api/visits", "POST")
    assert arrived.status == 201 and arrived.data["served_by"] == running.box.text("hostname")
    assert running.ask("/api/visits").data["visits"] == database.visits(name) == 1
    assert running.ask("/api/visits", "DELETE").status == 405


@each(COUNTS + SERVES)
def test_visits_outlive_the_application(app: App, start: Start, database: Database) -> None:
    name = database.new()
    path, method = ("/api/visits", "POST") if app in SERVES else ("/", "GET")
    first = start(app, **where(name))
    first.ask(path, method)
    kept = database.visits(name)
    first.box.remove()
    start(app, **where(name)).ask(path, method)
    assert database.visits(name) > kept
    assert database.ask(name, "SELECT count(DISTINCT served_by) FROM visits") == "2"


@each(COUNTS + SERVES)
def test_the_password_may_come_from_a_file(app: App, start: Start, database: Database, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("deep-water\n", encoding="utf-8")
    secret.chmod(0o644)
    name = database.new()
    variables = {
        **where(name),
        "DATABASE_URL": f"postgresql://postgres@database/{name}",
        "DATABASE_PASSWORD_FILE": "/run/pass",
    }
    running = start(app, "--volume", f"{secret}:/run/pass:ro", **variables)
    assert running.ask("/api/visits" if app in SERVES else "/").status == 200


@pytest.fixture
def away(database: Database) -> Iterator[Callable[[], None]]:
    """Stops the database when called; at the end it is there again."""
    yield lambda: must("stop", database.box.name) and None
    database.box.start()
    database.wait()


@each(COUNTS + SERVES)
def test_without_the_database_it_says_so_and_lives(app: App, start: Start, database: Database, away: Callable[[], None]) -> None:
    running = start(app, **where(database.new()))
    path = "/api/visits" if app in SERVES else "/"
    assert running.ask(path).status == 200
    away()
    answer = running.ask(path)
    assert answer.status == 503 and answer.data["error"]
    if app in SERVES:
        assert (running.ask("/health").status, running.ask("/ready").status) == (200, 503)
    database.box.start()
    database.wait()
    deadline = time.monotonic() + SECONDS
    while (again := running.ask(path)).status != 200:
        assert time.monotonic() < deadline, again.body
        time.sleep(0.2)
    if app in SERVES:
        assert running.ask("/ready").status == 200
