"""Answer -> plain text and JSON, in the reader's language. Pure; the one place where text of others is made safe to show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.answer_types import Answer, Citation, Claim
from bot.texts import Texts, texts
from index.passages import Hit
from sources.addresses import link_to_words
from sources.document import Reference
from sources.parties import Parties

MADE = {"composed": "✎", "translated": "⇄"}  # signs of the wordings that are not the source's
AGREED = "agreed"
BESIDES = ("agreed",)  # a party whose name says nothing beside the speaker
_ISOLATE, _END = (
    "\u2068",
    "\u2069",
)  # first-strong isolate: keeps numbers and Latin words in place in a line from the right


def clean(text: str) -> str:
    """Text of others without control characters, so that it cannot steer a terminal; line breaks stay."""
    return "".join(char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cs"})


def isolated(text: str, words: Texts) -> str:
    """Text that keeps its own direction inside a line from right to left; as it is elsewhere."""
    return f"{_ISOLATE}{text}{_END}" if words.right_to_left else text


def readable_date(written: str | None, words: Texts | None = None) -> str:
    """`2022-04-16` as “16 April 2022”, a range with “to”, `~` as “about”, in the language of the words."""
    return (words or texts("en")).date(written)


def party_name(identifier: str | None, parties: Parties, language: str = "en") -> str | None:
    """The name of a party in a language."""
    return parties[identifier].display(language) if identifier else None


def quoted(claim: Claim, citations: Iterable[Citation], words: Texts | None = None) -> str:
    """The words of a claim: bare where they are a summary of ours, in quotation marks where they are the source's."""
    words = words or texts("en")
    own = all(citation.kind == "brief" for citation in citations if citation.number in claim.citations)
    return isolated(clean(claim.text) if own else words.get("quotation", text=clean(claim.text)), words)


def made(claim: Claim, words: Texts | None = None) -> str:
    """A sentence that a language model wrote, with the sign that says so; it names its speaker itself."""
    return f"{MADE[claim.wording]} {isolated(clean(claim.text), words or texts('en'))}"


def attribution(claim: Claim, parties: Parties, words: Texts | None = None, *, opinion: bool = False) -> str:
    """Who says it and when, to stand before a claim; what nobody disputes has only its date."""
    words = words or texts("en")
    if opinion and claim.speaker:
        return clean(words.get("argues", author=isolated(claim.speaker, words))).rstrip(":")
    name = None if claim.party in BESIDES and claim.speaker else party_name(claim.party, parties, words.language)
    speaker = isolated(claim.speaker, words) if claim.speaker else None
    who = ", ".join(filter(None, [name if claim.party != AGREED else None, speaker]))
    return clean(" · ".join(filter(None, [words.date(claim.date), who])))


def answer_lines(answer: Answer, parties: Parties) -> list[str]:
    """What is asked as, the time it is for, the claims with their numbers; or the sentence that says why there are none."""
    words = texts(answer.language)
    lines = [*_heading(answer, words)]
    if answer.abstained:
        return [*lines, refusal(answer)]
    if answer.disputed:
        lines.append(words.get("parties_disagree"))
    kinds = {citation.number: citation.kind for citation in answer.citations}
    for claim in answer.claims:
        marks = "".join(isolated(f"[{number}]", words) for number in claim.citations)
        if claim.wording in MADE:
            lines.append(f"{made(claim, words)} {marks}")
            continue
        opinion = claim.party is None and all(kinds[number] == "opinion" for number in claim.citations)
        head = attribution(claim, parties, words, opinion=opinion)
        said = quoted(claim, answer.citations, words)
        lines.append(f"{head}: {said} {marks}" if head else f"{said} {marks}")
    if answer.composed:
        lines.append(f"({words.get('composed_note')})")
    if answer.latest and answer.reach:
        lines.append(words.get("reaches_to", date=words.date(answer.reach)))
    if answer.undated:
        lines.append(f"({words.get('undated_left_out', n=words.number(answer.undated))})")
    return lines


def _heading(answer: Answer, words: Texts) -> list[str]:
    lines = []
    if answer.spelt:
        lines.append(f"({words.get('searched_for', name=clean(answer.spelt))})")
    elif answer.asked_as != " ".join(answer.question.split()) and not answer.abstained:
        lines.append(f"({words.get('asked_as', question=clean(answer.asked_as))})")
    period = words.period(answer.scope.since, answer.scope.until)
    if period and not answer.abstained:
        lines.append(f"({words.get('for_period', period=period)})")
    return lines


def refusal(answer: Answer) -> str:
    """The sentence that says why nothing is claimed, and how far the library reaches where that is asked."""
    words = texts(answer.language)
    reason = answer.reason or "not_in_library"
    reach = words.date(answer.reach) or "–"
    said = words.get(reason, date=reach) if reason == "after_reach" else words.get(reason)
    later = reason == "not_in_library" and answer.latest and answer.reach
    return f"{said} {words.get('reaches_to', date=reach)}" if later else said


def answer_text(answer: Answer, parties: Parties) -> str:
    """The answer as plain text with [n]."""
    return "\n\n".join(answer_lines(answer, parties))


def reference_line(reference: Reference, words: Texts | None = None) -> str:
    """“Title”, author, publisher, date, address."""
    words = words or texts("en")
    when = words.date(reference.published) or words.get("no_date")
    weak = words.get("weak_source") if reference.weak else None
    title = isolated(f"“{reference.title}”", words)
    parts = [title, reference.author, reference.publisher, when, reference.url, weak]
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
    """The exact passage of a citation, to stand under a composed answer: bare where it is a summary of ours."""
    words = words or texts("en")
    quote = clean(citation.quote).replace("\n", " ")
    return isolated(quote if citation.kind == "brief" else words.get("quotation", text=quote), words)


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as the contract of `--json` has it."""
    fields = asdict(citation)
    fields["references"] = [
        {key: value for key, value in asdict(reference).items() if key != "id"} for reference in citation.references
    ]
    return fields


def _claim_json(claim: Claim) -> dict[str, Any]:
    """A claim; only those that a language model wrote tell their wording."""
    return {key: value for key, value in asdict(claim).items() if key != "wording" or claim.wording in MADE}


def answer_json(answer: Answer, parties: Parties) -> dict[str, Any]:
    """An answer as the contract of `--json` has it; parties by their English name."""
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
        "answer": answer_text(answer, parties),
        "claims": [
            {**_claim_json(claim), "party": party_name(claim.party, parties), "citations": list(claim.citations)}
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
