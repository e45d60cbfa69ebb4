"""Writing the files of a generation, begun from those of the last one where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index import facets, lexical, segments, sentence_vectors
from index.embedding import Embedded
from index.encoder import Encoder, Vectors, unit
from index.layout import LEXICAL, RECORDS, VECTORS
from index.lexical import LexicalIndex
from index.listed_vectors import STEM as PASSAGE_ROWS
from index.manifest import Manifest
from index.passages import Passage, Scope, Sentence
from index.records import Records
from index.sentence_vectors import SCALES_FILE, SentenceVectors
from index.sentence_vectors import STEM as SENTENCE_ROWS
from index.storage import library_digest
from index.vector_writer import VectorWriter
from sources.document import Document

_ROWS = (PASSAGE_ROWS, SENTENCE_ROWS)
_PART = 500  # passages read back at once
Publish = Callable[..., Manifest]


class FileWriter:
    """The next generation in its unfinished folder, begun from the files of the last one where there is one."""

    def __init__(self, folder: Path, base: Path | None, encoder: Encoder, publish: Publish) -> None:
        self._folder = folder
        self._publish = publish
        self._dimension = encoder.dimension
        if base is not None:
            import shutil

            shutil.copy2(base / RECORDS, folder / RECORDS)
            lexical.copy_files(base / LEXICAL, folder / LEXICAL)
            for path in (*(p for stem in _ROWS for p in segments.files(base, stem)), base / SCALES_FILE):
                lexical.link_or_copy(path, folder / path.name)
        self._vectors = VectorWriter(folder, base, encoder.dimension)
        self._base = base
        self._touched = False
        self._gone: list[str] = []
        self._added: list[range] = []
        self._unused: list[bytes] = []
        self._records = Records(folder / RECORDS, create=base is None, read_only=False)

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Note new stamps of files whose documents are the same."""
        for identifier, stamp in stamps.items():
            self._records.restamp(identifier, stamp)

    def replace(
        self, gone: Sequence[str], documents: Mapping[str, Document], stamps: Mapping[str, str], embedded: Embedded
    ) -> None:
        """Drop the documents `gone` with everything of theirs, and take in others with their passages."""
        removed = self._records.remove(gone)
        self._unused += removed.vectors
        self._vectors.remove(np.asarray(removed.passages, np.int64))
        for document in documents.values():
            self._records.add_document(document, stamps[document.id])
        first_key, first_row = self._records.next_key(), self._next_row()
        keys = np.arange(first_key, first_key + len(embedded.passages), dtype=np.int64)
        for key, passage, cached in zip(keys.tolist(), embedded.passages, embedded.keys, strict=True):
            self._records.add_passage(key, passage, cached)
        lines = embedded.sentences
        for row, (position, span, cached) in enumerate(
            zip(lines.positions, lines.spans, lines.keys, strict=True), first_row
        ):
            self._records.add_sentence(Sentence(*span, row), first_key + position, cached)
        if removed.passages or embedded.passages or self._base is None:
            self._touched = True
            self._vectors.add(keys, embedded.rows)
            sentence_vectors.write(self._folder, forgotten=removed.sentences, added=lines.rows)
            self._gone += gone
            self._added.append(range(first_key, first_key + len(keys)))

    def _next_row(self) -> int:
        """The number of the first new sentence row; a number is never used again."""
        path = self._folder / SCALES_FILE
        return len(np.load(path, mmap_mode="r")) if path.exists() else 0

    def publish(self, **about: Any) -> tuple[Manifest, list[bytes]]:
        """Write what is left and switch; returns the manifest and the cache keys of vectors no longer used."""
        self._records.commit()
        unused = self._records.unused(self._unused)
        about |= {"counts": self._records.counts(), "search": self._search()}
        about["library"] = library_digest((i, revision) for i, (_, revision) in self._records.stamps().items())
        self._records.close()
        return self._publish(self._folder, base=self._base, **about), unused

    def _search(self) -> Mapping[str, str | int | float]:
        """Finish the vectors; returns how they are searched."""
        if self._base is not None and not self._touched:
            for name in (VECTORS, facets.ROWS_FILE, facets.NAMES_FILE):
                if (self._base / name).exists():
                    lexical.link_or_copy(self._base / name, self._folder / name)
            return Manifest.from_json((self._base / "manifest.json").read_text(encoding="utf-8")).search
        LexicalIndex(self._folder / LEXICAL).write(self._new_passages(), self._gone)
        search = self._vectors.save(np.array(self._records.allowed(Scope()), np.int64), self._samples)
        if segments.files(self._folder, PASSAGE_ROWS):
            facets.write(self._folder, self._records.next_key(), self._records.facets())
        return search

    def _new_passages(self) -> Iterator[tuple[int, Passage]]:
        """What was added, read back: the words of all parts go in with one commit, which costs and orders like one part."""
        for keys in self._added:
            for start in range(0, len(keys), _PART):
                part = keys[start : start + _PART]
                found = self._records.passages(part)
                yield from ((key, found[key]) for key in part if key in found)

    def _samples(self, count: int) -> Vectors:
        """Rows to search for like questions: each halfway between two sentences, since a question is near neither."""
        sentences = SentenceVectors.load(self._folder)
        rows = unit(sentences.rows(self._records.some_rows(count)))
        return unit(rows + np.random.default_rng(1).permutation(rows))
