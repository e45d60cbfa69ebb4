"""Passage vectors of a large library: inverted lists find candidates, half-precision rows on disk re-rank them
exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.vectors.faiss import VECTORS, InvertedLists
from index.vectors.row_files import Keys, Segments

STEM = "passages"
CANDIDATES = 200  # minimum number of rows re-ranked exactly
FEW = 5_000  # allowed passages up to which search is exhaustive
_BLOCK = 16_384
_SAME = 1e-5  # tolerance of a cosine of half-precision rows, summed in another order


class ListedVectors:
    """float16 rows under their keys, and the inverted lists over them; `probes` lists are read per question."""

    def __init__(self, rows: Segments, lists: InvertedLists, probes: int) -> None:
        self._rows = rows
        self._lists = lists
        self._probes = probes

    @classmethod
    def load(cls, folder: Path, probes: int) -> ListedVectors:
        """Map the files of a writer; CorruptIndexError when they cannot be read."""
        return cls(Segments(folder, STEM), InvertedLists.load(folder / VECTORS, mapped=True), probes)

    def __len__(self) -> int:
        return len(self._lists)

    def rows(self, keys: Keys) -> Vectors:
        """The rows of those keys, (n, dimension)."""
        return np.asarray(self._rows.take(keys), np.float32)

    def search(
        self, query: Vectors, k: int, *, mask: npt.NDArray[np.bool_] | None = None, allowed: Keys | None = None
    ) -> list[tuple[int, float]]:
        """The `k` best (key, cosine) for one row, best first; `mask` by key or a list of keys restricts them
        beforehand.
        """
        if mask is not None and np.count_nonzero(mask) <= FEW:
            allowed = np.flatnonzero(mask)
        if allowed is not None:
            return self._best(query, k, allowed)
        depth = min(max(2 * k, CANDIDATES), len(self))
        probes = self._probes
        if mask is not None:  # read as many allowed rows as without a mask
            probes = int(probes * len(self) / max(1, int(np.count_nonzero(mask))))
        found = self._candidates(query, depth, probes, mask)
        if len(found) < k and probes < self._lists.lists:
            found = self._candidates(query, depth, self._lists.lists, mask)
        return self._best(query, k, found)

    def _candidates(self, query: Vectors, k: int, probes: int, mask: npt.NDArray[np.bool_] | None) -> Keys:
        keys: Keys = self._lists.search(query.reshape(1, -1), k, probes=probes, mask=mask)[0]
        return np.asarray(keys[keys >= 0], np.int64)

    def _best(self, query: Vectors, k: int, keys: Keys) -> list[tuple[int, float]]:
        scores = np.concatenate(
            [self.rows(keys[at : at + _BLOCK]) @ query.reshape(-1) for at in range(0, len(keys), _BLOCK)]
            or [np.empty(0, np.float32)]
        )
        order = np.argsort(-scores, kind="stable")[:k]
        return [(int(keys[place]), float(scores[place])) for place in order]


def exact(rows: Segments, queries: Vectors, k: int) -> Vectors:
    """The cosines of the `k` nearest rows of each query by exhaustive search, (n, k), best first."""
    best = np.full((len(queries), k), -np.inf, np.float32)
    for _, part in rows.blocks():
        for at in range(0, len(part), _BLOCK):
            scores = np.concatenate([best, queries @ np.asarray(part[at : at + _BLOCK], np.float32).T], axis=1)
            best = -np.partition(-scores, k - 1, axis=1)[:, :k]
    return np.asarray(-np.sort(-best, axis=1), np.float32)


def recall(found: Sequence[Sequence[float]], wanted: Vectors) -> float:
    """recall@k against exhaustive search, (n, k); ties (equal cosine) count as hits."""
    hits = [
        sum(cosine >= least - _SAME for cosine in cosines[: wanted.shape[1]])
        for cosines, least in zip(found, wanted[:, -1], strict=True)
    ]
    return float(sum(hits)) / wanted.size
