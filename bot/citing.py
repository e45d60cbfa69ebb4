"""From evidence to claims and citations."""

from __future__ import annotations

from bot.answer_types import Citation, Claim
from bot.evidence import Evidence
from index.passages import Passage
from sources.document import Document, Reference


def cite(item: Evidence, number: int) -> Citation:
    """The citation of a piece of evidence, with the references of every statement in it."""
    return _citation(item.document, item.start, item.end, number, _references(item.document, item.start, item.end))


def cite_passage(document: Document, passage: Passage, number: int) -> Citation:
    """The citation of a whole passage, with the references of all its statements."""
    references = _references(document, passage.start, passage.end)
    return _citation(document, passage.start, passage.end, number, references)


def claim(item: Evidence, number: int) -> Claim:
    """The claim that a piece of evidence makes: its words, and who says them when."""
    statement = item.statement
    if statement is None:
        return Claim(item.text, item.document.party, item.document.author, item.document.published, (number,))
    return Claim(item.text, statement.party, statement.speaker, statement.date_text, (number,))


def _references(document: Document, start: int, end: int) -> tuple[Reference, ...]:
    inside = [statement for statement in document.statements if start <= statement.start and statement.end <= end]
    identifiers = dict.fromkeys(identifier for statement in inside for identifier in statement.reference_ids)
    return tuple(document.reference(identifier) for identifier in identifiers)


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
