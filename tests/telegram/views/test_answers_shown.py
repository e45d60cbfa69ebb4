"""An answer as Telegram messages: its claims, sources and buttons, whatever the sources are called."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace

import pytest
from support.fakes.bot_api import rendered, units

from bot.answering.answer import Answer, Citation, Claim
from bot.answering.stored import revive
from bot.telegram.readers.answers import Kept
from bot.telegram.views.answer import answer_blocks, answer_buttons, citation_text, figures, pages
from bot.telegram.views.export import as_markdown
from bot.telegram.views.html import split
from bot.telegram.views.phrases import phrases
from bot.telegram.views.source import around
from index.types import Scope
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
    """The visible text."""
    return "\n\n".join(rendered(part.html, "HTML") for part in split(blocks))


def test_a_quote_is_in_quotation_marks_a_summary_of_ours_is_not():
    quoted = answer(claim(1))
    assert plain(answer_blocks(quoted, PARTIES, SAY)).startswith("19 October 2025 · Pakistan: “Words.” [1]")
    brief = replace(quoted, citations=(citation(1, kind="brief"),))
    text = plain(answer_blocks(brief, PARTIES, SAY))
    assert text.startswith("19 October 2025 · Pakistan: Words. [1]")
    assert "“Its words.”" not in text


def test_a_passage_that_says_what_the_sentence_says_is_not_shown_again():
    same = answer(claim(1), citations=(citation(1, quote="Words."),))
    assert plain(answer_blocks(same, PARTIES, SAY)).count("Words.") == 1
    other = answer(claim(1), citations=(citation(1, quote="Other words."),))
    assert plain(answer_blocks(other, PARTIES, SAY)).endswith("[1] “Other words.”")


def test_both_sides_of_a_dispute_stand_in_the_first_message():
    long = answer(*(claim(n, "word " * 80) for n in range(1, 6)), claim(6, "No.", party="taliban"), disputed=True)
    first = pages(long, PARTIES)[0]
    assert {one.party for one in first} == {"pakistan", "taliban"}
    assert sorted(one.citations[0] for page in pages(long, PARTIES) for one in page) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("language", ["ur", "ps", "fa", "ru"])
def test_an_english_sentence_is_preceded_by_date_party_and_figures_in_the_readers_language(language):
    say, words = phrases(language), "In 2025 Pakistan counted 1,200 attacks and 47 dead."
    shown = plain(answer_blocks(replace(answer(claim(1, words)), language=language), PARTIES, say))
    head, sentence = shown.split("\n")[:2]
    assert head == f"{say.date('2025-10-19')} · {PARTIES['pakistan'].display(language)} · {figures(words, say)}"
    assert figures(words, phrases("fa")) == "۱٬۲۰۰؛ ۴۷"
    assert words in sentence
    assert ("\u2068" in sentence) == say.right_to_left


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "4,400,000; 60%; 2.5%"),
        ("ru", "4\u00a0400\u00a0000; 60%; 2,5%"),
        ("fa", "۴٬۴۰۰٬۰۰۰؛ ۶۰٪؛ ۲٫۵٪"),
        ("ur", "4,400,000؛ 60%؛ 2.5%"),
    ],
)
def test_figures_are_written_as_the_reader_writes_them(language, shown):
    sentence = "Of 4.4 million Afghans 60% were registered on 3 October 2023, 2.5 per cent of them in 2022."
    assert figures(sentence, phrases(language)) == shown


def test_each_sentence_of_an_english_explainer_has_its_date_and_party_for_a_reader_of_urdu():
    told = answer(claim(1, "Pakistan counted 47 dead."), claim(2, "The Taliban denied it.", "taliban"))
    explainer = replace(told, form="explainer", language="ur")
    say = phrases("ur")
    shown = plain(answer_blocks(explainer, PARTIES, say))
    assert shown.count(say.date("2025-10-19")) == 2
    assert PARTIES["taliban"].display("ur") in shown
    english = plain(answer_blocks(replace(explainer, language="en"), PARTIES, SAY))
    assert english.startswith("“Pakistan counted 47 dead.” (19 October 2025) [1] “The Taliban denied it.”")


@pytest.mark.parametrize("language", ["en", "ur", "ps", "fa", "ru"])
def test_no_raw_notation_reaches_a_reader(language):
    span = replace(
        answer(replace(claim(1, "It was so."), date="2022-08-28/2022-08-29", party="agreed")), language=language
    )
    about = replace(answer(replace(claim(1, "It was so."), date="2024-04~")), language=language)
    for one in (span, about):
        text = plain(answer_blocks(one, PARTIES, phrases(language)))
        assert not re.search(r"\d{4}-\d\d|~|Agreed", text), text


@pytest.mark.parametrize("reason", ["chat", "injection"])
def test_small_talk_is_followed_by_examples_without_feedback_buttons(reason):
    said = Answer("hello", "hello", Scope(), "en", reason=reason)
    rows = answer_buttons(said, PARTIES, "id", SAY)
    assert [b.text for row in rows for b in row] == SAY.several("examples")
    assert [b.data for row in rows for b in row] == ["q:0", "q:1", "q:2"]


def test_disputed_claims_are_grouped_by_party():
    disputed = answer(claim(1), claim(2, party="taliban"), claim(3), disputed=True)
    text = plain(answer_blocks(disputed, PARTIES, SAY))
    places = [text.index(part) for part in ("The parties disagree:", "Pakistan\n", "[1]", "[3]", "Taliban\n", "[2]")]
    assert places == sorted(places)


def test_nine_hundred_characters_then_more():
    long = answer(*(claim(number, "word " * 60) for number in range(1, 7)))
    first, second, third = pages(long, PARTIES)
    assert [len(page) for page in (first, second, third)] == [2, 2, 2]
    for number, wanted in ((0, ["m:id:1"]), (1, ["m:id:0", "m:id:2"]), (2, ["m:id:1"])):
        rows = answer_buttons(long, PARTIES, "id", SAY, number)
        assert [b.data for row in rows for b in row if b.data.startswith("m:")] == wanted
        assert [b.text for b in rows[0]] == [f"[{2 * number + 1}]", f"[{2 * number + 2}]"]
    assert "[6]" in plain(answer_blocks(long, PARTIES, SAY, 2))


def test_a_refusal_shows_one_nearest_statement():
    quote = "2015-08-31 · Taliban: He had died.\n2015-07-29 · Agreed: It was told in Kabul."
    refused = Answer(
        "Q?", "Q?", Scope(), "en", reason="not_in_library", nearest=(citation(1, kind="brief", quote=quote),)
    )
    shown = plain(answer_blocks(refused, PARTIES, SAY))
    assert "Nearest statement: 31 August 2015 · Taliban: He had died. (" in shown
    assert "Kabul" not in shown


def test_a_refusal_has_two_lines_and_offers_questions_to_touch():
    refused = Answer(
        "Q?", "Q?", Scope(), "en", reason="not_in_library", nearest=(citation(1),), suggestions=("A?", "B?")
    )
    blocks = answer_blocks(refused, PARTIES, SAY)
    assert len(blocks) == 2
    rows = answer_buttons(refused, PARTIES, "id", SAY)
    assert [b.text for row in rows for b in row] == ["[1]", "A?", "B?", "👍", "👎"]


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
        assert HOSTILE[:12] in rendered(part.html, "HTML")
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


def test_the_context_of_a_passage():
    text = "a " * 300 + "HERE" + " z" * 300
    before, after = around(text, 600, 604)
    assert before.startswith("… a")
    assert after.endswith("z …")
