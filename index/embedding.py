"""Documents -> passages and sentences with their vectors, only unseen text being embedded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index import chunking
from index.cache import Cache, encode, text_key
from index.encoder import Encoder, Vectors
from index.passages import Passage
from index.sentences import split_sentences
from sources.document import Document

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


@dataclass(frozen=True, slots=True)
class Spans:
    """Sentences in order: the position of their passage, (start, end), cache key, and vectors (n, dimension)."""

    positions: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    keys: tuple[bytes, ...]
    rows: Vectors


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages with cache keys and vectors (n, dimension), and their sentences."""

    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]
    rows: Vectors
    sentences: Spans


def embed(documents: Iterable[Document], encoder: Encoder, cache: Cache, progress: Progress | None = None) -> Embedded:
    """Chunk documents and give every passage and sentence its vector."""
    passages: list[Passage] = []
    sentences: list[tuple[int, tuple[int, int], str]] = []  # position in passages, span, embedded text
    for document in documents:
        for passage in chunking.chunk(document, encoder.count_tokens, window=encoder.window):
            for span in sentence_spans(document, passage):
                text = f"{chunking.context(passage.title, passage.heading)} {document.text[slice(*span)]}".strip()
                sentences.append((len(passages), span, text))
            passages.append(passage)
    texts = [passage_text(passage) for passage in passages]
    lines = [text for _, _, text in sentences]
    done, total = 0, len(texts) + len(lines)

    def advance(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress("embedding", done, total)

    rows = encode(cache, encoder, texts, progress=advance)
    spans = Spans(
        tuple(position for position, _, _ in sentences),
        tuple(span for _, span, _ in sentences),
        tuple(text_key(encoder.fingerprint, text) for text in lines),
        encode(cache, encoder, lines, progress=advance),
    )
    return Embedded(tuple(passages), tuple(text_key(encoder.fingerprint, text) for text in texts), rows, spans)


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: title and heading before the text."""
    return f"{chunking.context(passage.title, passage.heading)} {passage.text}".strip()


def sentence_spans(document: Document, passage: Passage) -> list[tuple[int, int]]:
    """The statements of a passage, or its sentences where the document has no statements."""
    if document.statements:
        return [(s.start, s.end) for s in document.statements if passage.start <= s.start and s.end <= passage.end]
    return split_sentences(document.text, document.language, passage.start, passage.end)
