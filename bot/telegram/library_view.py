"""The library as a reader leafs through it: documents by topic, year and party, a document page by page. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from bot.telegram.buttons import Button, Rows, data
from bot.telegram.markup import Block, Span, block, shorten, split
from bot.telegram.phrases import Phrases
from sources.document import Document, Statement
from sources.parties import Parties

PER_PAGE = 8
PAGE_UNITS = 2800
LATEST = 8


def key_of(document_id: str) -> str:
    """A document's name in buttons and links: 12 hex digits, so that any id fits into them."""
    return hashlib.sha256(document_id.encode()).hexdigest()[:12]


def document_named(documents: Mapping[str, Document], key: str) -> Document | None:
    """The document of that key."""
    return next((document for document in documents.values() if key_of(document.id) == key), None)


def by_title(documents: Iterable[Document]) -> list[Document]:
    """Briefs first, then by title."""
    return sorted(documents, key=lambda document: (document.kind != "brief", document.title.casefold()))


def years_of(document: Document) -> set[str]:
    """The years that a document tells of, or in which it was printed."""
    days = [statement.date_from for statement in document.statements if statement.date_from]
    return {day[:4] for day in days} or ({document.published[:4]} if document.published else set())


def parties_of(document: Document) -> set[str]:
    """The parties that speak in a document."""
    return {statement.party for statement in document.statements if statement.party} or (
        {document.party} if document.party else set()
    )


def choices(documents: Mapping[str, Document], way: str, parties: Parties, say: Phrases) -> list[Button]:
    """The years or the parties to choose from."""
    if way == "y":
        years = sorted({year for document in documents.values() for year in years_of(document)}, reverse=True)
        return [Button(say.number(int(year)), data("b", "y", year, 0)) for year in years if year.isdigit()]
    speaking = {party for document in documents.values() for party in parties_of(document)}
    return [
        Button(party.display(say.language), data("b", "p", party.id, 0)) for party in parties if party.id in speaking
    ]


def listing(documents: Mapping[str, Document], way: str, value: str, page: int, say: Phrases) -> Rows:
    """A page of documents as buttons: way t (topics, all), y (a year), p (a party)."""
    found = by_title(document for document in documents.values() if _fits(document, way, value))
    shown = found[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = [(Button(shorten(document.title, 60), data("k", key_of(document.id), 0)),) for document in shown]
    turning = []
    if page:
        turning.append(Button(say("back"), data("b", way, value, page - 1)))
    if len(found) > (page + 1) * PER_PAGE:
        turning.append(Button(say("next"), data("b", way, value, page + 1)))
    return (*rows, tuple(turning))


def _fits(document: Document, way: str, value: str) -> bool:
    if way == "y":
        return value in years_of(document)
    return way == "t" or value in parties_of(document)


def document_page(document: Document, page: int, say: Phrases) -> tuple[list[Block], Rows]:
    """A page of a document's text under its title, and the buttons that turn it."""
    texts = [
        part.plain for part in split([block(line) for line in document.text.splitlines() if line.strip()], PAGE_UNITS)
    ]
    page = min(max(page, 0), max(len(texts) - 1, 0))
    about = ", ".join(filter(None, [document.author, document.publisher, say.date(document.published)]))
    blocks = [block(Span(document.title, bold=True, url=document.url))]
    if page == 0:
        blocks += [block(Span(text, italic=True)) for text in (about, document.summary) if text]
    if texts:
        blocks.append(block(texts[page]))
    turning = []
    if page:
        turning.append(Button(say("back"), data("k", key_of(document.id), page - 1)))
    if page + 1 < len(texts):
        turning.append(Button(f"{say('next')} ({page + 2}/{len(texts)})", data("k", key_of(document.id), page + 1)))
    return blocks, (tuple(turning),)


def latest(documents: Iterable[Document], today: str) -> list[tuple[Document, Statement]]:
    """The newest statements of the library, newest first."""
    dated = [
        (document, statement)
        for document in documents
        for statement in document.statements
        if statement.date_to and statement.date_to <= today
    ]
    dated.sort(key=lambda pair: (pair[1].date_from or "", pair[1].date_to or ""), reverse=True)
    return dated[:LATEST]


def statement_blocks(pairs: Sequence[tuple[Document, Statement]], parties: Parties, say: Phrases) -> list[Block]:
    """Statements with date, party and the brief that they stand in."""
    blocks = []
    for document, statement in pairs:
        who = (
            parties[statement.party].display(say.language) if statement.party and statement.party != "agreed" else None
        )
        head = " · ".join(filter(None, [say.date(statement.date_text), who, statement.speaker]))
        references = [document.reference(identifier) for identifier in statement.reference_ids]
        links: list[Span | str] = []
        for reference in references:
            links += [" · ", Span(reference.publisher or reference.title, url=reference.url)]
        text = document.text[statement.start : statement.end]
        blocks.append(block(Span(f"{head}: ", bold=True), text, *links))
    return blocks
