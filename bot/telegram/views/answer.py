"""Renders an answer as Telegram messages with buttons, page by page. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answering.answer import Answer, Citation, Claim
from bot.rendering import Line, answer_form, first_claims, refusal_form, source_lines, source_spans, sources_heading
from bot.rendering import Span as FormSpan
from bot.rendering.form import alternative, close, marks, said
from bot.rendering.heads import AGREED
from bot.rendering.phrases import texts
from bot.rendering.plain import BULLETS
from bot.rendering.safe import isolated
from bot.telegram.views.brief_text import first_statement, readable_quote
from bot.telegram.views.html import Block, Span, block, shorten, units
from bot.telegram.views.keyboards import MAX_COPY_UNITS, Button, Rows, data, in_rows
from bot.telegram.views.phrases import Phrases
from index.normalise import normalise
from sources.document import Reference
from sources.parties import Parties

MAX_ANSWER_UNITS = 900  # of the claims in a message; UTF-16 code units
MAX_QUOTE_UNITS = 700  # of a passage under an answer; its button shows it in full
MAX_BUTTON_UNITS = 56  # of a question on a button
SOURCES_PER_ROW = 8
MAX_FIGURES_PER_SENTENCE = 4
SMALL_TALK = {"chat", "injection"}
CONTINUOUS_FORMS = {"explainer", "section"}  # forms whose sentences read as continuous text
_UNITS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_FIGURE = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:,\d{3}){1,4}|\d{1,12}(?:\.\d{1,4})?)(?:( ?%| per ?cent\b| (?:thousand|million|billion)\b))?(?![\w,]\d|\w)",
    re.IGNORECASE,
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(rf"\b\d{{1,2}}(?:(?: to |[–-])\d{{1,2}})? {_MONTH}\b|\b{_MONTH} \d{{1,2}}\b(?!,\d)")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


def pages(answer: Answer, parties: Parties) -> list[tuple[Claim, ...]]:
    """The claims of each message of an answer; both sides of a disputed one go into the first."""
    found, rest = [], answer
    while True:
        first, left = first_claims(rest, parties, MAX_ANSWER_UNITS, units)
        found.append(first)
        if not left:
            return found
        rest = replace(rest, claims=left)


def answer_blocks(answer: Answer, parties: Parties, say: Phrases, page: int = 0) -> list[Block]:
    """A message of an answer: its claims, then a folded line per source; a refusal in two lines."""
    if answer.abstained:
        near = tuple(
            replace(one, quote=readable_quote(first_statement(one.quote), parties, say)) for one in answer.nearest
        )
        lines = refusal_form(replace(answer, nearest=near, suggestions=()), numbered=True)
        return [*_understood(answer), *blocks_of(lines)]
    lines, claims = answer_lines_shown(answer, parties, say, page)
    return [*blocks_of(lines), *filter(None, [sources_block(answer, claims, say)])]


def answer_lines_shown(
    answer: Answer, parties: Parties, say: Phrases, page: int = 0
) -> tuple[list[Line], tuple[Claim, ...]]:
    """The lines of a message of an answer, with a key for readers of other languages above its claims."""
    claims = _page(answer, parties, page)
    apart = say.language != "en" and any(citation.language == "en" for citation in answer.citations)
    lines = answer_form(
        replace(answer, form="claims") if apart and answer.form in CONTINUOUS_FORMS else answer, parties, claims
    )
    if say.language != "en":
        lines = [_for_foreigners(line, claims, answer, parties, say) for line in lines]
    return lines, claims


def answer_buttons(
    answer: Answer, parties: Parties, identifier: str, say: Phrases, page: int = 0, *, endless: bool = False
) -> Rows:
    """A button per source, then readings of an ambiguous question, follow-ups, paging and feedback.

    `endless`: more can be requested after the last page. Below small talk there are example questions.
    """
    if answer.reason in SMALL_TALK:  # there is nothing to judge
        return tuple((Button(question, data("q", number)),) for number, question in enumerate(say.several("examples")))
    claims = _page(answer, parties, page)
    shown = _cited(answer, claims) if claims else list(answer.nearest[:1])
    numbers = [Button(f"[{c.number}]", data("s", identifier, c.number, page)) for c in shown[: 3 * SOURCES_PER_ROW]]
    words = texts(answer.language)
    meant = [
        (Button(shorten(alternative(each, words), MAX_BUTTON_UNITS), data("w", identifier, number)),)
        for number, each in enumerate(answer.alternatives)
    ]
    asking = [
        (Button(shorten(question, MAX_BUTTON_UNITS), data("n", identifier, number)),)
        for number, question in enumerate(answer.suggestions[:3])
    ]
    last = [Button("👍", data("u", identifier)), Button("👎", data("d", identifier))]
    if page:
        last.insert(0, Button(say("back_arrow"), data("m", identifier, page - 1)))
    if claims and (page + 1 < len(pages(answer, parties)) or endless):
        last.append(Button(say("more"), data("m", identifier, page + 1)))
    return (*in_rows(numbers, SOURCES_PER_ROW), *meant, *asking, tuple(last))


def citation_text(citation: Citation, say: Phrases) -> str:
    """A citation to copy, at most 256 characters."""
    origin = citation.references[0] if citation.kind == "brief" and citation.references else citation
    parts = [f"“{origin.title}”", origin.author, origin.publisher, say.date(origin.published), _page_of(citation, say)]
    text, url = ", ".join(filter(None, parts)), origin.url or ""
    if url and units(url) + 4 < MAX_COPY_UNITS:
        return f"{shorten(text, MAX_COPY_UNITS - units(url) - 2)}, {url}"
    return shorten(text, MAX_COPY_UNITS)


def citation_spans(citation: Citation, say: Phrases) -> list[Span | str]:
    """Title, author, publisher, date, page and link of a citation; of a brief the publications behind it."""
    if citation.kind != "brief":
        return _publication(citation, _page_of(citation, say), say)
    before, after = say.around("summary_after", "reference")
    spans: list[Span | str] = [before]
    for position, reference in enumerate(citation.references):
        spans += [say.semicolon] * bool(position) + _publication(
            reference, say("weak_source") if reference.weak else "", say
        )
    if not citation.references:
        spans.append(say("no_reference"))
    return [*spans, after, say.semicolon, say("in_brief", title=say.isolated(citation.title))]


def quote_of(citation: Citation) -> str:
    """The text of a passage, in quotation marks only if it is the source's own."""
    return citation.quote if citation.kind == "brief" else f"“{citation.quote}”"


def sources_footnote(citation: Citation, say: Phrases) -> str:
    """A citation in one line of plain text."""
    spans = citation_spans(citation, say)
    return "".join(
        span if isinstance(span, str) else f"{span.text} <{span.url}>" if span.url else span.text for span in spans
    )


def attribution(claim: Claim, parties: Parties, say: Phrases) -> str:
    """Date and speaker to precede a claim; for undisputed statements, the date alone."""
    named = claim.party if claim.party != AGREED else None
    name = parties[named].display(say.language) if named else None
    speaker = say.isolated(claim.speaker) if claim.speaker and claim.speaker != name else None
    return " · ".join(filter(None, [say.date(claim.date), say.listed([name, speaker])]))


def figures(text: str, say: Phrases) -> str:
    """The numbers of a sentence, without dates, in the reader's format: “47; 1,200”, “60%”, “4,400,000” for 4.4
    million.
    """
    found: dict[str, None] = {}
    for number, unit in _FIGURE.findall(_DATE.sub(" ", text)):
        if scale := _UNITS.get(unit.strip().lower()):
            found[f"{round(float(number.replace(',', '')) * scale):,}"] = None
        elif unit:
            found[f"{number}%"] = None
        elif not _YEAR.fullmatch(number):
            found[number] = None
    return say.semicolon.join(say.figure(number) for number in list(found)[:MAX_FIGURES_PER_SENTENCE])


def _page(answer: Answer, parties: Parties, page: int) -> tuple[Claim, ...]:
    if answer.abstained:
        return ()
    there = pages(answer, parties)
    return there[min(page, len(there) - 1)]


def _for_foreigners(line: Line, claims: Sequence[Claim], answer: Answer, parties: Parties, say: Phrases) -> Line:
    """A sentence in English under its date, party and figures in the reader's language."""
    english = {citation.number for citation in answer.citations if citation.language == "en"}
    claim = next((claim for claim in claims if line.kind in {"item", "text"} and claim.text in line.plain), None)
    if claim is None or claim.wording != "source" or not set(claim.citations) & english:
        return line
    grouped = answer.disputed and claim.party not in {None, AGREED}  # the party is named above already
    before = attribution(replace(claim, party=None) if grouped else claim, parties, say)
    gist = " · ".join(filter(None, [before, figures(claim.text, say)]))
    words = texts(answer.language)
    above = (FormSpan(gist, bold=True), FormSpan("\n")) if gist else ()
    return Line(line.kind, (*above, *said(claim, answer, words), marks(claim, words)))


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The lines as paragraphs; related lines share one."""
    blocks: list[Block] = []
    before: Line | None = None
    for line in lines:
        italic = line.kind == "note"
        sign = BULLETS.get(line.kind)
        bullet: tuple[Span, ...] = (Span(sign),) if sign else ()
        spans = (*bullet, *(Span(span.text, bold=span.bold, italic=italic, url=span.url) for span in line.spans))
        if before is not None and close(before, line):
            blocks[-1] = Block((*blocks[-1].spans, Span("\n"), *spans))
        else:
            blocks.append(Block(spans))
        before = line
    return blocks


def _cited(answer: Answer, claims: Sequence[Claim]) -> list[Citation]:
    numbers = {number for claim in claims for number in claim.citations}
    return [citation for citation in answer.citations if citation.number in numbers]


def sources_block(answer: Answer, claims: Sequence[Claim], say: Phrases) -> Block | None:
    """A folded line per publication; the passage only if the sentence above differs from it."""
    cited, words = _cited(answer, claims), texts(say.language)
    if not cited:
        return None
    spans: list[Span] = [Span(f"{sources_heading(cited, words)}", bold=True)]
    for source in source_lines(cited, words):
        spans += [Span("\n"), *(Span(span.text, bold=span.bold, url=span.url) for span in source_spans(source, words))]
    sentences = normalise(" ".join(claim.text for claim in claims))
    for citation in cited:
        if normalise(citation.quote) not in sentences:
            quote = isolated(shorten(" ".join(quote_of(citation).split()), MAX_QUOTE_UNITS), words)
            spans.append(Span(f"\n\n{isolated(f'[{citation.number}]', words)} {quote}"))
    return Block(tuple(spans), quoted=True)


def _understood(answer: Answer) -> list[Block]:
    """How a refused follow-up was completed from the conversation, if it was."""
    if " ".join(answer.question.split()).rstrip("?؟ ") == answer.asked_as.rstrip("?؟ "):
        return []
    words = texts(answer.language)
    return [block(Span(words.get("asked_as", question=isolated(answer.asked_as, words)), italic=True))]


def _publication(thing: Citation | Reference, last: str, say: Phrases) -> list[Span | str]:
    names = [say.isolated(name) for name in (thing.author, thing.publisher) if name]
    rest = [*names, say.date(thing.published) or say("no_date"), last]
    return [Span(say.isolated(f"“{thing.title}”"), url=thing.url), say.comma + say.listed(rest)]


def _page_of(citation: Citation, say: Phrases) -> str:
    return say("page", page=say.digits(citation.page)) if citation.page else ""
