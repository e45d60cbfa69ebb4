"""The operations of the service: HTTP and MCP derive their routes, tools and schemas from this table.

A new operation is a method of the service, a request, a result and an entry here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from bot.answering.answer import Answer, Citation
from bot.answering.quotes.check import NOT_HELD, QuoteCheck
from bot.rendering.form import answer_form
from bot.rendering.phrases import texts
from bot.rendering.plain import answer_json, answer_text, citation_lines, hit_json, lines_text, readable_date
from bot.rendering.quotes import quote_json, quote_lines, quoted_answer
from bot.rendering.safe import clean
from bot.service.places import Place, document_json, place_json
from bot.service.requests import (
    AskRequest,
    QuoteRequest,
    SearchRequest,
    SourceRequest,
    SourcesRequest,
    TimelineRequest,
)
from bot.service.results import AnswerResult, PlaceResult, QuoteResult, SearchResult, SourcesResult, TimelineResult
from bot.service.service import Listed, Service, Timeline
from index.types import Hit


@dataclass(frozen=True, slots=True)
class Operation:
    """`name` is the tool's; `method` and `path` are the route's, with request fields in braces.

    `about` is the description for callers, person or model. `run` returns a result in domain types, `to_json` matches
    the schema `gives`, `to_text` is the same as plain text.
    """

    name: str
    method: str
    path: str
    about: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    run: Callable[[Service, Any], Awaitable[Any]]
    to_json: Callable[[Service, Any], dict[str, Any]]
    to_text: Callable[[Service, Any], str]


_KEEP = (
    " When you pass a claim on, keep who says it (speaker and party), its date and its numbers, exactly as given, and the"
    " number of its source; do not merge what two parties say, and do not add up their figures."
)


def _answer_text(service: Service, answer: Answer) -> str:
    text = answer_text(answer, service.parties)
    return _with_sources(text, answer.citations or answer.nearest, "sources" if answer.citations else "related")


def _with_sources(text: str, cited: Sequence[Citation], heading: str) -> str:
    return "\n".join([text, "", f"{texts('en').get(heading)}:", *map(_source_line, cited)] if cited else [text])


def _source_line(citation: Citation) -> str:
    place = f"document_id {citation.document_id}, start {citation.start}, end {citation.end}"
    return f"[{citation.number}] {'; '.join(citation_lines(citation))} ({place})"


def _search_json(service: Service, hits: list[Hit]) -> dict[str, Any]:
    return {"passages": [hit_json(hit, rank) for rank, hit in enumerate(hits, 1)]}


def _search_text(service: Service, hits: list[Hit]) -> str:
    rows = []
    for rank, hit in enumerate(hits, 1):
        passage = hit.passage
        named = " – ".join(filter(None, [passage.title, passage.heading]))
        place = f"document_id {passage.document_id}, start {passage.start}, end {passage.end}"
        rows.append(f"[{rank}] {clean(named)} ({place})\n{clean(passage.text)}")
    return "\n\n".join(rows) or "Nothing found."


def _quote_text(service: Service, check: QuoteCheck) -> str:
    text = lines_text(quote_lines(check, service.parties, check.language))
    cited = quoted_answer(check, check.language).citations
    return _with_sources(text, cited, "related" if check.verdict == NOT_HELD else "sources")


def _timeline_json(service: Service, timeline: Timeline) -> dict[str, Any]:
    return timeline.value


def _timeline_text(service: Service, timeline: Timeline) -> str:
    if timeline.first >= timeline.last:
        return f"{timeline.count} events are held, none of them is shown."
    text = lines_text(answer_form(timeline.answer, service.parties))
    if timeline.last - timeline.first < timeline.count:
        text += f"\n\nShown: {timeline.first + 1} to {timeline.last}; for others set offset, from or to."
    return _with_sources(text, timeline.answer.citations, "sources")


def _sources_json(service: Service, listed: Listed) -> dict[str, Any]:
    digests = service.live.digests
    return {"total": listed.total, "sources": [document_json(each, digests[each.id]) for each in listed.documents]}


def _sources_text(service: Service, listed: Listed) -> str:
    rows = [f"{len(listed.documents)} of {listed.total} documents:"]
    for document in listed.documents:
        about = ", ".join(filter(None, [document.kind, document.publisher, readable_date(document.published)]))
        rows.append(f"{document.id}: {clean(document.title)} ({clean(about)})")
    return "\n".join(rows)


def _place_json(service: Service, place: Place) -> dict[str, Any]:
    return place_json(place)


def _place_text(service: Service, place: Place) -> str:
    document = place.document
    about = ", ".join(
        filter(None, [document.publisher, document.author, readable_date(document.published), document.url])
    )
    text = place.text
    if place.marked:
        start, end = place.marked
        text = f"{text[:start]}>>>{text[start:end]}<<<{text[end:]}"
    rows = [clean(document.title), clean(about), "", clean(text)]
    rows += [
        f"– {clean(', '.join(filter(None, [each.title, each.publisher, each.published, each.url])))}"
        for each in place.references
    ]
    return "\n".join(rows)


OPERATIONS = (
    Operation(
        "ask",
        "POST",
        "/v1/ask",
        "Answers a question on relations between the Taliban and Pakistan from a fixed library, every sentence cited to an"
        " exact passage; in English, Urdu, Pashto, Persian or Russian. Where it refuses (abstained is true), the library does not"
        " hold an answer: say so, and do not answer from elsewhere as if it did. Where alternatives are given, the question may"
        " mean several things: ask back which one, and ask its question. A list (form is list) tells what this library holds:"
        " say that with its count." + _KEEP,
        AskRequest,
        AnswerResult,
        Service.ask,
        lambda service, answer: answer_json(answer, service.parties),
        _answer_text,
    ),
    Operation(
        "search",
        "POST",
        "/v1/search",
        "Finds the passages of the library nearest to some words; they are evidence to read, no answer." + _KEEP,
        SearchRequest,
        SearchResult,
        Service.search,
        _search_json,
        _search_text,
    ),
    Operation(
        "check_quote",
        "POST",
        "/v1/check-quote",
        "Tells whether the library holds that somebody said some words: said (exactly or nearly), otherwise (what was said"
        " instead, and where it differs), or not_held. Words that are not held are not thereby false: say that the library"
        " does not hold them." + _KEEP,
        QuoteRequest,
        QuoteResult,
        Service.check_quote,
        lambda service, check: quote_json(check, service.parties),
        _quote_text,
    ),
    Operation(
        "timeline",
        "POST",
        "/v1/timeline",
        "Lists the dated events of the library, oldest first, each once with what each side says of it; narrowed by words,"
        " days, party and type. The count is of what this library holds, not of all that happened." + _KEEP,
        TimelineRequest,
        TimelineResult,
        Service.timeline,
        _timeline_json,
        _timeline_text,
    ),
    Operation(
        "list_sources",
        "GET",
        "/v1/sources",
        "Lists the documents of the library with their titles, publishers, dates and kinds.",
        SourcesRequest,
        SourcesResult,
        Service.sources,
        _sources_json,
        _sources_text,
    ),
    Operation(
        "show_source",
        "GET",
        "/v1/sources/{document_id}",
        "Shows the text of a document around cited words, given the document_id, start and end of a citation or a passage:"
        " what stands before and after, and the publications that the words rest on.",
        SourceRequest,
        PlaceResult,
        Service.source,
        _place_json,
        _place_text,
    ),
)
