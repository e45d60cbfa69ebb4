"""The exact index read without FAISS: the same results as FAISS, or none at all."""

from __future__ import annotations

import numpy as np
import pytest

from index.encoder import unit
from index.vectors.faiss import InvertedLists, VectorIndex
from index.vectors.flat import FlatRows


@pytest.fixture
def made(tmp_path):
    random = np.random.default_rng(3)
    rows = unit(random.standard_normal((500, 32), np.float32))
    index = VectorIndex(32)
    index.add(np.arange(100, 600), rows)
    index.remove(np.arange(150, 400, 7))
    index.add(np.arange(700, 720), rows[:20])
    index.save(tmp_path / "v.faiss")
    return (
        tmp_path / "v.faiss",
        VectorIndex.load(tmp_path / "v.faiss"),
        unit(random.standard_normal((20, 32), np.float32)),
    )


def test_results_equal_those_of_faiss(made):
    path, index, queries = made
    flat = FlatRows.read(path)
    assert flat is not None
    assert len(flat) == len(index)
    for query in queries:
        for allowed in (None, np.array([100, 131, 150, 9_999, 703, 599]), np.empty(0, np.int64)):
            found, wanted = flat.search(query, 9, allowed=allowed), index.search(query, 9, allowed=allowed)
            assert [score for _, score in found] == pytest.approx([score for _, score in wanted], abs=1e-6)
            there = dict(index.search(query, 1_000))
            assert all(there[key] == pytest.approx(score, abs=1e-6) for key, score in found)
    keys = np.array([599, 100, 719])
    assert np.array_equal(flat.rows(keys), index.rows(keys))


@pytest.mark.parametrize("k", [0, 1, 499, 10_000])
def test_k_may_exceed_the_number_of_rows(made, k):
    path, index, queries = made
    flat = FlatRows.read(path)
    found = flat.search(queries[0], k)
    assert len(found) == min(k, len(index))
    assert found == sorted(found, key=lambda pair: -pair[1])


def test_other_layouts_are_left_to_faiss(made, tmp_path):
    path, _, queries = made
    whole = path.read_bytes()
    for damaged in (b"", whole[:30], whole[:-1], whole + b"x", b"IxXX" + whole[4:]):
        (tmp_path / "d").write_bytes(damaged)
        assert FlatRows.read(tmp_path / "d") is None
    lists = InvertedLists.learn(queries, 4)
    lists.save(tmp_path / "l")
    assert FlatRows.read(tmp_path / "l") is None
    assert FlatRows.read(tmp_path / "missing") is None


def test_an_empty_index_is_read(tmp_path):
    VectorIndex(8).save(tmp_path / "e")
    flat = FlatRows.read(tmp_path / "e")
    assert flat is not None
    assert flat.search(np.ones(8, np.float32), 5) == []
    assert flat.rows(np.array([1])).shape == (0, 8)
