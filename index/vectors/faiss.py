"""Vector search over unit rows, exact and with inverted lists; the only importer of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError, StorageError

VECTORS = "vectors.faiss"  # the file in the folder of a generation
POINTS = 64  # training rows per centroid
Keys = npt.NDArray[np.int64]


class _Stored:
    """Rows under integer keys in an index of FAISS."""

    _faiss: Any
    _index: Any

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def save(self, path: Path) -> None:
        """Write everything to one file."""
        try:
            self._faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise StorageError(
                f"The vectors cannot be written to {path}: free some disk space and try again."
            ) from error

    def add(self, keys: Keys, rows: Vectors) -> None:
        """Add rows under new keys."""
        if len(keys):
            self._index.add_with_ids(np.ascontiguousarray(rows), keys)

    def remove(self, keys: Keys) -> None:
        """Remove the rows of those keys; unknown keys are ignored."""
        if len(keys):
            self._index.remove_ids(keys)


class VectorIndex(_Stored):
    """Unit float32 rows under integer keys, searched by inner product, which is the cosine."""

    def __init__(self, dimension: int) -> None:
        import faiss

        self._faiss: Any = faiss
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @classmethod
    def load(cls, path: Path) -> VectorIndex:
        """The index written by `save`."""
        import faiss

        opened = cls.__new__(cls)
        opened._faiss = faiss
        try:
            opened._index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise CorruptIndexError(
                f"The vectors in {path} cannot be read: run `torkham index update --full`."
            ) from error
        return opened

    @property
    def keys(self) -> Keys:
        """The keys of the rows, in storage order."""
        return np.asarray(self._faiss.vector_to_array(self._index.id_map), np.int64)

    @property
    def dimension(self) -> int:
        """The dimension of a row."""
        return int(self._index.d)

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


class InvertedLists(_Stored):
    """Unit rows in 8 bits per component, in inverted lists around trained centroids; a search reads the nearest
    lists.
    """

    def __init__(self, index: Any) -> None:
        import faiss

        self._faiss: Any = faiss
        self._index = index

    @classmethod
    def learn(cls, sample: Vectors, count: int) -> InvertedLists:
        """Empty lists for about `count` rows, a square root of them, with centroids trained on a sample."""
        import faiss

        dimension, lists = sample.shape[1], max(1, min(round(count**0.5), len(sample)))
        index: Any = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.max_points_per_centroid = POINTS
        index.cp.min_points_per_centroid = 1
        index.train(np.ascontiguousarray(sample))
        return cls(index)

    @classmethod
    def load(cls, path: Path, *, mapped: bool) -> InvertedLists:
        """The lists written by `save`; `mapped` ones stay on disk and are read-only."""
        import faiss

        try:
            return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP if mapped else 0))
        except RuntimeError as error:
            raise CorruptIndexError(
                f"The vectors in {path} cannot be read: run `torkham index update --full`."
            ) from error

    @property
    def lists(self) -> int:
        """The number of lists."""
        return int(self._index.nlist)

    def search(self, queries: Vectors, k: int, *, probes: int, mask: npt.NDArray[np.bool_] | None = None) -> Keys:
        """The keys of up to `k` near rows for each query from its `probes` nearest lists, (n, k), padded with -1.

        `mask` says for each key whether it is allowed.
        """
        parameters = self._faiss.SearchParametersIVF(nprobe=min(probes, self.lists))
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            selector = self._faiss.IDSelectorBitmap(bits)
            parameters = self._faiss.SearchParametersIVF(nprobe=min(probes, self.lists), sel=selector)
        _, keys = self._index.search(np.ascontiguousarray(queries), k, params=parameters)
        return np.asarray(keys, np.int64)
