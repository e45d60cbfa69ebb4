"""The pages for readers: a question and its answer, a document with cited words marked, the list of sources. No
scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.answering.answer import Answer, Citation, Claim
from bot.http.api import count
from bot.http.marks import Mark, lines, parse_marks, window
from bot.http.metrics import Metrics
from bot.http.problems import STATUS
from bot.rendering.addresses import DIGEST_DIGITS, place_address
from bot.rendering.form import Line, alternative, answer_form, refusal_form
from bot.rendering.phrases import LANGUAGES, Texts, texts
from bot.rendering.plain import quote_line, reference_line
from bot.rendering.safe import clean, isolated
from bot.rendering.sources import source_lines, source_spans, sources_heading
from bot.service.faults import fault_of
from bot.service.places import references_of
from bot.service.requests import SLICE_MOST, AskRequest, SourcesRequest
from bot.service.service import Service
from bot.spans import Span
from sources.document import Document, Reference

TEMPLATES = Path(__file__).with_name("templates")
NAMES = {"en": "English", "ur": "اردو", "ps": "پښتو", "fa": "فارسی", "ru": "Русский"}
TURNS = 3  # earlier questions carried along for a follow-up
LISTED = 200  # documents per page
ROWS = 40  # rows of a list per page
_NUMBER = re.compile(r"(\[\d+\])")


@dataclass(slots=True)
class Part:
    """Lines of an answer that belong together: items, rows, sides (each with a heading and nested parts), notes,
    text.
    """

    kind: str
    lines: list[Line] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)


@dataclass(slots=True)
class Side:
    """The statements of one party."""

    heading: Line
    parts: list[Part] = field(default_factory=list)


class Links(dict[int, str]):
    """The address of each citation in context."""

    def __init__(self, cited: Sequence[Citation], words: Texts, language: str | None) -> None:
        super().__init__({each.number: place_address("", each, cited, language) for each in cited})
        self._words = words

    def label(self, number: int) -> str:
        """The accessible label of a link."""
        return self._words.get("page_citation", number=self._words.number(number))


class Pages:
    """What is rendered, and with which context."""

    def __init__(self, service: Service, metrics: Metrics) -> None:
        self._service, self._metrics = service, metrics
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters["numbers"] = numbers

    def routes(self) -> list[Route]:
        """The pages' routes."""
        return [
            Route("/", self.answer, methods=["GET"]),
            Route("/sources", self.sources, methods=["GET"]),
            Route("/sources/{document_id}", self.source, methods=["GET"]),
        ]

    async def answer(self, request: Request) -> Response:
        """The form; with `q`, the answer below it."""
        question, history = request.query_params.get("q", "").strip(), request.query_params.getlist("h")[-TURNS:]
        words, chosen = language_of(request)
        if not question:
            return await self._page(request, "answer.html", words, title="Torkham", question="", answer=None, fault="")
        try:
            asked = AskRequest.model_validate({"question": question, "history": history, "language": chosen})
            answer = await self._service.ask(asked)
        except Exception as error:
            fault = fault_of(error)
            shown = {"title": "Torkham", "question": question, "answer": None, "fault": fault.detail}
            return await self._page(request, "answer.html", words, status=STATUS[fault.kind], **shown)
        count(self._metrics, answer)
        said = texts(answer.language)
        words = words if chosen else said
        return await self._page(
            request, "answer.html", words, title=f"{clean(answer.question)} – Torkham", question=question, fault="",
            history=[*history, question][-TURNS:], answer=answer, said=said,
            **self._shown(answer, said, chosen, _offset(request.query_params.get("part"))), turn=turned(request, answer),
        )  # fmt: skip

    def _shown(self, answer: Answer, said: Texts, chosen: str | None, part: int) -> dict[str, Any]:
        claims = part_of(answer, part)
        cited = answer.citations or answer.nearest
        if len(claims) < len(answer.claims):
            numbers_shown = {number for claim in claims for number in claim.citations}
            cited = tuple(each for each in cited if each.number in numbers_shown)
        form = (
            refusal_form(replace(answer, suggestions=(), alternatives=()))  # shown as links below
            if answer.abstained
            else answer_form(answer, self._service.parties, claims)
        )
        return {
            "shown": parts(form),
            "links": Links(cited, said, chosen),
            "alternatives": [(alternative(each, said), _asking(each.question, chosen)) for each in answer.alternatives],
            "suggestions": [(clean(text), _asking(text, chosen)) for text in answer.suggestions],
            "quotes": [(each.number, quote_line(each, said)) for each in cited] if answer.composed else [],
            "heading": sources_heading(cited, said) if answer.citations else said.get("related"),
            "sources": [
                {"numbers": source.numbers, "spans": source_spans(source, said, numbered=False)}
                for source in source_lines(cited, said)
            ],
        }

    async def sources(self, request: Request) -> Response:
        """The documents of the library, filtered by words."""
        words, chosen = language_of(request)
        given = {"words": request.query_params.get("words", ""), "offset": request.query_params.get("offset", "0")}
        try:
            wanted = SourcesRequest.model_validate({**given, "limit": LISTED})
            listed = await self._service.sources(wanted)
        except Exception as error:
            return await self._fault(request, words, error)
        rows = [
            (each, f"/sources/{quote(each.id, safe='')}{_kept(chosen)}", _about_line(each, words))
            for each in listed.documents
        ]
        next_one = wanted.offset + LISTED
        more = {"words": wanted.words, "offset": str(next_one), **_lang(chosen)}
        after = f"/sources?{urlencode(more)}" if next_one < listed.total else None
        return await self._page(
            request, "list.html", words, title=f"{words.get('page_sources')} – Torkham", sought=wanted.words,
            total=listed.total, documents=rows, after=after,
        )  # fmt: skip

    async def source(self, request: Request) -> Response:
        """A document's text, with the marks of `m`; a long one in parts, opened at the first mark."""
        words, chosen = language_of(request)
        try:
            document = await self._service.document(request.path_params["document_id"])
        except Exception as error:
            return await self._fault(request, words, error)
        marks, changed = self._marks(request, document)
        start = _offset(request.query_params.get("from")) or min((mark.start for mark in marks), default=0)
        first, last = window(document.text, min(start, len(document.text)), SLICE_MOST)
        here = f"/sources/{quote(document.id, safe='')}"
        turned: dict[str, Any] = {
            "before": f"{here}?{urlencode({'from': str(max(1, first - SLICE_MOST // 2)), **_lang(chosen)})}"
            if first
            else None,
            "after": f"{here}?{urlencode({'from': str(last), **_lang(chosen)})}" if last < len(document.text) else None,
        }
        url = document.url if document.url and document.url.startswith(("https://", "http://")) else None
        return await self._page(
            request, "source.html", words, title=f"{clean(document.title)} – Torkham", document=document,
            about=[part for part in _about(document, words) if part], url=url, url_host=urlsplit(url).hostname if url else "",
            changed=changed, lines=lines(document, marks, words, self._service.parties, first, last),
            references=[_spans(each, words) for each in _references(document, marks)], **turned,
        )  # fmt: skip

    @staticmethod
    def _marks(request: Request, document: Document) -> tuple[tuple[Mark, ...], bool]:
        """The marks that still apply to the text, and whether it has changed since the link was made."""
        given, version = request.query_params.getlist("m"), request.query_params.get("v", "")
        if version and not document.digest.startswith(version[:DIGEST_DIGITS]):
            return (), True
        try:
            return parse_marks(given[:100], len(document.text)), False
        except ValueError:
            return (), True

    async def _fault(self, request: Request, words: Texts, error: Exception) -> Response:
        fault = fault_of(error)
        heading = words.get("page_not_found" if fault.kind == "not_found" else "page_failed")
        return await self._page(
            request, "fault.html", words, status=STATUS[fault.kind], title=f"{heading} – Torkham", heading=heading,
            fault=fault.detail,
        )  # fmt: skip

    async def _page(self, request: Request, name: str, words: Texts, *, status: int = 200, **values: Any) -> Response:
        _, chosen = language_of(request)
        reach = await self._service.reach()
        html = self._templates.get_template(name).render(
            words=words, kept=_kept(chosen), reach=reach, languages=_languages(request), **values
        )
        return HTMLResponse(html, status, {"Vary": "Accept-Language"})


def part_of(answer: Answer, part: int) -> Sequence[Claim]:
    """The claims of one part of an answer, counted from 0: a long list has several, each of whole events."""
    cuts = _cuts(answer)
    at = min(part, len(cuts) - 2)
    return answer.claims[cuts[at] : cuts[at + 1]]


def _cuts(answer: Answer) -> list[int]:
    """Where the parts of an answer begin, and where the last one ends."""
    cuts, end = [0], 0
    for rows in answer.events if answer.form == "list" else ():
        if end + rows - cuts[-1] > ROWS and end > cuts[-1]:
            cuts.append(end)
        end += rows
    return [*cuts, len(answer.claims)]


def turned(request: Request, answer: Answer) -> dict[str, str | None]:
    """The addresses of the previous and the next part."""
    last = len(_cuts(answer)) - 2
    here = min(_offset(request.query_params.get("part")), last)
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "part"]

    def address(part: int) -> str | None:
        return f"/?{urlencode([*rest, ('part', str(part))])}" if 0 <= part <= last and part != here else None

    return {"before": address(here - 1), "after": address(here + 1)}


def parts(form: Sequence[Line]) -> list[Part]:
    """Group the lines: items and rows together, the lines under a party's name as one side."""
    found: list[Part] = []
    for line in form:
        last = found[-1] if found else None
        if line.kind == "party":
            if last is None or last.kind != "sides":
                last = Part("sides")
                found.append(last)
            last.sides.append(Side(line))
            continue
        within = last.sides[-1].parts if last is not None and last.kind == "sides" and line.kind == "item" else found
        kind = {"item": "items", "again": "items", "row": "rows"}.get(line.kind, line.kind)
        if not within or within[-1].kind != kind:
            within.append(Part(kind))
        within[-1].lines.append(line)
    return found


def numbers(text: str) -> list[tuple[str, int | None]]:
    """Split a marked run into pieces: (text, the number of a citation or None)."""
    return [(piece, int(piece[1:-1]) if _NUMBER.fullmatch(piece) else None) for piece in _NUMBER.split(text) if piece]


def language_of(request: Request) -> tuple[Texts, str | None]:
    """The phrases of a page, and the language chosen by the reader, None for the browser's."""
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        return texts(chosen), chosen
    accepted = request.headers.get("accept-language", "")
    for each in accepted.split(","):
        code = each.partition(";")[0].strip().partition("-")[0].lower()
        if code in LANGUAGES:
            return texts(code), None
    return texts("en"), None


def _languages(request: Request) -> list[tuple[str, str, str]]:
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    path = quote(request.url.path)
    return [(code, NAMES[code], f"{path}?{urlencode([*rest, ('lang', code)])}") for code in LANGUAGES]


def _asking(question: str, chosen: str | None) -> str:
    return "/?" + urlencode({"q": question, **_lang(chosen)})


def _lang(chosen: str | None) -> dict[str, str]:
    return {"lang": chosen} if chosen else {}


def _kept(chosen: str | None) -> str:
    return f"?lang={chosen}" if chosen else ""


def _offset(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() and len(written) < 10 else 0


def _about(document: Document, words: Texts) -> list[str]:
    published = words.date(document.published)
    return [clean(each) for each in (document.publisher, document.author, published) if each]


def _about_line(document: Document, words: Texts) -> str:
    return ", ".join(_about(document, words))


def _references(document: Document, marks: Sequence[Mark]) -> list[Reference]:
    found = [each for mark in marks for each in references_of(document, mark.start, mark.end)]
    return list({each.id: each for each in found}.values())


def _spans(reference: Reference, words: Texts) -> list[Span]:
    """A publication: its title as a link, then the other metadata."""
    url = reference.url if reference.url and reference.url.startswith(("https://", "http://")) else None
    rest = reference_line(replace(reference, title="", url=None, read_at=None), words)
    rest = rest.partition(", ")[2]
    return [Span(isolated(clean(reference.title), words), url=url), Span(f", {rest}" if rest else "")]
