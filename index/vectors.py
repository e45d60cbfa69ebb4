"""Exact vector search over unit rows; the only importer of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError, StorageError

MANY = 50_000  # rows from which a search is worth waking other threads for
Keys = npt.NDArray[np.int64]


class VectorIndex:
    """Unit float32 rows under integer keys, searched by inner product, which is the cosine."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._faiss: Any = faiss
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """The index that `save` wrote."""
        import faiss

        opened = cls.__new__(cls)
        opened._faiss = faiss
        try:
            opened._index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise CorruptIndexError(
                f"The vectors in {path} cannot be read: run `torkham index update --full`."
            ) from error
        if opened._index.ntotal < MANY:
            faiss.omp_set_num_threads(1)
        return opened

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        try:
            self._faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise StorageError(
                f"The vectors cannot be written to {path}: free some disk space and try again."
            ) from error

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """The length of a row."""
        return int(self._index.d)

    def add(self, keys: Keys, rows: Vectors) -> None:
        """Add rows under new keys."""
        if len(keys):
            self._index.add_with_ids(np.ascontiguousarray(rows), keys)

    def remove(self, keys: Keys) -> None:
        """Forget the rows of those keys; unknown keys are ignored."""
        if len(keys):
            self._index.remove_ids(keys)

    def rows(self, keys: Keys) -> Vectors:
        """The stored rows of those keys, (n, dimension)."""
        if not len(keys):
            return np.empty((0, self.dimension), np.float32)
        return np.asarray(self._index.reconstruct_batch(keys), np.float32)

    def search(self, query: Vectors, k: int, *, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, cosine) for one row, best first; `allowed` restricts the keys before the search."""
        k = min(k, len(self) if allowed is None else len(allowed))
        if k <= 0:
            return []
        parameters: Any = None
        if allowed is not None:
            parameters = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(allowed))
        scores, keys = self._index.search(query.reshape(1, -1), k, params=parameters)
        return [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]
