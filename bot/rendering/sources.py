"""The sources below an answer: one short line each, without repeats. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.answer import Citation
from bot.rendering.phrases import Texts, texts
from bot.rendering.safe import clean, isolated
from bot.spans import Span
from sources.document import Reference
from sources.text.urls import link_to_words

MAX_TITLE_CHARS = 60  # characters of a title; `torkham show N` shows it in full
MAX_PUBLISHER_CHARS = 40


@dataclass(frozen=True, slots=True)
class Source:
    """A publication below an answer: `numbers` are the citations it supports first, `others` counts further
    publications.
    """

    numbers: tuple[int, ...]
    publisher: str
    date: str
    title: str
    url: str | None
    remarks: tuple[str, ...] = ()
    others: int = 0


def source_lines(citations: Sequence[Citation], words: Texts | None = None) -> list[Source]:
    """The strongest publication of each citation, without repeats, in order of the numbers.

    For a brief that is its first reference that is not weak, else its first; for any other document the document
    itself. The others are counted; `citation_lines` lists all of a citation.
    """
    words = words or texts("en")
    found: dict[str, list[Citation]] = {}
    leads: dict[str, Reference | Citation] = {}
    for citation in citations:
        lead = strongest(citation)
        key = lead.url or f"{lead.title} {lead.publisher}"
        leads.setdefault(key, lead)
        found.setdefault(key, []).append(citation)
    return [_source(leads[key], resting, words) for key, resting in found.items()]


def strongest(citation: Citation) -> Reference | Citation:
    """The publication to show for a citation."""
    if citation.kind != "brief" or not citation.references:
        return citation
    return next((reference for reference in citation.references if not reference.weak), citation.references[0])


def _source(lead: Reference | Citation, resting: Sequence[Citation], words: Texts) -> Source:
    others = {reference.id for citation in resting for reference in citation.references} - {getattr(lead, "id", None)}
    remarks = []
    url = lead.url
    if isinstance(lead, Citation):
        url = link_to_words(lead.url, lead.quote) if lead.url else None
        remarks += [words.get("page", page=words.number(lead.page))] if lead.page else []
        remarks += [words.get("no_reference")] if lead.kind == "brief" else []
        foreign = lead.language != words.language and lead.kind != "brief"
        remarks += [words.get("quoted_in", language=words.language_name(lead.language))] if foreign else []
    elif lead.weak:
        remarks.append(words.get("weak_source"))
    return Source(
        numbers=tuple(citation.number for citation in resting),
        publisher=_short(lead.publisher or lead.author or "", MAX_PUBLISHER_CHARS),
        date=words.date(lead.published) or words.get("no_date"),
        title=_short(lead.title, MAX_TITLE_CHARS),
        url=clean(url) if url and url.startswith(("https://", "http://")) else None,
        remarks=tuple(remarks),
        others=len(others) if isinstance(lead, Reference) else 0,
    )


def source_spans(source: Source, words: Texts, *, numbered: bool = True) -> tuple[Span, ...]:
    """Numbers, publisher, date, the title as a link, and warnings."""
    numbers = "".join(isolated(f"[{number}]", words) for number in source.numbers) + " " if numbered else ""
    origin = ", ".join(
        filter(None, [isolated(clean(source.publisher), words) if source.publisher else "", source.date])
    )
    more = [*source.remarks, *([f"+{words.number(source.others)}"] if source.others else [])]
    spans = [
        Span(numbers),
        Span(f"{origin}: "),
        Span(isolated(clean(source.title), words), url=source.url),
        Span(f" ({', '.join(more)})" if more else "", quiet=True),
    ]
    return tuple(span for span in spans if span.text)


def sources_heading(citations: Sequence[Citation], words: Texts) -> str:
    """The heading of the sources: whether the sentences are our summaries, or also the sources' own words."""
    own = all(citation.kind == "brief" for citation in citations)
    return words.get("summarised_from" if own else "sources")


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(" ,:;–-") + "…"
