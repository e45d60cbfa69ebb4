"""An answer as Telegram messages: its claims, its sources, its buttons; whatever the sources are called."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from fake_bot import rendered, units

from bot.answer_types import Answer, Citation, Claim
from bot.telegram.export import as_markdown
from bot.telegram.kept import Kept, revive
from bot.telegram.markup import split
from bot.telegram.messages import answer_blocks, answer_buttons, citation_text, more_blocks, shown_claims
from bot.telegram.phrases import phrases
from bot.telegram.source_view import around
from index.passages import Scope
from sources.document import Reference
from sources.parties import shipped_parties

PARTIES, SAY = shipped_parties(), phrases("en")
HOSTILE = '</blockquote><a href="tg://user?id=1">x</a>&lt;script&gt;*_`[]()'


def citation(number, **fields):
    given = {
        "title": "A title",
        "publisher": "Dawn",
        "kind": "news",
        "url": "https://e.org/?a=1&b=2",
        "quote": "Its words.",
        **fields,
    }
    return Citation(number=number, document_id="d", digest="x", language="en", author=None, published="2025-10-20", page=3, start=0, end=9, references=(), **given)  # fmt: skip


def answer(*claims, **fields):
    citations = tuple(citation(number) for number in range(1, len(claims) + 1))
    return Answer("Q?", "Q?", Scope(), "en", claims=claims, **{"citations": citations, **fields})


def claim(number, text="Words.", party="pakistan"):
    return Claim(text, party, None, "2025-10-19", (number,))


def plain(blocks):
    return "\n\n".join(part.plain for part in split(blocks))


def test_a_quote_is_in_quotation_marks_a_summary_of_ours_is_not():
    quoted = answer(claim(1))
    assert plain(answer_blocks(quoted, PARTIES, SAY)).startswith("19 October 2025 · Pakistan: “Words.” [1]")
    brief = replace(quoted, citations=(citation(1, kind="brief"),))
    text = plain(answer_blocks(brief, PARTIES, SAY))
    assert text.startswith("19 October 2025 · Pakistan: Words. [1]")
    assert "“Its words.”" not in text


def test_disputed_claims_stand_under_their_party():
    disputed = answer(claim(1), claim(2, party="taliban"), claim(3), disputed=True)
    heads = [block.spans[0].text for block in answer_blocks(disputed, PARTIES, SAY) if not block.quoted]
    assert heads[1::1][:1] == ["Pakistan"]
    assert heads.index("Taliban") == 4


def test_nine_hundred_characters_then_more():
    long = answer(*(claim(number, "word " * 60) for number in range(1, 7)))
    count = shown_claims(long)
    head = [block for block in answer_blocks(long, PARTIES, SAY) if not block.quoted]
    assert count == 2
    assert sum(units("".join(span.text for span in block.spans)) for block in head) <= 900
    assert "m:id" in [button.data for row in answer_buttons(long, "id", SAY) for button in row]
    assert plain(more_blocks(long, PARTIES, SAY)).count("[6]") == 2


def test_an_answer_of_any_length_arrives_whole():
    huge = answer(claim(1, "слово " * 2000))
    parts = split(answer_blocks(huge, PARTIES, SAY))
    assert len(parts) == 3
    assert "".join(rendered(part.html, "HTML") for part in parts).count("слово") == 2000


@pytest.mark.parametrize("language", ["en", "ur", "ps", "fa", "ru"])
def test_hostile_titles_are_only_titles(language):
    reference = Reference("r", HOSTILE, HOSTILE, HOSTILE, "2025", "javascript:alert(1)", True)
    cited = (replace(citation(1, kind="brief", title=HOSTILE, quote=HOSTILE * 100), references=(reference,)),)
    hostile = answer(replace(claim(1, HOSTILE), speaker=HOSTILE), citations=cited)
    for part in split(answer_blocks(hostile, PARTIES, phrases(language))):
        assert HOSTILE[:40] in rendered(part.html, "HTML")
        assert '<a href="tg' not in part.html


def test_a_citation_to_copy_has_at_most_256_units_and_keeps_its_link():
    text = citation_text(citation(1, title="دوحه " * 200), SAY)
    assert units(text) <= 256
    assert text.endswith("…, https://e.org/?a=1&b=2")


def test_a_stored_answer_comes_back_as_it_was():
    whole = replace(
        answer(claim(1), claim(2)), scope=Scope(since="2021-01-01", parties=("taliban",)), seconds={"total": 0.5}
    )
    raw = json.loads(json.dumps(asdict(whole)))
    assert revive(Answer, raw) == whole
    assert revive(Answer, {**raw, "a_field_of_tomorrow": 1}) == whole


def test_an_export_holds_no_markup_of_others():
    kept = Kept("id", 7, "x", 1, 2, "en", answer(claim(1, "[a](b) <i>")))
    assert r"\[a\](b) \<i\>" in as_markdown([(0.0, kept)], PARTIES, SAY)


def test_what_stands_around_a_passage():
    text = "a " * 300 + "HERE" + " z" * 300
    before, after = around(text, 600, 604)
    assert before.startswith("… a")
    assert after.endswith("z …")
