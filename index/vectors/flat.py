"""Reads the exact index without its engine: a flat FAISS file is rows under keys, and importing FAISS takes longer than
one search.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.vectors.faiss import Keys

_HEADER = struct.Struct("<4siqqqBi")  # kind, dimension, rows, two spare numbers, trained, metric
_COUNT = struct.Struct("<Q")
_INNER_PRODUCT = 0


class FlatRows:
    """Unit float32 rows under integer keys, searched exhaustively."""

    def __init__(self, keys: Keys, rows: Vectors) -> None:
        self._keys = keys
        self._rows = rows
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    @classmethod
    def read(cls, path: Path) -> FlatRows | None:
        """The index written by `VectorIndex.save`; None if the file has another layout, which FAISS has to read."""
        try:
            return cls._read(path)
        except (OSError, struct.error, ValueError):
            return None

    @classmethod
    def _read(cls, path: Path) -> FlatRows | None:
        with path.open("rb") as file:
            kind, dimension, count, _, _, _, metric = _HEADER.unpack(file.read(_HEADER.size))
            inner, *same = _HEADER.unpack(file.read(_HEADER.size))
            if (kind, inner, metric, same[:2]) != (b"IxM2", b"IxFI", _INNER_PRODUCT, [dimension, count]):
                return None
            # Read, not mapped: the rows begin at byte 82, and every product would copy misaligned data.
            numbers = _COUNT.unpack(file.read(_COUNT.size))
            rows = np.fromfile(file, np.float32, count * dimension).reshape(count, dimension)
            numbers += _COUNT.unpack(file.read(_COUNT.size))
            keys = np.fromfile(file, np.int64, count)
            whole = len(keys) == count and not file.read(1)
        return cls(keys, rows) if whole and numbers == (count * dimension, count) else None

    def __len__(self) -> int:
        return len(self._keys)

    def rows(self, keys: Keys) -> Vectors:
        """The stored rows of those keys, (n, dimension)."""
        return np.asarray(self._rows[self._places(keys)], np.float32)

    def search(self, query: Vectors, k: int, *, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, cosine) for one row, best first; `allowed` restricts the keys before the search."""
        keys, rows = self._keys, self._rows
        if allowed is not None:
            places = self._places(allowed)
            keys, rows = keys[places], rows[places]
        cosines = rows @ query.reshape(-1)
        k = max(0, min(k, len(cosines)))
        best = np.argpartition(-cosines, k - 1)[:k] if k < len(cosines) else np.arange(k)
        best = best[np.argsort(-cosines[best], kind="stable")]
        return list(zip(keys[best].tolist(), cosines[best].tolist(), strict=True))

    def _places(self, keys: Keys) -> Keys:
        """The positions of those keys; unknown ones are skipped."""
        if not len(self._sorted):
            return np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.asarray(self._order[at[self._sorted[at] == keys]], np.int64)
