"""Vector search over unit rows with inverted lists; the only importer of faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError, StorageError
from index.vectors.row_files import Keys

VECTORS = "vectors.faiss"  # the file in the folder of a large generation
POINTS = 64  # training rows per centroid


class InvertedLists:
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
