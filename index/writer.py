"""Writing the files of a generation, begun from those of the last one where there is one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import lexical
from index.embedding import Embedded
from index.encoder import Encoder
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.passages import Sentence
from index.records import Records, Removed
from index.sentence_vectors import ROWS_FILE, SCALES_FILE, SentenceVectors
from index.storage import library_digest
from index.vectors import VectorIndex
from sources.document import Document

RECORDS, VECTORS, LEXICAL = "passages.sqlite", "vectors.faiss", "lexical"
Publish = Callable[..., Manifest]


class FileWriter:
    """The next generation in its unfinished folder, begun from the files of the last one where there is one."""

    def __init__(self, folder: Path, base: Path | None, encoder: Encoder, publish: Publish) -> None:
        self._folder = folder
        self._publish = publish
        if base is None:
            self._vectors = VectorIndex(encoder.dimension)
            self._sentences = SentenceVectors.empty(encoder.dimension)
        else:
            import shutil

            shutil.copy2(base / RECORDS, folder / RECORDS)
            lexical.copy_files(base / LEXICAL, folder / LEXICAL)
            self._vectors = VectorIndex.load(base / VECTORS)
            self._sentences = SentenceVectors.load(base)
        self._base = base
        self._touched = base is None
        self._removed = Removed((), (), ())
        self._records = Records(folder / RECORDS, create=base is None, read_only=False)

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Note new stamps of files whose documents are the same."""
        for identifier, stamp in stamps.items():
            self._records.restamp(identifier, stamp)

    def replace(
        self, gone: Sequence[str], documents: Mapping[str, Document], stamps: Mapping[str, str], embedded: Embedded
    ) -> None:
        """Drop the documents `gone` with everything of theirs, and take in others with their passages."""
        self._removed = removed = self._records.remove(gone)
        self._vectors.remove(np.asarray(removed.passages, np.int64))
        for document in documents.values():
            self._records.add_document(document, stamps[document.id])
        first_key, first_row = self._records.next_key(), len(self._sentences)
        keys = np.arange(first_key, first_key + len(embedded.passages), dtype=np.int64)
        for key, passage, cached in zip(keys.tolist(), embedded.passages, embedded.keys, strict=True):
            self._records.add_passage(key, passage, cached)
        lines = embedded.sentences
        for row, (position, span, cached) in enumerate(
            zip(lines.positions, lines.spans, lines.keys, strict=True), first_row
        ):
            self._records.add_sentence(Sentence(*span, row), first_key + position, cached)
        self._vectors.add(keys, embedded.rows)
        self._touched |= bool(removed.passages or embedded.passages)
        if self._touched:
            self._sentences = self._sentences.replaced(removed.sentences, lines.rows)
            words = LexicalIndex(self._folder / LEXICAL)
            words.write(zip(keys.tolist(), embedded.passages, strict=True), gone)

    def publish(self, **about: Any) -> tuple[Manifest, list[bytes]]:
        """Write what is left and switch; returns the manifest and the cache keys of vectors no longer used."""
        self._records.commit()
        unused = self._records.unused(self._removed.vectors)
        counts = self._records.counts()
        library = library_digest((i, revision) for i, (_, revision) in self._records.stamps().items())
        self._records.close()
        if self._base is not None and not self._touched:
            for name in (VECTORS, ROWS_FILE, SCALES_FILE):
                lexical.link_or_copy(self._base / name, self._folder / name)
        else:
            self._vectors.save(self._folder / VECTORS)
            self._sentences.save(self._folder)
        return self._publish(self._folder, counts=counts, library=library, **about), unused
