"""Renders an answer as plain text and JSON, in the reader's language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from typing import Any

from bot.answering.answer import Answer, Citation, Claim
from bot.rendering.form import MADE, Line, answer_form, close, refusal_form
from bot.rendering.heads import AGREED
from bot.rendering.phrases import Texts, texts
from bot.rendering.safe import clean, isolated
from index.types import Hit
from sources.document import Reference
from sources.parties import Parties
from sources.text.urls import link_to_words

BULLETS = {"item": "• ", "row": "• ", "again": "  – "}
BESIDES = ("agreed",)  # a party whose name adds nothing to the speaker


def readable_date(written: str | None) -> str:
    """`2022-04-16` as “16 April 2022”, a range with “to”, `~` as “about”."""
    return texts("en").date(written)


def party_name(identifier: str | None, parties: Parties, language: str = "en") -> str | None:
    """The name of a party in a language."""
    return parties[identifier].display(language) if identifier else None


def made(claim: Claim, words: Texts | None = None) -> str:
    """A sentence by a language model, with a sign that says so; it names its speaker itself."""
    return f"{MADE[claim.wording]} {isolated(clean(claim.text), words or texts('en'))}"


def attribution(claim: Claim, parties: Parties, words: Texts | None = None) -> str:
    """Speaker and date, to precede a claim; for undisputed statements, the date alone."""
    words = words or texts("en")
    name = None if claim.party in BESIDES and claim.speaker else party_name(claim.party, parties, words.language)
    speaker = isolated(claim.speaker, words) if claim.speaker else None
    who = ", ".join(filter(None, [name if claim.party != AGREED else None, speaker]))
    return clean(" · ".join(filter(None, [words.date(claim.date), who])))


def answer_lines(answer: Answer, parties: Parties) -> list[str]:
    """The lines of an answer up to its sources, or of a refusal, as plain text."""
    return [_bulleted(line) for line in _form(answer, parties)]


def answer_text(answer: Answer, parties: Parties) -> str:
    """The answer as plain text with [n]."""
    return lines_text(_form(answer, parties))


def lines_text(lines: Sequence[Line]) -> str:
    """Lines as plain text, with blank lines between unrelated ones."""
    gaps = ["\n" if close(before, line) else "\n\n" for before, line in pairwise(lines)]
    return "".join(_bulleted(line) + gap for line, gap in zip(lines, [*gaps, ""][: len(lines)], strict=True))


def _bulleted(line: Line) -> str:
    return f"{BULLETS.get(line.kind, '')}{line.plain}"


def _form(answer: Answer, parties: Parties) -> list[Line]:
    return refusal_form(answer) if answer.abstained else answer_form(answer, parties)


def reference_line(reference: Reference, words: Texts | None = None) -> str:
    """“Title”, author, publisher, date, address, and the copy that was read if different."""
    words = words or texts("en")
    when = words.date(reference.published) or words.get("no_date")
    weak = words.get("weak_source") if reference.weak else None
    title = isolated(f"“{reference.title}”", words)
    copy = reference.read_at if reference.read_at != reference.url else None
    read_at = words.get("read_at", url=copy) if copy else None
    parts = [title, reference.author, reference.publisher, when, reference.url, read_at, weak]
    return clean(", ".join(filter(None, parts)))


def citation_lines(citation: Citation, words: Texts | None = None) -> list[str]:
    """A citation: of a brief its references, of any other document title, author, publisher, date, page and address."""
    words = words or texts("en")
    if citation.kind == "brief":
        after = [reference_line(reference, words) for reference in citation.references] or [words.get("no_reference")]
        brief = words.get("in_brief", title=isolated(citation.title, words))
        return [words.get("summary_after", reference=after[0]), *after[1:], clean(brief)]
    when = words.date(citation.published) or words.get("no_date")
    page = words.get("page", page=words.number(citation.page)) if citation.page else None
    foreign = words.get("quoted_in", language=words.language_name(citation.language))
    language = foreign if citation.language != words.language else None
    title = isolated(f"“{citation.title}”", words)
    address = link_to_words(citation.url, citation.quote) if citation.url else None
    return [clean(", ".join(filter(None, [title, citation.author, citation.publisher, when, page, address, language])))]


def quote_line(citation: Citation, words: Texts | None = None) -> str:
    """The exact passage of a citation, shown under a composed answer: bare if it is our summary."""
    words = words or texts("en")
    quote = clean(citation.quote).replace("\n", " ")
    return isolated(quote if citation.kind == "brief" else words.get("quotation", text=quote), words)


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation in the format of `--json`."""
    references = [
        {key: value for key, value in _shallow(reference).items() if key != "id"} for reference in citation.references
    ]
    return {**_shallow(citation), "references": references}


def _shallow(part: Any) -> dict[str, Any]:
    """The fields of a dataclass; `asdict` would deep-copy them, which takes most of the time of an answer's JSON."""
    return {each.name: getattr(part, each.name) for each in fields(part)}


def claim_json(claim: Claim, parties: Parties) -> dict[str, Any]:
    """A claim; only composed ones include their wording, only those with answer spans include them."""
    left_out = {"wording" if claim.wording not in MADE else "", "span" if claim.span is None else ""}
    kept = {key: value for key, value in _shallow(claim).items() if key not in left_out}
    lists = {"citations": list(claim.citations), **({"span": list(claim.span)} if claim.span else {})}
    return {**kept, "party": party_name(claim.party, parties), **lists}


def answer_json(answer: Answer, parties: Parties) -> dict[str, Any]:
    """An answer in the format of `--json`; parties by their English name."""
    scope = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(answer.scope).items()}
    return {
        "question": answer.question,
        "asked_as": answer.asked_as,
        "scope": scope,
        "language": answer.language,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "disputed": answer.disputed,
        "composed": answer.composed,
        "form": answer.form,
        "as_of": answer.as_of,
        "missing": answer.missing,
        "suggestions": list(answer.suggestions),
        "count": len(answer.events) if answer.form == "list" else None,
        "events": list(answer.events),
        "alternatives": [asdict(each) for each in answer.alternatives],
        "answer": answer_text(answer, parties),
        "claims": [claim_json(claim, parties) for claim in answer.claims],
        "citations": [citation_json(citation) for citation in answer.citations],
        "nearest": [citation_json(citation) for citation in answer.nearest],
        "generation": answer.generation,
        "seconds": {name: round(value, 4) for name, value in answer.seconds.items()},
    }


def hit_json(hit: Hit, rank: int) -> dict[str, Any]:
    """A hit in the format of `search --json`."""
    passage = hit.passage
    return {
        "rank": rank,
        "score": round(hit.score, 6),
        "vector": hit.vector,
        "lexical": hit.lexical,
        "document_id": passage.document_id,
        "passage_id": passage.id,
        "title": passage.title,
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
    }
