"""Vectors already computed, by encoder and text: only unseen text is ever embedded, and interrupted work continues."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

import numpy as np

from index.encoder import Encoder, Vectors, unit

_BATCH = 128  # texts computed before they are kept: some seconds of work, all that a kill can lose
_PART = 2_048  # vectors looked up at once


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


def unseen(cache: Cache, encoder: Encoder, texts: Iterable[str]) -> list[str]:
    """Those texts that have no vector yet, each once."""
    keys = {text_key(encoder.fingerprint, text): text for text in texts}
    known = cache.known(list(keys))
    return [text for key, text in keys.items() if key not in known]


def fill(cache: Cache, encoder: Encoder, texts: Sequence[str], *, told: Callable[[str], None] | None = None) -> None:
    """Compute vectors of distinct texts, the shortest first, and keep each batch before the next is computed.

    `told` is called with each text when its vector has been computed.
    """
    todo = sorted(texts, key=len)
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        waiting = iter(batch)

        def advance(count: int, waiting: Iterator[str] = waiting) -> None:
            for text in islice(waiting, count):
                if told:
                    told(text)

        rows = encoder.encode_passages(batch, progress=advance).astype(np.float16)
        cache.store([(text_key(encoder.fingerprint, t), row.tobytes()) for t, row in zip(batch, rows, strict=True)])
        advance(len(batch))  # not every encoder tells


def vectors(cache: Cache, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The unit rows of texts, (n, dimension), from the cache; what is not there is computed and kept first."""
    rows = np.empty((len(texts), encoder.dimension), np.float32)
    for start in range(0, len(texts), _PART):
        rows[start : start + _PART] = _vectors(cache, encoder, texts[start : start + _PART])
    return rows


def _vectors(cache: Cache, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    keys = [text_key(encoder.fingerprint, text) for text in texts]
    known = cache.known(keys)
    if missing := {text for key, text in zip(keys, texts, strict=True) if key not in known}:
        fill(cache, encoder, sorted(missing))
        known = cache.known(keys)
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
