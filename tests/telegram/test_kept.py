"""Stored data is kept for its stated period, and no longer."""

from __future__ import annotations

import pytest
from support.running.postgres import store_in

from bot.answering.answer import Answer
from bot.store.sqlite import Store
from bot.telegram.queue.journal import Journal
from bot.telegram.readers.answers import KeptAnswers
from bot.telegram.readers.feedback import Feedback
from bot.telegram.readers.readers import People, Turn
from index.types import Scope

DAY = 86_400.0


@pytest.fixture(params=["sqlite", "postgres"])
def store(request, tmp_path):
    opened = Store(tmp_path) if request.param == "sqlite" else store_in(request.getfixturevalue("postgres"))
    yield opened
    opened.close()


def refusal(question="Q?"):
    return Answer(question, question, Scope(), "en", reason="not_in_library", seconds={"total": 0.5})


def age(store, table, seconds, column="at"):
    store.write(f"UPDATE {table} SET {column} = {column} - :seconds", seconds=seconds)


def test_answers_and_unanswered_questions_expire(store):
    kept, feedback = KeptAnswers(store), Feedback(store)
    saved = kept.save(refusal(), chat=7, person=7, question_message=1, language="en")
    feedback.note(saved.id, refusal(), 7)
    age(store, "answers", 29 * DAY)
    age(store, "asked", 29 * DAY)
    kept.sweep(30)
    feedback.sweep(30)
    assert (kept.get(saved.id), feedback.questions("unanswered")) == (saved, ["Q?"])
    age(store, "answers", DAY)
    age(store, "asked", DAY)
    kept.sweep(30)
    feedback.sweep(30)
    assert (kept.get(saved.id), feedback.questions("unanswered")) == (None, [])
    assert feedback.days()[0].questions == 1


def test_a_conversation_ends_after_its_hours(store):
    people = People(store)
    people.add_turn(7, 7, Turn("Q?", None))
    assert people.turns(7, 7, 24) == [Turn("Q?", None)]
    assert people.turns(7, 8, 24) == []
    age(store, "turns", DAY)
    assert people.turns(7, 7, 24) == []
    people.sweep(24)
    assert store.rows("SELECT * FROM turns") == []


def test_only_who_blocked_the_bot_long_ago_is_forgotten(store):
    people = People(store)
    people.block(7, True)
    people.block(8, True)
    people.block(8, False)
    age(store, "people", 31 * DAY, "blocked")
    people.block(9, True)
    assert people.long_blocked() == [7]


def test_cases_carry_no_person(store):
    Feedback(store).note("a", refusal("Who dug the canal?"), 7)
    assert Feedback(store).cases() == [
        {"question": "Who dug the canal?", "language": "en", "kind": "unanswered", "documents": []}
    ]


def test_the_journal_stores_an_update_once(store):
    journal = Journal(store)
    update = {"update_id": 5, "message": {"chat": {"id": -1}, "from": {"id": 7}, "text": "Q?"}}
    assert journal.take([update, {"update_id": 6}]) == [update, {"update_id": 6}]
    assert journal.take([update]) == []
    assert [(entry.update_id, entry.state, entry.attempts) for entry in journal.claim(1)] == [(5, "working", 1)]
    journal.again([5])
    assert store.row("SELECT attempts FROM journal WHERE update_id = 5") == {"attempts": 0}
    journal.forget(7)
    assert journal.count() == {"aside": 1, "new": 1}
    assert store.row("SELECT body FROM journal WHERE update_id = 5") == {"body": None}


def test_a_bad_update_keeps_no_other_out_of_the_journal(store):
    journal = Journal(store)
    strange = [
        {"update_id": 1, "message": {"chat": {"id": [1]}, "from": "x", "text": "\ud83d \x00"}},
        {"update_id": 2, "message": {"chat": {"id": 2**70}, "from": {"id": True}}},
        {"update_id": 3, "callback_query": {"from": {"id": 7}, "message": None}},
        {"update_id": 4, "message": None, "poll": []},
        {"update_id": 5, "message": {"chat": {"id": -1}, "from": {"id": 7}, "text": "Q?"}},
    ]
    assert journal.take(strange) == strange
    rows = store.rows("SELECT chat, person FROM journal ORDER BY update_id")
    assert [(row["chat"], row["person"]) for row in rows] == [
        (None, None),
        (None, None),
        (None, 7),
        (None, None),
        (-1, 7),
    ]
