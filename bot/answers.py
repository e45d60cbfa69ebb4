"""The answer and how it is made: claims, each a slice of a stored source, each with its citation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.evidence import MOST, Evidence, choose, rank_evidence
from bot.question import language_of, read_question
from bot.sufficiency import is_enough
from index.passages import Hit, Passage, Scope
from index.search import Index
from sources.document import Document, Reference

NEAREST = 3


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a claim stands: `quote == text[start:end]` of the document with that digest.

    Of a brief (`kind`) the quote is a summary of ours after the references; of any other kind the source's own words.
    """

    number: int
    kind: str
    document_id: str
    digest: str
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
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer; `party` is an id, `date` as the source writes it, `citations` are numbers."""

    text: str
    party: str | None
    speaker: str | None
    date: str | None
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question; `reason` says why nothing is claimed, `nearest` then holds what came near.

    `seconds` has total, retrieve and answer. reason: not_in_library, after_reach, out_of_scope, chat, injection,
    empty_library or None.
    """

    question: str
    asked_as: str
    scope: Scope
    language: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: str | None = None
    disputed: bool = False
    composed: bool = False
    nearest: tuple[Citation, ...] = ()
    generation: str = ""
    undated: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """True whenever nothing is claimed."""
        return not self.claims


class Answerer:
    """Answers from one open index, in the sources' own words."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def answer(self, raw: str, *, scope: Scope | None = None, k: int = MOST) -> Answer:
        """The answer with at most `k` claims; QuestionError when the question cannot be used."""
        started = time.perf_counter()
        scope = scope or Scope()
        question = read_question(raw)
        hits = self._index.search(question, 20, scope)
        retrieved = time.perf_counter()
        ranked = rank_evidence(self._index, question, hits, scope)
        enough = is_enough(ranked)
        chosen = choose(self._index, ranked, most=k) if enough else []
        citations = tuple(cite(item, number) for number, item in enumerate(chosen, 1))
        claims = tuple(_claim(item, number) for number, item in enumerate(chosen, 1))
        finished = time.perf_counter()
        return Answer(
            question=raw,
            asked_as=question,
            scope=scope,
            language=language_of(question),
            claims=claims,
            citations=citations,
            reason=None if claims else self._reason(),
            nearest=() if claims else self._nearest(hits),
            generation=self._index.manifest.generation,
            undated=self._index.undated() if scope.since or scope.until else 0,
            seconds={"total": finished - started, "retrieve": retrieved - started, "answer": finished - retrieved},
        )

    def _reason(self) -> str:
        return "not_in_library" if self._index.manifest.counts["documents"] else "empty_library"

    def _nearest(self, hits: Sequence[Hit]) -> tuple[Citation, ...]:
        cited: list[Citation] = []
        for hit in hits[:NEAREST]:
            document = self._index.document(hit.passage.document_id)
            if document is not None:
                cited.append(cite_passage(document, hit.passage, len(cited) + 1))
        return tuple(cited)


def cite(item: Evidence, number: int) -> Citation:
    """The citation of a piece of evidence."""
    identifiers = item.statement.reference_ids if item.statement else ()
    references = tuple(item.document.reference(identifier) for identifier in identifiers)
    return _citation(item.document, item.start, item.end, number, references)


def cite_passage(document: Document, passage: Passage, number: int) -> Citation:
    """The citation of a whole passage, with the references of all its statements."""
    inside = [s for s in document.statements if passage.start <= s.start and s.end <= passage.end]
    identifiers = dict.fromkeys(identifier for statement in inside for identifier in statement.reference_ids)
    references = tuple(document.reference(identifier) for identifier in identifiers)
    return _citation(document, passage.start, passage.end, number, references)


def _citation(document: Document, start: int, end: int, number: int, references: tuple[Reference, ...]) -> Citation:
    return Citation(
        number=number,
        kind=document.kind,
        document_id=document.id,
        digest=document.digest,
        language=document.language,
        title=document.title,
        publisher=document.publisher,
        author=document.author,
        published=document.published,
        url=document.url,
        page=document.page_at(start),
        start=start,
        end=end,
        quote=document.text[start:end],
        references=references,
    )


def _claim(item: Evidence, number: int) -> Claim:
    statement = item.statement
    if statement is None:
        return Claim(item.text, item.document.party, item.document.author, item.document.published, (number,))
    return Claim(item.text, statement.party, statement.speaker, statement.date_text, (number,))
