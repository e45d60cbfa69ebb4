"""The vector cache in one SQLite file."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


class VectorCache:
    """Half-precision vectors in one SQLite file; a row with a wrong checksum counts as missing."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors(key BLOB PRIMARY KEY, vector BLOB, sum INTEGER) WITHOUT ROWID"
            )
            if len(connection.execute("PRAGMA table_info(vectors)").fetchall()) == 2:  # of an earlier version
                connection.execute("ALTER TABLE vectors ADD COLUMN sum INTEGER")
        except sqlite3.DatabaseError as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            return self._begun_anew()
        return connection

    def _begun_anew(self) -> sqlite3.Connection:
        """Replace a damaged file with an empty one: a cache can be computed again."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return self._open()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def forget(self, keys: Iterable[bytes]) -> None:
        """Remove the vectors of texts that are no longer in the library."""
        with self._mended(), self._connection:
            self._connection.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys])

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The cached vectors among those keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            with self._mended():
                found.update(
                    (key, vector)
                    for key, vector, stored in self._connection.execute(
                        f"SELECT key, vector, sum FROM vectors WHERE key IN ({marks})", part
                    )
                    if stored is None or stored == zlib.crc32(vector, zlib.crc32(key))
                )
        return found

    def store(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Store vectors durably, at once."""
        summed = [(key, vector, zlib.crc32(vector, zlib.crc32(key))) for key, vector in rows]
        for last in (False, True):
            with self._mended(raises=last), self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", summed)
                return

    @contextmanager
    def _mended(self, *, raises: bool = False) -> Iterator[None]:
        """Start a damaged file anew; the query then behaves as if it had been empty."""
        try:
            yield
        except sqlite3.OperationalError:  # a full disk or a locked file
            raise
        except sqlite3.DatabaseError:
            if raises:
                raise
            self._connection.close()
            self._connection = self._begun_anew()
