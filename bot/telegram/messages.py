"""Answer -> the blocks of a Telegram message and its buttons. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from bot.answer_types import Answer, Citation, Claim
from bot.rendering import made
from bot.telegram.buttons import COPY_MOST, Button, Rows, data, in_rows
from bot.telegram.markup import Block, Span, block, shorten, units
from bot.telegram.phrases import Phrases
from sources.document import Reference
from sources.parties import Parties

ANSWER_MOST = 900  # units of the answer before its sources
QUOTE_MOST = 1500  # units of a passage under an answer; the button shows it whole
AGREED = "agreed"
_NO_PARTY = ("", AGREED)


def shown_claims(answer: Answer) -> int:
    """How many claims stand in the first message; the others come with “more”. Never none where there are some."""
    used = 0
    for number, claim in enumerate(answer.claims):
        used += units(claim.text) + 60
        if used > ANSWER_MOST and number:
            return number
    return len(answer.claims)


def answer_blocks(answer: Answer, parties: Parties, say: Phrases) -> list[Block]:
    """The first message of an answer: its claims, then the passages that they stand on."""
    if answer.abstained:
        return [*_understood(answer, say), block(_reason(answer, say)), *_nearest(answer, say)]
    count = shown_claims(answer)
    blocks = _understood(answer, say)
    if answer.disputed:
        blocks.append(block(Span(say("parties_disagree"), italic=True)))
    blocks += _claims(answer, answer.claims[:count], parties, say)
    if answer.composed:
        blocks.append(block(Span(say("composed_note"), italic=True)))
    if answer.undated:
        blocks.append(block(Span(say("undated_left_out", n=answer.undated), italic=True)))
    return blocks + _sources(answer, answer.claims[:count], say)


def more_blocks(answer: Answer, parties: Parties, say: Phrases) -> list[Block]:
    """The claims that did not fit, with their passages."""
    rest = answer.claims[shown_claims(answer) :]
    return [*_claims(answer, rest, parties, say), *_sources(answer, rest, say)] or [block(say("nothing"))]


def answer_buttons(answer: Answer, identifier: str, say: Phrases) -> Rows:
    """A button for each source shown, then more, the verdicts and the citation to copy."""
    cited = list(answer.citations or answer.nearest)
    numbers = [Button(str(c.number), data("s", identifier, c.number)) for c in cited[:20]]
    last = [Button(say("like"), data("u", identifier)), Button(say("dislike"), data("d", identifier))]
    if shown_claims(answer) < len(answer.claims):
        last.insert(0, Button(say("more"), data("m", identifier)))
    if answer.citations:
        last.append(Button(say("copy"), copy=citation_text(answer.citations[0], say)))
    return (*in_rows(numbers), tuple(last))


def citation_text(citation: Citation, say: Phrases) -> str:
    """A citation to copy, at most 256 characters."""
    origin = citation.references[0] if citation.kind == "brief" and citation.references else citation
    parts = [f"“{origin.title}”", origin.author, origin.publisher, say.date(origin.published), _page(citation, say)]
    text, url = ", ".join(filter(None, parts)), origin.url or ""
    if url and units(url) + 4 < COPY_MOST:
        return f"{shorten(text, COPY_MOST - units(url) - 2)}, {url}"
    return shorten(text, COPY_MOST)


def citation_spans(citation: Citation, say: Phrases) -> list[Span | str]:
    """Title, author, publisher, date, page and link of a citation; of a brief the publications behind it."""
    if citation.kind != "brief":
        return _publication(citation, _page(citation, say), say)
    before, after = say.around("summary_after", "reference")
    spans: list[Span | str] = [before]
    for position, reference in enumerate(citation.references):
        spans += ["; "] * bool(position) + _publication(reference, say("weak_source") if reference.weak else "", say)
    if not citation.references:
        spans.append(say("no_reference"))
    return [*spans, after, "; ", say("in_brief", title=citation.title)]


def quote_of(citation: Citation) -> str:
    """The words of a passage: in quotation marks only where they are the source's own."""
    return citation.quote if citation.kind == "brief" else f"“{citation.quote}”"


def sources_footnote(citation: Citation, say: Phrases) -> str:
    """A citation in one line of plain text."""
    spans = citation_spans(citation, say)
    return "".join(
        span if isinstance(span, str) else f"{span.text} <{span.url}>" if span.url else span.text for span in spans
    )


def attribution(claim: Claim, parties: Parties, say: Phrases) -> str:
    """When and who, to stand before a claim; of what nobody disputes only when."""
    named = claim.party if claim.party != AGREED else None
    name = parties[named].display(say.language) if named else None
    return " · ".join(filter(None, [say.date(claim.date), ", ".join(filter(None, [name, claim.speaker]))]))


def _claims(answer: Answer, claims: Sequence[Claim], parties: Parties, say: Phrases) -> list[Block]:
    if answer.composed:  # each sentence names its speaker itself
        return [block(f"{made(claim)} {''.join(f'[{number}]' for number in claim.citations)}") for claim in claims]
    if not answer.disputed:
        return [_claim(answer, claim, attribution(claim, parties, say)) for claim in claims]
    blocks = []
    order = list(dict.fromkeys(claim.party or "" for claim in claims))
    for party, group in groupby(sorted(claims, key=lambda c: order.index(c.party or "")), lambda c: c.party or ""):
        if party not in _NO_PARTY:
            blocks.append(block(Span(parties[party].display(say.language), bold=True)))
        for claim in group:
            blocks.append(_claim(answer, claim, " · ".join(filter(None, [say.date(claim.date), claim.speaker]))))
    return blocks


def _claim(answer: Answer, claim: Claim, head: str) -> Block:
    kinds = {citation.kind for citation in answer.citations if citation.number in claim.citations}
    words = claim.text if kinds <= {"brief"} else f"“{claim.text}”"
    marks = "".join(f"[{number}]" for number in claim.citations)
    return block(*([Span(f"{head}: ", bold=True)] if head else []), f"{words} {marks}")


def _sources(answer: Answer, claims: Sequence[Claim], say: Phrases) -> list[Block]:
    numbers = {number for claim in claims for number in claim.citations}
    cited = [citation for citation in answer.citations if citation.number in numbers]
    return [_source(citation, say) for citation in cited]


def _source(citation: Citation, say: Phrases) -> Block:
    quote = shorten(quote_of(citation), QUOTE_MOST)
    return block(Span(f"[{citation.number}] ", bold=True), *citation_spans(citation, say), "\n", quote, quoted=True)


def _understood(answer: Answer, say: Phrases) -> list[Block]:
    """How the question was completed from the conversation, where it was."""
    if " ".join(answer.question.split()).rstrip("?؟ ") == answer.asked_as.rstrip("?؟ "):
        return []
    return [block(Span(say("asked_as", question=answer.asked_as), italic=True))]


def _reason(answer: Answer, say: Phrases) -> str:
    return say(answer.reason or "not_in_library", date=say.date(answer.reach))


def _nearest(answer: Answer, say: Phrases) -> list[Block]:
    if not answer.nearest:
        return []
    return [block(Span(say("related"), bold=True)), *(_source(citation, say) for citation in answer.nearest)]


def _publication(thing: Citation | Reference, last: str, say: Phrases) -> list[Span | str]:
    rest = [thing.author, thing.publisher, say.date(thing.published) or say("no_date"), last]
    return [Span(f"“{thing.title}”", url=thing.url), ", " + ", ".join(filter(None, rest))]


def _page(citation: Citation, say: Phrases) -> str:
    return say("page", page=citation.page) if citation.page else ""
