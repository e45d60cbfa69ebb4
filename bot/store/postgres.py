"""The store in PostgreSQL: the same statements as in SQLite, through a small pool, for several replicas at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bot.errors import StoreAway, StoreError
from bot.store.sqlite import Store
from index.errors import DatabaseError
from index.postgres.connection import Database, Transaction
from index.postgres.schema import version_of

HEAD = "0004"  # the migration this program requires
VERSIONS = "store_version"  # alembic's table; the index has one of its own
# Errors that may be gone on retry: connections, shutdowns, resources, locks, a standby.
_PASSING = ("08", "57", "53", "40", "55", "25006")


class DatabaseStore(Store):
    """A store with one transaction per thread.

    Commits do not wait for the server's disk: `sync` does, for everything committed before it. Raises StoreAway while
    the database is unreachable, StoreError for permanent failures.
    """

    shared = True

    def __init__(self, url: str, *, pool: int = 5, timeout: int = 15) -> None:
        """Open the store; StoreError when its tables are missing or of another version."""
        try:
            self.database = Database(url, pool=pool, timeout=timeout, also="SET synchronous_commit = off")
        except DatabaseError as error:
            raise StoreError(str(error)) from None
        self._local = threading.local()
        version = self._version()
        if version != HEAD:
            self.database.close()
            found = f"version {version}" if version else "missing"
            raise StoreError(
                f"The tables of the store are {found}, but {HEAD} is required: run `torkham database init`."
            )
        self._key = self._read_key()

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction."""
        if self._open is not None:
            yield
            return
        with explained(), self.database.transaction() as transaction:
            self._local.transaction = transaction
            try:
                yield
            finally:
                self._local.transaction = None

    def rows(self, statement: str, **values: Any) -> list[Mapping[str, Any]]:
        """The rows of a query, by column name; a read is retried once on a new connection."""
        with explained():
            if self._open is not None:
                found = self._open.rows(statement, **values)
            elif statement.startswith("SELECT"):
                found = self.database.rows(statement, **values)
            else:
                found = self.database.once(statement, **values)[0]
            return [dict(row._mapping) for row in found]

    def write(self, statement: str, **values: Any) -> int:
        """Execute a statement; returns how many rows it changed."""
        with explained():
            if self._open is not None:
                return self._open.run(statement, **values)
            return self.database.once(statement, **values)[1]

    def write_many(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a statement once per row."""
        with self.transaction():
            for row in rows:
                self.write(statement, **row)

    def sync(self) -> None:
        """Return when everything committed before the call is on the server's disk; thread-safe."""
        with explained(), self.database.transaction() as transaction:
            transaction.run("SET LOCAL synchronous_commit = on")
            # The write-ahead log is sequential: this record on disk implies all earlier ones.
            transaction.rows("SELECT pg_logical_emit_message(true, 'torkham', '')")

    def purge(self) -> None:
        """No-op: log and dead rows are up to the server; see docs/privacy.md."""

    @property
    def _open(self) -> Transaction | None:
        return getattr(self._local, "transaction", None)

    def _version(self) -> str | None:
        with self.transaction():
            assert self._open is not None
            return version_of(self._open, VERSIONS)


@contextmanager
def explained() -> Iterator[None]:
    """A database error as a StoreError."""
    try:
        yield
    except DatabaseError as error:
        state = state_of(error)
        passing = not state or state.startswith(_PASSING)
        raise (StoreAway if passing else StoreError)(str(error)) from error


def state_of(error: BaseException) -> str:
    """The SQLSTATE of an error; empty if the server sent none."""
    cause: BaseException | None = error
    while cause is not None:
        if found := getattr(getattr(cause, "orig", None), "sqlstate", None):
            return str(found)
        cause = cause.__cause__
    return ""
