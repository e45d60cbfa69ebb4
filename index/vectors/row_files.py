"""Rows by number, in files of at most SEGMENT rows: readers map them, a writer replaces whole files.

A generation hard-links the files of the previous one and replaces only those with a changed row.
"""

from __future__ import annotations

import mmap
import os
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import CorruptIndexError

SEGMENT = 65_536
Rows = npt.NDArray[Any]
Keys = npt.NDArray[np.int64]


# numpy's errors for an invalid header, which it parses as Python.
UNREADABLE = (OSError, ValueError, EOFError, SyntaxError, tokenize.TokenError, TypeError, KeyError, MemoryError)


def files(folder: Path, stem: str) -> list[Path]:
    """The files of the rows called `stem`, in order: `stem.npy`, `stem.0001.npy` and so on."""
    found: list[Path] = []
    while (path := folder / _name(stem, len(found))).exists():
        found.append(path)
    return found


def _name(stem: str, number: int) -> str:
    return f"{stem}.{number:04}.npy" if number else f"{stem}.npy"


class Segments:
    """The rows of one folder, (n, dimension), open for reading."""

    def __init__(self, folder: Path, stem: str) -> None:
        """CorruptIndexError when a file is missing or cannot be read."""
        try:
            if not (paths := files(folder, stem)):
                raise FileNotFoundError(folder / f"{stem}.npy")
            self._parts: list[Rows] = [np.load(path, mmap_mode="r", allow_pickle=False) for path in paths]
            if any(part.ndim != 2 or part.shape[1] != self._parts[0].shape[1] for part in self._parts):
                raise ValueError("rows of other lengths")
        except UNREADABLE as error:
            raise CorruptIndexError(
                f"The vectors {stem}.npy in {folder} cannot be read: run `torkham index update --full`."
            ) from error
        self._ends = np.cumsum([len(part) for part in self._parts])

    def __len__(self) -> int:
        return int(self._ends[-1])

    @property
    def dimension(self) -> int:
        """The dimension of a row."""
        return int(self._parts[0].shape[1])

    def take(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Rows:
        """Those rows, as stored."""
        chosen = np.asarray(rows, np.int64)
        if len(self._parts) == 1:
            return np.asarray(self._parts[0][chosen])
        found = np.empty((len(chosen), self.dimension), self._parts[0].dtype)
        where = np.searchsorted(self._ends, chosen, side="right")
        for number in np.unique(where).tolist():
            here, part = where == number, self._parts[number]
            found[here] = part[chosen[here] - (self._ends[number] - len(part))]
            _let_go(part)
        return found

    def blocks(self) -> Iterator[tuple[int, Rows]]:
        """(number of its first row, rows) for every file in order."""
        for end, part in zip(self._ends.tolist(), self._parts, strict=True):
            yield end - len(part), part
            _let_go(part)

    def pieces(self, count: int) -> Iterator[tuple[int, Rows]]:
        """(number of its first row, at most `count` rows) over all rows in order; they stay mapped."""
        for end, part in zip(self._ends.tolist(), self._parts, strict=True):
            for at in range(0, len(part), count):
                yield end - len(part) + at, part[at : at + count]


def store(folder: Path, stem: str, start: int, rows: Rows) -> None:
    """Write rows under the numbers from `start`; any gap after the last row so far is filled with zeros."""
    at, number, end = 0, 0, start + len(rows)
    while number == 0 or at < end:
        path = folder / _name(stem, number)
        size = len(np.load(path, mmap_mode="r")) if path.exists() else 0
        full = (folder / _name(stem, number + 1)).exists()
        room = size if full else max(size, SEGMENT)
        low, high = max(start, at), min(end, at + room)
        if low < high or size < min(end - at, room) or not path.exists():
            grown = np.zeros((max(size, min(end - at, room)), rows.shape[1]), rows.dtype)
            if size:
                grown[:size] = np.load(path, mmap_mode="r")
            if low < high:
                grown[low - at : high - at] = rows[low - start : high - start]
            _replace(path, grown)
        at, number = at + room, number + 1


def erase(folder: Path, stem: str, numbers: Sequence[int]) -> None:
    """Zero the rows of those numbers; numbers beyond the last row are ignored."""
    gone, at = np.sort(np.asarray(numbers, np.int64)), 0
    for path in files(folder, stem):
        part = np.load(path, mmap_mode="r")
        here = gone[(gone >= at) & (gone < at + len(part))] - at
        if len(here):
            kept = np.array(part)
            kept[here] = 0
            _replace(path, kept)
        at += len(part)


def _replace(path: Path, rows: Rows) -> None:
    """Write a new file under the name: the old one may belong to another generation as well."""
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        np.save(file, rows)
    os.replace(beside, path)


def _let_go(part: Rows) -> None:
    """Drop mapped pages: they would count as this process's memory until it ends."""
    mapped = getattr(part, "_mmap", None)
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
