"""The rows that an application has stored in its database: how many, since when, and whether a visit adds one.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. A probe asks the database itself, and
prints the number of rows and the time of the first one, in seconds since 1970: "3|1767268788.4".
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings

# No time or count of a course is larger.
MOST = 1e15


def rows(snapshot: Snapshot, probe_id: str) -> tuple[int, float | None]:
    """Return how many rows the database holds (0 where it holds no such table), and the time of the first one.

    Example:
        stored_rows.rows(snapshot, "rows")
        # (3, 1767268788.4)
    """
    count, _, first = snapshot.probe(probe_id)["stdout"].strip().partition("|")
    return int(number(count) or 0), number(first)


def number(text: str) -> float | None:
    """Return the number that a query printed; None for any other text, which only another program than psql prints.

    Example:
        stored_rows.number("1767268788.4")
        # 1767268788.4
    """
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < MOST else None


def unread(snapshot: Snapshot, probe_ids: Iterable[str], where: str, what: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding for a probe that could not ask the database: nothing is known then of what it has stored.

    Example:
        yield from stored_rows.unread(snapshot, ["rows"], "container/database", "the visits in database", "Start it.")
        # The visits in database could not be read.
    """
    for probe_id in probe_ids:
        if error := probe_id in snapshot.probes and snapshot.probe(probe_id).get("error"):
            yield Finding(f"{what[0].upper()}{what[1:]} could not be read.", where, what, "a number", error, hint=hint, cost=cost)
            return


def added(snapshot: Snapshot, before: str, after: str) -> int | None:
    """Return how many rows were added between two probes; None for a snapshot that was taken before the first one existed.

    Example:
        stored_rows.added(snapshot, "rows-before", "rows")
        # 2
    """
    if before not in snapshot.probes and before not in snapshot.errors:
        return None
    return rows(snapshot, after)[0] - rows(snapshot, before)[0]


def survived(snapshot: Snapshot, database: Json, probe_id: str, hint: str, cost: int | None = None) -> Findings:
    """Yield a finding unless the first row is older than the container that holds it now.

    Example:
        yield from stored_rows.survived(snapshot, database, "rows", "`docker compose down`, then `up -d`.")
        # No visit is older than the container of database-1: nothing has survived a container yet.
    """
    where = containers.subject(database)
    if unknown := list(unread(snapshot, [probe_id], where, f"the visits in {where.partition('/')[2]}", hint, cost)):
        yield from unknown
        return
    _, first = rows(snapshot, probe_id)
    if first is None or first >= datetime.fromisoformat(database["Created"]).timestamp():
        message = f"No visit is older than the container of {where.partition('/')[2]}: nothing has survived a container yet."
        observed = "no visit" if first is None else f"{datetime.fromtimestamp(first, UTC):%Y-%m-%dT%H:%M:%S}"
        yield Finding(message, where, "the first visit", f"before {database['Created'][:19]}", observed, hint=hint, cost=cost)
