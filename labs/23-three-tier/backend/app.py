"""The harbour's API: it keeps the visits in PostgreSQL, and says whether it lives and whether it is ready."""

import os
import socket
from datetime import datetime
from pathlib import Path

import psycopg
from flask import Flask

DATABASE_URL = os.environ.get("DATABASE_URL", "")
VERSION = os.environ.get("VERSION", "1")
MAKE_TABLE = """
    CREATE TABLE IF NOT EXISTS visits (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        served_by text NOT NULL
    )
"""

app = Flask(__name__)


def password() -> str | None:
    """The database's password, where it is not in the URL: in a variable, or in a file that a variable names."""
    if file := os.environ.get("DATABASE_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").rstrip("\n")
    return os.environ.get("DATABASE_PASSWORD")


def connect() -> psycopg.Connection:
    """A new connection to a database that has the table. Raises psycopg.OperationalError when it does not answer."""
    if not DATABASE_URL:
        raise psycopg.OperationalError("DATABASE_URL is not set")
    database = psycopg.connect(DATABASE_URL, password=password(), connect_timeout=5)
    with database.transaction():
        if database.execute("SELECT to_regclass('visits')").fetchone() == (None,):
            # If several processes find no table at the same time, one creates it and the others wait.
            database.execute("SELECT pg_advisory_xact_lock(hashtext('visits'))")
            database.execute(MAKE_TABLE)
    return database


@app.get("/api/visits")
def visits() -> dict[str, str | int | list[dict[str, int | str]]]:
    """How many visits there are, the last ten of them, and the version that says so."""
    with connect() as database:
        count = database.execute("SELECT count(*) FROM visits").fetchone()[0]
        rows = database.execute("SELECT id, at, served_by FROM visits ORDER BY id DESC LIMIT 10").fetchall()
    return {"visits": count, "latest": [visit(*row) for row in rows], "version": VERSION}


@app.post("/api/visits")
def arrive() -> tuple[dict[str, int | str], int]:
    """One more visit, kept and told."""
    new = "INSERT INTO visits (served_by) VALUES (%s) RETURNING id, at, served_by"
    with connect() as database:
        row = database.execute(new, [socket.gethostname()]).fetchone()
    return visit(*row), 201


def visit(id: int, at: datetime, served_by: str) -> dict[str, int | str]:
    """A row of the table, as JSON."""
    return {"id": id, "at": at.isoformat(timespec="seconds"), "served_by": served_by}


@app.get("/health")
def health() -> dict[str, str]:
    """The process lives. It asks nobody: that the database is away is no reason to start this process again."""
    return {"status": "alive"}


@app.get("/ready")
def ready() -> dict[str, str]:
    """Requests may come: the database answers, too."""
    with connect():
        return {"status": "ready"}


@app.errorhandler(psycopg.Error)
@app.errorhandler(OSError)
def unavailable(error: Exception) -> tuple[dict[str, str], int]:
    """The database has failed, or the file with its password: the answer says so, and the log."""
    reason = str(error).splitlines()[0]
    print(f"The database does not answer: {reason}", flush=True)
    return {"error": reason}, 503
