"""The results of the service, from which JSON Schemas are generated; the JSON itself is made by `bot.rendering`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Result(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReferenceResult(_Result):
    """A publication that a summary rests on."""

    title: str
    publisher: str | None
    author: str | None
    published: str | None
    url: str | None
    weak: bool = Field(description="True where the publisher is a weak source.")
    read_at: str | None = Field(description="The copy that was read, where that was not the original.")


class CitationResult(_Result):
    """Where a claim stands: `quote` is `text[start:end]` of the document's stored text."""

    number: int
    kind: str = Field(description="`brief`: the quote is a summary after the references; else the source's own words.")
    document_id: str
    digest: str = Field(description="SHA-256 of the stored text that the offsets belong to.")
    language: str
    title: str
    publisher: str | None
    author: str | None
    published: str | None
    url: str | None
    page: int | None
    start: int
    end: int
    quote: str
    references: list[ReferenceResult]


class ClaimResult(_Result):
    """One sentence of an answer; it stands for its party and speaker on its date, not for the world."""

    text: str
    party: str | None = Field(description="English name of the party that says it.")
    speaker: str | None
    date: str | None = Field(description="EDTF date that the statement is of.")
    citations: list[int] = Field(description="Numbers of its citations.")
    wording: Literal["composed", "translated"] | None = Field(
        None, description="Set where a language model wrote it; else the words are the source's."
    )
    span: list[int] | None = Field(None, description="[start, end] in `text` of the words that answer.")
    outlet: str | None = None
    columns: str | None = None


class ScopeResult(_Result):
    """Where was looked; an empty field does not restrict."""

    since: str | None
    until: str | None
    parties: list[str]
    languages: list[str]
    documents: list[str]


class AlternativeResult(_Result):
    """One thing that an unclear question may mean: `text[start:end]` of the document tells of it."""

    date: str = Field(description="EDTF date of the statement.")
    label: str = Field(description="Its first words.")
    question: str = Field(description="The whole question that is about this one: ask it.")
    document_id: str
    start: int
    end: int


class AnswerResult(_Result):
    """An answer, or a refusal: then `abstained` is true, `reason` says why, and there are no claims."""

    question: str
    asked_as: str
    scope: ScopeResult
    language: str
    abstained: bool
    reason: str | None
    disputed: bool = Field(description="True where parties contradict each other: then show both.")
    composed: bool
    form: str = Field(description="How the claims belong together; `list`: events, oldest first, see `events`.")
    as_of: str | None
    missing: str | None
    suggestions: list[str]
    count: int | None = Field(
        description="Of a list: how many events this library holds, which says nothing beyond it."
    )
    events: list[int] = Field(
        description="Of a list: how many of the claims tell of each event, in order; those behind are published counts."
    )
    alternatives: list[AlternativeResult] = Field(
        description="What an unclear question may mean, newest first: ask back which one is meant."
    )
    answer: str = Field(description="The answer as plain text with [n].")
    claims: list[ClaimResult]
    citations: list[CitationResult]
    nearest: list[CitationResult]
    generation: str
    seconds: dict[str, float]


class HitResult(_Result):
    """A passage that was found."""

    rank: int
    score: float
    vector: float | None = Field(description="Cosine, null where the passage is not in that list.")
    lexical: float | None = Field(description="BM25, null where the passage is not in that list.")
    document_id: str
    passage_id: str
    title: str
    heading: str
    start: int
    end: int
    text: str


class SearchResult(_Result):
    """The passages nearest to a query, best first."""

    passages: list[HitResult]


class DifferenceResult(_Result):
    """Where quoted words and a statement differ; either side may be empty."""

    kind: Literal["small", "slip", "changed", "speaker", "taken_back"] = Field(
        description="`small` and `slip` (spelling, inflection) change nothing; `taken_back`: the words around deny it."
    )
    asked: str
    said: str


class QuotedResult(_Result):
    """The statement nearest to quoted words."""

    text: str
    party: str | None = Field(description="English name of the party that says it.")
    speaker: str | None
    date: str | None = Field(description="EDTF date that the statement is of.")
    span: list[int] | None = Field(description="[start, end] in `text` of what the words match.")


class QuoteResult(_Result):
    """What the library makes of quoted words; `not_held` says nothing about whether they are true."""

    words: str
    speaker: str | None = Field(description="Whoever was asked about.")
    verdict: Literal["said", "otherwise", "not_held"]
    exact: bool = Field(description="True where they are said word for word.")
    statement: QuotedResult | None
    differences: list[DifferenceResult]
    citation: CitationResult | None


class StatementResult(_Result):
    """What one party says of an event."""

    text: str
    party: str | None = Field(description="English name of the party that says it.")
    speaker: str | None
    date: str | None = Field(description="EDTF date that the statement is of.")
    citation: CitationResult


class EventResult(_Result):
    """An event, once: first who takes no side, then what each side says of it."""

    day: str | None = Field(description="Its first day (ISO).")
    statements: list[StatementResult]


class TimelineResult(_Result):
    """Events, oldest first; `count` is how many this library holds of what was asked for."""

    count: int
    events: list[EventResult]


class DocumentResult(_Result):
    """A document of the library."""

    id: str
    title: str
    kind: str
    language: str
    publisher: str | None
    author: str | None
    published: str | None
    party: str | None
    url: str | None
    summary: str | None
    covers_from: str | None
    covers_to: str | None
    digest: str


class SourcesResult(_Result):
    """Documents by id; `total` counts all that fit."""

    total: int
    sources: list[DocumentResult]


class PlaceResult(DocumentResult):
    """A stretch of a document: `text` is the stored text from `text_start` to `text_end`.

    `marked` are the offsets of the cited words in `text`, null where none were asked for.
    """

    length: int = Field(description="Code points of the whole stored text.")
    text: str
    text_start: int
    text_end: int
    start: int | None = Field(description="Where the cited words begin in the stored text.")
    end: int | None
    quote: str | None = Field(description="The cited words.")
    marked: list[int] | None
    references: list[ReferenceResult] = Field(description="What the cited statements rest on.")
