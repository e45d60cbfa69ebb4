"""The store in PostgreSQL: the same statements as over SQLite, through a small pool, for several replicas at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from bot.errors import StoreAway, StoreError
from bot.store.sqlite import Store
from index.errors import DatabaseError
from index.postgres.connection import Database, Transaction
from index.postgres.migrate import version_of

HEAD = "0004"  # the migration that this program works with
VERSIONS = "store_version"  # alembic's table; the index has one of its own
# What the database may be over with by the next attempt: connections, shutdowns, resources, locks, a standby.
_PASSING = ("08", "57", "53", "40", "55", "25006")


class DatabaseStore(Store):
    """Each thread has its own transaction.

    Commits do not wait for the disk of the server: `sync` does, for all that was committed before it. StoreAway is
    raised while the database cannot be reached, StoreError for what will not pass by itself.
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
            raise StoreError(f"The tables of the store are {found}, wanted is {HEAD}: run `torkham database init`.")
        self._key = self._read_key()

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is written together or not at all."""
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
        """The rows that a statement gives, by column name; what only reads is tried once more on a new connection."""
        with explained():
            if self._open is not None:
                found = self._open.rows(statement, **values)
            elif statement.startswith("SELECT"):
                found = self.database.rows(statement, **values)
            else:
                found = self.database.once(statement, **values)[0]
            return [dict(row._mapping) for row in found]

    def write(self, statement: str, **values: Any) -> int:
        """Carry out a statement; returns how many rows it changed."""
        with explained():
            if self._open is not None:
                return self._open.run(statement, **values)
            return self.database.once(statement, **values)[1]

    def write_many(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Carry out a statement once for each of the rows."""
        with self.transaction():
            for row in rows:
                self.write(statement, **row)

    def sync(self) -> None:
        """Return when all that was committed before the call is on the server's disk; may be called from any thread."""
        with explained(), self.database.transaction() as transaction:
            transaction.run("SET LOCAL synchronous_commit = on")
            # The log is written in order: this record on the disk means that all before it are.
            transaction.rows("SELECT pg_logical_emit_message(true, 'torkham', '')")

    def purge(self) -> None:
        """Nothing: the server's log and its dead rows are the server's; see docs/privacy.md."""

    @property
    def _open(self) -> Transaction | None:
        return getattr(self._local, "transaction", None)

    def _version(self) -> str | None:
        with self.transaction():
            assert self._open is not None
            return version_of(self._open, VERSIONS)


@contextmanager
def explained() -> Iterator[None]:
    """What the database complains of, as a StoreError."""
    try:
        yield
    except DatabaseError as error:
        state = state_of(error)
        passing = not state or state.startswith(_PASSING)
        raise (StoreAway if passing else StoreError)(str(error)) from error


def state_of(error: BaseException) -> str:
    """The SQLSTATE behind an error, empty where the server said nothing."""
    cause: BaseException | None = error
    while cause is not None:
        if found := getattr(getattr(cause, "orig", None), "sqlstate", None):
            return str(found)
        cause = cause.__cause__
    return ""
