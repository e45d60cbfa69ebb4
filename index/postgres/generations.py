"""Generations in the database: written aside, switched in one transaction, verified, rolled back, garbage-collected."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from sqlalchemy import Connection

from index.encoder import Encoder
from index.errors import CorruptIndexError, DatabaseError, IndexBusyError, IndexingError, NoIndexError, StorageError
from index.manifest import Manifest
from index.postgres import serving as switch
from index.postgres.connection import Database, Transaction
from index.postgres.records import DatabaseRecords, checksums
from index.postgres.schema import FOREVER
from index.postgres.snapshot import LEASE_SECONDS, DatabaseSnapshot
from index.postgres.vectors import DatabaseCache
from index.postgres.writer import DatabaseWriter
from index.storage import BUSY, KEPT_GENERATIONS, NO_INDEX, NOTHING_EARLIER
from sources.document import Document

# Each schema of the database is a separate index.
_RETRY_SECONDS = 0.2  # seconds between attempts to take the lock
_LOCK = "hashtext('torkham index'), hashtext(current_schema())"
_UNUSED = f"""
    DELETE FROM generations g WHERE number < (SELECT generation FROM serving)
    AND number NOT IN (
        SELECT number FROM generations WHERE number <= (SELECT generation FROM serving) ORDER BY number DESC LIMIT {KEPT_GENERATIONS}
    )
    AND NOT EXISTS (
        SELECT 1 FROM readers r WHERE r.generation = g.number AND r.seen > now() - interval '{LEASE_SECONDS} seconds'
    )
"""
_UNHELD = (
    "DELETE FROM {table} t WHERE until < "
    + str(FOREVER)
    + " AND NOT EXISTS (SELECT 1 FROM generations g WHERE g.number >= t.first AND g.number < t.until)"
)


class DatabaseGenerations:
    """The generations in the schema of the URL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._locked: Connection | None = None

    # reading

    def current(self) -> str | None:
        """The id of the serving generation, or None when there is none."""
        serving = switch.serving(self.database)
        return _name(serving[0]) if serving else None

    def pinned(self) -> bool:
        """Whether an operator rolled back to this generation; only an explicit update leaves it then."""
        serving = switch.serving(self.database)
        return bool(serving and serving[1])

    def names(self) -> list[str]:
        """The finished generations, oldest first."""
        return [_name(number) for (number,) in self.database.rows("SELECT number FROM generations ORDER BY number")]

    def manifest(self, name: str | None = None) -> Manifest:
        """The manifest of a generation, the serving one by default."""
        return self._manifest(name)[0]

    def stamps(self, name: str | None = None) -> dict[str, tuple[str, str]]:
        """Document id -> (stamp, revision) of a generation, the serving one by default."""
        return self._records(name).stamps()

    def document(self, identifier: str) -> Document | None:
        """A document of the serving generation with its stored text."""
        return self._records(None).document(identifier)

    def verify(self, name: str | None = None) -> list[str]:
        """Recompute every checksum; a sentence for each table that differs."""
        manifest = self.manifest(name)
        with self.database.transaction(patient=True) as transaction:
            sums = checksums(transaction.rows, int(manifest.generation))
        return [
            f"The {table} of generation {manifest.generation} differ from their checksum."
            for table, total in sums.items()
            if manifest.files.get(table) != total
        ]

    def open(self, name: str | None = None) -> DatabaseSnapshot:
        """Open a generation for reading, by default the serving one."""
        for last in (False, False, True):
            manifest, tokens = self._manifest(name)
            try:
                return DatabaseSnapshot(self.database, manifest, tokens)
            except DatabaseError:
                # It was collected between the two statements if another one serves by now.
                if last or name or self.current() == manifest.generation:
                    raise
        raise AssertionError("unreachable")

    def wait(self, known: str | None, seconds: float) -> str | None:
        """The id of the serving generation once it is no longer `known`, or after `seconds`."""
        number = switch.wait(self.database, int(known) if known else None, seconds)
        return None if number is None else _name(number)

    def _manifest(self, name: str | None) -> tuple[Manifest, int]:
        if name is None:
            row = self.database.row("SELECT manifest, tokens FROM generations JOIN serving ON generation = number")
        else:
            row = self.database.row("SELECT manifest, tokens FROM generations WHERE number = :g", g=int(name))
        if row is None:
            raise NoIndexError(NO_INDEX if name is None else f"There is no generation {name}.")
        try:
            return Manifest.from_json(row[0]), int(row[1])
        except (ValueError, TypeError, KeyError) as error:
            raise CorruptIndexError(
                f"The manifest in {self.database} cannot be read: run `torkham index update --full`."
            ) from error

    def _records(self, name: str | None) -> DatabaseRecords:
        number = int(name or self.manifest().generation)

        def rows(statement: str, **values: Any) -> list[Any]:
            return self.database.rows(statement, g=number, **values)

        return DatabaseRecords(rows)

    # writing

    @contextmanager
    def writing(self, wait: float = 0.0) -> Iterator[None]:
        """Hold the writer lock; IndexBusyError if another process still has it after `wait` seconds.

        Writes inside go through the connection that holds the lock, so that a lost lock writes nothing.
        """
        with self.database.session() as session:
            until = time.monotonic() + wait
            while not session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_LOCK})").scalar():
                if time.monotonic() >= until:
                    raise IndexBusyError(BUSY)
                time.sleep(_RETRY_SECONDS)
            self._locked = session
            try:
                yield
            except OSError as error:
                raise StorageError.of(tempfile.gettempdir(), error) from error
            finally:
                self._locked = None
                if not session.invalidated:  # a broken connection has already released it
                    session.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")

    def base(self) -> Manifest | None:
        """The newest generation, serving or not; None if there is none or it cannot be read."""
        row = self.database.row("SELECT max(number) FROM generations")
        try:
            return None if row[0] is None else self.manifest(_name(row[0]))
        except CorruptIndexError:
            return None

    def damage(self, base: Manifest) -> list[str]:
        """Always empty: rows are not copied into the next generation, and the server has checksums of its own."""
        return []

    def cache(self) -> DatabaseCache:
        """The vector cache."""
        return DatabaseCache(self.database)

    def scratch(self) -> IO[bytes]:
        """An empty file for data an update need not hold in memory; it disappears when closed and on any kill."""
        return tempfile.TemporaryFile()

    @contextmanager
    def begin(self, base: Manifest | None, encoder: Encoder) -> Iterator[DatabaseWriter]:
        """The next generation in one transaction; unused ones are garbage-collected afterwards."""
        with self._transaction() as transaction:
            yield DatabaseWriter(transaction, base, encoder.dimension)
        with self._transaction() as transaction:
            _collect(transaction)
        _analyse(self.database)

    def rollback(self, fingerprint: str | None = None) -> str:
        """Serve the generation before the current one until the next explicit update; returns its id.

        With a `fingerprint`, only one built by that encoder.
        """
        with self._transaction() as transaction:
            earlier = next(
                (
                    number
                    for number, manifest in transaction.rows(
                        "SELECT number, manifest FROM generations WHERE number < (SELECT generation FROM serving)"
                        " ORDER BY number DESC"
                    )
                    if fingerprint in {None, Manifest.from_json(manifest).fingerprint}
                ),
                None,
            )
            if earlier is None:
                raise IndexingError(NOTHING_EARLIER)
            switch.serve(transaction, earlier, pinned=True)
        return _name(earlier)

    def release(self) -> None:
        """Let updates follow the library again after a rollback: the newest generation serves."""
        if self.pinned():
            with self._transaction() as transaction:
                newest = transaction.value("SELECT max(number) FROM generations")
                switch.serve(transaction, newest, pinned=False)

    @contextmanager
    def _transaction(self) -> Iterator[Transaction]:
        if self._locked is None:
            with self.database.transaction(patient=True) as transaction:
                yield transaction
        else:
            with self.database.within(self._locked) as transaction:
                yield transaction


def _name(number: int) -> str:
    return f"{number:06d}"


def _collect(transaction: Transaction) -> None:
    """Delete everything but the last three generations and those of live readers."""
    transaction.run(f"DELETE FROM readers WHERE seen <= now() - interval '{LEASE_SECONDS} seconds'")
    transaction.run(_UNUSED)
    for table in ("sentences", "passage_vectors", "passages", "documents", "postings"):
        transaction.run(_UNHELD.format(table=table))


def _analyse(database: Database) -> None:
    """Update the planner's statistics."""
    with database.transaction(patient=True) as transaction:
        transaction.run("ANALYZE documents, passages, passage_vectors, sentences, postings")
