"""Turns documents into blocks of passages and sentences with vectors; only unseen text is embedded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.build import chunking
from index.build.embedding import text_key, vectors
from index.build.sentences import split_sentences
from index.encoder import Encoder
from index.storage import Cache, Embedded, Spans
from index.types import Passage
from sources.document import Document

BLOCK_TEXTS = 16_384  # passages and sentences per block: some 80 MB while being written, and large enough to write fast


@dataclass(frozen=True, slots=True)
class Block:
    """Chunked documents: their passages, and for each sentence the position of its passage and (start, end)."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    positions: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def texts(self) -> list[str]:
        """The texts to embed: passages, then sentences, each preceded by its title and heading."""
        source = {document.id: document.text for document in self.documents}
        texts = [passage_text(passage) for passage in self.passages]
        for position, (start, end) in zip(self.positions, self.spans, strict=True):
            passage = self.passages[position]
            texts.append(_behind(passage, source[passage.document_id][start:end]))
        return texts


def blocks(documents: Iterable[Document], encoder: Encoder) -> Iterator[Block]:
    """Chunk documents into blocks of about BLOCK_TEXTS texts; a document is never split across blocks."""
    taken: list[Document] = []
    passages: list[Passage] = []
    positions: list[int] = []
    spans: list[tuple[int, int]] = []
    for document in documents:
        for passage in chunking.chunk(document, encoder.count_tokens, window=encoder.window):
            found = sentence_spans(document, passage)
            positions += [len(passages)] * len(found)
            spans += found
            passages.append(passage)
        taken.append(document)
        if len(passages) + len(spans) >= BLOCK_TEXTS:
            yield Block(tuple(taken), tuple(passages), tuple(positions), tuple(spans))
            taken, passages, positions, spans = [], [], [], []
    if taken:
        yield Block(tuple(taken), tuple(passages), tuple(positions), tuple(spans))


def embed(block: Block, encoder: Encoder, cache: Cache) -> Embedded:
    """Attach a vector to every passage and sentence of a block."""
    texts = block.texts()
    keys = tuple(text_key(encoder.fingerprint, text) for text in texts)
    rows, count = vectors(cache, encoder, texts), len(block.passages)
    spans = Spans(block.positions, block.spans, keys[count:], rows[count:])
    return Embedded(block.passages, keys[:count], rows[:count], spans)


def passage_text(passage: Passage) -> str:
    """The text embedded for a passage: title and heading, then the passage itself."""
    return _behind(passage, passage.text)


def _behind(passage: Passage, text: str) -> str:
    return f"{chunking.context(passage.title, passage.heading)} {text}".strip()


def sentence_spans(document: Document, passage: Passage) -> list[tuple[int, int]]:
    """The statements of a passage or, if the document has none, its sentences and table rows."""
    if document.statements:
        return [(s.start, s.end) for s in document.statements if passage.start <= s.start and s.end <= passage.end]
    spans: list[tuple[int, int]] = []
    at = passage.start
    for row in document.blocks:
        # a table row has no end mark; it counts as one sentence
        if row.kind == "table" and at <= row.start < passage.end:
            spans += split_sentences(document.text, document.language, at, row.start)
            at = min(row.end, passage.end)
            spans.append((row.start, at))
    return spans + split_sentences(document.text, document.language, at, passage.end)
