"""Renders a check of quoted words: verdict, nearest statement and differences, in the reader's language; and JSON.
Pure.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from bot.answering.answer import Answer
from bot.answering.quotes.check import NOT_HELD, SAID, Difference, QuoteCheck
from bot.rendering.form import Line, answer_form
from bot.rendering.phrases import Texts, texts
from bot.rendering.plain import citation_json, party_name
from bot.rendering.safe import clean, isolated
from bot.spans import Span
from index.types import Scope
from sources.parties import Parties


def quote_lines(check: QuoteCheck, parties: Parties, language: str) -> list[Line]:
    """The verdict in a sentence, the statement with matching words in bold, then each difference."""
    words = texts(language)
    if check.verdict == NOT_HELD:
        return [Line("text", (Span(words.get("quote_not_held")),)), *_nearest(check, words)]
    lines = [Line("text", (Span(words.get(_verdict(check))),)), *answer_form(quoted_answer(check, language), parties)]
    shown = [_difference(each, parties, words) for each in check.differences if each.kind != "taken_back"]
    return [*lines, *(Line("item", (Span(text),)) for text in shown)]


def quoted_answer(check: QuoteCheck, language: str) -> Answer:
    """The nearest statement as an answer, to be shown with sources like any other."""
    claims = (replace(check.claim, span=check.span),) if check.claim else ()
    cited = (check.citation,) if check.citation else ()
    return Answer(check.words, check.words, Scope(), language, claims, cited)


def quote_json(check: QuoteCheck, parties: Parties) -> dict[str, Any]:
    """A check in the format of `check-quote --json`."""
    claim = check.claim
    return {
        "words": check.words,
        "speaker": check.speaker,
        "verdict": check.verdict,
        "exact": check.exact,
        "statement": None
        if claim is None
        else {
            "text": claim.text,
            "party": party_name(claim.party, parties),
            "speaker": claim.speaker,
            "date": claim.date,
            "span": list(check.span) if check.span else None,
        },
        "differences": [asdict(each) for each in check.differences],
        "citation": citation_json(check.citation) if check.citation else None,
    }


def _verdict(check: QuoteCheck) -> str:
    if check.verdict == SAID:
        return "quote_said" if check.exact else "quote_nearly"
    kinds = {each.kind for each in check.differences} - {"small", "slip"}
    if kinds == {"speaker"}:
        return "quote_other_speaker"
    return "quote_taken_back" if kinds == {"taken_back"} else "quote_otherwise"


def _difference(each: Difference, parties: Parties, words: Texts) -> str:
    asked, said = (isolated(clean(text), words) for text in (each.asked, each.said))
    if each.kind == "speaker":
        known = each.said in {party.id for party in parties}
        return words.get(
            "quote_speaker", asked=asked, said=parties[each.said].display(words.language) if known else said
        )
    key = "quote_changed" if each.asked and each.said else "quote_added" if each.asked else "quote_left_out"
    return words.get(key, asked=asked, said=said)


def _nearest(check: QuoteCheck, words: Texts) -> list[Line]:
    if check.claim is None:
        return []
    return [Line("text", (Span(words.get("nearest", statement=isolated(clean(check.claim.text), words))),))]
