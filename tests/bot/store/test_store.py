"""The store: migrations, transactions, the key, and what is wrong said in a sentence."""

from __future__ import annotations

import os
import stat
import sys

import pytest
from support.running.postgres import store_in

from bot.errors import StoreError
from bot.store.sqlite import Store


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "bot")
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def any_store(request, tmp_path):
    opened = Store(tmp_path / "bot") if request.param == "sqlite" else store_in(request.getfixturevalue("postgres"))
    yield opened
    opened.close()


def test_it_is_made_once_and_opened_again(tmp_path):
    store = Store(tmp_path)
    store.write("INSERT INTO people(person, language) VALUES (:person, :language)", person=7, language="ur")
    key = store.keyed_hash(7)
    store.close()
    again = Store(tmp_path)
    assert again.row("SELECT language FROM people WHERE person = :person", person=7) == {"language": "ur"}
    assert again.keyed_hash(7) == key
    assert again.rows("SELECT version_num FROM alembic_version") == [{"version_num": "0004"}]
    again.close()


def test_only_its_owner_reads_it(tmp_path, store):
    assert stat.S_IMODE((tmp_path / "bot" / "store.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "bot").stat().st_mode) == 0o700


def test_a_transaction_is_all_or_nothing(any_store):
    def half():
        with any_store.transaction():
            any_store.write("INSERT INTO people(person) VALUES (1)")
            with any_store.transaction():
                any_store.write("INSERT INTO people(person) VALUES (2)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert any_store.rows("SELECT * FROM people") == []


def test_two_stores_hash_a_person_differently(tmp_path, store):
    other = Store(tmp_path / "other")
    assert other.keyed_hash(7) != store.keyed_hash(7)
    other.close()


def test_values_are_never_part_of_the_statement(any_store):
    any_store.write("INSERT INTO people(person, language) VALUES (1, :language)", language="'); DROP TABLE people; --")
    assert any_store.rows("SELECT language FROM people") == [{"language": "'); DROP TABLE people; --"}]


def test_a_file_that_is_no_store_is_said(tmp_path):
    (tmp_path / "store.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"store\.sqlite cannot be used .*restore a backup"):
        Store(tmp_path)


def test_an_error_names_no_value(store):
    with pytest.raises(StoreError, match="The store failed") as failed:
        store.write("INSERT INTO nothing(person, language) VALUES (1, :words)", words="a zebra")
    assert "zebra" not in str(failed.value)
    assert failed.value.__cause__ is None
    store.write("INSERT INTO people(person) VALUES (1)")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_synced_is_in_the_write_ahead_log(tmp_path, store, monkeypatch):
    flushed = []
    monkeypatch.setattr("os.fsync", lambda descriptor: flushed.append(os.readlink(f"/proc/self/fd/{descriptor}")))
    store.sync()
    assert flushed == [str(tmp_path / "bot" / "store.sqlite-wal")]


def test_a_store_of_a_newer_version_is_said(tmp_path):
    made = Store(tmp_path / "bot")
    made.write("UPDATE alembic_version SET version_num = '9999'")
    made.close()
    with pytest.raises(StoreError, match="was made by a newer version of Torkham: install that one"):
        Store(tmp_path / "bot")
