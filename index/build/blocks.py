"""Documents -> blocks of passages and sentences -> their vectors, only unseen text being embedded."""

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

TEXTS = (
    16_384  # passages and sentences of a block: some 80 MB while it is written, and large enough to be written quickly
)


@dataclass(frozen=True, slots=True)
class Block:
    """Some documents cut up: their passages, and for every sentence the position of its passage and (start, end)."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    positions: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    def texts(self) -> list[str]:
        """What is embedded: passages, then sentences, each behind its title and heading."""
        source = {document.id: document.text for document in self.documents}
        texts = [passage_text(passage) for passage in self.passages]
        for position, (start, end) in zip(self.positions, self.spans, strict=True):
            passage = self.passages[position]
            texts.append(_behind(passage, source[passage.document_id][start:end]))
        return texts


def blocks(documents: Iterable[Document], encoder: Encoder) -> Iterator[Block]:
    """Cut documents up, whole ones into blocks of about TEXTS texts; one document is never more than one block."""
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
        if len(passages) + len(spans) >= TEXTS:
            yield Block(tuple(taken), tuple(passages), tuple(positions), tuple(spans))
            taken, passages, positions, spans = [], [], [], []
    if taken:
        yield Block(tuple(taken), tuple(passages), tuple(positions), tuple(spans))


def embed(block: Block, encoder: Encoder, cache: Cache) -> Embedded:
    """Give every passage and sentence of a block its vector."""
    texts = block.texts()
    keys = tuple(text_key(encoder.fingerprint, text) for text in texts)
    rows, count = vectors(cache, encoder, texts), len(block.passages)
    spans = Spans(block.positions, block.spans, keys[count:], rows[count:])
    return Embedded(block.passages, keys[:count], rows[:count], spans)


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: title and heading before the text."""
    return _behind(passage, passage.text)


def _behind(passage: Passage, text: str) -> str:
    return f"{chunking.context(passage.title, passage.heading)} {text}".strip()


def sentence_spans(document: Document, passage: Passage) -> list[tuple[int, int]]:
    """The statements of a passage; where the document has none its sentences, and the rows of its tables."""
    if document.statements:
        return [(s.start, s.end) for s in document.statements if passage.start <= s.start and s.end <= passage.end]
    spans: list[tuple[int, int]] = []
    at = passage.start
    for row in document.blocks:
        if row.kind == "table" and at <= row.start < passage.end:  # a row ends with no mark, and is a sentence
            spans += split_sentences(document.text, document.language, at, row.start)
            at = min(row.end, passage.end)
            spans.append((row.start, at))
    return spans + split_sentences(document.text, document.language, at, passage.end)
