"""Checking quoted words: what is held is found, and nothing that was altered passes as said."""

from __future__ import annotations

import pytest
from support.fakes import word_reader

from bot.answering.answerer import Answerer
from bot.answering.quotes import check as quote_check
from bot.answering.quotes.alignment import align, tokens
from bot.answering.quotes.check import _taken_back, _words_of, check_message, check_quote
from bot.errors import QuestionError
from bot.rendering.phrases import LANGUAGES
from bot.rendering.quotes import quote_json, quote_lines
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.briefs.parser import parse
from sources.document import Document
from sources.parties import shipped_parties

PARTIES = shipped_parties()
BRIEF = """---
title: Strikes
kind: brief
language: en
covers: 2022-04/2025-11
updated: 2026-11-22
summary: Strikes.
---

## Strikes

- **2022-04-16 · Taliban, Zabihullah Mujahid:** Zabihullah Mujahid said that the strikes in Khost and Kunar had killed 47 civilians, among them 20 children. [^dawn]
- **2022-04-17 · Pakistan, Foreign Office:** Pakistan denied that its aircraft had crossed the border into Khost on that night. [^dawn]
- **2023-09-06 · agreed:** The crossing at Torkham was not reopened before 15 September 2023. [^dawn]

[^dawn]: “Strikes”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>
"""
STRIKES = "the strikes in Khost and Kunar had killed 47 civilians, among them 20 children"


@pytest.fixture
def check(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)
    shelf.put(parse(BRIEF, "strikes", file="strikes.md", parties=PARTIES))
    shelf.put(Document("essay", "An essay", "Water is scarce in Kandahar. Dams on the Helmand matter more than ever."))
    update(shelf, Generations(home), encoder)
    answerer = Answerer(Index.open(home, encoder))

    def checked(words, speaker=None):
        return check_quote(answerer, PARTIES, words, speaker)

    checked.answerer = answerer
    return checked


@pytest.mark.whole
@pytest.mark.parametrize(
    ("words", "exact"),
    [
        (STRIKES, True),
        (f"“{STRIKES.upper()}!”", True),
        ("strikes in Khost and Kunar killed 47 civilians", False),
        ("the strike in Khost and Kunar had killed 47 civilans", False),
        (STRIKES.replace("47", "forty-seven").replace("20", "twenty"), True),
        ("Water is scarce in Kandahar. Dams on the Helmand matter more than ever.", True),
    ],
)
def test_what_is_held_is_said(check, words, exact):
    found = check(words)
    assert (found.verdict, found.exact) == ("said", exact)
    assert found.claim.text[slice(*found.span)].casefold().startswith(words.strip("“”").casefold()[:3])


@pytest.mark.whole
@pytest.mark.parametrize(
    ("words", "asked", "said"),
    [
        (STRIKES.replace("47", "57"), "57", "47"),
        (STRIKES.replace("Kunar", "Kabul"), "Kabul", "Kunar"),
        (STRIKES.replace("had killed", "had not killed"), "not", ""),
        ("The crossing at Torkham was reopened before 15 September 2023.", "", "not"),
        ("Hibatullah Mujahid said that the strikes in Khost", "Hibatullah", "Zabihullah"),
    ],
)
def test_what_was_altered_is_said_otherwise(check, words, asked, said):
    found = check(words)
    assert found.verdict == "otherwise"
    assert [(each.kind, each.asked, each.said) for each in found.differences] == [("changed", asked, said)]


def test_words_that_the_sentence_denies_are_not_said(check):
    found = check("its aircraft had crossed the border into Khost")
    assert (found.verdict, found.differences[0].kind, found.differences[0].said) == (
        "otherwise",
        "taken_back",
        "denied",
    )


@pytest.mark.parametrize(
    ("speaker", "verdict"),
    [
        ("Zabihullah Mujahid", "said"),
        ("Mujahid", "said"),
        ("Taliban", "said"),
        ("Pakistan", "otherwise"),
        ("Muttaqi", "otherwise"),
    ],
)
def test_the_speaker_must_be_the_one_asked_about(check, speaker, verdict):
    found = check(STRIKES, speaker)
    assert found.verdict == verdict
    if verdict == "otherwise":
        assert [(each.kind, each.said) for each in found.differences] == [("speaker", "Zabihullah Mujahid")]


def test_what_the_library_lacks_is_not_held_and_never_false(check):
    found = check("robots will guard every crossing from next spring on")
    assert (found.verdict, found.differences, found.span) == ("not_held", (), None)
    for language in LANGUAGES:
        assert "false" not in quote_lines(found, PARTIES, language)[0].plain.lower()
    assert quote_json(found, PARTIES)["verdict"] == "not_held"


def test_the_genitive_of_a_name_is_named_whole(check):
    found = check("Pakistan denied that our aircraft had crossed the border into Khost")
    assert [(each.asked, each.said) for each in found.differences] == [("our", "its")]
    text = "Kabul said that Pakistan's aircraft had crossed the border."
    assert _words_of(text, [each for each in tokens(text) if each.form == "s"]) == "Pakistan's"


def test_a_message_is_checked_sentence_by_sentence(check):
    message = f"Zabihullah Mujahid said that {STRIKES}. Robots will guard every crossing from next spring on."
    assert [each.verdict for each in check_message(check.answerer, PARTIES, message)] == ["said", "not_held"]


def test_too_few_words_are_refused(check):
    with pytest.raises(QuestionError, match="at least 3 words"):
        check("the strikes")
    with pytest.raises(QuestionError, match="speaker: name a person"):
        check(STRIKES, "?!")


def test_the_verdict_names_each_difference(check):
    lines = [line.plain for line in quote_lines(check(STRIKES.replace("47", "57")), PARTIES, "en")]
    assert lines[0] == "The library has it differently:"
    assert lines[-1] == "“57” is “47” in the source"
    other = [line.plain for line in quote_lines(check(STRIKES, "Pakistan"), PARTIES, "en")]
    assert (other[0], other[-1]) == (
        "The library holds these words, but from another speaker:",
        "asked about: Pakistan; said by: Zabihullah Mujahid",
    )


def test_the_json_contract(check):
    value = quote_json(check(STRIKES), PARTIES)
    assert list(value) == ["words", "speaker", "verdict", "exact", "statement", "differences", "citation"]
    assert value["statement"]["party"] == "Taliban"
    assert value["statement"]["text"][slice(*value["statement"]["span"])] == STRIKES
    assert value["citation"]["references"][0]["publisher"] == "Dawn"


def test_alignment_finds_the_stretch_and_its_edits():
    found = align(tokens("b x d"), tokens("a b c d e"))
    assert (found.first, found.last) == (1, 4)
    assert [(each.asked[0].form, each.said[0].form) for each in found.edits] == [("x", "c")]
    assert [token.form for token in tokens("On 1,200 km: 3.5%")] == ["on", "1200", "km", "3.5", "%"]


def test_other_words_of_somebody_else_are_not_held(check):
    altered = STRIKES.replace("47", "74")
    assert check(altered, "Zabihullah Mujahid").verdict == "otherwise"
    assert check(altered, "Pakistan").verdict == "not_held"


def test_a_disputed_thing_beside_the_words_does_not_take_them_back():
    said = "Pakistan closed Torkham over a disputed spot."
    assert _taken_back(said, (0, 22), "en") == ""
    assert _taken_back("Pakistan closed Torkham, which Kabul disputes.", (0, 22), "en") == "disputes"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("60 %", "60 percent", True),
        ("60%", "sixty per cent", True),
        ("four hundred and eight dead", "408 dead", True),
        ("two thousand five hundred", "2,500", True),
        ("fifty-eight soldiers", "58 soldiers", True),
        ("sixteen percent", "60 percent", False),
        ("one of them", "1 of them", False),
        ("sixty", "60 %", False),
    ],
)
def test_figures_are_compared_as_numbers(one, other, same):
    assert ([token.form for token in tokens(one)] == [token.form for token in tokens(other)]) == same


def test_other_words_with_the_same_figures_and_names_are_said_otherwise(check, monkeypatch):
    monkeypatch.setattr(quote_check, "SAME_MATTER_COSINE", 0.0)
    found = check("47 folks perished when bombs fell on Khost and on Kunar, 20 kids too")
    assert (found.verdict, found.exact) == ("otherwise", False)
    assert "47 civilians" in found.claim.text
    assert [each.kind for each in found.differences] == ["changed"]
    assert check("57 folks perished when bombs fell on Khost and on Kunar, 20 kids too").verdict == "not_held"
