"""Moves an index from one storage to another: stored data is copied as it is, nothing is embedded again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from index.build.embedding import text_key
from index.build.update import INDEX_RECIPE, update
from index.encoder import Encoder, Vectors, unit
from index.encoder import Progress as Advance
from index.errors import IndexingError
from index.manifest import Manifest, refuse_other_encoder
from index.progress import Progress
from index.storage import Cache, Snapshot, Storage
from index.types import Scope
from sources.document import Document

MOVED_COSINE = 0.999  # minimum cosine of a vector with itself after a move: both sides store at least half precision
_BATCH_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class Moved:
    """The outcome of a move: the manifest that serves at the new place, and how many texts had no vector at the old
    one.
    """

    manifest: Manifest
    written: bool
    embedded: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored document as an entry of a library."""

    document_id: str
    path: Path
    stamp: str


class StoredLibrary:
    """The documents of a generation, under the stamps of their files."""

    def __init__(self, snapshot: Snapshot, stamps: dict[str, tuple[str, str]]) -> None:
        self._records = snapshot.records
        self._stamps = stamps

    def scan(self) -> Sequence[Stored]:
        """Every document."""
        return [Stored(identifier, Path(identifier), stamp) for identifier, (stamp, _) in sorted(self._stamps.items())]

    def load(self, entry: Stored) -> Document:
        """The document as it is stored."""
        document = self._records.document(entry.document_id)
        if document is None:
            raise IndexingError(
                f"The document “{entry.document_id}” is missing where it was: run `torkham index verify`."
            )
        return document


class CopyingEncoder:
    """Takes vectors from the old storage; only missing ones are computed by the model."""

    def __init__(self, encoder: Encoder, cache: Cache) -> None:
        self._encoder = encoder
        self._cache = cache
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self.window = encoder.window
        self.count_tokens = encoder.count_tokens
        self.encode_queries = encoder.encode_queries
        self.embedded = 0

    def encode_passages(self, texts: Sequence[str], *, progress: Advance | None = None) -> Vectors:
        """One unit row per text."""
        keys = [text_key(self.fingerprint, text) for text in texts]
        known = self._cache.known(keys)
        missing = [text for key, text in zip(keys, texts, strict=True) if key not in known]
        if missing:
            self.embedded += len(missing)
            rows = self._encoder.encode_passages(missing).astype(np.float16)
            known |= {text_key(self.fingerprint, t): row.tobytes() for t, row in zip(missing, rows, strict=True)}
        found = np.frombuffer(b"".join(known[key] for key in keys), np.float16).reshape(len(keys), -1)
        if progress:
            progress(len(texts))
        return unit(found.astype(np.float32))


def move(source: Storage, target: Storage, encoder: Encoder, *, progress: Progress | None = None) -> Moved:
    """Copy the serving generation of one storage to another, switch to it there, and compare both.

    After a kill, the same call resumes: vectors already copied are kept. IndexingError if the two differ at the end.
    """
    snapshot = source.open()
    try:
        manifest = snapshot.manifest
        refuse_other_encoder(manifest, encoder)
        if manifest.recipe != INDEX_RECIPE:
            raise IndexingError("The index was made by an earlier version: run `torkham index update` before the move.")
        copying = CopyingEncoder(encoder, source.cache())
        there = target.base()
        done = there is not None and (there.library, there.fingerprint) == (manifest.library, manifest.fingerprint)
        if done:
            with target.writing():
                target.release()
        else:
            update(StoredLibrary(snapshot, source.stamps()), target, copying, full=True, progress=progress)
        arrived = target.open()
        try:
            compare(snapshot, arrived, progress)
            return Moved(arrived.manifest, not done, copying.embedded)
        finally:
            arrived.close()
    finally:
        snapshot.close()


def compare(one: Snapshot, other: Snapshot, progress: Progress | None = None) -> None:
    """IndexingError unless both hold the same documents, passages, sentences and vectors."""
    if one.manifest.counts != other.manifest.counts:
        raise IndexingError(f"The counts differ: {one.manifest.counts} here, {other.manifest.counts} there.")
    left, right = _digests(one), _digests(other)
    done, total = 0, one.manifest.counts["documents"]
    for (first, digest, vectors), (second, same, rows) in zip(left, right, strict=True):
        if digest != same:
            raise IndexingError(f"What was moved differs between the documents “{first}” and “{second}”: move again.")
        if len(vectors) and float((unit(vectors) * unit(rows)).sum(axis=1).min()) < MOVED_COSINE:
            raise IndexingError(f"The vectors of the documents up to “{first}” differ after the move: move again.")
        done = min(total, done + _BATCH_DOCUMENTS)
        if progress:
            progress("comparing", done, total)


def _digests(snapshot: Snapshot) -> Iterator[tuple[str, str, Vectors]]:
    """Batches of documents: the last id, the SHA-256 of everything stored about them, and the vectors of their
    passages.
    """
    documents = snapshot.records.documents()
    while batch := list(islice(documents, _BATCH_DOCUMENTS)):
        keys = snapshot.records.allowed(Scope(documents=tuple(document.id for document in batch)))
        passages = sorted(snapshot.records.passages(keys).items(), key=lambda item: item[1].id)
        stored = [
            [asdict(passage), [[s.start, s.end] for s in snapshot.records.sentences(passage)]]
            for _, passage in passages
        ]
        text = json.dumps([[document.to_json() for document in batch], stored], ensure_ascii=True)
        vectors = snapshot.vectors([key for key, _ in passages])
        yield batch[-1].id, hashlib.sha256(text.encode()).hexdigest(), vectors
