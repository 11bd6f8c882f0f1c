"""The class store: every grade, rejection and manual change, in SQLite beside the class or in PostgreSQL by URL.

Nothing is ever updated: the current grade of a learner in a lab follows from all of them, and earlier ones can be shown.
"""

import importlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, delete, event, func, insert, or_, select, update
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from checks.classroom import tables
from checks.classroom.evidence_files import EvidenceFiles
from checks.classroom.records import Grade, ManualChange, Rejection
from sandboxes.errors import Exit, SlipwayError

FILE = "class.db"
EVIDENCE = "evidence"
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000")


@dataclass(frozen=True)
class NewGrade:
    """A grade to store, with its criteria as `packed_criteria.pack` returns them and the fingerprint of the lab's rules.

    `after` is the id of the grade that it follows when stored evidence was graded again, and 0 for a first grade.
    """

    grade: Grade
    criteria: bytes
    rules: str
    after: int = 0


class Store:
    """The store of one class. Every method that writes is one transaction. All raise SlipwayError for a broken store."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.evidence = EvidenceFiles(folder / EVIDENCE)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise SlipwayError(f"The class store failed ({_cause(error)}).", "Free some space, or restore a backup.") from error

    def _add(self, connection: Connection, table: Table, rows: list[dict]) -> None:
        if rows:
            # Only the dialect in use is loaded: the other one takes as long as the rest of a small command.
            dialect = importlib.import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
            connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)

    def add(self, entries: Iterable[NewGrade | Rejection]) -> None:
        """Store grades and rejections in their order, all or none. What is stored already has no effect."""
        entries = list(entries)
        grades = [
            tables.grade_row(entry.grade, entry.criteria, entry.rules, entry.after)
            for entry in entries
            if isinstance(entry, NewGrade)
        ]
        rejections = [tables.rejection_row(entry) for entry in entries if isinstance(entry, Rejection)]
        with self._transaction() as connection:
            self._add(connection, tables.grades, grades)
            self._add(connection, tables.rejections, rejections)

    def graded(self) -> set[str]:
        """Return the digests of the evidence that has been graded."""
        with self._transaction() as connection:
            query = select(tables.grades.c.evidence).where(tables.grades.c.outcome == "graded").distinct()
            return set(connection.scalars(query))

    def grades(self, learner: str | None = None, lab: str | None = None) -> Iterator[Grade]:
        """Yield every grade, of one learner or lab where they are given, the oldest first."""
        table = tables.grades
        query = select(table).order_by(table.c.id)
        query = query if learner is None else query.where(table.c.learner == learner)
        query = query if lab is None else query.where(table.c.lab == lab)
        with self._transaction() as connection:
            for row in connection.execution_options(yield_per=500).execute(query):
                yield tables.grade_of(row)

    def rules_of(self, grade: int) -> str:
        """Return the fingerprint of the rules that gave a grade. Raise SlipwayError where there is no such grade."""
        with self._transaction() as connection:
            return connection.scalars(select(tables.grades.c.rules).where(tables.grades.c.id == grade)).one()

    def rejections(self) -> list[Rejection]:
        """Return every rejection, the oldest first."""
        with self._transaction() as connection:
            return [tables.rejection_of(row) for row in connection.execute(select(tables.rejections).order_by("id"))]

    def note_rules(self, course: str, fingerprints: dict[str, str]) -> None:
        """Record the fingerprint of the rules of each lab (by its id) in a version of the course."""
        rows = [{"course": course, "lab": lab, "fingerprint": value} for lab, value in sorted(fingerprints.items())]
        with self._transaction() as connection:
            self._add(connection, tables.rules, rows)

    def known_rules(self) -> set[tuple[str, str, str]]:
        """Return (version of the course, lab, fingerprint) of all rules that have been used."""
        with self._transaction() as connection:
            return {tuple(row) for row in connection.execute(select(tables.rules))}

    def change(self, change: ManualChange) -> None:
        """Store a manual change; its id is given by the store."""
        row = {
            "learner": change.learner,
            "lab": change.lab,
            "points": None if change.points is None else str(change.points),
            "reason": change.reason,
            "author": change.author,
            "changed_at": change.changed_at.isoformat(),
        }
        with self._transaction() as connection:
            connection.execute(insert(tables.changes), row)

    def changes(self) -> list[ManualChange]:
        """Return every manual change, the oldest first."""
        with self._transaction() as connection:
            return [tables.change_of(row) for row in connection.execute(select(tables.changes).order_by("id"))]

    def erase(self, learner: str) -> int:
        """Remove all rows and all evidence of a learner, and return how many rows there were. Nothing can bring them back."""
        with self._transaction() as connection:
            table = tables.grades
            mine = set(connection.scalars(select(table.c.evidence).where(table.c.learner == learner)))
            others = set(connection.scalars(select(table.c.evidence).where(table.c.learner != learner)))
        self.evidence.remove(mine - others - {""})
        named = tables.rejections.c
        about = or_(
            named.learner == learner,
            named.source.contains(learner, autoescape=True),
            named.reason.contains(learner, autoescape=True),
        )
        with self._transaction() as connection:
            count = 0
            for statement in (
                delete(table).where(table.c.learner == learner),
                delete(tables.changes).where(tables.changes.c.learner == learner),
                delete(tables.rejections).where(about),
            ):
                count += connection.execute(statement).rowcount
            renamed = update(table).where(table.c.source.contains(learner, autoescape=True))
            connection.execute(renamed.values(source=func.replace(table.c.source, learner, "erased")))
        self._scrub()
        return count

    def _scrub(self) -> None:
        """Rewrite the database without what was deleted."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM" if connection.dialect.name == "sqlite" else "VACUUM FULL")
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def open_store(folder: Path, url: str = "") -> Store:
    """Open the store of the class in `folder`: its SQLite file, created where it is missing, or the database of a URL.

    Raise SlipwayError where the database cannot be opened or is of another program.
    """
    try:
        engine = create_engine(url) if url else _sqlite(folder / FILE)
        tables.metadata.create_all(engine)
    except (ModuleNotFoundError, NoSuchModuleError, ArgumentError) as error:
        fix = "Use postgresql+psycopg://USER@HOST/DATABASE, and install the driver: pip install psycopg[binary]"
        raise SlipwayError(f"The URL of the class store cannot be used ({error}).", fix, Exit.WRONG_USAGE) from error
    except (SQLAlchemyError, OSError) as error:
        place = "The database of the class" if url else str(folder / FILE)
        raise SlipwayError(f"{place} cannot be opened ({_cause(error)}).", "Restore it from a backup.") from error
    return Store(engine, folder)


def _sqlite(path: Path) -> Engine:
    """Return the engine of a SQLite file that only its owner can read, as can the files that SQLite puts beside it."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    os.chmod(path, 0o600)
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def configure(connection: object, _record: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _cause(error: Exception) -> str:
    """Return what the database says, without the statement and its values."""
    return str(getattr(error, "orig", None) or error).splitlines()[0]
