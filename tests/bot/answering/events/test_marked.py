"""Lists over marked events: who did it, to whom, where and when must be what the question names."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from support.fakes import word_lists, word_reader

from bot.answering.answerer import Answerer
from bot.answering.events import lists, marked
from bot.answering.events.ask_back import OpenReference
from bot.nlp.linear import Linear
from bot.question.listing import listing_of
from bot.question.query import understand
from bot.rendering import answer_text
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from index.types import Scope
from sources.briefs.parser import parse
from sources.events import digest, read_events
from sources.parties import shipped_parties

PARTIES = shipped_parties()
TODAY = date(2026, 11, 29)
SAID = {
    "air": ("2025-10-15 · agreed", "On 15 October 2025 a strike of Pakistan hit Kabul."),
    "toll": ("2025-10-16 · Taliban", "The Taliban counted 15 dead of 15 October 2025 in Kabul."),
    "drone": ("2025-03-01 · agreed", "On 1 March 2025 a strike of an American drone hit Quetta."),
    "truce": ("2025-10-19 · agreed", "On 19 October 2025 Pakistan and the Taliban agreed a truce in Doha."),
    "ttp": (
        "2022-06-02 · agreed",
        "On 2 June 2022 Pakistan and the TTP agreed a truce, with the Taliban as go-between.",
    ),
    "envoy": ("2020-06 · agreed", "Mohammad Sadiq was Pakistan's special representative from June 2020."),
    "mansour": ("2016-05-21 · agreed", "On 21 May 2016 a leader of the Taliban was killed by a drone near Quetta."),
    "again": ("2024-12 · agreed", "In December 2024 Mohammad Sadiq was made special representative a second time."),
    "durrani": ("2023-05 · agreed", "Asif Durrani was Pakistan's special representative from May 2023."),
    "court": ("2025-11-11 · media", "On 11 November 2025 a bomber killed 12 people in Islamabad."),
    "denial": ("2025-11-11 · TTP", "The TTP denied the bombing of 11 November 2025 in Islamabad."),
    "mosque": ("2023-01-30 · media", "On 30 January 2023 a bomb of the TTP hit a mosque in Peshawar."),
    "arrest": ("2024-08-12 · Pakistan", "Faiz Hameed was arrested by the army on 12 August 2024."),
    "gate": ("2023-02-19 · agreed", "On 19 February 2023 Torkham was closed."),
    "talk": ("2025-10-20 · Pakistan", "Pakistan spoke of strikes and attacks on 20 October 2025."),
}
REPRESENTATIVE, SADIQ = ["envoy", "special-representative"], ["Mohammad Sadiq"]
EVENTS = [
    ("kabul", "strike", "2025-10-15", ["pakistan"], ["taliban"], ["kabul", "afghanistan"], ["air"], ["air", "toll"]),
    ("quetta", "strike", "2025-03-01", ["united-states"], ["ttp"], ["quetta", "pakistan"], ["drone"], ["drone"]),
    ("doha", "agreement", "2025-10-19", ["pakistan", "taliban"], ["qatar"], ["doha"], ["ceasefire"], ["truce"]),
    ("ttp", "agreement", "2022-06-02", ["pakistan", "ttp"], ["taliban"], [], ["ceasefire"], ["ttp"]),
    (
        "mansour",
        "killing",
        "2016-05-21",
        ["united-states"],
        ["taliban"],
        ["quetta", "pakistan"],
        ["drone"],
        ["mansour"],
    ),
    ("sadiq", "appointment", "2020-06", ["pakistan"], ["afghanistan"], [], REPRESENTATIVE, ["envoy"], SADIQ),
    ("sadiq-2", "appointment", "2024-12", ["pakistan"], ["afghanistan"], [], REPRESENTATIVE, ["again"], SADIQ),
    ("durrani", "appointment", "2023-05", ["pakistan"], ["afghanistan"], [], REPRESENTATIVE, ["durrani"]),
    ("court", "attack", "2025-11-11", ["ttp"], ["pakistan"], ["islamabad"], ["bombing"], ["court", "denial"], [],
     ["jamaat-ul-ahrar"], ["ttp"], ["india", "ttp"]),
    ("mosque", "attack", "2023-01-30", ["ttp"], ["pakistan"], ["peshawar"], ["bombing"], ["mosque"], [], ["ttp"]),
    ("faiz", "arrest", "2024-08-12", ["pakistan"], [], [], [], ["arrest"]),
    ("torkham", "closure", "2023-02-19", ["pakistan"], [], ["torkham", "durand-line"], ["border"], ["gate"]),
]  # fmt: skip
NAMES = (
    "event", "types", "day", "by", "to", "places", "kinds", "told", "names", "claimed", "denied", "blamed",
)  # fmt: skip


def brief():
    statements = "\n".join(f"- **{head}:** {words} [^d]" for head, words in SAID.values())
    return (
        "---\ntitle: T\nkind: brief\nlanguage: en\ncovers: 2016-05/2025-11\nupdated: 2026-11-22\nsummary: S.\n---\n\n"
        f"## H\n\n{statements}\n\n[^d]: “T”, A. Writer, *Dawn*, 2022-04-17, <https://example.org/1>\n"
    )


@pytest.fixture
def answerer(home, shelf, encoder, monkeypatch):
    word_reader.use(monkeypatch)
    word_lists.use(monkeypatch)
    rows = []
    for key, of_type, day, by, to, places, kinds, told, *more in EVENTS:
        said = [f"made {digest(SAID[each][1])}" for each in told]
        rows.append(
            json.dumps(dict(zip(NAMES, (key, [of_type], day, by, to, places, kinds, said, *more), strict=False)))
        )
    events = read_events("\n".join(rows), "events.jsonl").events
    monkeypatch.setattr(marked, "shipped_events", lambda: events)
    for module in (marked, lists):
        monkeypatch.setattr(module, "marked_documents", lambda: frozenset({"made"}))
    shelf.put(parse(brief(), "made", file="made.md", parties=PARTIES))
    update(shelf, Generations(home), encoder)
    return Answerer(Index.open(home, encoder))


def keys(answerer, question, scope=None):
    index, gazetteer = answerer.index, answerer.gazetteer
    asked = understand(question, gazetteer=gazetteer, known=index.knows, languages=("en",), today=TODAY)
    wanted = answerer.lists.wanted(asked)
    return [each.event.key for each in answerer.lists.marked.chosen(wanted, scope or asked.timed)]


@pytest.mark.whole
@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("list all strikes", ["quetta", "kabul"]),
        ("how many Pakistani air strikes were there in 2025?", ["kabul"]),
        ("list all strikes on Pakistan", ["quetta"]),
        ("list the strikes by the United States", ["quetta"]),
        ("how many drone strikes were there?", ["quetta"]),
        ("list all strikes by drones or missiles", ["quetta"]),
        ("list all strikes on Afghanistan", ["kabul"]),
        ("list all strikes in Pakistan", ["quetta"]),
        ("strikes by India", []),
        ("list every strike on the city of Kabul", ["kabul"]),
        ("which Taliban leaders were killed in Pakistan?", ["mansour"]),
        ("list all agreements between Pakistan and the Taliban", ["doha"]),
        ("LIST ALL AGREMENTS BETWEEN PAKISTAN AND THE TTP", ["ttp"]),
        ("which agreements were mediated by Qatar?", ["doha"]),
        ("who were Pakistan's envoys?", ["sadiq", "durrani", "sadiq-2"]),
        ("who were Pakistan's special representatives for Afghanistan?", ["sadiq", "durrani", "sadiq-2"]),
        ("list all attacks by the TTP", ["mosque", "court"]),
        ("attacks claimed by the TTP", ["mosque"]),
        ("bombings that Jamaat-ul-Ahrar said it did", ["court"]),
        ("which attacks did the TTP deny?", ["court"]),
        ("which attacks did Pakistan blame on India?", ["court"]),
        ("attacks for which India was blamed", ["court"]),
        ("who has Pakistan arrested since 2021? give me a list", ["faiz"]),
        ("how many times did Pakistan bomb Kabul?", ["kabul"]),
        ("pakistni strikes on kabul", ["kabul"]),
        ("تورخم چند بار بسته شد؟", ["torkham"]),
        ("Сколько раз Пакистан закрывал границу с Афганистаном?", ["torkham"]),
        ("who were the Taliban's envoys?", []),
        ("how many strikes were there in 2024?", []),
        ("پاکستان کے افغانستان پر فضائی حملوں کی فہرست دیں", ["kabul"]),
        ("перечисли удары по Афганистану", ["kabul"]),
    ],
)
def test_events_fit_who_did_it_to_whom_and_where(answerer, question, held):
    assert keys(answerer, question) == held


@pytest.mark.parametrize(
    ("words", "must", "narrowing"),
    [
        ("drone strikes", ({"drone"},), ()),
        ("strikes by drones or missiles", ({"drone", "missile"},), ()),
        ("every day on which Pakistani aircraft or drones struck", (), ()),
        ("strikes by drones or jets", (), ("jets|drones",)),
        ("strikes by jets or drones", (), ("jets|drones",)),
        ("drone strikes on mosques and shrines", ({"drone"}, {"mosque", "shrine"}), ()),
    ],
)
def test_of_what_is_joined_any_will_do(words, must, narrowing):
    wanted = listing_of(words, "strike", (), SimpleNamespace(knows=lambda word: True))
    assert (wanted.must, wanted.words) == (tuple(map(frozenset, must)), narrowing)


def test_a_party_narrows_to_what_it_says(answerer):
    assert keys(answerer, "list all strikes", Scope(parties=("taliban",))) == ["kabul"]


def test_an_event_is_one_row_with_what_each_side_says(answerer):
    answer = answerer.answer("list all strikes", today=TODAY)
    assert (answer.form, answer.events) == ("list", (1, 2))
    assert answer_text(answer, PARTIES).splitlines()[0] == "As held in this library: 2"


def test_a_holder_of_an_office_is_counted_once_with_each_term(answerer):
    answer = answerer.answer("who were Pakistan's special representatives?", today=TODAY)
    assert (answer.form, answer.events) == ("list", (2, 1))


def test_where_no_event_fits_the_statements_are_read_as_for_any_question(answerer):
    answer = answerer.answer("list all strikes by India", today=TODAY)
    assert answer.form == "claims"


def test_an_open_question_is_asked_back_with_events_of_its_kind_in_whole_sentences(answerer):
    zeros = np.zeros((1, answerer.index.encoder.dimension), np.float32)
    answerer._is_open = OpenReference(Linear(("open",), zeros, np.ones(1, np.float32), (0.5,)))
    answer = answerer.answer("tell me about the strike", today=TODAY)
    assert [(each.date, each.label) for each in answer.alternatives] == [
        ("2025-10-15", "A strike of Pakistan hit Kabul."),
        ("2025-03-01", "A strike of an American drone hit Quetta."),
    ]
