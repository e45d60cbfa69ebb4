"""The exact index: unit rows under ascending keys in two files of numpy, mapped, and searched by one product."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.errors import CorruptIndexError
from index.vectors.row_files import UNREADABLE, Keys

ROWS_FILE, KEYS_FILE = "vectors.npy", "vector_keys.npy"


class FlatRows:
    """Unit float32 rows, (n, dimension), under ascending keys, (n,), searched exhaustively."""

    def __init__(self, keys: Keys, rows: Vectors) -> None:
        self.keys = keys
        self._rows = rows

    @classmethod
    def load(cls, folder: Path) -> FlatRows:
        """Map the files written by `save`; CorruptIndexError when they cannot be read."""
        try:
            keys, rows = _mapped(folder / KEYS_FILE), _mapped(folder / ROWS_FILE)
            if keys.dtype != np.int64 or rows.dtype != np.float32 or rows.ndim != 2 or keys.shape != rows.shape[:1]:
                raise ValueError("not one key a row")
            if np.any(keys[1:] <= keys[:-1]):
                raise ValueError("keys out of order")
        except UNREADABLE as error:
            raise CorruptIndexError(
                f"The vectors in {folder} cannot be read: run `torkham index update --full`."
            ) from error
        return cls(keys, rows)

    def save(self, folder: Path) -> None:
        """Write both files to a folder that has none."""
        np.save(folder / KEYS_FILE, self.keys)
        np.save(folder / ROWS_FILE, self._rows)

    def added(self, keys: Keys, rows: Vectors) -> FlatRows:
        """With rows under new keys, which come after all others."""
        return FlatRows(np.concatenate([self.keys, keys]), np.concatenate([self._rows, rows]))

    def removed(self, keys: Keys) -> FlatRows:
        """Without the rows of those keys; unknown keys are ignored."""
        kept = ~np.isin(self.keys, keys)
        return FlatRows(self.keys[kept], self._rows[kept])

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def dimension(self) -> int:
        """The dimension of a row."""
        return int(self._rows.shape[1])

    def rows(self, keys: Keys) -> Vectors:
        """The stored rows of those keys, (n, dimension); unknown ones are skipped."""
        return np.asarray(self._rows[self._places(keys)], np.float32)

    def search(self, query: Vectors, k: int, *, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The `k` best (key, cosine) for one row, best first; `allowed` restricts the keys before the search."""
        keys, rows = self.keys, self._rows
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
        at = np.searchsorted(self.keys, keys)
        inside = at < len(self)
        return np.asarray(at[inside][self.keys[at[inside]] == keys[inside]], np.int64)


def _mapped(path: Path) -> npt.NDArray[Any]:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.offset + array.nbytes != path.stat().st_size:
        raise ValueError("bytes after the array")
    return np.asarray(array)
