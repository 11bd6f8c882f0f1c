"""The rows that an application has stored in its database: how many, since when, and whether a visit adds one.

Each function is pure over a Snapshot and yields a Finding for what is not as expected. A probe asks the database itself, and
prints the number of rows and the time of the first one, in seconds since 1970: "3|1767268788.4".
"""

from datetime import UTC, datetime

from checks.model import Finding
from checks.snapshot import Json, Snapshot
from checks.vocabulary import containers
from checks.vocabulary.containers import Findings


def rows(snapshot: Snapshot, probe_id: str) -> tuple[int, float | None]:
    """Return how many rows the database holds (0 where it holds no such table), and the time of the first one.

    Example:
        stored_rows.rows(snapshot, "rows")
        # (3, 1767268788.4)
    """
    count, _, first = snapshot.probe(probe_id)["stdout"].strip().partition("|")
    return int(count) if count.isdigit() else 0, float(first) if first else None


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
    _, first = rows(snapshot, probe_id)
    if first is None or first >= datetime.fromisoformat(database["Created"]).timestamp():
        where = containers.subject(database)
        message = f"No visit is older than the container of {where.partition('/')[2]}: nothing has survived a container yet."
        observed = "no visit" if first is None else f"{datetime.fromtimestamp(first, UTC):%Y-%m-%dT%H:%M:%S}"
        yield Finding(message, where, "the first visit", f"before {database['Created'][:19]}", observed, hint=hint, cost=cost)
