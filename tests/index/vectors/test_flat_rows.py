"""The exact index: rows under keys in two files, searched by one product."""

from __future__ import annotations

import numpy as np
import pytest

from index.encoder import unit
from index.errors import CorruptIndexError
from index.vectors.flat import KEYS_FILE, ROWS_FILE, FlatRows

RANDOM = np.random.default_rng(3)
ROWS = unit(RANDOM.standard_normal((520, 32), np.float32))
QUERIES = unit(RANDOM.standard_normal((20, 32), np.float32))


@pytest.fixture
def flat(tmp_path):
    """500 rows, of which every seventh of a stretch is removed, and 20 that came later."""
    made = FlatRows(np.arange(100, 600), ROWS[:500]).removed(np.array([*range(150, 400, 7), 9_999]))
    made.added(np.arange(700, 720), ROWS[500:]).save(tmp_path)
    return FlatRows.load(tmp_path)


def row(key):
    return ROWS[key - 100 if key < 600 else key - 200]


def test_the_nearest_come_first_with_their_cosines(flat):
    assert len(flat) == len(flat.keys) == 520 - 36
    for query in QUERIES:
        for allowed in (None, np.array([100, 131, 150, 9_999, 703, 599]), np.empty(0, np.int64)):
            inside = [key for key in flat.keys.tolist() if allowed is None or key in allowed]
            wanted = sorted(((float(row(key) @ query), key) for key in inside), reverse=True)[:9]
            found = flat.search(query, 9, allowed=allowed)
            assert [key for key, _ in found] == [key for _, key in wanted]
            assert [score for _, score in found] == pytest.approx([score for score, _ in wanted], abs=1e-6)


def test_rows_come_back_by_key_and_unknown_keys_are_skipped(flat):
    assert np.array_equal(flat.rows(np.array([599, 150, 100, 719, 720])), [row(599), row(100), row(719)])


@pytest.mark.parametrize("k", [0, 1, 483, 10_000])
def test_k_may_exceed_the_number_of_rows(flat, k):
    found = flat.search(QUERIES[0], k)
    assert len(found) == min(k, len(flat))
    assert found == sorted(found, key=lambda pair: -pair[1])


def test_rows_are_mapped_at_an_address_that_needs_no_copy(flat):
    assert not flat._rows.flags.owndata
    assert flat._rows.flags.aligned
    assert flat._rows.flags.c_contiguous


@pytest.mark.parametrize("name", [ROWS_FILE, KEYS_FILE])
def test_damaged_files_name_the_command(flat, tmp_path, name):
    whole = (tmp_path / name).read_bytes()
    for damaged in (b"", whole[:30], whole[:-1], whole + b"x", b"IxM2" + whole[4:]):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(CorruptIndexError, match="cannot be read: run `torkham index update --full`"):
            FlatRows.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(CorruptIndexError):
        FlatRows.load(tmp_path)


@pytest.mark.parametrize(
    ("keys", "rows"),
    [
        ([1, 2], ROWS[:3]),
        ([1, 3, 2], ROWS[:3]),
        ([1, 1, 2], ROWS[:3]),
        ([1, 2, 3], ROWS[:3].astype(np.float64)),
        ([1, 2, 3], ROWS[:3, 0]),
    ],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path, keys, rows):
    FlatRows(np.array(keys), rows).save(tmp_path)
    with pytest.raises(CorruptIndexError):
        FlatRows.load(tmp_path)


def test_an_empty_index_is_read(tmp_path):
    FlatRows(np.empty(0, np.int64), np.empty((0, 8), np.float32)).save(tmp_path)
    flat = FlatRows.load(tmp_path)
    assert len(flat) == 0
    assert flat.search(np.ones(8, np.float32), 5) == []
    assert flat.search(np.ones(8, np.float32), 5, allowed=np.array([1])) == []
    assert flat.rows(np.array([1])).shape == (0, 8)
