"""The visitor log of a harbour: every request is a visit, kept in PostgreSQL."""

import os
import socket
from pathlib import Path

import psycopg
from flask import Flask

DATABASE_URL = os.environ["DATABASE_URL"]
MAKE_TABLE = """
    CREATE TABLE IF NOT EXISTS visits (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        served_by text NOT NULL
    )
"""

app = Flask(__name__)


def password() -> str | None:
    """The database's password where it is given apart from the URL: in a variable, or in a file that a variable names."""
    if file := os.environ.get("DATABASE_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").rstrip("\n")
    return os.environ.get("DATABASE_PASSWORD")


@app.get("/")
def visit() -> dict[str, int | str]:
    """One more visit: how many there are now, and which container has answered."""
    with psycopg.connect(DATABASE_URL, password=password(), connect_timeout=2) as database:
        database.execute(MAKE_TABLE)
        database.execute("INSERT INTO visits (served_by) VALUES (%s)", [socket.gethostname()])
        visits = database.execute("SELECT count(*) FROM visits").fetchone()[0]
    return {"visits": visits, "served_by": socket.gethostname()}


@app.errorhandler(psycopg.Error)
def unavailable(error: psycopg.Error) -> tuple[dict[str, str], int]:
    """The database has failed: the answer says so."""
    return {"error": str(error).splitlines()[0]}, 503
