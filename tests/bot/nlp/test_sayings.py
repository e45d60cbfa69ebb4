"""Whose words the sentences of an article give: thirty articles of ours in the manner of agencies, five languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlp.names.affiliation import seat_of, speaks_for
from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sayings import sayings
from index.build.sentences import split_sentences
from sources.parties import shipped_parties
from sources.text.quotations import quotations

NAMES = Gazetteer.load()
FOLDER = Path(__file__).parents[2] / "data" / "articles"
ARTICLES = sorted(FOLDER.glob("*.txt"))
# Sentences of each language by (found, gold, right speaker, right party), at least; the title is not read.
LEAST = {"en": 0.9, "fa": 0.95, "ps": 0.85, "ru": 0.85, "ur": 0.95}


def read(text: str, language: str = "en", day: str | None = None) -> list[tuple[str, str | None, str]]:
    """(the speaker's words, party, sentence) of each saying."""
    found = sayings(text, split_sentences(text, language), NAMES, language, day=day)
    return [(each.speaker.text, each.speaker.party, text[each.start : each.end]) for each in found]


def expected(path: Path) -> list[tuple[str | None, str, str]]:
    """(party, words of the speaker, how the sentence begins) of the sayings of an article."""
    lines = [line.split(" | ") for line in path.with_suffix(".sayings").read_text(encoding="utf-8").splitlines()]
    return [(None if party == "-" else party, speaker, start) for party, speaker, start in lines]


def counted(paths: list[Path]) -> tuple[int, int, int, int]:
    found = gold = speakers = parties = 0
    for path in paths:
        title, _, body = path.read_text(encoding="utf-8").strip().partition("\n\n")
        assert title
        wanted, got = expected(path), read(body, path.name[:2])
        found, gold = found + len(got), gold + len(wanted)
        for party, speaker, start in wanted:
            same = [each for each in got if each[2].startswith(start)]
            speakers += any(speaker in words or words in speaker for words, _, _ in same)
            parties += any(each[1] == party for each in same)
    return found, gold, speakers, parties


@pytest.mark.whole
@pytest.mark.parametrize("language", LEAST)
def test_speakers_and_parties_of_thirty_articles(language):
    paths = [path for path in ARTICLES if path.name.startswith(language)]
    found, gold, speakers, parties = counted(paths)
    assert len(paths) == 6
    assert min(speakers, parties) / max(found, gold) >= LEAST[language], (found, gold, speakers, parties)


def test_he_is_who_spoke_last_and_a_quotation_that_goes_on_has_the_same_speaker():
    text = (
        "Pakistan's defence minister Khawaja Asif said talks had failed. “They lied,” he said. “They always do.”\n\n"
        "Snow fell in Kabul."
    )
    assert [(speaker, party) for speaker, party, _ in read(text)] == [
        ("Pakistan's defence minister Khawaja Asif", "pakistan")
    ] * 3


def test_what_the_reporter_tells_is_nobodys_saying():
    assert read("Snow fell in Kabul. The crossing at Torkham opened at noon.") == []


def test_a_verb_inside_a_quotation_has_no_speaker_of_its_own():
    ((speaker, party, _),) = read("“Pakistan said it would stop and it did not,” said Zabihullah Mujahid.")
    assert (speaker, party) == ("Zabihullah Mujahid", "taliban")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jets bombed Khost, said Taliban spokesman Zabihullah Mujahid.", "en"),
        ("Пакистанская авиация бомбила Хост, сообщил представитель талибов Забихулла Муджахид.", "ru"),
    ],
)
def test_who_is_named_behind_the_verb_speaks_not_who_is_spoken_of(text, language):
    assert [party for _, party, _ in read(text, language)] == ["taliban"]


def test_officials_do_not_speak_for_those_they_speak_of():
    assert [party for _, party, _ in read("Officials said Pakistan had struck first.")] == [None]


def test_kabul_spoke_for_another_government_before_2021():
    assert [party for _, party, _ in read("Kabul rejected the charge.", day="2015-02-03")] == ["afghan-republic"]
    assert seat_of("kabul", "2023") == "taliban"


def test_every_affiliation_is_a_party():
    parties = {party.id for party in shipped_parties()}
    known = {found for entry in NAMES for found in (speaks_for(entry.id), seat_of(entry.id, None)) if found}
    assert known <= parties
    assert len(known) > 20


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He: “a “b” c” d", [(4, 13, True)]),
        ("”الف“ ب", [(0, 5, True)]),
        ('"a" b "c', [(0, 3, True), (6, 8, False)]),
        ("“a\n\n“b” c", [(0, 2, False), (4, 7, True)]),
        ("«а „б“ в»", [(0, 9, True)]),
    ],
)
def test_quotations(text, quoted):
    assert quotations(text) == quoted
