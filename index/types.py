"""What the index stores and returns: passages, their sentences, hits, and the scope of a search."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document: `text == document.text[start:end]`, always; whole statements only.

    `parties` are ids; `date_from`/`date_to` (ISO days) span what the passage reports, None when undated.
    """

    id: str
    document_id: str
    title: str
    heading: str
    text: str
    start: int
    end: int
    language: str
    page: int | None = None
    parties: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or statement of a passage, `document.text[start:end]`; `row` is its number among the sentence
    vectors.
    """

    start: int
    end: int
    row: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage: `score` 0..1 after fusion, `vector` the cosine, `lexical` BM25 (None: not in that list)."""

    passage: Passage
    score: float
    vector: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Limits a search: inclusive ISO days, party ids, languages, document ids; an empty field does not restrict.

    Passages that overlap the days are kept; undated ones are excluded when days are given.
    """

    since: str | None = None
    until: str | None = None
    parties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Scope()
