"""Sentence vectors: int8 rows with one scale each, memory-mapped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError
from index.vectors import row_files
from index.vectors.row_files import SEGMENT, Segments

STEM, SCALES_FILE = "sentences", "sentence_scales.npy"
_PIECE = 1_024  # rows per piece, 1.5 MB as floats


def quantise(vectors: Vectors) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Quantise each row to int8 and a scale, the largest component being 127; an all-zero row keeps scale 0."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127.0
    safe = np.where(scales == 0, 1.0, scales)
    return np.round(vectors / safe[:, None]).astype(np.int8), scales.astype(np.float32)


def write(folder: Path, *, forgotten: Sequence[int], added: Vectors) -> None:
    """Zero some rows of a folder permanently and append new ones; create the files if there are none."""
    path = folder / SCALES_FILE
    scales = np.load(path) if path.exists() else np.empty(0, np.float32)
    if forgotten:
        row_files.erase(folder, STEM, forgotten)
        scales[np.asarray(forgotten, np.int64)] = 0.0
    rows, fresh = quantise(added)
    if len(rows) or not row_files.files(folder, STEM):
        row_files.store(folder, STEM, len(scales), rows)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        np.save(file, np.concatenate([scales, fresh]))
    beside.replace(path)


class SentenceVectors:
    """Rows by number; a removed row is zero and stays so until a full rebuild."""

    def __init__(self, rows: Segments, scales: npt.NDArray[np.float32]) -> None:
        self._rows = rows
        self._scales = scales
        # The scale of a row does not change its cosine, so the integers suffice; norms are computed once.
        self._lengths = None if len(rows) > SEGMENT else np.empty(0, np.float32)

    @classmethod
    def load(cls, folder: Path) -> SentenceVectors:
        """Map the rows written by `write`."""
        rows = Segments(folder, STEM)
        try:
            scales = np.load(folder / SCALES_FILE, mmap_mode="r", allow_pickle=False)
            if scales.shape != (len(rows),):
                raise ValueError("not one scale a row")
            return cls(rows, scales)
        except row_files.UNREADABLE as error:
            raise CorruptIndexError(
                f"The sentence vectors in {folder} cannot be read: run `torkham index update --full`."
            ) from error

    def __len__(self) -> int:
        return len(self._rows)

    def cosines(self, query: Vectors, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """The cosine of one unit row with each of those rows."""
        if not len(rows):
            return np.empty(0, np.float32)
        chosen = np.asarray(rows, np.int64)
        return self._cosines(query, chosen, self._rows.take(chosen).astype(np.float32))

    def nearest(self, query: Vectors, k: int) -> list[int]:
        """The `k` rows nearest to one unit row, best first, by exhaustive search."""
        # Piece by piece: a piece fits the CPU cache as floats, all rows at once would not.
        pieces = self._rows.pieces(_PIECE)
        cosines = [self._cosines(query, slice(at, at + _PIECE), part.astype(np.float32)) for at, part in pieces]
        nearest: list[int] = np.argsort(-np.concatenate(cosines))[:k].tolist() if cosines else []
        return nearest

    def _cosines(
        self, query: Vectors, chosen: npt.NDArray[np.int64] | slice, whole: Vectors
    ) -> npt.NDArray[np.float32]:
        lengths = self._lengths_of(chosen, whole) * np.linalg.norm(query)
        cosines = whole @ query.reshape(-1) / np.where(lengths == 0, 1.0, lengths)
        return np.asarray(cosines, np.float32)

    def _lengths_of(self, chosen: npt.NDArray[np.int64] | slice, whole: Vectors) -> npt.NDArray[np.float32]:
        if self._lengths is None:
            return _lengths(whole)
        if len(self._lengths) < len(self):
            self._lengths = np.concatenate([_lengths(part.astype(np.float32)) for _, part in self._rows.pieces(_PIECE)])
        return self._lengths[chosen]

    def rows(self, rows: Sequence[int]) -> Vectors:
        """Those rows as float32, (n, dimension)."""
        chosen = np.asarray(rows, np.int64)
        return np.asarray(self._rows.take(chosen).astype(np.float32) * self._scales[chosen][:, None], np.float32)


def _lengths(rows: Vectors) -> npt.NDArray[np.float32]:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", rows, rows)), np.float32)
