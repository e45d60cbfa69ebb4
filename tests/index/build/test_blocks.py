"""An update in many blocks gives the same generation as in one, with little of it in memory at a time."""

from __future__ import annotations

import gc
import sqlite3

import pytest
from conftest import Bookshelf, WordEncoder, broken
from support.running.postgres import ready

from index.build import blocks
from index.build.update import update
from index.errors import StorageError
from index.files.generations import Generations
from index.files.records import RECORDS_FILE
from index.postgres import postings, writer
from index.postgres.generations import DatabaseGenerations
from index.search import Index
from index.vectors import writer as vector_writer
from sources.document import Document

pytestmark = pytest.mark.whole


def many(count, first=0):
    return {
        f"d{n:03}": Document(
            f"d{n:03}",
            f"Water {n % 7}",
            f"The border fence has {n} gates.\n\nTrade stopped {n} times.",
            published="2020",
        )
        for n in range(first, first + count)
    }


def history(storage, encoder):
    """A first build, then new, changed, removed, touched and broken documents at once."""
    shelf = Bookshelf(many(60))
    update(shelf, storage, encoder)
    shelf.documents |= many(30, first=60)
    for number in (3, 20, 59):
        shelf.put(Document(f"d{number:03}", "Changed", f"Refugees crossed {number} times. A truce held."))
    for number in (4, 21, 22, 58):
        del shelf.documents[f"d{number:03}"]
    shelf.documents["d005"] = broken("d005")
    outcome = update(shelf, storage, encoder)
    assert [failure.document_id for failure in outcome.failures] == ["d005"]
    assert (len(outcome.changes.added), len(outcome.changes.removed)) == (30, 4)
    return outcome.manifest


def everything(storage):
    """Every row of the records, and the scored lexical results of some questions."""
    connection = sqlite3.connect(storage.path() / RECORDS_FILE)
    rows = list(connection.iterdump())
    connection.close()
    index = Index.open(storage, WordEncoder())
    words = [index._lexical.search(question, 50) for question in ("gates of the fence", "truce 7", "refugees 20 times")]
    index.close()
    return rows, words


@pytest.mark.parametrize("texts", [1, 40])
@pytest.mark.parametrize("approximate", [50_000, 100])
def test_many_blocks_make_the_same_files(tmp_path, monkeypatch, texts, approximate):
    monkeypatch.setattr(vector_writer, "APPROXIMATE", approximate)
    one, other = Generations(tmp_path / "one"), Generations(tmp_path / "other")
    whole = history(one, WordEncoder())
    monkeypatch.setattr(blocks, "BLOCK_TEXTS", texts)
    parts = history(other, WordEncoder())
    assert (whole.counts, whole.library, whole.search) == (parts.counts, parts.library, parts.search)
    assert everything(one) == everything(other)
    same = [name for name in whole.files if not name.startswith("lexical/") and name != RECORDS_FILE]
    assert {"vectors.npy", "vector_keys.npy", "sentences.npy", "sentence_scales.npy"} <= set(same)
    assert {name: whole.files[name] for name in same} == {name: parts.files[name] for name in same}


def test_many_blocks_make_the_same_rows_in_a_database(postgres, monkeypatch):
    monkeypatch.setattr(postings, "BLOCK_KEYS", 8)  # passage keys whose words share rows
    monkeypatch.setattr(writer, "BLOCK_KEYS", 8)
    one, other = ready(postgres), ready(postgres)
    whole = history(DatabaseGenerations(one), WordEncoder())
    monkeypatch.setattr(blocks, "BLOCK_TEXTS", 1)
    parts = history(DatabaseGenerations(other), WordEncoder())
    assert (whole.counts, whole.files) == (parts.counts, parts.files)
    assert DatabaseGenerations(other).verify() == []
    tokens = "SELECT array_agg(tokens ORDER BY number) FROM generations"
    assert one.row(tokens) == other.row(tokens)
    one.close()
    other.close()


def test_memory_holds_two_blocks_at_most(home, encoder, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_TEXTS", 20)

    class Made(Bookshelf):
        """A library that creates its documents on reading."""

        alive = 0

        def load(self, entry):
            gc.collect()
            self.alive = max(self.alive, sum(isinstance(one, Document) for one in gc.get_objects()) - before)
            return next(iter(many(1, first=int(entry.document_id[1:])).values()))

    shelf = Made({name: broken(name) for name in many(120)})
    gc.collect()
    gc.freeze()  # other tests' garbage is neither counted nor collected a hundred times
    before = sum(isinstance(one, Document) for one in gc.get_objects())
    try:
        outcome = update(shelf, Generations(home), encoder)
    finally:
        gc.unfreeze()
    assert outcome.manifest.counts["documents"] == 120
    assert 0 < shelf.alive <= 2 * 7  # a document has three texts, so a block is seven documents


def test_an_update_with_deletions_only(storage, encoder):
    shelf = Bookshelf(many(3))
    update(shelf, storage, encoder)
    del shelf.documents["d001"]
    outcome = update(shelf, storage, encoder)
    assert (outcome.changes.removed, outcome.manifest.counts["passages"]) == (("d001",), 2)
    assert storage.verify() == []


def test_a_touched_file_writes_its_stamp_and_nothing_else(storage, encoder):
    shelf = Bookshelf(many(3))
    update(shelf, storage, encoder)
    stamped = [(entry.document_id, f"later-{entry.stamp}") for entry in shelf.scan()]
    entries = [type(entry)(name, entry.path, stamp) for entry, (name, stamp) in zip(shelf.scan(), stamped, strict=True)]
    shelf.scan = lambda: entries
    encoder.embedded.clear()
    outcome = update(shelf, storage, encoder)
    assert outcome.written
    assert encoder.embedded == []
    assert {name: stamp for name, (stamp, _) in storage.stamps().items()} == dict(stamped)
    assert not update(shelf, storage, encoder).written


def test_a_full_scratch_folder_says_so(storage, encoder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.build.update.pickle.dump", full)
    with pytest.raises(StorageError, match=r"^The disk of .* is full: free some space"):
        update(Bookshelf(many(1)), storage, encoder)
