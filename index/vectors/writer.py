"""Writes the passage vectors of a generation: one exact index or, from APPROXIMATE rows, inverted lists over rows on
disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.vectors import ivf, row_files
from index.vectors.faiss import POINTS, VECTORS, InvertedLists
from index.vectors.flat import FlatRows
from index.vectors.ivf import STEM, ListedVectors
from index.vectors.row_files import Keys, Segments

APPROXIMATE = 20_000  # rows from which inverted lists take less than half the time and memory of the exact index
RECALL = 0.98  # required recall@10
_TUNED_ON = 400  # sample queries
_TUNED = 0.99  # recall required on the half of the samples that tunes nprobe
_PROBES = (16, 32, 64, 128, 256, 512, 1024)
_GROWN = 2  # growth, as a multiple of the rows the centroids were trained for
Samples = Callable[[int], Vectors]  # number of sample queries


class VectorWriter:
    """The passage vectors in an unfinished folder; those of `base` are taken over first."""

    def __init__(self, folder: Path, base: Path | None, dimension: int) -> None:
        self._folder = folder
        self._exact: FlatRows | None = None
        self._lists: InvertedLists | None = None
        self._removed: list[Keys] = []
        self._added: list[range] = []
        if base is None:
            self._exact = FlatRows(np.empty(0, np.int64), np.empty((0, dimension), np.float32))
        elif row_files.files(base, STEM):
            self._lists = InvertedLists.load(base / VECTORS, mapped=False)
        else:
            self._exact = FlatRows.load(base)
        self._count = len(self._exact if self._exact is not None else self._lists or ())

    def remove(self, keys: Keys) -> None:
        """Delete the rows of those keys permanently."""
        self._count -= len(keys)
        if self._exact is not None:
            self._exact = self._exact.removed(keys)
        elif len(keys):
            row_files.erase(self._folder, STEM, keys.tolist())
            self._removed.append(keys)

    def add(self, keys: Keys, rows: Vectors) -> None:
        """Add rows under new, consecutive keys."""
        self._count += len(keys)
        if self._exact is not None and self._count > APPROXIMATE:
            self._to_disk(self._exact)
            self._exact = None
        if self._exact is not None:
            self._exact = self._exact.added(keys, rows)
        elif len(keys):
            row_files.store(self._folder, STEM, int(keys[0]), rows.astype(np.float16))
            self._added.append(range(int(keys[0]), int(keys[-1]) + 1))

    def _to_disk(self, exact: FlatRows) -> None:
        keys = exact.keys
        rows = np.zeros((int(keys[-1]) + 1 if len(keys) else 0, exact.dimension), np.float16)
        rows[keys] = exact.rows(keys)
        row_files.store(self._folder, STEM, 0, rows)

    def save(self, there: npt.NDArray[np.int64], samples: Samples) -> Mapping[str, str | int | float]:
        """Finish; returns the search method. `there` are the keys of all passages, in order."""
        if self._exact is not None:
            self._exact.save(self._folder)
            return {"kind": "exact"}
        rows = Segments(self._folder, STEM)
        lists = self._changed(rows) or self._learned(rows, there)
        lists.save(self._folder / VECTORS)
        probes, share = tuned(rows, lists, samples)
        if share < RECALL and probes < lists.lists:
            lists = self._learned(rows, there)
            lists.save(self._folder / VECTORS)
            probes, share = tuned(rows, lists, samples)
        return {"kind": "IVF-SQ8", "lists": lists.lists, "probes": probes, "recall_at_10": round(share, 4)}

    def _changed(self, rows: Segments) -> InvertedLists | None:
        """The changed lists of the base; None if there are none or they have grown too far."""
        lists = self._lists
        if lists is None or self._count > _GROWN * lists.lists**2:
            return None
        for keys in self._removed:
            lists.remove(keys)
        for span in self._added:
            keys = np.arange(span.start, span.stop, dtype=np.int64)
            lists.add(keys, np.asarray(rows.take(keys), np.float32))
        return lists

    def _learned(self, rows: Segments, there: npt.NDArray[np.int64]) -> InvertedLists:
        wanted = POINTS * round(len(there) ** 0.5)
        chosen = np.sort(np.random.default_rng(1).choice(there, min(wanted, len(there)), replace=False))
        lists = InvertedLists.learn(np.asarray(rows.take(chosen), np.float32), len(there))
        present = np.zeros(len(rows), np.bool_)
        present[there] = True
        for first, part in rows.blocks():
            keys = first + np.flatnonzero(present[first : first + len(part)])
            lists.add(keys, np.asarray(part[keys - first], np.float32))
        return lists


def tuned(rows: Segments, lists: InvertedLists, samples: Samples) -> tuple[int, float]:
    """Returns (nprobe, recall@10): nprobe is tuned on half of the sample queries, recall is reported on the other half.

    It is set to twice what that half needs, and at least 32: real questions lie farther from passages than the samples
    (50,000 made passages: 16 lists found .973 for questions). If no number suffices, all lists are read.
    """
    queries = samples(_TUNED_ON)
    half = len(queries) // 2
    wanted = ivf.exact(rows, queries, min(10, len(lists)))
    for probes in (*(number for number in _PROBES if number < lists.lists), lists.lists):
        vectors = ListedVectors(rows, lists, probes)
        if ivf.recall(_asked(vectors, queries[:half]), wanted[:half]) >= _TUNED:
            break
    probes = min(2 * probes, lists.lists)
    vectors = ListedVectors(rows, lists, probes)
    return probes, ivf.recall(_asked(vectors, queries[half:]), wanted[half:])


def _asked(vectors: ListedVectors, queries: Vectors) -> list[list[float]]:
    return [[cosine for _, cosine in vectors.search(query, 10)] for query in queries]
