"""Browsing the library: by subject (from the words of titles), year, party and language, and a document page by page. Pure."""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.telegram.views.brief_text import readable_lines
from bot.telegram.views.html import Block, Span, block, shorten, split
from bot.telegram.views.keyboards import Button, Rows, data
from bot.telegram.views.phrases import Phrases
from sources.document import Document
from sources.parties import Parties

DOCUMENTS_PER_PAGE = 8
MAX_PAGE_UNITS = 2800
MAX_TITLE_UNITS = 60
WAYS = {"s": "by_subject", "y": "by_year", "p": "by_party", "l": "by_language"}
SUBJECTS = Path(__file__).with_name("subjects.toml")
OTHER_SUBJECT = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: its names by language, and word prefixes that indicate it."""

    id: str
    names: dict[str, str]
    words: tuple[str, ...]

    def name(self, language: str) -> str:
        """Its name in that language, else in English."""
        return self.names.get(language, self.names["en"])

    def holds(self, about: str) -> bool:
        """Whether a text is about it."""
        return any(re.search(rf"\b{re.escape(word)}", about) for word in self.words)


@functools.cache
def subjects() -> tuple[Subject, ...]:
    """All subjects, in display order."""
    raw = tomllib.loads(SUBJECTS.read_text(encoding="utf-8"))["subject"]
    known = {"id", "words"}
    return tuple(
        Subject(one["id"], {key: name for key, name in one.items() if key not in known}, tuple(one["words"]))
        for one in raw
    )


def key_of(document_id: str) -> str:
    """A document's name in buttons and links: 12 hex digits, so that any id fits into them."""
    return hashlib.sha256(document_id.encode()).hexdigest()[:12]


def document_named(documents: Mapping[str, Document], key: str) -> Document | None:
    """The document of that key."""
    return next((document for document in documents.values() if key_of(document.id) == key), None)


def by_title(documents: Iterable[Document]) -> list[Document]:
    """Our summaries first, then by publication date, newest first, then by title."""

    def order(document: Document) -> tuple[bool, str, str]:
        newest = "".join(chr(0x10FFFF - ord(char)) for char in document.published or "")
        return not document.ours, "" if document.ours else newest, document.title.casefold()

    return sorted(documents, key=order)


def subjects_of(document: Document) -> frozenset[str]:
    """The ids of a document's subjects; `other` if there is none."""
    about = f"{document.id} {document.title} {(document.summary or '').partition('. ')[0]}".lower()
    return frozenset(each.id for each in subjects() if each.holds(about)) or frozenset({OTHER_SUBJECT})


def years_of(document: Document) -> set[str]:
    """The years a document is about, or in which it was published."""
    days = [statement.date_from for statement in document.statements if statement.date_from]
    return {day[:4] for day in days} or ({document.published[:4]} if document.published else set())


def parties_of(document: Document) -> set[str]:
    """The parties that speak in a document."""
    return {statement.party for statement in document.statements if statement.party} or (
        {document.party} if document.party else set()
    )


def values_of(document: Document, way: str) -> Iterable[str]:
    """The facets of a document: subjects, years, parties, or its language."""
    found: dict[str, Callable[[Document], Iterable[str]]] = {
        "s": subjects_of,
        "y": years_of,
        "p": parties_of,
        "l": lambda one: {one.language},
    }
    return found[way](document)


def ways(say: Phrases) -> Rows:
    """The facets to browse by."""
    buttons = [Button(say(name), data("b", way, "", 0)) for way, name in WAYS.items()]
    return (tuple(buttons[:2]), tuple(buttons[2:]), (Button("✕", data("x")),))


def choices(documents: Mapping[str, Document], way: str, parties: Parties, say: Phrases) -> list[Button]:
    """The values of a facet, each with its number of documents."""
    counts = Counter(value for document in documents.values() for value in values_of(document, way))
    names: dict[str, str] = {}
    if way == "s":
        names = {subject.id: subject.name(say.language) for subject in subjects()}
    elif way == "y":
        names = {year: say.digits(year) for year in sorted(counts, reverse=True) if year.isdigit()}
    elif way == "p":
        names = {party.id: party.display(say.language) for party in parties}
        names = dict(sorted(names.items(), key=lambda named: -counts[named[0]]))
    else:
        names = {code: say.language_name(code) for code, _ in counts.most_common()}
    return [
        Button(f"{name} ({say.number(counts[value])})", data("b", way, value, 0))
        for value, name in names.items()
        if counts[value]
    ]


def named(way: str, value: str, parties: Parties, say: Phrases) -> str:
    """The label of a value."""
    if way == "s":
        return next((subject.name(say.language) for subject in subjects() if subject.id == value), value)
    if way == "p":
        return parties[value].display(say.language)
    return say.digits(value) if way == "y" else say.language_name(value)


def listing(documents: Mapping[str, Document], way: str, value: str, page: int, say: Phrases) -> Rows:
    """A page of documents as buttons, with a back button."""
    found = by_title(document for document in documents.values() if value in values_of(document, way))
    last = max(0, (len(found) - 1) // DOCUMENTS_PER_PAGE)
    page = min(max(page, 0), last)
    shown = found[page * DOCUMENTS_PER_PAGE : (page + 1) * DOCUMENTS_PER_PAGE]
    place = (way, value, page)
    rows = [
        (Button(shorten(document.title, MAX_TITLE_UNITS), data("k", key_of(document.id), 0, *place)),)
        for document in shown
    ]
    turning = [Button(say("back_arrow"), data("b", way, value, page - 1))] if page else []
    if page < last:
        turning.append(Button(_turn(say, page + 1, last + 1), data("b", way, value, page + 1)))
    return (*rows, tuple(turning), (Button(say("all_ways"), data("b", way, "", 0)), Button("✕", data("x"))))


def pages_of(document: Document, parties: Parties, say: Phrases) -> list[str]:
    """The pages of a document's text."""
    lines = [block(line) for line in readable_lines(document, parties, say) if line.strip()]
    return [part.plain for part in split(lines, MAX_PAGE_UNITS)]


def document_page(
    document: Document, texts: list[str], page: int, say: Phrases, back: tuple[object, ...] = ()
) -> tuple[list[Block], Rows]:
    """A page of a document under its title, with paging buttons.

    `back` is where it was opened from: (answer, number, page), or (facet, value, page) of the browsing, or nothing.
    """
    page = min(max(page, 0), max(len(texts) - 1, 0))
    names = [say.isolated(name) for name in (document.author, document.publisher) if name]
    day = say.date(document.published)
    about = say.listed([*names, say("as_of", date=day) if day and document.ours else day])
    about = about[:1].upper() + about[1:]
    blocks = [block(Span(say.isolated(document.title), bold=True, url=document.url))]
    if page == 0:
        blocks += [block(Span(text, italic=True)) for text in (about, document.summary) if text]
    if texts:
        blocks.append(block(texts[page]))
    key, turning = key_of(document.id), []
    if page:
        turning.append(Button(say("back_arrow"), data("k", key, page - 1, *back)))
    if page + 1 < len(texts):
        turning.append(Button(_turn(say, page + 1, len(texts)), data("k", key, page + 1, *back)))
    return blocks, (tuple(turning), _out(say, back))


def _out(say: Phrases, back: tuple[object, ...]) -> tuple[Button, ...]:
    """The back button to where a document was opened from."""
    if len(back) == 3 and back[0] in WAYS:
        return (Button(say("to_list"), data("b", *back)), Button("✕", data("x")))
    if len(back) == 3:
        return (Button(say("to_source"), data("s", *back)), Button("✕", data("m", back[0], 0)))
    return (Button("✕", data("x")),)


def _turn(say: Phrases, page: int, pages: int) -> str:
    return f"{say('next')} ({say.number(page + 1)}/{say.number(pages)}) →"
