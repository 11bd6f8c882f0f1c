"""The visitor log of a harbour: every request is a visit, kept in PostgreSQL and counted in Redis."""

import os
import socket
import sys
from pathlib import Path

import psycopg
import redis
from flask import Flask

DATABASE_URL = os.environ["DATABASE_URL"]
CACHE_URL = os.environ["CACHE_URL"]
MAKE_TABLE = """
    CREATE TABLE IF NOT EXISTS visits (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        served_by text NOT NULL
    )
"""

app = Flask(__name__)
cache = redis.Redis.from_url(CACHE_URL, socket_timeout=2)


def password() -> str | None:
    """The database's password where it is given apart from the URL: in a variable, or in a file that a variable names."""
    if file := os.environ.get("DATABASE_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").rstrip("\n")
    return os.environ.get("DATABASE_PASSWORD")


def connect() -> psycopg.Connection:
    """A new connection to the database. Raises psycopg.OperationalError when it does not answer."""
    return psycopg.connect(DATABASE_URL, password=password(), connect_timeout=2)


def prepare() -> None:
    """Make the table when the application starts; without a database there is nothing to serve, so it ends."""
    try:
        with connect() as database:
            database.execute(MAKE_TABLE)
    except psycopg.OperationalError as error:
        reason = str(error).splitlines()[0]
        sys.exit(f"Cannot start without the database: {reason}")
    print("The database is ready.", flush=True)


@app.get("/")
def visit() -> dict[str, int | str]:
    """One more visit. The numbers: how many the database holds, how many the cache has counted."""
    with connect() as database:
        database.execute("INSERT INTO visits (served_by) VALUES (%s)", [socket.gethostname()])
        visits, first = database.execute("SELECT count(*), min(at) FROM visits").fetchone()
    return {"database": visits, "cache": cache.incr("visits"), "first_visit": first.isoformat(timespec="seconds")}


@app.errorhandler(psycopg.Error)
@app.errorhandler(redis.RedisError)
def unavailable(error: Exception) -> tuple[dict[str, str], int]:
    """The database or the cache has failed: the answer says so."""
    return {"error": str(error).splitlines()[0]}, 503


prepare()
