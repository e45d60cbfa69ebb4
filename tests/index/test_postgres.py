"""The index in a database: switched in one transaction, notified, collected, restored, and exact."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from conftest import WordEncoder
from support.running.postgres import ready

from index.build.changes import pending
from index.build.update import update
from index.errors import CorruptIndexError, IndexBusyError, IndexingError, NoIndexError
from index.postgres import bm25, postings, schema, snapshot, vectors, writer
from index.postgres.generations import DatabaseGenerations
from index.search import Index
from index.types import Scope
from sources.document import Document

TABLES = ("documents", "passages", "passage_vectors", "sentences", "postings")


@pytest.fixture
def database(postgres):
    opened = ready(postgres)
    yield opened
    opened.close()


@pytest.fixture
def generations(database, shelf, encoder):
    kept = DatabaseGenerations(database)
    update(shelf, kept, encoder)
    return kept


def grow(shelf, generations, encoder, number):
    shelf.put(Document(f"d{number}", f"Document {number}", f"Water number {number}."))
    return update(shelf, generations, encoder)


def counted(database):
    return {table: database.row(f"SELECT count(*) FROM {table}")[0] for table in TABLES}


def test_without_an_index_the_error_says_what_to_run(database):
    assert DatabaseGenerations(database).current() is None
    with pytest.raises(NoIndexError, match="torkham index update"):
        DatabaseGenerations(database).manifest()


def test_three_generations_are_kept(generations, shelf, encoder):
    for number in range(4):
        grow(shelf, generations, encoder, number)
    assert generations.names() == ["000003", "000004", "000005"]
    assert generations.current() == "000005"


def test_a_reader_keeps_its_generation(generations, shelf, encoder):
    reader = Index.open(generations, encoder)
    for number in range(4):
        grow(shelf, generations, encoder, number)
    del shelf.documents["fence"]
    for number in range(4, 8):
        grow(shelf, generations, encoder, number)
    assert generations.names() == ["000001", "000007", "000008", "000009"]
    assert reader.search("the fence")[0].passage.document_id == "fence"
    assert len(reader.documents()) == 3
    reader.close()
    grow(shelf, generations, encoder, 8)
    assert generations.names() == ["000008", "000009", "000010"]
    assert generations.database.row("SELECT count(*) FROM documents WHERE id = 'fence'")[0] == 0


def test_a_silent_reader_loses_its_generation_and_is_told(generations, shelf, encoder, monkeypatch):
    monkeypatch.setattr(snapshot, "BEAT_SECONDS", 0.05)
    reader = Index.open(generations, encoder)
    generations.database.rows("UPDATE readers SET seen = now() - interval '1 hour' RETURNING id")
    with generations.database.transaction() as transaction:
        transaction.run("DELETE FROM readers")
        transaction.run("DELETE FROM serving")
        transaction.run("DELETE FROM generations")
    deadline = time.monotonic() + 60
    while not reader._snapshot._collected and time.monotonic() < deadline:
        time.sleep(0.05)
    with pytest.raises(CorruptIndexError, match="open the index again"):
        reader.documents()
    reader.close()


def test_unchanged_documents_are_written_once(generations, shelf, encoder):
    before = counted(generations.database)
    grow(shelf, generations, encoder, 1)
    after = counted(generations.database)
    assert {table: after[table] - before[table] for table in TABLES[:4]} == {
        "documents": 1,
        "passages": 1,
        "passage_vectors": 1,
        "sentences": 1,
    }


def test_a_removed_document_is_gone_when_no_generation_holds_it(generations, shelf, encoder):
    del shelf.documents["truce"]
    assert update(shelf, generations, encoder).manifest.counts == {"documents": 2, "passages": 2, "sentences": 4}
    for number in range(3):
        grow(shelf, generations, encoder, number)
    rows = generations.database.rows
    assert (
        rows("SELECT 1 FROM documents WHERE json LIKE '%Doha%' UNION SELECT 1 FROM passages WHERE json LIKE '%Doha%'")
        == []
    )
    assert rows("SELECT 1 FROM postings WHERE term = 'doha'") == []
    assert rows("SELECT 1 FROM computed_vectors") == []
    assert counted(generations.database)["passage_vectors"] == 5


def test_verify_names_the_table_that_differs(generations):
    assert generations.verify() == []
    with generations.database.transaction() as transaction:
        transaction.run("UPDATE passages SET json = replace(json, 'Doha', 'Dubai')")
        transaction.run("UPDATE sentences SET embedding = CAST('[1,0,0,0,0,0,0,0,0]' AS halfvec) WHERE number = 1")
    assert generations.verify() == [
        "The passages of generation 000001 differ from their checksum.",
        "The sentences of generation 000001 differ from their checksum.",
    ]


def test_incremental_checksums_equal_recomputed_ones(generations, shelf, encoder):
    for number in range(3):
        grow(shelf, generations, encoder, number)
        shelf.put(Document("truce", "A truce", f"Trade resumed {number} times."))
        del shelf.documents["d0" if number == 0 else f"d{number}"]
        update(shelf, generations, encoder)
        assert generations.verify() == []


def test_rollback_stays_until_the_next_update(generations, shelf, encoder):
    grow(shelf, generations, encoder, 1)
    with generations.writing():
        assert generations.rollback() == "000001"
    assert (generations.current(), generations.pinned()) == ("000001", True)
    assert pending(shelf, generations).added == ("d1",)
    assert len(Index.open(generations, encoder).documents()) == 3
    update(shelf, generations, encoder)
    assert (generations.current(), generations.pinned()) == ("000002", False)
    assert len(Index.open(generations, encoder).documents()) == 4


def test_rollback_without_an_earlier_one(generations):
    with pytest.raises(IndexingError, match="no earlier generation"):
        generations.rollback()


def test_two_indexers_of_one_schema_and_of_two(generations, postgres, shelf, encoder):
    with generations.writing():
        with pytest.raises(IndexBusyError, match="Another process"):
            update(shelf, DatabaseGenerations(generations.database), encoder)
        other = ready(postgres)
        assert update(shelf, DatabaseGenerations(other), encoder).written
        other.close()


def test_a_failure_while_writing_leaves_the_last_generation_serving(generations, shelf, encoder, monkeypatch):
    before = counted(generations.database)

    def broken(*_):
        raise RuntimeError("power cut")

    monkeypatch.setattr(postings, "merge", broken)
    with pytest.raises(RuntimeError, match="power cut"):
        grow(shelf, generations, encoder, 1)
    monkeypatch.undo()
    assert counted(generations.database) == before
    assert generations.current() == "000001"
    encoder.embedded.clear()
    assert grow(shelf, generations, encoder, 1).manifest.counts["documents"] == 4
    assert encoder.embedded == []  # vectors computed before the failure are kept


def test_a_switch_is_notified_without_polling(generations, shelf, encoder, monkeypatch):
    monkeypatch.setattr("index.postgres.serving.POLL_SECONDS", 600.0)
    heard = []
    waiting = threading.Thread(target=lambda: heard.append(generations.wait("000001", 600)))
    waiting.start()
    time.sleep(0.5)
    grow(shelf, generations, encoder, 1)
    waiting.join(60)
    assert heard == ["000002"]
    assert generations.wait("000002", 0.2) == "000002"


def test_a_switch_without_notification_is_found_by_polling(generations, shelf, encoder, monkeypatch):
    monkeypatch.setattr("index.postgres.serving.POLL_SECONDS", 0.2)
    heard = []
    waiting = threading.Thread(target=lambda: heard.append(generations.wait("000001", 30)))
    waiting.start()
    time.sleep(0.3)
    with generations.database.transaction() as transaction:
        transaction.run("INSERT INTO generations SELECT 2, manifest, passages, tokens FROM generations")
        transaction.run("UPDATE serving SET generation = 2")
    waiting.join(60)
    assert heard == ["000002"]


def test_a_cut_connection_is_replaced(generations, encoder):
    index = Index.open(generations, encoder)
    assert index.search("fence")
    kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'torkham'"
    with generations.database.session() as session:
        session.exec_driver_sql(kill)
    assert index.search("fence again")
    index.close()


def test_hnsw_serves_many_vectors_and_scopes_stay_exact(generations, shelf, encoder, monkeypatch):
    monkeypatch.setattr(writer, "EXACT_PASSAGES", 2)
    monkeypatch.setattr(vectors, "EXACT_PASSAGES", 2)
    for number in range(40):
        shelf.put(
            Document(f"w{number}", f"Water {number}", "water " * (number % 7 + 1) + f"trade {number}", published="2020")
        )
    update(shelf, generations, encoder)
    names = generations.database.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'passage_vectors'")
    assert ("passage_vectors_near_9",) in [tuple(row) for row in names]
    index = Index.open(generations, encoder)

    query = encoder.encode_queries(["water"])[0]
    near = index._snapshot.nearest(query, 10, Scope())
    keys = index._records.allowed(Scope())
    cosines = index._snapshot.vectors(keys) @ query
    assert [score for _, score in near] == pytest.approx(sorted(cosines, reverse=True)[:10], abs=0.002)
    assert len(index._snapshot.nearest(query, 100, Scope(documents=("truce", "fence")))) == 2


def test_words_in_many_passages_rank_what_rarer_words_found(generations, shelf, encoder, monkeypatch):
    everything = dict(Index.open(generations, encoder)._lexical.search("the fence border", 10))
    monkeypatch.setattr(bm25, "READ_POSTINGS", 1)
    found = dict(Index.open(generations, encoder)._lexical.search("the fence border", 10))
    assert found
    assert set(found) < set(everything)
    assert all(found[key] == pytest.approx(everything[key]) for key in found)


def test_blocks_by_hand():
    found = postings.blocks([(4095, ["a", "b", "a"]), (4096, ["a"])])
    assert found == {("a", 0): [(4095, 2, 3)], ("b", 0): [(4095, 1, 3)], ("a", 1): [(0, 1, 1)]}


def test_bm25_by_hand(generations, encoder):
    index = Index.open(generations, encoder)
    passages = {key: index._records.passages([key])[key] for key in index._records.allowed(bm25.Scope())}
    lengths = {key: len(index.terms(lexical_body(p))) for key, p in passages.items()}
    average = sum(lengths.values()) / 3
    [(key, score)] = index._lexical.search("Doha", 5)
    weight = np.log(1 + (3 - 1 + 0.5) / 1.5)
    assert score == pytest.approx(weight * 2.2 / (1 + 1.2 * (0.25 + 0.75 * lengths[key] / average)))


def lexical_body(passage):
    return f"{passage.title} {passage.heading} {passage.text}"


def test_a_nul_character_survives(generations, shelf, encoder):
    shelf.put(Document("nul", "Nul", "Before\0after water."))
    update(shelf, generations, encoder)
    index = Index.open(generations, encoder)
    assert index.document("nul").text == "Before\0after water."
    assert index.search("water")[0].passage.text == "Before\0after water."


def test_another_model_of_another_length_replaces_the_rows(generations, shelf):
    class Longer(WordEncoder):
        fingerprint = "words-2"
        dimension = 12

        def _encode(self, texts):
            return np.pad(WordEncoder()._encode(texts), ((0, 0), (0, 3)))

    update(shelf, generations, Longer())
    assert Index.open(generations, Longer()).search("fence")
    assert generations.verify() == []


def test_the_migration_is_the_version_that_the_program_expects(database):
    assert database.row(f"SELECT version_num FROM {schema.VERSION_TABLE}")[0] == schema.HEAD_MIGRATION
