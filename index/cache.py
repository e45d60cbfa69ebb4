"""Vectors already computed, by encoder and text: only unseen text is ever embedded, and interrupted work continues."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from index.encoder import Encoder, Progress, Vectors, unit

_BATCH = 128


def text_key(fingerprint: str, text: str) -> bytes:
    """The 16-byte key of a text under an encoder."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()[:16]


class Cache(Protocol):
    """Vectors already computed, as float16 bytes under the keys of their texts."""

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Those that are there."""
        ...

    def store(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep vectors for good, at once."""
        ...

    def forget(self, keys: Iterable[bytes]) -> None:
        """Remove the vectors of texts that are no longer in the library."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def encode(cache: Cache, encoder: Encoder, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
    """The unit rows of passages, (n, dimension); known ones from the cache, the others computed and kept.

    Every batch is kept before the next is computed.
    """
    keys = [text_key(encoder.fingerprint, text) for text in texts]
    known = cache.known(keys)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if progress and len(keys) > len(missing):
        progress(sum(key not in missing for key in keys))
    todo = sorted(missing.items(), key=lambda item: len(item[1]))
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        rows = encoder.encode_passages([text for _, text in batch]).astype(np.float16)
        fresh = [(key, row.tobytes()) for (key, _), row in zip(batch, rows, strict=True)]
        cache.store(fresh)
        known.update(fresh)
        if progress:
            progress(len(batch))
    if not keys:
        return np.empty((0, encoder.dimension), np.float32)
    rows16 = np.frombuffer(b"".join(known[key] for key in keys), np.float16).reshape(len(keys), -1)
    return unit(rows16.astype(np.float32))


class VectorCache:
    """Half-precision vectors in one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("CREATE TABLE IF NOT EXISTS vectors(key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
        except sqlite3.DatabaseError as error:
            connection.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            self._path.unlink()  # it only holds what can be computed again
            return self._open()
        return connection

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def forget(self, keys: Iterable[bytes]) -> None:
        """Remove the vectors of texts that are no longer in the library."""
        with self._connection:
            self._connection.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in keys])

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Those that are there."""
        found: dict[bytes, bytes] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self._connection.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part))
        return found

    def store(self, rows: Sequence[tuple[bytes, bytes]]) -> None:
        """Keep vectors for good, at once."""
        with self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
