"""Vectors in the database: the passages and sentences of one generation, the cache of all, and pgvector's formats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.postgres.connection import Database
from index.postgres.records import Rows, conditions
from index.types import Scope

EXACT_PASSAGES = 20_000  # passages up to which search is exhaustive
EF_CONSTRUCTION, LINKS = 128, 16
_PART_ROWS = 2_000


def literal(row: npt.NDArray[np.floating]) -> str:
    """A row in pgvector's text format, rounded to half precision."""
    return f"[{','.join(map(str, row.astype(np.float16).tolist()))}]"


class DatabaseVectors:
    """Passage vectors: searched exhaustively if they are few or within a scope, else through the HNSW index."""

    def __init__(self, rows: Rows, dimension: int, passages: int) -> None:
        self._rows = rows
        self._dimension = dimension
        self._indexed = passages > EXACT_PASSAGES

    def search(self, query: Vectors, k: int, scope: Scope) -> list[tuple[int, float]]:
        """The `k` best (key, cosine) for one unit row within a scope, best first."""
        clauses, values = conditions(scope)
        # Under a scope, the index would be scanned until enough rows pass the filter: exhaustive search is complete.
        source = f"passage_vectors v{' JOIN passages p ON p.key = v.key' if scope else ''}"
        near, ties = "v.embedding <=> CAST(:query AS halfvec)", ", v.key"
        if self._indexed and not scope:
            shape = f"halfvec({self._dimension})"
            near = f"CAST(v.embedding AS {shape}) <=> CAST(:query AS {shape})"
            clauses, ties = f" AND vector_dims(v.embedding) = {self._dimension}", ""
        rows = self._rows(
            f"SELECT v.key, 1 - ({near}) FROM {source} WHERE v.first <= :g AND v.until > :g{clauses}"
            f" ORDER BY {near}{ties} LIMIT :k",
            query=literal(query.reshape(-1)),
            k=k,
            **values,
        )
        return [(int(key), float(cosine)) for key, cosine in rows]

    def rows(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those keys, (n, dimension)."""
        select = "SELECT key, halfvec_send(embedding) FROM passage_vectors WHERE key = ANY(:keys)"
        found = dict(self._rows(select, keys=list(keys)))
        return _floats([found[key] for key in keys], self._dimension)


class DatabaseSentences:
    """Sentence vectors by number; their count is given."""

    def __init__(self, rows: Rows, dimension: int, count: int) -> None:
        self._rows = rows
        self._dimension = dimension
        self._count = count

    def __len__(self) -> int:
        return self._count

    def rows(self, rows: Sequence[int]) -> Vectors:
        """Those rows as float32, (n, dimension)."""
        if not len(rows):
            return np.empty((0, self._dimension), np.float32)
        select = "SELECT number, halfvec_send(embedding) FROM sentences WHERE number = ANY(:rows)"
        found = dict(self._rows(select, rows=list(rows)))
        return _floats([found[row] for row in rows], self._dimension)

    def cosines(self, query: Vectors, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """The cosine of one unit row with each of those rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        found = dict(
            self._rows(
                "SELECT number, 1 - (embedding <=> CAST(:query AS halfvec)) FROM sentences WHERE number = ANY(:rows)",
                query=literal(query.reshape(-1)),
                rows=list(rows),
            )
        )
        return np.array([found[row] for row in rows], np.float32)

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """The `k` rows nearest to one unit row, best first."""
        rows = self._rows(
            "SELECT number FROM sentences WHERE first <= :g AND until > :g"
            " ORDER BY embedding <=> CAST(:query AS halfvec), number LIMIT :k",
            query=literal(query.reshape(-1)),
            k=k,
        )
        return [int(number) for (number,) in rows]


class DatabaseCache:
    """Vectors of any generation are reused; computed ones are committed at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The cached vectors among those keys."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), _PART_ROWS):
            part = list(keys[start : start + _PART_ROWS])
            for table in ("passage_vectors", "sentences"):
                rows = self._database.rows(
                    f"SELECT DISTINCT ON (vector) vector, halfvec_send(embedding) FROM {table} WHERE vector = ANY(:keys)",
                    keys=part,
                )
                found.update((bytes(key), _half(bytes(sent))) for key, sent in rows)
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


def _floats(sent: Sequence[bytes], dimension: int) -> Vectors:
    """The output of `halfvec_send` (two 16-bit numbers, then big-endian float16) as float32, (n, dimension)."""
    if not sent:
        return np.empty((0, dimension), np.float32)
    return np.frombuffer(b"".join(one[4:] for one in sent), ">f2").reshape(len(sent), -1).astype(np.float32)


def _half(sent: bytes) -> bytes:
    """The same as float16 bytes in native byte order."""
    return np.frombuffer(sent, ">f2", offset=4).astype(np.float16).tobytes()
