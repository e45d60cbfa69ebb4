"""Writes the files of a generation, based on those of the previous one if there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Encoder, Vectors, unit
from index.files.records import RECORDS_FILE, Records
from index.lexical.bm25 import LEXICAL_FOLDER, LexicalIndex
from index.manifest import Manifest, library_digest
from index.storage import Embedded
from index.types import Passage, Scope, Sentence
from index.vectors import filters, flat, int8_rows, row_files
from index.vectors.faiss import VECTORS
from index.vectors.int8_rows import SCALES_FILE, SentenceVectors
from index.vectors.int8_rows import STEM as SENTENCE_ROWS
from index.vectors.ivf import STEM as PASSAGE_ROWS
from index.vectors.writer import VectorWriter
from sources.document import Document

_ROWS = (PASSAGE_ROWS, SENTENCE_ROWS)
_PART_PASSAGES = 500  # passages read back at a time
Publish = Callable[..., Manifest]


class FileWriter:
    """The next generation in its unfinished folder, based on the files of the previous one if there is one."""

    def __init__(self, folder: Path, base: Path | None, encoder: Encoder, publish: Publish) -> None:
        self._folder = folder
        self._publish = publish
        self._dimension = encoder.dimension
        if base is not None:
            shutil.copy2(base / RECORDS_FILE, folder / RECORDS_FILE)
            _copy_files(base / LEXICAL_FOLDER, folder / LEXICAL_FOLDER)
            for path in (*(p for stem in _ROWS for p in row_files.files(base, stem)), base / SCALES_FILE):
                _link_or_copy(path, folder / path.name)
        self._vectors = VectorWriter(folder, base, encoder.dimension)
        self._base = base
        self._touched = False
        self._gone: list[str] = []
        self._added: list[range] = []
        self._unused: list[bytes] = []
        self._records = Records(folder / RECORDS_FILE, create=base is None, read_only=False)

    def close(self) -> None:
        """Close the records, published or not: a leaked connection would later delete the next writer's journal."""
        self._records.close()

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Update the stamps of files whose documents are unchanged."""
        for identifier, stamp in stamps.items():
            self._records.restamp(identifier, stamp)

    def replace(
        self, gone: Sequence[str], documents: Mapping[str, Document], stamps: Mapping[str, str], embedded: Embedded
    ) -> None:
        """Delete the documents `gone` with everything that belongs to them, and add others with their passages."""
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
            int8_rows.write(self._folder, forgotten=removed.sentences, added=lines.rows)
            self._gone += gone
            self._added.append(range(first_key, first_key + len(keys)))

    def _next_row(self) -> int:
        """The number of the first new sentence row; numbers are never reused."""
        path = self._folder / SCALES_FILE
        return len(np.load(path, mmap_mode="r")) if path.exists() else 0

    def publish(self, **about: Any) -> tuple[Manifest, list[bytes]]:
        """Finish and switch; returns the manifest and the cache keys of vectors no longer used."""
        self._records.commit()
        unused = self._records.unused(self._unused)
        about |= {"counts": self._records.counts(), "search": self._search()}
        about["library"] = library_digest((i, revision) for i, (_, revision) in self._records.stamps().items())
        self._records.close()
        return self._publish(self._folder, base=self._base, **about), unused

    def _search(self) -> Mapping[str, str | int | float]:
        """Finish the vectors; returns the search method."""
        if self._base is not None and not self._touched:
            for name in (flat.ROWS_FILE, flat.KEYS_FILE, VECTORS, filters.ROWS_FILE, filters.NAMES_FILE):
                if (self._base / name).exists():
                    _link_or_copy(self._base / name, self._folder / name)
            return Manifest.from_json((self._base / "manifest.json").read_text(encoding="utf-8")).search
        there = self._records.allowed(Scope())
        search = self._vectors.save(np.array(there, np.int64), self._samples)
        is_large = bool(row_files.files(self._folder, PASSAGE_ROWS))
        self._write_words(there, is_large=is_large)
        if is_large:
            filters.write(self._folder, self._records.next_key(), self._records.facets())
        return search

    def _write_words(self, there: Sequence[int], *, is_large: bool) -> None:
        """Write the word index: anew where passages went, else by adding; a large one only marks the removed ones.

        tantivy counts the words of removed passages until their segment is merged, so that an edited library would rank
        otherwise than the same library indexed at once.
        """
        folder = self._folder / LEXICAL_FOLDER
        if self._gone and not is_large:
            shutil.rmtree(folder)
            LexicalIndex(folder).write(self._read_back([there]))
        else:
            LexicalIndex(folder).write(self._read_back(self._added), self._gone)

    def _read_back(self, parts: Iterable[Sequence[int]]) -> Iterator[tuple[int, Passage]]:
        """Passages by key, so that all words go in with one commit: same cost and order as a single part."""
        for keys in parts:
            for start in range(0, len(keys), _PART_PASSAGES):
                part = keys[start : start + _PART_PASSAGES]
                found = self._records.passages(part)
                yield from ((key, found[key]) for key in part if key in found)

    def _samples(self, count: int) -> Vectors:
        """Query samples: each halfway between two sentences, since a question is close to neither."""
        sentences = SentenceVectors.load(self._folder)
        rows = unit(sentences.rows(self._records.some_rows(count)))
        return unit(rows + np.random.default_rng(1).permutation(rows))


def _link_or_copy(source: Path, target: Path) -> None:
    """Hard-link an immutable file, or copy it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _copy_files(source: Path, target: Path) -> None:
    """Take over the files of a closed index: segments never change and are hard-linked, the small lists are copied."""
    target.mkdir(parents=True, exist_ok=True)
    for path in source.iterdir():
        if path.suffix == ".lock":
            continue
        if path.suffix == ".json":
            shutil.copy2(path, target / path.name)
        else:
            _link_or_copy(path, target / path.name)
