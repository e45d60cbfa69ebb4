"""The vectors of single sentences: int8 rows with a scale each, memory-mapped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError

ROWS_FILE, SCALES_FILE = "sentences.npy", "sentence_scales.npy"


def quantise(vectors: Vectors) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Each row as int8 times its scale, the largest component being 127; a row of zeros keeps scale 0."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127.0
    safe = np.where(scales == 0, 1.0, scales)
    return np.round(vectors / safe[:, None]).astype(np.int8), scales.astype(np.float32)


class SentenceVectors:
    """Rows by number; a forgotten row is zero and stays so until a full rebuild."""

    def __init__(self, rows: npt.NDArray[np.int8], scales: npt.NDArray[np.float32]) -> None:
        self._rows = rows
        self._scales = scales

    @classmethod
    def empty(cls, dimension: int) -> SentenceVectors:
        """No rows yet."""
        return cls(np.empty((0, dimension), np.int8), np.empty(0, np.float32))

    @classmethod
    def load(cls, folder: Path) -> SentenceVectors:
        """Map the rows that `save` wrote."""
        try:
            rows = np.load(folder / ROWS_FILE, mmap_mode="r", allow_pickle=False)
            return cls(rows, np.load(folder / SCALES_FILE, allow_pickle=False))
        except (OSError, ValueError, EOFError) as error:
            raise CorruptIndexError(
                f"The sentence vectors in {folder} cannot be read: run `torkham index update --full`."
            ) from error

    def save(self, folder: Path) -> None:
        """Write both files."""
        np.save(folder / ROWS_FILE, self._rows)
        np.save(folder / SCALES_FILE, self._scales)

    def __len__(self) -> int:
        return len(self._rows)

    def replaced(self, forgotten: Iterable[int], added: Vectors) -> SentenceVectors:
        """A copy with some rows zeroed and new rows behind the last."""
        rows, scales = quantise(added)
        kept = np.array(self._rows)
        kept_scales = np.array(self._scales)
        gone = np.fromiter(forgotten, np.int64)
        kept[gone], kept_scales[gone] = 0, 0.0
        return SentenceVectors(np.concatenate([kept, rows]), np.concatenate([kept_scales, scales]))

    def cosines(self, query: Vectors, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """The cosine of one unit row with each of those rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        vectors = self.rows(rows)
        norms = np.linalg.norm(vectors, axis=1)
        length = np.linalg.norm(query)
        cosines = vectors @ query.reshape(-1) / np.where(norms == 0, 1.0, norms * length)
        return np.asarray(cosines, np.float32)

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """The `k` rows nearest to one unit row, best first."""
        nearest: list[int] = np.argsort(-self.cosines(query, range(len(self))))[:k].tolist()
        return nearest

    def rows(self, rows: Sequence[int]) -> Vectors:
        """Those rows as float32, (n, dimension)."""
        chosen = np.asarray(rows)
        return np.asarray(self._rows[chosen].astype(np.float32) * self._scales[chosen][:, None], np.float32)
