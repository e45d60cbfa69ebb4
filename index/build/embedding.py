"""A cache of vectors by encoder and text: only unseen text is embedded, and an interrupted run resumes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from index.encoder import Encoder, Vectors, unit
from index.storage import Cache

_COMMIT_TEXTS = 128  # texts per commit: some seconds of work, the most a kill can lose
_LOOKUP_VECTORS = 2_048  # vectors per lookup


def text_key(fingerprint: str, text: str) -> bytes:
    """The 16-byte key of a text under an encoder."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()[:16]


def unseen(cache: Cache, encoder: Encoder, texts: Iterable[str]) -> list[str]:
    """The distinct texts without a vector."""
    keys = {text_key(encoder.fingerprint, text): text for text in texts}
    known = cache.known(list(keys))
    return [text for key, text in keys.items() if key not in known]


def fill(cache: Cache, encoder: Encoder, texts: Sequence[str], *, told: Callable[[str], None] | None = None) -> None:
    """Embed distinct texts, shortest first, committing each batch before the next.

    `told` is called for each text once its vector has been computed.
    """
    todo = sorted(texts, key=len)
    for start in range(0, len(todo), _COMMIT_TEXTS):
        batch = todo[start : start + _COMMIT_TEXTS]
        waiting = iter(batch)

        def advance(count: int, waiting: Iterator[str] = waiting) -> None:
            for text in islice(waiting, count):
                if told:
                    told(text)

        rows = encoder.encode_passages(batch, progress=advance).astype(np.float16)
        cache.store([(text_key(encoder.fingerprint, t), row.tobytes()) for t, row in zip(batch, rows, strict=True)])
        advance(len(batch))  # not every encoder reports progress


def vectors(cache: Cache, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    """The unit rows of texts, (n, dimension), from the cache; missing ones are computed and stored first."""
    rows = np.empty((len(texts), encoder.dimension), np.float32)
    for start in range(0, len(texts), _LOOKUP_VECTORS):
        rows[start : start + _LOOKUP_VECTORS] = _vectors(cache, encoder, texts[start : start + _LOOKUP_VECTORS])
    return rows


def _vectors(cache: Cache, encoder: Encoder, texts: Sequence[str]) -> Vectors:
    keys = [text_key(encoder.fingerprint, text) for text in texts]
    size = encoder.dimension * np.dtype(np.float16).itemsize
    known = cache.known(keys)
    if missing := {text for key, text in zip(keys, texts, strict=True) if len(known.get(key, b"")) != size}:
        fill(cache, encoder, sorted(missing))
        known = cache.known(keys)
    rows16 = np.frombuffer(b"".join(known[key] for key in keys), np.float16).reshape(len(keys), -1)
    return unit(rows16.astype(np.float32))
