"""The store moved into a database and back: nothing lost, nothing of others overwritten."""

from __future__ import annotations

import pytest
from support.fakes.bot_api import FakeBotApi
from support.running.postgres import store_in

from bot.errors import StoreError
from bot.store import move as store_move
from bot.store.move import COLUMNS, move_store
from bot.store.sqlite import Store
from bot.telegram.queue.journal import Journal
from bot.telegram.readers.readers import People, Turn


@pytest.fixture
def database(postgres):
    store = store_in(postgres)
    yield store
    store.close()


@pytest.fixture
def embedded(tmp_path):
    store = Store(tmp_path / "bot")
    people = People(store)
    people.choose_language(7, "ur")
    people.count_question(7)
    for number in range(1200):
        people.add_turn(7, 7, Turn(f"question {number} \u06a9\u06cc\u0627", None))
    journal = Journal(store)
    journal.take([FakeBotApi().say(7, "waits")])
    yield store
    store.close()


def rows(store):
    return {table: sorted(map(str, store_move._rows(store, table))) for table in COLUMNS}


def test_there_and_back_again(embedded, database, tmp_path):
    moved = move_store(embedded, database)
    assert moved.counts["turns"] == 1200
    assert rows(database) == rows(embedded)
    assert move_store(embedded, database).written == 0
    back = Store(tmp_path / "back")
    move_store(database, back, replace=True)
    assert rows(back) == rows(embedded)
    hashed = embedded.keyed_hash(7)
    back.close()
    again = Store(tmp_path / "back")
    assert again.keyed_hash(7) == hashed
    again.close()


def test_what_waits_is_answered_at_the_new_place(embedded, database):
    move_store(embedded, database)
    [entry] = Journal(database).claim(9)
    assert "waits" in (entry.body or "")


def test_conversations_that_are_there_are_not_overwritten(embedded, database):
    People(database).add_turn(8, 8, Turn("mine", None))
    with pytest.raises(StoreError, match=r"conversations of its own: add --replace"):
        move_store(embedded, database)
    assert People(database).turns(8, 8, 1) == [Turn("mine", None)]
    move_store(embedded, database, replace=True)
    assert People(database).turns(8, 8, 1) == []


def test_an_interrupted_move_goes_on(embedded, database, monkeypatch):
    copy, tables = store_move._copy, []

    def until_the_journal(source, target, table):
        tables.append(table)
        if table == "journal" and len(tables) < 9:
            raise KeyboardInterrupt
        copy(source, target, table)

    monkeypatch.setattr(store_move, "_copy", until_the_journal)
    with pytest.raises(KeyboardInterrupt):
        move_store(embedded, database)
    monkeypatch.setattr(store_move, "_copy", copy)
    assert move_store(embedded, database).written == 2  # the journal and the key
    assert rows(database) == rows(embedded)


def test_a_store_in_work_is_not_moved(embedded, database):
    move_store(embedded, database)
    Journal(database).claim(1)
    with pytest.raises(StoreError, match="stop every replica first"):
        move_store(database, embedded, replace=True)


def test_a_difference_at_the_end_is_said(embedded, database, monkeypatch):
    monkeypatch.setattr(store_move, "_copy", lambda source, target, table: None)
    with pytest.raises(StoreError, match="differs after the move"):
        move_store(embedded, database)
