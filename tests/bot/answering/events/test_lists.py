"""Lists and counts: the events of a type, each once, every side's words apart, cited, and no figure added to another."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from support.fakes import word_lists, word_reader
from support.made.briefs import strikes

from bot.answering.answerer import Answerer
from bot.answering.events.lists import Event
from bot.answering.events.statement_types import StatementTypes
from bot.answering.ways.proposals import Ways
from bot.errors import QuestionError
from bot.nlp.linear import Linear
from bot.question.listing import Listing
from bot.question.query import understand
from bot.rendering import answer_json, answer_text
from bot.rendering.events import COLUMNS, events_csv, events_json
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from index.types import Scope
from sources.briefs.parser import parse
from sources.events import EVENT_TYPES
from sources.parties import shipped_parties

PARTIES = shipped_parties()
TODAY = date(2026, 11, 29)
BRIEF = strikes(
    "2022-04-16 · agreed · milestone:** On 16 April 2022 a strike hit Khost. [^dawn]",
    "2022-04-17 · Taliban, Zabihullah Mujahid:** The strike of 16 April 2022 in Khost killed 47, Zabihullah Mujahid said. [^dawn]",
    "2022-05-01 · Pakistan, Foreign Office:** Pakistan said in May 2022 that the strike of 16 April 2022 in Khost had killed 20 fighters. [^dawn]",
    "2024-12-24 · agreed:** On 24 December 2024 a strike hit Barmal. [^dawn]",
    "2024-12-31 · analysts, PICSS:** In 2024 the institute counted 9 strikes. [^dawn]",
    "2022/2025 · agreed:** Strike followed strike from 2022 to 2025. [^dawn]",
    "2025-10-12 · agreed:** On 12 October 2025 Torkham was closed. [^dawn]",
    covers="2022-04/2025-11",
    summary="Strikes.",
    heading="Strikes",
    references=("[^dawn]: “=Strikes”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>",),
)


@pytest.fixture
def answerer(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)
    word_lists.use(monkeypatch)
    shelf.put(parse(BRIEF, "strikes", file="strikes.md", parties=PARTIES))
    update(shelf, Generations(home), encoder)
    made = Answerer(Index.open(home, encoder))
    # a classifier that can be computed by hand: a strike has the word strike, a tally the word counted, a closure closed
    index = made.index
    vocabulary = tuple(index.terms(word)[0] for word in ("strike", "counted", "closed"))
    words = np.zeros((len(EVENT_TYPES), 3), np.float32)
    words[EVENT_TYPES.index("strike")] = (9, -20, 0)
    words[EVENT_TYPES.index("tally")] = (0, 9, 0)
    words[EVENT_TYPES.index("closure")] = (0, 0, 9)
    zeros, low = np.zeros((len(EVENT_TYPES), encoder.dimension), np.float32), np.full(len(EVENT_TYPES), -5, np.float32)
    model = Linear(EVENT_TYPES, zeros, low, (0.5,) * len(EVENT_TYPES), vocabulary, words)
    monkeypatch.setattr(Linear, "open", lambda path, encoder: model)
    made.lists.types = StatementTypes(index)
    return made


def asked_for(answerer, question):
    index, gazetteer = answerer.index, answerer.gazetteer
    asked = understand(question, gazetteer=gazetteer, known=index.knows, languages=("en",), today=TODAY)
    return asked, answerer.lists.wanted(asked)


def test_a_count_is_of_events_and_published_counts_stand_apart(answerer):
    answer = answerer.answer("How many strikes were there?", today=TODAY)
    assert (answer.form, answer.events) == ("list", (3, 1))
    text = answer_text(answer, PARTIES)
    assert text.splitlines()[0] == "As held in this library: 2"
    assert "Published counts by source (do not add them up):\n• " in text
    assert [claim.text[:22] for claim in answer.claims] == [
        "On 16 April 2022 a str", "The strike of 16 April", "Pakistan said in May 2", "On 24 December 2024 a ", "In 2024 the institute ",
    ]  # fmt: skip
    assert "67" not in text  # 47 and 20 are two sides' figures of the same dead


def test_the_newest_event_is_the_last_one_that_answers(answerer):
    answer = answerer.answer("When was the last strike?", today=TODAY)
    assert (answer.form, [claim.text for claim in answer.claims]) == (
        "claims",
        ["On 24 December 2024 a strike hit Barmal."],
    )
    khost = answerer.answer("When was the last strike on Khost?", today=TODAY)
    assert khost.claims[0].text == "On 16 April 2022 a strike hit Khost."
    assert {claim.party for claim in khost.claims} == {"agreed", "taliban", "pakistan"}


def test_every_row_is_cited_and_the_other_sides_stand_below_the_event(answerer):
    answer = answerer.answer("list all strikes in Khost", today=TODAY)
    # one event alone makes no list: it is answered as any question is
    assert answer.form == "claims"
    lines = answer_text(answerer.answer("list all strikes", today=TODAY), PARTIES).splitlines()
    assert lines[1] == "• On 16 April 2022 a strike hit Khost. [1]"
    assert [line[:4] for line in lines[2:4]] == ["  – ", "  – "]


def test_a_time_holds_for_the_event_not_for_what_is_said_of_it_later(answerer):
    asked, wanted = asked_for(answerer, "how many strikes were there in 2022")
    (event,) = answerer.lists.events(wanted, asked.timed)
    assert (event.day, [row.statement.party for row in event.rows]) == ("2022-04-16", ["agreed", "taliban", "pakistan"])
    asked, wanted = asked_for(answerer, "how many strikes were there in May 2022")
    assert answerer.lists.events(wanted, asked.timed) == []


@pytest.mark.whole
@pytest.mark.parametrize(
    ("question", "type_", "count", "words"),
    [
        ("list all agreements between Pakistan and the Taliban", "agreement", False, ()),
        ("How many drone strikes were there in 2025?", "strike", True, ()),
        ("how many times was Torkham closed?", "closure", True, ()),
        ("which attacks took place in Peshawar?", "attack", False, ()),
        ("who were Pakistan's envoys?", "appointment", False, ()),
        ("list all attacks on mosques", "attack", False, ()),
        ("list all attacks on journalists", "attack", False, ("journalists",)),
        ("trade figures between Pakistan and Afghanistan since 2021", "trade", False, ()),
        ("перечисли все соглашения между Пакистаном и талибами", "agreement", False, ()),
        ("کتنے فضائی حملے 2025 میں ہوئے؟", "strike", True, ()),
        ("2025 میں خودکش حملے کتنے ہوئے؟", "attack", True, ()),
        ("آئی ایس آئی کے سربراہ کون کون رہے؟", "appointment", False, ()),
        ("PAKISTANI FOREIGN SECRETARIES SINCE 2021", "appointment", False, ()),
        ("what did Zabihullah Mujahid say? list everything", "statement", False, ()),
        ("which agreements did the Taliban claim?", "agreement", False, ("claim",)),
    ],
)
def test_what_is_listed(answerer, question, type_, count, words):
    _, wanted = asked_for(answerer, question)
    assert (wanted.type, wanted.count, wanted.words) == (type_, count, words)


@pytest.mark.whole
@pytest.mark.parametrize(
    "question",
    [
        "How many people were killed in the strikes?",
        "Which agreement ended the war?",
        "What did the UN say about the strikes?",
        "Why do attacks go on?",
        "who was Pakistan's envoy in 2021?",
        "how many soldiers were killed in Chitral?",
        "who claimed the Peshawar mosque bombing?",
        "Кто возглавляет ИСИ?",
        "حملوں میں کتنے لوگ مارے گئے؟",
        "در حملات چند نفر کشته شدند؟",
    ],
)
def test_other_questions_want_no_list(answerer, question):
    assert asked_for(answerer, question)[1] is None


def test_the_statements_of_a_person_are_those_that_the_person_makes(answerer):
    asked, wanted = asked_for(answerer, "list what Zabihullah Mujahid said in 2022")
    (event,) = answerer.lists.events(wanted, asked.timed)
    assert [row.statement.speaker for row in event.rows] == ["Zabihullah Mujahid"]
    _, wanted = asked_for(answerer, "list what Zabihullah Mujahid said about India")
    assert answerer.lists.events(wanted, Scope()) == []


def test_what_anybody_ever_said_is_no_list(answerer):
    wanted = Listing("statement")
    events = [Event(day, (told(answerer, "Khost"),)) for day in ("2022-04-16", "2024-12-24")]
    lists = SimpleNamespace(events=lambda *_: events, is_marked=lambda _: False)
    ways = Ways(None, None, lists, None, None)  # type: ignore[arg-type]
    asking = SimpleNamespace(wanted=wanted, asked=SimpleNamespace(timed=Scope()))
    assert ways.listed(asking) is None  # type: ignore[arg-type]
    asking.wanted = replace(wanted, words=("khost",))
    assert ways.listed(asking).events == (1, 1)  # type: ignore[arg-type,union-attr]


def told(answerer, word):
    """A statement with a word, as lists have it."""
    return next(row for row, _ in answerer.lists.types.rows if word in row.text)


def test_a_timeline_without_words_and_type_is_of_the_milestones(answerer):
    lists = answerer.lists
    (event,) = lists.timeline("", None, Scope())
    assert (event.day, len(event.rows)) == ("2022-04-16", 3)
    assert [each.day for each in lists.timeline("", "closure", Scope())] == ["2025-10-12"]
    assert [each.day for each in lists.timeline("Torkham", None, Scope())] == ["2025-10-12"]
    assert lists.timeline("Torkham", "strike", Scope()) == []


def test_whatever_anybody_said_is_no_timeline(answerer):
    lists = answerer.lists
    with pytest.raises(QuestionError, match="say whose, about what or when"):
        lists.timeline(" ", "statement", Scope())
    bounded = ((" ", Scope(since="2025-01-01")), (" ", Scope(parties=("taliban",))), ("Mujahid", Scope()))
    assert [lists.timeline(words, "statement", scope) for words, scope in bounded] == [
        [],
        [],
        [],
    ]  # looked for, not refused


def test_json_and_csv(answerer):
    _, wanted = asked_for(answerer, "list all strikes")
    events = answerer.lists.events(wanted, Scope())
    value = events_json(events, PARTIES)
    assert (value["count"], [len(each["statements"]) for each in value["events"]]) == (2, [3, 1])
    first = value["events"][0]["statements"][1]
    assert (first["party"], first["speaker"], first["date"]) == ("Taliban", "Zabihullah Mujahid", "2022-04-17")
    rows = list(csv.reader(io.StringIO(events_csv(events, PARTIES))))
    assert tuple(rows[0]) == COLUMNS
    assert [row[:5] for row in rows[1:3]] == [
        ["1", "2022-04-16", "2022-04-16", "Agreed", ""],
        ["1", "2022-04-16", "2022-04-17", "Taliban", "Zabihullah Mujahid"],
    ]
    assert answer_json(answerer.answer("list all strikes", today=TODAY), PARTIES)["count"] == 2


def test_milestones_are_events_that_briefs_mark(answerer):
    _, wanted = asked_for(answerer, "list all strikes")
    assert [event.day for event in answerer.lists.milestones(answerer.lists.events(wanted, Scope()))] == ["2022-04-16"]


def test_types_are_unknown_with_another_encoder(home, shelf, encoder):
    update(shelf, Generations(home), encoder)
    index = Index.open(home, encoder)
    assert not StatementTypes(index).known
    assert all(types == {} for _, types in StatementTypes(index).rows)
