"""Moving an index between a home and a database: exact, without embedding, resumable."""

from __future__ import annotations

import pytest
from conftest import WordEncoder
from support.running.postgres import ready

from index.build.changes import pending
from index.build.move import compare, move
from index.build.update import update
from index.errors import IndexingError, NoIndexError, OtherEncoderError
from index.files.generations import Generations
from index.postgres.generations import DatabaseGenerations
from index.postgres.vectors import DatabaseCache
from index.search import Index
from sources.document import Document


@pytest.fixture
def database(postgres):
    opened = ready(postgres)
    yield DatabaseGenerations(opened)
    opened.close()


@pytest.fixture
def files(home, shelf, encoder):
    for number in range(300):
        shelf.put(Document(f"d{number}", f"Document {number}", f"Water number {number}.", published="2020"))
    update(shelf, Generations(home), encoder)
    encoder.embedded.clear()
    return Generations(home)


def test_a_move_to_the_database_and_back(files, database, shelf, encoder, tmp_path):
    moved = move(files, database, encoder)
    assert (moved.written, moved.embedded, encoder.embedded) == (True, 0, [])
    assert moved.manifest.counts == files.manifest().counts
    assert moved.manifest.library == files.manifest().library
    assert not pending(shelf, database)
    assert database.verify() == []
    back = Generations(tmp_path / "back")
    again = move(database, back, encoder)
    assert (again.written, again.embedded, encoder.embedded) == (True, 0, [])
    assert again.manifest.library == files.manifest().library
    one, other = Index.open(files, encoder), Index.open(back, encoder)
    assert one.search("the fence")[0].passage == other.search("the fence")[0].passage
    assert update(shelf, back, encoder).written is False


def test_a_second_move_only_compares(files, database, encoder):
    first = move(files, database, encoder)
    second = move(files, database, encoder)
    assert (second.written, second.manifest.generation) == (False, first.manifest.generation)


def test_an_interrupted_move_resumes(files, database, encoder, monkeypatch):
    stored = []
    real = DatabaseCache.store

    def cut(self, rows):
        if len(stored) == 2:
            raise KeyboardInterrupt
        stored.append(len(rows))
        real(self, rows)

    monkeypatch.setattr(DatabaseCache, "store", cut)
    with pytest.raises(KeyboardInterrupt):
        move(files, database, encoder)
    assert database.current() is None
    assert database.database.row("SELECT count(*) FROM computed_vectors")[0] == 256
    monkeypatch.setattr(DatabaseCache, "store", lambda self, rows: (stored.append(len(rows)), real(self, rows)))
    assert move(files, database, encoder).embedded == 0
    assert sum(stored) == len({key for _, key in _vectors(database)})
    assert database.database.row("SELECT count(*) FROM computed_vectors")[0] == 0


def _vectors(database):
    return database.database.rows("SELECT 0, vector FROM passage_vectors UNION SELECT 1, vector FROM sentences")


def test_a_missing_vector_is_embedded_and_counted(files, database, encoder):
    (files.root / "cache" / "vectors.sqlite").unlink()
    assert move(files, database, encoder).embedded == len(set(encoder.embedded)) > 0


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE passages SET json = replace(json, 'Doha', 'Dubai')",
        "UPDATE documents SET json = replace(json, 'Doha', 'Dubai')",
        "UPDATE sentences SET stop = stop + 1 WHERE number = 3",
        "UPDATE passage_vectors SET embedding = CAST('[1,0,0,0,0,0,0,0,0]' AS halfvec) WHERE key = 3",
    ],
)
def test_a_difference_is_noticed(files, database, encoder, damage):
    move(files, database, encoder)
    with database.database.transaction() as transaction:
        assert transaction.run(damage) > 0
    with pytest.raises(IndexingError, match="differ"):
        compare(files.open(), database.open())


def test_an_impossible_move_says_why(files, database, encoder, tmp_path):
    class Other(WordEncoder):
        fingerprint = "words-2"

    with pytest.raises(OtherEncoderError):
        move(files, database, Other())
    with pytest.raises(NoIndexError, match="torkham index update"):
        move(Generations(tmp_path / "empty"), database, encoder)
