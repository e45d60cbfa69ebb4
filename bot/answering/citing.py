"""Turns candidates into claims and citations."""

from __future__ import annotations

from bot.answering.answer import Citation, Claim
from bot.answering.candidates import Candidate
from index.types import Passage
from sources.document import Document, Reference


def cite(item: Candidate, number: int) -> Citation:
    """The citation of a candidate, with the references of every statement in it."""
    return _citation(item.document, item.start, item.end, number, _references(item.document, item.start, item.end))


def cite_passage(document: Document, passage: Passage, number: int) -> Citation:
    """The citation of a whole passage, with the references of all its statements."""
    references = _references(document, passage.start, passage.end)
    return _citation(document, passage.start, passage.end, number, references)


def claim(item: Candidate, number: int) -> Claim:
    """The claim that a candidate makes: its words, its speaker and its date."""
    statement = item.statement
    if statement is None:
        quoted = item.said is not None and item.said.quoted
        outlet = (item.document.publisher or item.document.title) if quoted else None
        columns = item.said.columns if item.said is not None else None
        return Claim(item.text, *item.voice, item.document.published, (number,), outlet=outlet, columns=columns)
    return Claim(item.text, statement.party, statement.speaker, statement.date_text, (number,))


def _references(document: Document, start: int, end: int) -> tuple[Reference, ...]:
    inside = [statement for statement in document.statements if start <= statement.start and statement.end <= end]
    identifiers = dict.fromkeys(identifier for statement in inside for identifier in statement.reference_ids)
    return tuple(document.reference(identifier) for identifier in identifiers)


def _citation(document: Document, start: int, end: int, number: int, references: tuple[Reference, ...]) -> Citation:
    return Citation(
        number=number,
        kind="brief" if document.ours else document.kind,
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
