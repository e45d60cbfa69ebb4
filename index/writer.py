"""Writing the files of a generation, begun from those of the last one where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from index import chunking, lexical
from index.cache import VectorCache, text_key
from index.encoder import Encoder
from index.lexical import LexicalIndex
from index.passages import Passage, Sentence
from index.records import Records, Removed
from index.sentence_vectors import ROWS_FILE, SCALES_FILE, SentenceVectors
from index.sentences import split_sentences
from index.vectors import VectorIndex
from sources.document import Document

RECORDS, VECTORS, LEXICAL = "passages.sqlite", "vectors.faiss", "lexical"
Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


class Writer:
    """The next generation in its unfinished folder, begun from the files of the last one where there is one."""

    def __init__(self, folder: Path, base: Path | None, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
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
        self._records = Records(folder / RECORDS, create=base is None, read_only=False)

    def restamp(self, stamps: Mapping[str, str]) -> None:
        """Note new stamps of files whose documents are the same."""
        for identifier, stamp in stamps.items():
            self._records.restamp(identifier, stamp)

    def remove(self, identifiers: Iterable[str]) -> Removed:
        """Drop documents; returns what has to be forgotten elsewhere."""
        removed = self._records.remove(identifiers)
        self._vectors.remove(np.asarray(removed.passages, np.int64))
        self._touched |= bool(removed.passages)
        return removed

    def add(
        self,
        documents: Mapping[str, Document],
        stamps: Mapping[str, str],
        gone: Iterable[str],
        removed: Removed,
        cache: VectorCache,
        progress: Progress | None,
    ) -> None:
        """Chunk and embed documents and take them in; `gone` and `removed` are what `remove` dropped."""
        passages: list[Passage] = []
        sentences: list[tuple[int, tuple[int, int], str]] = []  # position in passages, span, embedded text
        for document in documents.values():
            self._records.add_document(document, stamps[document.id])
            for passage in chunking.chunk(document, self._encoder.count_tokens, window=self._encoder.window):
                for span in sentence_spans(document, passage):
                    text = f"{chunking.context(passage.title, passage.heading)} {document.text[slice(*span)]}".strip()
                    sentences.append((len(passages), span, text))
                passages.append(passage)
        first_key, first_row = self._records.next_key(), len(self._sentences)
        texts = [passage_text(passage) for passage in passages]
        total = len(texts) + len(sentences)
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress("embedding", done, total)

        rows = cache.encode(self._encoder, texts, progress=advance)
        sentence_rows = cache.encode(self._encoder, [text for _, _, text in sentences], progress=advance)
        keys = np.arange(first_key, first_key + len(passages), dtype=np.int64)
        for key, passage, text in zip(keys.tolist(), passages, texts, strict=True):
            self._records.add_passage(key, passage, text_key(self._encoder.fingerprint, text))
        for row, (position, span, text) in enumerate(sentences, first_row):
            sentence = Sentence(*span, row)
            self._records.add_sentence(sentence, first_key + position, text_key(self._encoder.fingerprint, text))
        self._vectors.add(keys, rows)
        self._touched |= bool(passages)
        if self._touched:
            self._sentences = self._sentences.replaced(removed.sentences, sentence_rows)
            words = LexicalIndex(self._folder / LEXICAL)
            words.write(zip(keys.tolist(), passages, strict=True), gone)

    def finish(self, removed: Removed) -> tuple[dict[str, int], str, list[bytes]]:
        """Write what is left; returns the counts, the library's digest and the cache keys no longer used."""
        self._records.commit()
        unused = self._records.unused(removed.vectors)
        counts = self._records.counts()
        revisions = sorted((i, revision) for i, (_, revision) in self._records.stamps().items())
        self._records.close()
        if self._base is not None and not self._touched:
            for name in (VECTORS, ROWS_FILE, SCALES_FILE):
                lexical.link_or_copy(self._base / name, self._folder / name)
        else:
            self._vectors.save(self._folder / VECTORS)
            self._sentences.save(self._folder)
        return counts, sha256(repr(revisions).encode()).hexdigest(), unused


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: title and heading before the text."""
    return f"{chunking.context(passage.title, passage.heading)} {passage.text}".strip()


def sentence_spans(document: Document, passage: Passage) -> list[tuple[int, int]]:
    """The statements of a passage, or its sentences where the document has no statements."""
    if document.statements:
        return [(s.start, s.end) for s in document.statements if passage.start <= s.start and s.end <= passage.end]
    return split_sentences(document.text, document.language, passage.start, passage.end)
