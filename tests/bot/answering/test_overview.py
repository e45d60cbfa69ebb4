"""“What happened in …?”: told from the days themselves, and only where nothing else is asked."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answering.answerer import Answerer
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.query import understand
from index.build.update import update
from index.files.generations import Generations
from index.search import Index
from index.types import Scope
from sources.briefs.parser import parse
from sources.parties import shipped_parties

NAMES = Gazetteer.load()
FRONT = "---\ntitle: {title}\nkind: brief\nlanguage: en\ncovers: 2023-01/2025-12\nupdated: 2026-11-22\nsummary: Events.\n---\n\n## Events\n\n"
NOTE = "\n[^a]: “Report”, *Dawn*, 2025-12-01, <https://example.org/1>\n"
ONE = """- **2025-10-09 · Agreed:** Explosions shook Kabul on 9 October 2025. [^a]
- **2025-10-12 · Pakistan, army:** Pakistan's army said that 23 soldiers died in the border fighting of 12 October 2025. [^a]
- **2025-10-12 · Taliban, Zabihullah Mujahid:** The Taliban claimed that 58 soldiers died in the border fighting of 12 October 2025. [^a]
- **2025-10-19 · Agreed:** A ceasefire was agreed in Doha on 19 October 2025. [^a]
- **2024-03-18 · Agreed:** Jets struck Khost on 18 March 2024. [^a]
- **2023-01/2025-12 · Agreed:** The border fighting of 2023 to 2025 cost both sides much. [^a]
"""
TWO = """- **2025-10-12 · Agreed:** Border fighting broke out on 12 October 2025 and soldiers died. [^a]
- **2025-10-19 · Agreed:** The ceasefire of Doha was agreed on 19 October 2025. [^a]
- **2025-10-30 · Pakistan, Foreign Office:** The Foreign Office said on 30 October 2025 that tomatoes were dear. [^a]
"""


@pytest.fixture
def answerer(home, shelf, encoder):
    shelf.documents = {}
    for name, text in (("one", ONE), ("two", TWO)):
        brief = FRONT.format(title=f"Brief {name}") + text + NOTE
        shelf.put(parse(brief, name, file=f"{name}.md", parties=shipped_parties()))
    update(shelf, Generations(home), encoder)
    return Answerer(Index.open(home, encoder), NAMES)


def overview(question, scope=None, history=()):
    return understand(
        question, gazetteer=NAMES, known=lambda word: True, languages=("en",), today=date(2026, 11, 22), scope=scope,
        history=history,
    ).overview  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "What happened in October 2025?",
        "What were the main events between 9 and 19 October 2025?",
        "What happened between the Taliban and Pakistan in August 2021?",
        "Give me a timeline of 2023.",
        "key developments, November 2025",
        "Summarise the events of 2021 in Afghanistan",
        "اکتوبر 2025 میں کیا ہوا؟",
        "2021 کے اہم واقعات کیا تھے؟",
        "در سال 2021 چه اتفاقی افتاد؟",
        "رویدادهای مهم سال 2023 چه بود؟",
        "په ۲۰۲۱ کال کې څه پېښ شول؟",
        "Что произошло в октябре 2025 года?",
        "Главные события 2021 года в отношениях Пакистана и талибов",
    ],
)
def test_questions_that_only_ask_what_happened(question):
    assert overview(question)


@pytest.mark.parametrize(
    "question",
    [
        "What happened?",
        "What happened at Torkham in 2025?",
        "What happened in Paris in 2015?",
        "What happened to the refugees in October 2023?",
        "Who was killed in October 2025?",
        "What did the Taliban say in October 2025?",
        "Why did the events of October 2025 happen?",
        "How many died in 2025?",
        "Что произошло в Пешаваре в 2014 году?",
        "2025 میں تجارت کو کیا ہوا؟",
    ],
)
def test_questions_that_ask_more(question):
    assert not overview(question)


def test_days_given_by_hand_are_days_too():
    assert overview("What happened?", Scope(since="2025-10-01", until="2025-10-31"))


def test_a_question_completed_from_the_conversation_asks_for_its_subject():
    assert not overview("And what happened in 2023?", history=["When was the Durand Line agreed?"])


def test_it_is_told_in_order_from_within_the_days_with_both_sides(answerer):
    answer = answerer.answer("What happened in October 2025?", today=date(2026, 11, 22))
    texts = [claim.text for claim in answer.claims]
    days = [claim.date for claim in answer.claims]
    assert days == sorted(days)
    assert all("2025-10" in day for day in days)
    assert "October 2025" in answer.period
    told = " ".join(texts)
    assert "ceasefire" in told.lower()
    assert ("23 soldiers" in told) == ("58 soldiers" in told) == answer.disputed
    assert len(set(texts)) == len(texts) <= 6


def test_one_event_is_told_once(answerer):
    trace = answerer.trace("What happened on 19 October 2025?", today=date(2026, 11, 22))
    assert len(trace.chosen) == 1
    assert "ceasefire" in trace.chosen[0].text.lower()


def test_a_time_without_statements_of_its_own_takes_what_reaches_over_it(answerer):
    answer = answerer.answer("What happened in June 2024?", today=date(2026, 11, 22))
    assert [claim.text for claim in answer.claims] == ["The border fighting of 2023 to 2025 cost both sides much."]


def test_a_time_of_which_nothing_is_known_is_refused(answerer):
    assert answerer.answer("What happened in 1947?", today=date(2026, 11, 22)).abstained
    later = answerer.answer("What happened in March 2026?", today=date(2026, 11, 22))
    assert (later.abstained, later.reason) == (True, "after_reach")


def test_no_more_than_asked_for(answerer):
    assert len(answerer.answer("What happened in October 2025?", k=2, today=date(2026, 11, 22)).claims) == 2


def test_a_day_without_events_is_not_told_by_what_only_reaches_over_it(answerer):
    answer = answerer.answer("What happened on 11 June 2024?", today=date(2026, 11, 22))
    assert answer.claims == ()
