"""The harbour's arrivals: kept in PostgreSQL, and their number for a while in Redis, so that the database is asked less."""

import os
from pathlib import Path

import psycopg
import redis
from flask import Flask

# The settings of this program. Without CACHE_HOST, it has no cache and queries the database each time.
DATABASE_HOST = os.environ.get("DATABASE_HOST", "")
DATABASE_NAME = os.environ.get("DATABASE_NAME", "arrivals")
DATABASE_USER = os.environ.get("DATABASE_USER", "postgres")
CACHE_HOST = os.environ.get("CACHE_HOST", "")

COUNT, SECONDS = "arrivals", 10
MAKE_TABLE = """
    CREATE TABLE IF NOT EXISTS arrivals (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now()
    )
"""

app = Flask(__name__)


def password() -> str | None:
    """The database's password: in a variable, or in a file that a variable names."""
    if file := os.environ.get("DATABASE_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").rstrip("\n")
    return os.environ.get("DATABASE_PASSWORD")


def connect() -> psycopg.Connection:
    """A new connection to a database that has the table. Raises psycopg.OperationalError when it does not answer."""
    if not DATABASE_HOST:
        raise psycopg.OperationalError("DATABASE_HOST is not set")
    database = psycopg.connect(
        host=DATABASE_HOST, dbname=DATABASE_NAME, user=DATABASE_USER, password=password(), connect_timeout=2
    )
    with database.transaction():
        if database.execute("SELECT to_regclass('arrivals')").fetchone() == (None,):
            # If several processes find no table at the same time, one creates it and the others wait.
            database.execute("SELECT pg_advisory_xact_lock(hashtext('arrivals'))")
            database.execute(MAKE_TABLE)
    return database


def cache() -> redis.Redis:
    """The cache, not asked yet."""
    return redis.Redis(host=CACHE_HOST, socket_connect_timeout=2, socket_timeout=2, decode_responses=True)


@app.get("/api/arrivals")
def arrivals() -> dict[str, int | str]:
    """How many ships have arrived, and who said so: the cache, or the database."""
    if CACHE_HOST and (known := cache().get(COUNT)) is not None:
        return {"arrivals": int(known), "from": "cache"}
    with connect() as database:
        count = database.execute("SELECT count(*) FROM arrivals").fetchone()[0]
    if CACHE_HOST:
        cache().set(COUNT, count, ex=SECONDS)
    return {"arrivals": count, "from": "database"}


@app.post("/api/arrivals")
def arrive() -> tuple[dict[str, int], int]:
    """One more ship. What the cache knows is out of date with that."""
    with connect() as database:
        row = database.execute("INSERT INTO arrivals DEFAULT VALUES RETURNING id").fetchone()
    if CACHE_HOST:
        cache().delete(COUNT)
    return {"id": row[0]}, 201


@app.get("/health")
def health() -> dict[str, str]:
    """The process lives. It asks nobody."""
    return {"status": "alive"}


@app.get("/ready")
def ready() -> dict[str, str]:
    """Requests may come: the database answers, and the cache where there is one."""
    with connect():
        pass
    if CACHE_HOST:
        cache().ping()
    return {"status": "ready"}


@app.errorhandler(psycopg.Error)
@app.errorhandler(redis.RedisError)
@app.errorhandler(OSError)
def unavailable(error: Exception) -> tuple[dict[str, str], int]:
    """Database or cache have failed, or the file with the password: the answer says so, and the log."""
    who = "cache" if isinstance(error, redis.RedisError) else "database"
    reason = str(error).splitlines()[0]
    print(f"The {who} does not answer: {reason}", flush=True)
    return {"error": f"{who}: {reason}"}, 503
