"""Answer -> plain text and JSON. Pure; the one place where text of others is made safe to show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.answers import Answer, Citation, Claim
from index.passages import Hit
from sources.document import Reference
from sources.parties import Parties

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
REASONS = {
    "not_in_library": "The library does not hold an answer to this.",
    "empty_library": "The library is empty: add documents with `torkham sources add`.",
}
AGREED = "agreed"


def clean(text: str) -> str:
    """Text of others without control characters, so that it cannot steer a terminal; line breaks stay."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})


def readable_date(written: str | None) -> str:
    """`2022-04-16` as “16 April 2022”, a range with “to”, `~` as “about”."""
    if not written:
        return ""
    about = "about " if written.endswith("~") else ""
    return about + " to ".join(_day(part) for part in written.rstrip("~").split("/"))


def _day(iso: str) -> str:
    parts = iso.split("-")
    if len(parts) > 1 and parts[1].isdigit() and 1 <= int(parts[1]) <= 12:
        parts[1] = _MONTHS[int(parts[1]) - 1]
    if len(parts) > 2:
        parts[2] = parts[2].lstrip("0")
    return " ".join(reversed(parts))


def quoted(claim: Claim, citations: Iterable[Citation]) -> str:
    """The words of a claim: bare where they are a summary of ours, in quotation marks where they are the source's."""
    own = all(citation.kind == "brief" for citation in citations if citation.number in claim.citations)
    return clean(claim.text) if own else f"“{clean(claim.text)}”"


def attribution(claim: Claim, parties: Parties) -> str:
    """Who says it and when, to stand before a claim; what nobody disputes has only its date."""
    name = party_name(claim.party, parties)
    who = ", ".join(filter(None, [name if claim.party != AGREED else None, claim.speaker]))
    return clean(" · ".join(filter(None, [readable_date(claim.date), who])))


def party_name(identifier: str | None, parties: Parties) -> str | None:
    """The English name of a party."""
    return parties[identifier].name if identifier else None


def answer_lines(answer: Answer, parties: Parties) -> list[str]:
    """The claims with their numbers, or the sentence that says why there are none."""
    if answer.abstained:
        return [REASONS[answer.reason or "not_in_library"]]
    lines = []
    for claim in answer.claims:
        head = attribution(claim, parties)
        marks = "".join(f"[{number}]" for number in claim.citations)
        lines.append(
            f"{head}: {quoted(claim, answer.citations)} {marks}"
            if head
            else f"{quoted(claim, answer.citations)} {marks}"
        )
    if answer.undated:
        lines.append(f"({answer.undated} undated passages were left out.)")
    return lines


def answer_text(answer: Answer, parties: Parties) -> str:
    """The answer as plain text with [n]."""
    return "\n\n".join(answer_lines(answer, parties))


def reference_line(reference: Reference) -> str:
    """“Title”, author, publisher, date, address."""
    parts = [
        f"“{reference.title}”",
        reference.author,
        reference.publisher,
        readable_date(reference.published) or "n.d.",
    ]
    return clean(", ".join(filter(None, [*parts, reference.url, "weak source" if reference.weak else None])))


def citation_lines(citation: Citation) -> list[str]:
    """A citation: of a brief its references, of any other document title, author, publisher, date, page and address."""
    if citation.kind == "brief":
        after = [reference_line(reference) for reference in citation.references] or ["no reference given"]
        return [
            f"Summary after {after[0]}",
            *(f"and {line}" for line in after[1:]),
            clean(f"in the brief “{citation.title}”"),
        ]
    parts = [f"“{citation.title}”", citation.author, citation.publisher, readable_date(citation.published) or "n.d."]
    page = f"p. {citation.page}" if citation.page else None
    return [clean(", ".join(filter(None, [*parts, page, citation.url])))]


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as the contract of `--json` has it."""
    fields = asdict(citation)
    fields["references"] = [
        {key: value for key, value in asdict(reference).items() if key != "id"} for reference in citation.references
    ]
    return fields


def answer_json(answer: Answer, parties: Parties) -> dict[str, Any]:
    """An answer as the contract of `--json` has it; parties by their English name."""
    return {
        "question": answer.question,
        "asked_as": answer.asked_as,
        "scope": {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(answer.scope).items()
        },
        "language": answer.language,
        "abstained": answer.abstained,
        "reason": answer.reason,
        "disputed": answer.disputed,
        "composed": answer.composed,
        "answer": answer_text(answer, parties),
        "claims": [
            {**asdict(claim), "party": party_name(claim.party, parties), "citations": list(claim.citations)}
            for claim in answer.claims
        ],
        "citations": [citation_json(citation) for citation in answer.citations],
        "nearest": [citation_json(citation) for citation in answer.nearest],
        "generation": answer.generation,
        "seconds": {name: round(value, 4) for name, value in answer.seconds.items()},
    }


def hit_json(hit: Hit, rank: int) -> dict[str, Any]:
    """A hit as the contract of `search --json` has it."""
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
