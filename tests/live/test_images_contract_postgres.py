"""The upstream contract of postgres, held against whichever image is there."""

import gzip
import uuid
from pathlib import Path

import pytest
from images_box import Box, MakeBox, box, config, docker, ensure, must, variables  # noqa: F401

pytestmark = pytest.mark.live

POSTGRES = "postgres:15"
PASSWORD = ("--env", "POSTGRES_PASSWORD=hoist")
DONE = "PostgreSQL init process complete"


@pytest.fixture(scope="module", autouse=True)
def there(tmp_path_factory: pytest.TempPathFactory) -> None:
    ensure(tmp_path_factory.mktemp("state"), POSTGRES)


def ready(server: Box) -> Box:
    """Wait until the server answers over TCP, which it does only when it has been filled."""
    server.wait_for(lambda: server.run("pg_isready", "-h", "127.0.0.1", "-U", "postgres", "-q").code == 0)
    return server


def ask(server: Box, sql: str, *options: str) -> str:
    return server.text("psql", "-At", *(options or ("-U", "postgres")), "-c", sql)


def test_what_the_image_declares() -> None:
    declared = config(POSTGRES)
    assert declared["Entrypoint"] == ["docker-entrypoint.sh"]
    assert declared["Cmd"] == ["postgres"]
    assert list(declared["Volumes"]) == ["/var/lib/postgresql/data"]
    assert list(declared["ExposedPorts"]) == ["5432/tcp"]
    assert declared["StopSignal"] == "SIGINT"
    values = variables(POSTGRES)
    assert (values["PGDATA"], values["PG_MAJOR"], values["LANG"]) == (
        "/var/lib/postgresql/data",
        "15",
        "en_US.utf8",
    )


def test_the_tools_are_on_the_path_and_other_commands_pass_through() -> None:
    for program in ("psql", "pg_isready", "pg_dump", "initdb", "postgres"):
        assert must("run", "--rm", POSTGRES, program, "--version").split()[1] == "(PostgreSQL)"
    assert must("run", "--rm", POSTGRES, "id", "-u", "postgres") == "999"
    assert (
        must("run", "--rm", POSTGRES, "sh", "-c", "id -u; ls -d /docker-entrypoint-initdb.d") == "0\n/docker-entrypoint-initdb.d"
    )


def test_it_refuses_to_start_without_a_password() -> None:
    completed = docker("run", "--rm", POSTGRES)
    assert completed.code == 1
    assert "superuser password is not specified" in completed.text
    assert "POSTGRES_PASSWORD" in completed.text


def test_it_serves_as_postgres_and_stops_cleanly(box: MakeBox) -> None:  # noqa: F811
    server = ready(box(POSTGRES, "-c", "max_connections=5", options=PASSWORD).start())
    assert server.uid() == 999
    assert DONE in server.logs()
    assert ask(server, "SHOW max_connections; SHOW listen_addresses; SHOW lc_collate").split() == [
        "5",
        "*",
        "en_US.utf8",
    ]
    assert server.stop() == 0
    assert "received fast shutdown request" in server.logs()


def test_the_password_counts_over_the_network(box: MakeBox) -> None:  # noqa: F811
    options = ("--env", "POSTGRES_PASSWORD=hoist", "--env", "POSTGRES_USER=mate", "--env", "POSTGRES_DB=harbour")
    server = ready(box(POSTGRES, options=options).start())
    address = server.text("hostname", "-i")
    right = server.run(
        "env", "PGPASSWORD=hoist", "psql", "-h", address, "-U", "mate", "-d", "harbour", "-Atc", "SELECT current_user"
    )
    assert (right.code, right.text) == (0, "mate")
    wrong = server.run("env", "PGPASSWORD=no", "psql", "-h", address, "-U", "mate", "-d", "harbour", "-c", "SELECT 1")
    assert wrong.code != 0
    assert "password authentication failed" in wrong.text


def test_a_database_named_after_its_user_and_a_password_in_a_file(box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "password").write_text("hoist\n")
    (tmp_path / "password").chmod(0o644)
    options = ("--env", "POSTGRES_PASSWORD_FILE=/password", "--env", "POSTGRES_USER=mate")
    server = ready(box(POSTGRES, options=options).copy_in(str(tmp_path / "password"), "/password").start())
    address = server.text("hostname", "-i")
    assert (
        server.text("env", "PGPASSWORD=hoist", "psql", "-h", address, "-U", "mate", "-Atc", "SELECT current_database()") == "mate"
    )


def test_a_password_given_twice_is_refused() -> None:
    completed = docker("run", "--rm", "--env", "POSTGRES_PASSWORD=a", "--env", "POSTGRES_PASSWORD_FILE=/b", POSTGRES)
    assert completed.code == 1
    assert "exclusive" in completed.text


def test_trust_works_without_a_password_and_warns(box: MakeBox) -> None:  # noqa: F811
    server = ready(box(POSTGRES, options=("--env", "POSTGRES_HOST_AUTH_METHOD=trust")).start())
    assert ask(server, "SELECT 7", "-h", server.text("hostname", "-i"), "-U", "postgres") == "7"
    assert "WARNING" in server.logs()


def test_arguments_for_initdb(box: MakeBox) -> None:  # noqa: F811
    server = ready(box(POSTGRES, options=(*PASSWORD, "--env", "POSTGRES_INITDB_ARGS=--data-checksums --encoding='UTF8'")).start())
    assert ask(server, "SHOW data_checksums") == "on"


def test_files_fill_the_database_before_it_listens(box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    folder = tmp_path / "initdb"
    folder.mkdir()
    (folder / "1.sql").write_text("CREATE TABLE ships (name text);")
    (folder / "2.sql.gz").write_bytes(gzip.compress(b"INSERT INTO ships VALUES ('gorch');"))
    run = folder / "3.sh"
    run.write_text(
        "#!/bin/sh\nset -e\npsql -U $POSTGRES_USER -d $POSTGRES_DB -c \"INSERT INTO ships VALUES ('fock')\"\n"
        "pg_isready -h 127.0.0.1 && echo IT LISTENS ALREADY || echo it listens to nobody\n"
    )
    run.chmod(0o755)
    (folder / "4-sourced.sh").write_text("echo sourced by $POSTGRES_USER with PID $$\n")
    (folder / "README").write_text("not run")
    server = box(POSTGRES, options=(*PASSWORD, "--env", "POSTGRES_DB=harbour"))
    server.copy_in(f"{folder}/.", "/docker-entrypoint-initdb.d/")
    ready(server.start())
    assert ask(server, "SELECT name FROM ships", "-U", "postgres", "-d", "harbour").split() == ["gorch", "fock"]
    logs = server.logs()
    assert "it listens to nobody" in logs
    assert "sourced by postgres" in logs
    assert "ignoring /docker-entrypoint-initdb.d/README" in logs


def test_a_failing_file_ends_the_first_start(box: MakeBox, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "1.sql").write_text("SELECT nonsense;")
    server = box(POSTGRES, options=PASSWORD).copy_in(str(tmp_path / "1.sql"), "/docker-entrypoint-initdb.d/1.sql")
    completed = docker("start", "--attach", server.name)
    assert completed.code != 0
    assert 'column "nonsense" does not exist' in completed.text


def test_rows_outlive_the_container_and_the_files_run_once(box: MakeBox) -> None:  # noqa: F811
    volume = f"slipway-contract-{uuid.uuid4().hex[:8]}"
    options = (*PASSWORD, "--volume", f"{volume}:/var/lib/postgresql/data")
    try:
        first = ready(box(POSTGRES, options=options).start())
        ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
        first.remove()
        second = ready(box(POSTGRES, options=("--volume", f"{volume}:/var/lib/postgresql/data")).start())
        assert ask(second, "SELECT answer FROM kept") == "42"
        assert "Skipping initialization" in second.logs()
        second.remove()
    finally:
        docker("volume", "rm", "--force", volume)


@pytest.mark.parametrize("user", ["postgres", "999:999", "1234:1234"])
def test_it_runs_as_another_user(user: str, box: MakeBox) -> None:  # noqa: F811
    options = (*PASSWORD, "--user", user, "--env", "PGDATA=/var/lib/postgresql/data/mine")
    server = ready(box(POSTGRES, options=options).start())
    assert server.uid() == (1234 if user.startswith("1234") else 999)
    assert ask(server, "SELECT 1") == "1"
