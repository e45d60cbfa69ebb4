"""Lays out an answer as lines of spans, for any display (terminal, Telegram, Markdown). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.answer import Alternative, Answer, Citation, Claim
from bot.rendering.heads import AGREED, REPORTERS, date_span, head, names_either
from bot.rendering.phrases import Texts, texts
from bot.rendering.safe import clean, isolated
from bot.rendering.sources import source_lines
from bot.spans import Span
from sources.parties import Parties

_STORED_HEAD = re.compile(r"(?m)^\d{4}[\d/~-]* · [^:\n]{1,120}: ")  # “2022-04-16 · Taliban, spokesman: ”
MADE = {"composed": "✎", "translated": "⇄"}  # signs for wordings other than the source's
PARAGRAPH_CHARS = 400  # approximate characters per paragraph of running text
MAX_CLAIMS = 6
MAX_NEAREST_CHARS = 330  # of the statement nearest to a refused question; those shipped are shorter


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of an answer.

    kind: `note` (how the question was understood, as of when), `party` (the heading of a side), `item` (one of several
    claims: a bullet), `text` (a paragraph), `again` (another voice on the item above), `choice` (a reading of an
    ambiguous question), `row` (of a table; `cells` holds its columns, `spans` the same on one line).
    """

    kind: str
    spans: tuple[Span, ...]
    cells: tuple[tuple[Span, ...], ...] = ()

    @property
    def plain(self) -> str:
        """The text of the line."""
        return "".join(span.text for span in self.spans)


def close(before: Line, line: Line) -> bool:
    """Whether a line follows another without a blank line: list items, and lines under a heading or a note."""
    kinds = ["item" if kind == "again" else kind for kind in (before.kind, line.kind)]
    return kinds[0] in {"party", "note"} if kinds[0] != kinds[1] else kinds[0] != "text"


def answer_form(answer: Answer, parties: Parties, claims: Sequence[Claim] | None = None) -> list[Line]:
    """The lines of an answer up to its sources, restricted to `claims` if given. For a refusal: `refusal_form`."""
    words = texts(answer.language)
    shown = answer.claims if claims is None else tuple(claims)
    lines = _notes(answer, words)
    if answer.form == "figures" and all(claim.span for claim in shown) and len(shown) > 1:
        lines += [_row(claim, parties, words) for claim in shown]
    elif answer.form == "list":
        lines += _list(shown, answer, parties, words)
    elif answer.form in {"explainer", "section"}:
        lines += _paragraphs([_sentence(claim, answer, parties, words) for claim in shown])
    elif answer.disputed and not answer.composed and answer.form != "timeline":
        lines += _sides(shown, answer, parties, words)
    else:
        if answer.disputed:
            lines.append(Line("note", (Span(words.get("parties_disagree")),)))
        lines += [_claim(claim, answer, parties, words) for claim in shown]
    if len(shown) == 1:
        lines = [replace(line, kind="text") if line.kind == "item" else line for line in lines]
    return lines + _remarks(answer, words)


def by_party(answer: Answer, parties: Parties) -> list[Line]:
    """All claims of an answer by party, whether or not they dispute; undisputed ones first."""
    words = texts(answer.language)
    return [line for line in _sides(answer.claims, answer, parties, words) if line.kind != "note"]


def refusal_form(answer: Answer, *, numbered: bool = False) -> list[Line]:
    """What is not held; the nearest statement, if there is one on the subject; suggested questions.

    For an ambiguous question, its readings: as whole questions, or `numbered` to choose from.
    """
    words = texts(answer.language)
    lines = [Line("text", (Span(refusal(answer)),))]
    if answer.alternatives:
        lines.append(Line("note", (Span(words.get("you_may_mean")),)))
        if numbered:
            return [*lines, *(_choice(each, number, words) for number, each in enumerate(answer.alternatives, 1))]
        return [*lines, *(Line("item", (Span(clean(each.question)),)) for each in answer.alternatives)]
    if answer.nearest and answer.reason in {"not_in_library", "after_reach", None}:
        lines.append(Line("text", _nearest(answer, words)))
    if answer.suggestions:
        asked = " · ".join(isolated(clean(question), words) for question in answer.suggestions[:3])
        lines.append(Line("text", (Span(f"{words.get('you_could_ask')} "), Span(asked))))
    return lines


def _choice(meant: Alternative, number: int, words: Texts) -> Line:
    return Line("choice", (Span(f"{words.number(number)}. {alternative(meant, words)}"),))


def alternative(meant: Alternative, words: Texts) -> str:
    """A reading of an ambiguous question on one line: the date and the first words of the statement."""
    return f"{words.date(meant.date)}: {isolated(clean(meant.label), words)}"


def refusal(answer: Answer) -> str:
    """The sentence that says what is not held, and how recent the library is if relevant."""
    words = texts(answer.language)
    reason = answer.reason or "not_in_library"
    reach = words.date(answer.reach) or "–"
    if reason == "not_in_library" and answer.missing:
        said = words.get("missing", thing=isolated(clean(answer.missing), words))
    else:
        said = words.get(reason, date=reach) if reason == "after_reach" else words.get(reason)
    later = reason == "not_in_library" and answer.latest and answer.reach
    return f"{said} {words.get('reaches_to', date=reach)}" if later else said


def first_claims(
    answer: Answer, parties: Parties, room: int, length: Callable[[str], int] = len
) -> tuple[tuple[Claim, ...], tuple[Claim, ...]]:
    """(the claims that fit into the first `room` characters, the rest), both in order.

    At least one claim fits; of a disputed answer, the first claim of each disputing party, whatever their length. An
    explainer is one text and stays whole.
    """
    if answer.form == "explainer":
        return answer.claims, ()
    order = range(len(answer.claims))
    sides = {claim.party: at for at, claim in reversed(list(enumerate(answer.claims))) if claim.party}
    acting = {at for party, at in sides.items() if party not in REPORTERS}
    taken = (acting if answer.disputed else set()) or set(order[:1])
    for place in order:
        tried = [answer.claims[at] for at in order if at in taken or at == place]
        used = sum(length(line.plain) + 2 for line in answer_form(answer, parties, tried))
        if place not in taken and (used > room or len(tried) > MAX_CLAIMS):
            break
        taken.add(place)
    first, rest = (tuple(answer.claims[at] for at in order if (at in taken) is there) for there in (True, False))
    return first, rest


def said(claim: Claim, answer: Answer, words: Texts) -> tuple[Span, ...]:
    """The text of a claim with answer spans bold: bare if it is our summary, in quotation marks if it is the
    source's.
    """
    own = all(citation.kind == "brief" for citation in answer.citations if citation.number in claim.citations)
    marked = claim.text[:1] in '“«„”"' and claim.text[-1:] in '”»“"'
    before, after = ("", "") if own or marked else words.get("quotation", text="\0").split("\0")
    if words.right_to_left:
        before, after = f"\u2068{before}", f"{after}\u2069"
    start, end = _strong(claim, answer)
    pieces = [
        Span(before + clean(claim.text[:start])),
        Span(clean(claim.text[start:end]), bold=True),
        Span(clean(claim.text[end:]) + after),
    ]
    return tuple(piece for piece in pieces if piece.text)


def _strong(claim: Claim, answer: Answer) -> tuple[int, int]:
    """The bold spans: the words that answer; for a period of time, the date instead."""
    span = claim.span or (date_span(claim.text, claim.date) if answer.form in {"timeline", "list"} else None) or (0, 0)
    start, end = span
    return (start, end) if 0 <= start < end <= len(claim.text) else (0, 0)


def marks(claim: Claim, words: Texts) -> Span:
    """The citation numbers of a claim."""
    return Span(" " + "".join(isolated(f"[{number}]", words) for number in claim.citations), quiet=True)


def _claim(claim: Claim, answer: Answer, parties: Parties, words: Texts, *, grouped: bool = False) -> Line:
    if claim.wording in MADE:
        own = Span(f"{MADE[claim.wording]} {isolated(clean(claim.text), words)}")
        return Line("text", (own, marks(claim, words)))
    kinds = {citation.kind for citation in answer.citations if citation.number in claim.citations}
    opinion = claim.party is None and kinds == {"opinion"}
    before = head(claim, parties, words, opinion=opinion, grouped=grouped)
    before = ": ".join(filter(None, [before, clean(claim.columns or "")]))
    leading = (Span(f"{before}: ", bold=answer.form in {"timeline", "list"}),) if before else ()
    return Line("item", (*leading, *said(claim, answer, words), marks(claim, words)))


def _sentence(claim: Claim, answer: Answer, parties: Parties, words: Texts) -> Line:
    """A claim in running text: what the sentence lacks follows in brackets."""
    agreed = claim.party in {None, AGREED}
    stretch = "/" in (claim.date or "")  # the sentence summarises that whole period
    shown = replace(claim, date=None) if agreed or stretch else claim
    before = head(replace(shown, party=None, speaker=None) if names_either(claim, parties) else shown, parties, words)
    behind = (Span(f" ({before})"),) if before else ()
    return Line("text", (*said(claim, answer, words), *behind, marks(claim, words)))


def _sides(claims: Sequence[Claim], answer: Answer, parties: Parties, words: Texts) -> list[Line]:
    """Each side under its name, reporting parties last; undisputed claims come first if the answer begins with one."""
    undisputed = [claim for claim in claims if claim.party in {None, AGREED}]
    agreed = [_claim(claim, answer, parties, words) for claim in undisputed]
    first = bool(claims) and claims[0] in undisputed
    lines = list(agreed) if first else []
    names = [claim.party for claim in claims if claim.party not in {None, AGREED}]
    if names:
        lines.append(Line("note", (Span(words.get("parties_disagree")),)))
    for party in sorted(dict.fromkeys(names), key=lambda name: name in REPORTERS):
        assert party is not None
        lines.append(Line("party", (Span(parties[party].display(words.language), bold=True),)))
        mine = [claim for claim in claims if claim.party == party]
        lines += [_claim(claim, answer, parties, words, grouped=True) for claim in mine]
    if agreed and not first:
        lines += [Line("party", (Span(parties[AGREED].display(words.language), bold=True),)), *agreed]
    return lines


def _list(claims: Sequence[Claim], answer: Answer, parties: Parties, words: Texts) -> list[Line]:
    """The number of events in the library, each under its date, then published counts, which are not added up."""
    starts = {sum(answer.events[:at]) for at in range(len(answer.events))}
    end = sum(answer.events)
    place = {id(claim): at for at, claim in enumerate(answer.claims)}
    lines = [Line("note", (Span(words.get("as_held", n=words.number(len(answer.events)))),))]
    for claim in claims:
        at = place[id(claim)]
        if at == end:
            lines.append(Line("note", (Span(words.get("published_counts")),)))
        line = _claim(claim, answer, parties, words)
        again = at not in starts and at < end
        lines.append(Line("again" if again else "item", line.spans))
    return lines


def _row(claim: Claim, parties: Parties, words: Texts) -> Line:
    """Date, figure and source."""
    assert claim.span is not None
    figure = Span(clean(claim.text[slice(*claim.span)]), bold=True)
    party = claim.party if claim.party not in {None, AGREED} else None
    who = claim.speaker or (parties[party].display(words.language) if party else "")
    when, giver = Span(words.date(claim.date)), Span(isolated(clean(who), words) if who else "")
    cells = ((when,), (figure,), (giver, marks(claim, words)))
    flat = (
        Span(f"{when.text}: " if when.text else ""),
        figure,
        Span(f", {giver.text}" if who else ""),
        marks(claim, words),
    )
    return Line("row", tuple(span for span in flat if span.text), cells)


def _paragraphs(lines: Sequence[Line]) -> list[Line]:
    """The sentences in sequence, in paragraphs of about equal length."""
    lengths = [len(line.plain) + 1 for line in lines]
    whole = sum(lengths) / max(1, round(sum(lengths) / PARAGRAPH_CHARS))
    result: list[Line] = []
    used, before = 0, -1
    for line, length in zip(lines, lengths, strict=True):
        paragraph = int((used + length / 2) / whole)
        if paragraph == before:
            result[-1] = Line("text", (*result[-1].spans, Span(" "), *line.spans))
        else:
            result.append(line)
        used, before = used + length, paragraph
    return result


def _note(text: str) -> Line:
    return Line("note", (Span(text, quiet=True),))


def _notes(answer: Answer, words: Texts) -> list[Line]:
    """How the question was understood, and the period that the answer covers."""
    lines = []
    if answer.spelt:
        lines.append(_note(f"({words.get('searched_for', name=clean(answer.spelt))})"))
    elif answer.asked_as.rstrip("?؟ ") != " ".join(answer.question.split()).rstrip("?؟ "):
        lines.append(_note(f"({words.get('asked_as', question=clean(answer.asked_as))})"))
    scope = answer.scope
    if period := words.period(scope.since, scope.until):
        is_open = not (scope.since and scope.until)  # “since 2023” says it already
        lines.append(_note(f"({period})" if is_open else f"({words.get('for_period', period=period)})"))
    if answer.as_of:
        as_of = words.get("as_of", date=words.date(answer.as_of))
        lines.append(_note(f"{as_of[:1].upper()}{as_of[1:]}:"))
    return lines


def _remarks(answer: Answer, words: Texts) -> list[Line]:
    lines = []
    if answer.missing:  # of a compound question
        lines.append(_note(words.get("missing", thing=isolated(clean(answer.missing), words))))
    if answer.composed:
        lines.append(_note(f"({words.get('composed_note')})"))
    if answer.latest and answer.reach:
        lines.append(_note(words.get("reaches_to", date=words.date(answer.reach))))
    if answer.undated:
        lines.append(_note(f"({words.get('undated_left_out', n=words.number(answer.undated))})"))
    return lines


def _statement(citation: Citation) -> str:
    """The quoted text; of a brief the first statement, without its stored head."""
    if citation.kind != "brief":
        return citation.quote
    return next((part for part in _STORED_HEAD.split(citation.quote) if part.strip()), citation.quote)


def _nearest(answer: Answer, words: Texts) -> tuple[Span, ...]:
    citation = answer.nearest[0]
    quote = " ".join(clean(_statement(citation)).split())
    quote = quote if len(quote) <= MAX_NEAREST_CHARS else quote[:MAX_NEAREST_CHARS].rsplit(" ", 1)[0] + " …"
    shown = isolated(quote if citation.kind == "brief" else words.get("quotation", text=quote), words)
    source = source_lines([citation], words)[0]
    origin = ", ".join(filter(None, [source.publisher, source.date]))
    return (Span(words.get("nearest", statement=shown)), Span(f" ({isolated(clean(origin), words)})", quiet=True))
