"""The shared journal: each update stored once, one per lane in work, no writes without the lease."""

from __future__ import annotations

import threading

import pytest
from support.fakes.bot_api import FakeBotApi
from support.running.postgres import empty_schema, store_in

from bot.errors import LeaseLost, StoreAway, StoreError
from bot.settings import Settings
from bot.store import setup as store_setup
from bot.store.open import open_store
from bot.store.postgres import DatabaseStore
from bot.telegram.queue.journal import DOUBT, Journal
from bot.telegram.readers.rate_windows import StoredWindows

LATER = "UPDATE journal SET until = until - 60"


@pytest.fixture
def store(postgres):
    opened = store_in(postgres)
    yield opened
    opened.close()


@pytest.fixture
def journals(store, monkeypatch):
    monkeypatch.setattr("bot.telegram.queue.backends.MERCY_SECONDS", 0)
    return Journal(store), Journal(store)


def updates(*chats):
    api = FakeBotApi()
    return [api.say(chat, f"question {number}") for number, chat in enumerate(chats)]


def numbers(entries):
    return [entry.update_id for entry in entries]


def test_an_update_is_stored_once_and_claimed_once(journals):
    one, other = journals
    brought = updates(7, 8)
    assert one.take(brought) == brought
    assert other.take(brought) == []
    assert (numbers(one.claim(9)), numbers(other.claim(9))) == ([1, 2], [])


def test_a_chat_has_one_update_in_work_and_they_go_in_order(journals):
    one, other = journals
    one.take(updates(7, 7, 8, 7))
    assert numbers(one.claim(1)) == [1]
    assert numbers(other.claim(9)) == [3]
    one.done(1)
    assert (numbers(other.claim(9)), numbers(one.claim(9))) == ([2], [])
    other.done(2)
    assert numbers(one.claim(9)) == [4]


def test_a_late_update_waits_for_the_one_in_work(journals):
    one, other = journals
    early, late = updates(7, 7)
    one.take([late])
    assert numbers(one.claim(9)) == [late["update_id"]]
    other.take([early])
    assert other.claim(9) == []
    one.done(late["update_id"])
    assert numbers(other.claim(9)) == [early["update_id"]]


def test_the_database_refuses_a_second_update_of_a_chat_in_work(store, journals):
    journals[0].take(updates(7, 7))
    journals[0].claim(1)
    with pytest.raises(StoreError, match="23505"):
        store.write("UPDATE journal SET owner = 'another' WHERE update_id = 2")


def test_a_dead_replicas_updates_are_taken_over_and_it_may_not_write(store, journals):
    dead, living = journals
    dead.take(updates(7))
    dead.claim(1)
    assert (living.left(), living.claim(1, tried=True)) == (0, [])
    store.write(LATER)
    assert (living.left(), living.claim(1)) == (1, [])  # only alone
    [entry] = living.claim(1, tried=True)
    assert (entry.attempts, entry.state) == (2, "working")
    for write in (lambda: dead.sending(1, None, 0), lambda: dead.answered(1, "x")):
        with pytest.raises(LeaseLost, match="Another replica works on update 1"):
            write()
    dead.done(1)
    assert store.row("SELECT state, owner FROM journal") == {"state": "working", "owner": living.me}
    living.done(1)
    assert store.row("SELECT state, owner, body FROM journal") == {"state": "done", "owner": None, "body": None}


def test_a_late_final_state_does_not_end_a_requeued_update(store, journals):
    slow, living = journals
    slow.take(updates(7))
    slow.claim(1)
    store.write(LATER)
    living.claim(1, tried=True)
    living.again([1])
    slow.done(1)
    assert store.row("SELECT state FROM journal") == {"state": "working"}
    assert numbers(slow.claim(1, tried=True)) == [1]


def test_work_whose_failure_could_not_be_reported_is_released(store, journals):
    one, other = journals
    one.take(updates(7))
    one.claim(1)
    one.let_go(1)
    store.write(LATER)
    one.renew()
    assert numbers(other.claim(1, tried=True)) == [1]


def test_a_heartbeat_renews_only_updates_in_work(store, journals):
    one, other = journals
    one.take(updates(7, 8))
    one.claim(1)
    one.claim(1)
    one._held.pop(2)  # as if the connection had broken before the claim returned
    store.write(LATER)
    one.renew()
    assert numbers(other.claim(9, tried=True)) == [2]


def test_a_requeued_update_counts_no_attempt_and_can_be_delayed(store, journals):
    one, other = journals
    one.take(updates(7, 8))
    one.claim(2)
    one.again([1])
    one.again([2], 30.0)
    [entry] = other.claim(9)
    assert (entry.update_id, entry.attempts) == (1, 1)
    assert store.row("SELECT attempts, owner FROM journal WHERE update_id = 2") == {"attempts": 0, "owner": None}


def test_a_failed_final_state_is_retried_when_the_database_is_back(store, journals, monkeypatch):
    one, _ = journals
    one.take(updates(7))
    one.claim(1)
    write = store.write

    def away(statement, **values):
        raise StoreAway("away")

    monkeypatch.setattr(store, "write", away)
    with pytest.raises(StoreAway):
        one.sending(1, "abc", 0)
    one.sent(1, "abc", 1)
    one.doubt(1)
    assert (one.entry(1).state, one.entry(1).part) == ("sending", 1)
    one.done(1)
    with pytest.raises(StoreAway):
        one.renew()
    monkeypatch.setattr(store, "write", write)
    one.renew()
    assert store.row("SELECT state, part, note FROM journal") == {"state": "done", "part": 1, "note": DOUBT}


def test_after_a_server_restart_owners_keep_their_updates(store, monkeypatch):
    monkeypatch.setattr("bot.telegram.queue.backends.MERCY_SECONDS", 5)
    one = Journal(store)
    one.take(updates(7))
    one.claim(1)
    store.write(LATER)
    started = store.row("SELECT pg_postmaster_start_time() > now() - interval '5 seconds' AS lately")
    assert bool(one.left()) is not started["lately"]


def test_forgetting_deletes_queued_updates_and_lets_running_ones_finish(store, journals):
    one, _ = journals
    one.take(updates(7, 7))
    one.claim(1)
    one.forget(7)
    rows = store.rows("SELECT state, body, person FROM journal ORDER BY update_id")
    assert rows == [
        {"state": "working", "body": None, "person": None},
        {"state": "aside", "body": None, "person": None},
    ]
    one.sending(1, None, 0)
    one.done(1)


def test_two_replicas_count_one_window(store):
    one, other = StoredWindows(store), StoredWindows(store)
    threads = [threading.Thread(target=lambda w=w: [w.add("user", 7) for _ in range(20)]) for w in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (one.count("user", 7), other.count("user", 7), one.count("user", 8)) == (40, 40, 0)
    assert [one.once("busy", 7), other.once("busy", 7)] == [True, False]
    one.forget(7, 3)
    other.forget(7, 2)
    assert one.forgotten(7) == 5
    one.sweep()
    assert store.row("SELECT COUNT(*) AS number FROM windows WHERE who LIKE '%7'")["number"] <= 3


def test_windows_slide(store):
    now = [0.0]
    windows = StoredWindows(store, lambda: now[0])
    windows.add("user", 7)
    now[0] = 59.9
    assert (windows.count("user", 7), windows.once("said", 7)) == (1, True)
    now[0] = 60.1
    assert windows.count("user", 7) == 0


def test_a_store_without_tables_says_what_to_do(postgres, tmp_path):
    url = empty_schema(postgres)
    with pytest.raises(StoreError, match="are missing, but 0004 is required: run `torkham database init`"):
        open_store(Settings(home=tmp_path, database_url=url))


def test_an_unreachable_store_says_so(tmp_path):
    with pytest.raises(StoreAway, match="cannot be reached"):
        open_store(Settings(home=tmp_path, database_url="postgresql+psycopg://u:secret@127.0.0.1:1/d"))


def test_the_rights_of_a_bot(postgres, store):
    database = store.database
    schema = database.row("SELECT current_schema()")[0]
    role = schema.replace("test", "bot")
    with database.transaction() as transaction:
        transaction.run(f"CREATE ROLE {role} LOGIN")
        transaction.run(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    url = database.url.set(username=role).render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="denies this role a required privilege"):
        DatabaseStore(url)
    assert store_setup.init(database, role=role) == ["store: as it was", f"role {role}: may answer in Telegram"]
    bot = DatabaseStore(url)
    journal = Journal(bot)
    journal.take(updates(7))
    assert numbers(journal.claim(1)) == [1]
    [found] = store_setup.check(bot.database)
    assert (found.good, found.found) == (True, "version 0004; 1 updates wait, 1 of them in work; 0 replicas")
    with pytest.raises(StoreError, match="denies"):
        bot.write("DROP TABLE journal")
    bot.close()
