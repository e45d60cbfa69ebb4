"""Large libraries: rows in files, inverted lists with exact scores, filters before the search, exact deletion."""

from __future__ import annotations

import numpy as np
import pytest

from index.build.update import update
from index.encoder import unit
from index.errors import CorruptIndexError
from index.files.generations import Generations
from index.files.records import RECORDS_FILE, Records
from index.search import Index
from index.types import Scope
from index.vectors import filters, row_files, writer
from index.vectors.faiss import VECTORS
from index.vectors.filters import Facets
from index.vectors.ivf import exact, recall
from index.vectors.row_files import Segments
from sources.document import Document


@pytest.fixture
def few(monkeypatch):
    """Lists from three passages on, and files of four rows."""
    monkeypatch.setattr(writer, "APPROXIMATE", 3)
    monkeypatch.setattr(row_files, "SEGMENT", 4)


def rows(*values):
    return np.array([[value, -value] for value in values], np.int8)


def test_rows_go_into_files_of_a_fixed_size_and_come_back_by_number(tmp_path, few):
    row_files.store(tmp_path, "r", 0, rows(1, 2, 3))
    row_files.store(tmp_path, "r", 3, rows(4, 5, 6, 7, 8, 9))
    assert [len(np.load(path)) for path in row_files.files(tmp_path, "r")] == [4, 4, 1]
    assert Segments(tmp_path, "r").take([8, 0, 4, 0])[:, 0].tolist() == [9, 1, 5, 1]


def test_a_gap_is_zero_and_a_row_can_be_written_again(tmp_path, few):
    row_files.store(tmp_path, "r", 0, rows(1))
    row_files.store(tmp_path, "r", 6, rows(7))
    row_files.store(tmp_path, "r", 0, rows(2))
    assert Segments(tmp_path, "r").take(range(7))[:, 0].tolist() == [2, 0, 0, 0, 0, 0, 7]


def test_erasing_does_not_touch_other_generations(tmp_path, few):
    one, two = tmp_path / "1", tmp_path / "2"
    one.mkdir()
    two.mkdir()
    row_files.store(one, "r", 0, rows(1, 2, 3, 4, 5))
    for path in row_files.files(one, "r"):
        (two / path.name).hardlink_to(path)
    row_files.erase(two, "r", [1])
    assert Segments(one, "r").take(range(5))[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert Segments(two, "r").take(range(5))[:, 0].tolist() == [1, 0, 3, 4, 5]
    assert (one / "r.0001.npy").samefile(two / "r.0001.npy")


def test_exact_compares_with_every_row_over_all_files(tmp_path, few):
    values = unit(np.random.default_rng(0).standard_normal((50, 8))).astype(np.float16)
    row_files.store(tmp_path, "r", 0, values)
    queries = values[[3, 41]].astype(np.float32)
    wanted = np.sort(queries @ values.astype(np.float32).T, axis=1)[:, :-11:-1]
    found = exact(Segments(tmp_path, "r"), queries, 10)
    assert found == pytest.approx(wanted, abs=1e-6)


def test_recall_counts_ties_as_hits():
    wanted = np.array([[0.9, 0.8], [0.7, 0.6]], np.float32)
    assert recall([[0.9, 0.8], [0.7, 0.5]], wanted) == 0.75
    assert recall([[0.9], []], wanted) == 0.25


def grown(shelf):
    for number in range(12):
        published = f"20{10 + number}-01-01"
        shelf.put(Document(f"more{number}", f"More {number}", f"Strike {number} at the border.", published=published))


def keys(index, scope):
    query = index.embed("strike at the border")
    return [key for key, _ in index._snapshot.nearest(query, 10, scope)]


def test_a_large_library_gives_the_same_results_as_a_small_one(tmp_path, home, shelf, encoder, monkeypatch):
    grown(shelf)
    update(shelf, Generations(tmp_path / "small"), encoder)
    monkeypatch.setattr(writer, "APPROXIMATE", 3)
    manifest = update(shelf, Generations(home), encoder).manifest
    assert manifest.search["kind"] == "IVF-SQ8"
    assert manifest.search["recall_at_10"] == 1.0
    small, large = Index.open(tmp_path / "small", encoder), Index.open(home, encoder)
    for scope in (Scope(), Scope(since="2015-01-01"), Scope(documents=("truce", "fence"))):
        left = small.search("refugees at the border", 20, scope)
        right = large.search("refugees at the border", 20, scope)
        assert {hit.passage.id for hit in left} == {hit.passage.id for hit in right}
        scores = {hit.passage.id: hit.vector for hit in left}
        assert all(hit.vector == pytest.approx(scores[hit.passage.id], abs=0.001) for hit in right)


def test_growing_past_the_bound_takes_the_rows_over(home, shelf, encoder, monkeypatch):
    update(shelf, Generations(home), encoder)
    monkeypatch.setattr(writer, "APPROXIMATE", 3)
    encoder.embedded.clear()
    grown(shelf)
    manifest = update(shelf, Generations(home), encoder).manifest
    assert manifest.search["kind"] == "IVF-SQ8"
    assert not [text for text in encoder.embedded if "truce" in text.lower()]
    assert Index.open(home, encoder).search("truce in Doha")[0].passage.document_id == "truce"


def test_a_deleted_passage_leaves_lists_rows_and_facets(home, shelf, encoder, few):
    grown(shelf)
    update(shelf, Generations(home), encoder)
    records = Records(Generations(home).path() / RECORDS_FILE)
    gone = records.allowed(Scope(documents=("more3",)))
    records.close()
    del shelf.documents["more3"]
    manifest = update(shelf, Generations(home), encoder).manifest
    folder = Generations(home).path()
    assert not np.any(Segments(folder, "passages").take(gone))
    assert not np.any(np.load(folder / filters.ROWS_FILE)["there"][gone])
    index = Index.open(home, encoder)
    assert len(index._snapshot._listed) == manifest.counts["passages"] == 14
    assert not set(gone) & set(keys(index, Scope()))


def test_a_scope_is_applied_before_the_search_and_still_gives_k(home, shelf, encoder, few, monkeypatch):
    monkeypatch.setattr("index.vectors.ivf.FEW", 0)
    grown(shelf)
    update(shelf, Generations(home), encoder)
    index = Index.open(home, encoder)
    scope = Scope(since="2019-01-01", until="2022-12-31")
    found = keys(index, scope)
    assert sorted(found) == sorted(index._snapshot.records.allowed(scope))
    assert len(found) == 3


def test_facets_say_the_same_as_the_records(tmp_path):
    listed = [
        (0, "en", "2020-01-01", "2020-12-31", '["taliban"]'),
        (1, "ur", "2021-05-05", "2021-05-05", '["pakistan", "taliban"]'),
        (3, "en", None, None, "[]"),
    ]
    filters.write(tmp_path, 4, listed)
    look = Facets(tmp_path)

    def inside(scope):
        return np.flatnonzero(look.mask(scope)).tolist()

    assert inside(Scope(languages=("en",))) == [0, 3]
    assert inside(Scope(languages=("fr",))) == []
    assert inside(Scope(until="2020-06-01")) == [0]
    assert inside(Scope(since="2020-12-31")) == [0, 1]
    assert inside(Scope(parties=("pakistan",))) == [1]
    assert inside(Scope(parties=("taliban",), since="2021-01-01")) == [1]
    assert look.mask(Scope(documents=("a",))) is None


@pytest.mark.whole
@pytest.mark.parametrize("name", [VECTORS, "passages.npy", "facets.npy", "facets.json"])
def test_a_damaged_file_of_a_large_index_names_the_command(home, shelf, encoder, few, name):
    grown(shelf)
    update(shelf, Generations(home), encoder)
    (Generations(home).path() / name).write_bytes(b"damaged")
    with pytest.raises(CorruptIndexError, match="torkham index update --full"):
        Index.open(home, encoder).search("fence")


def test_an_update_that_changes_nothing_links_every_vector(home, shelf, encoder, few):
    grown(shelf)
    generations = Generations(home)
    update(shelf, generations, encoder)
    before = generations.path()
    shelf.put(Document("empty", "Empty", ""))
    search = generations.manifest().search
    update(shelf, generations, encoder)
    assert generations.manifest().search == search
    assert (generations.path() / VECTORS).samefile(before / VECTORS)
    assert generations.verify() == []
