"""The passage and sentence vectors of one generation in the database."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.postgres import halfvec
from index.postgres.filters import conditions
from index.postgres.records import Rows
from index.postgres.schema import EXACT
from index.types import Scope


class DatabaseVectors:
    """Passage vectors: searched exhaustively if they are few or within a scope, else through the HNSW index."""

    def __init__(self, rows: Rows, dimension: int, passages: int) -> None:
        self._rows = rows
        self._dimension = dimension
        self._indexed = passages > EXACT

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
            query=halfvec.literal(query.reshape(-1)),
            k=k,
            **values,
        )
        return [(int(key), float(cosine)) for key, cosine in rows]

    def rows(self, keys: Sequence[int]) -> Vectors:
        """The vectors of those keys, (n, dimension)."""
        select = "SELECT key, halfvec_send(embedding) FROM passage_vectors WHERE key = ANY(:keys)"
        found = dict(self._rows(select, keys=list(keys)))
        return halfvec.rows([found[key] for key in keys], self._dimension)


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
        return halfvec.rows([found[row] for row in rows], self._dimension)

    def cosines(self, query: Vectors, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """The cosine of one unit row with each of those rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        found = dict(
            self._rows(
                "SELECT number, 1 - (embedding <=> CAST(:query AS halfvec)) FROM sentences WHERE number = ANY(:rows)",
                query=halfvec.literal(query.reshape(-1)),
                rows=list(rows),
            )
        )
        return np.array([found[row] for row in rows], np.float32)

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """The `k` rows nearest to one unit row, best first."""
        rows = self._rows(
            "SELECT number FROM sentences WHERE first <= :g AND until > :g"
            " ORDER BY embedding <=> CAST(:query AS halfvec), number LIMIT :k",
            query=halfvec.literal(query.reshape(-1)),
            k=k,
        )
        return [int(number) for (number,) in rows]
