"""Added articles in answers: the speaker and the paper, both sides, no headline as a claim, rows of tables with their header."""

from __future__ import annotations

import pytest
from support.fakes import word_reader

from bot.answering.answerer import Answerer
from bot.rendering import answer_text
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from sources.document import Block, Document
from sources.parties import shipped_parties

TITLE = "Border strike blamed on neighbours"
SAID = "Pakistan's defence minister Khawaja Asif said the border strike came from Kunar."
DENIED = "Taliban spokesman Zabihullah Mujahid rejected the charge."
URGED = "China's foreign ministry urged restraint after the border strike."
ARTICLE = f"{TITLE}\n\n{SAID} {DENIED} {URGED}\n\nThe fence near Chaman was repaired on Sunday.\n\nPhoto: A border fence and strike damage"
ROWS = ("Year | Refugees", "2023 | 400,000", "2024 | 350,000")
TABLE = "\n".join(ROWS)


def document(**changes):
    given = {"kind": "news", "publisher": "Dawn", "author": "A. Reporter", "published": "2026-03-03"}
    return Document("article", TITLE, ARTICLE, **{**given, **changes})


@pytest.fixture
def answerer(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)

    def made(*documents):
        shelf.documents = {}
        for each in documents:
            shelf.put(each)
        update(shelf, Generations(home), encoder)
        return Answerer(Index.open(home, encoder))

    return made


def test_an_accusation_stands_beside_the_denial_of_the_same_article(answerer):
    answer = answerer(document()).answer("Where did the border strike come from, Kunar?")
    assert answer.disputed
    assert len({claim.party for claim in answer.claims}) >= 2
    assert [(claim.text, claim.party, claim.outlet) for claim in answer.claims[:2]] == [
        (SAID, "pakistan", "Dawn"),
        (DENIED, "taliban", "Dawn"),
    ]


def test_the_head_names_the_paper_and_never_the_reporter(answerer):
    answer = answerer(document()).answer("Who repaired the fence near Chaman?")
    assert [(claim.party, claim.speaker, claim.outlet) for claim in answer.claims][:1] == [("media", "Dawn", None)]
    text = answer_text(answer, shipped_parties())
    assert "3 March 2026 · Dawn: “The fence near Chaman" in text
    assert "Reporter" not in text.partition("Sources")[0]


def test_headlines_and_captions_are_no_claims(answerer):
    answer = answerer(document()).answer("What border strike damage is blamed on neighbours?")
    assert not {TITLE, "Photo: A border fence and strike damage"} & {claim.text for claim in answer.claims}


def test_a_row_of_a_table_is_shown_with_its_header(answerer):
    blocks = []
    for row in ROWS:
        start = TABLE.index(row)
        blocks.append(Block(start, start + len(row), "table"))
    answer = answerer(Document("table", "Refugees who returned", TABLE, blocks=tuple(blocks), kind="report")).answer(
        "How many refugees returned: 350,000?"
    )
    (first, *_) = answer.claims
    assert (first.text, first.columns) == (ROWS[2], ROWS[0])
    assert ROWS[0] not in {claim.text for claim in answer.claims}
    assert f"{ROWS[0]}: “{ROWS[2]}”" in answer_text(answer, shipped_parties())
