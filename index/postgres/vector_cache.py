"""The vector cache: the vectors of live rows, and a table of those not yet in a generation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.postgres import halfvec
from index.postgres.connection import Database

_PART = 2_000


class DatabaseCache:
    """Vectors of any generation are reused; computed ones are committed at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The cached vectors among those keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _PART):
            part = list(keys[start : start + _PART])
            for table in ("passage_vectors", "sentences"):
                rows = self._database.rows(
                    f"SELECT DISTINCT ON (vector) vector, halfvec_send(embedding) FROM {table} WHERE vector = ANY(:keys)",
                    keys=part,
                )
                found.update((bytes(key), halfvec.half(bytes(sent))) for key, sent in rows)
            rows = self._database.rows("SELECT key, embedding FROM computed_vectors WHERE key = ANY(:keys)", keys=part)
            found.update((bytes(key), bytes(vector)) for key, vector in rows)
        return found

    def store(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Store vectors durably, at once."""
        with self._database.transaction() as transaction:
            transaction.run(
                "INSERT INTO computed_vectors SELECT * FROM unnest(CAST(:keys AS BYTEA[]), CAST(:vectors AS BYTEA[]))"
                " ON CONFLICT DO NOTHING",
                keys=[key for key, _ in rows],
                vectors=[vector for _, vector in rows],
            )

    def forget(self, keys: Iterable[bytes]) -> None:
        """Remove the vectors of texts that are no longer in the library."""
        with self._database.transaction() as transaction:
            transaction.run("DELETE FROM computed_vectors WHERE key = ANY(:keys)", keys=list(keys))

    def close(self) -> None:
        """No-op: nothing is open."""
