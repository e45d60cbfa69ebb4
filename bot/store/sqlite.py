"""The store of the bot in one SQLite file under the home."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import TextClause, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import StaticPool

from bot.errors import StoreError

FILE = "store.sqlite"
MIGRATIONS = Path(__file__).with_name("migrations")


class Store:
    """SQL statements with named parameters, each call a transaction unless inside `transaction()`.

    One connection, one lock. A write survives the end of the process once the call returns, and a power failure once
    `sync` has returned.
    """

    shared = False  # whether other processes use the same store concurrently

    def __init__(self, folder: Path) -> None:
        """Open or create the store, and migrate its tables; raises StoreError."""
        path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._engine = create_engine(
                f"sqlite:///{path}",
                poolclass=StaticPool,
                connect_args={"check_same_thread": False},
                hide_parameters=True,  # an error must not quote a reader's words
            )
            event.listen(self._engine, "connect", _configure)
            event.listen(self._engine, "begin", _begin)
            self._lock = RLock()
            self._log = Path(f"{path}-wal")
            self._migrate()
            os.chmod(path, 0o600)
            self._connection = self._engine.connect()
            self._inside = False
            self._key = self._read_key()
        except (OSError, DatabaseError, StoreError) as error:
            if hasattr(self, "_engine"):
                self._engine.dispose()  # otherwise the failed transaction would keep the file locked
            if isinstance(error, StoreError):
                raise
            reason = getattr(error, "orig", None) or error
            raise StoreError(f"{path} cannot be used ({reason}): make it writable, or restore a backup.") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction."""
        with self._lock:
            if self._inside:
                yield
                return
            self._inside = True
            try:
                with self._connection.begin():
                    yield
            except DatabaseError as error:
                raise StoreError(f"The store failed ({error.orig}): free some disk space.") from None
            finally:
                self._inside = False

    def rows(self, statement: str, **values: Any) -> list[Mapping[str, Any]]:
        """The rows of a query, by column name."""
        with self.transaction():
            return [dict(row) for row in self._connection.execute(_prepared(statement), values).mappings()]

    def row(self, statement: str, **values: Any) -> Mapping[str, Any] | None:
        """The first row, or None."""
        found = self.rows(statement, **values)
        return found[0] if found else None

    def write(self, statement: str, **values: Any) -> int:
        """Execute a statement; returns how many rows it changed."""
        with self.transaction():
            return int(self._connection.execute(_prepared(statement), values).rowcount)

    def write_many(self, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute a statement once per row."""
        if rows:
            with self.transaction():
                self._connection.execute(_prepared(statement), [dict(row) for row in rows])

    def sync(self) -> None:
        """Return when everything written before the call is on disk; thread-safe."""
        try:
            log = os.open(self._log, os.O_RDWR)
            try:
                os.fsync(log)
            finally:
                os.close(log)
        except FileNotFoundError:  # nothing has been written since the file was opened
            return
        except OSError as error:
            raise StoreError(f"The store failed ({error.strerror}): free some disk space.") from None

    def purge(self) -> None:
        """Remove deleted data from the write-ahead log as well by a checkpoint that truncates it; raises StoreError."""
        with self._lock:
            if self._inside:
                raise StoreError("The log cannot be truncated within a transaction.")
            with self.transaction():  # what is pending of an earlier one is over
                pass
            try:
                busy = self._connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
                self._connection.rollback()
            except DatabaseError as error:
                raise StoreError(f"The store failed ({error.orig}): free some disk space.") from None
            if busy:
                raise StoreError("Another program reads the store: close it, so that deleted words leave its log.")

    def keyed_hash(self, user: int) -> str:
        """A user as 16 hex digits that only this store can compute: HMAC-SHA-256 under its own key (RFC 2104)."""
        return hmac.new(self._key, str(user).encode(), hashlib.sha256).hexdigest()[:16]

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            with self._engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:  # its version is unknown to this program
            raise StoreError(
                f"{self._log.with_name(FILE)} was made by a newer version of Torkham: install that one, or another --home."
            ) from error

    def _read_key(self) -> bytes:
        with self.transaction():
            self.write(
                "INSERT INTO facts(name, value) VALUES ('key', :fresh) ON CONFLICT DO NOTHING",
                fresh=secrets.token_hex(32),
            )
            row = self.row("SELECT value FROM facts WHERE name = 'key'")
        assert row is not None
        return bytes.fromhex(row["value"])


@lru_cache(maxsize=256)
def _prepared(statement: str) -> TextClause:
    return text(statement)


def _begin(connection: Any) -> None:
    # Python's sqlite3 would run DDL outside of the transaction: a failure would leave half of the tables.
    connection.exec_driver_sql("BEGIN")


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    # NORMAL: `sync` flushes the write-ahead log once for all concurrent writers, instead of every commit.
    # secure_delete: forgotten means gone from the file.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
