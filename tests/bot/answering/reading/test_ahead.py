"""What was read ahead saves time and decides nothing: missing, foreign or damaged, it is as if it were not there."""

from __future__ import annotations

import numpy as np
import pytest

from bot.answering.reading.ahead import QUESTIONS, SUMMARIES, Ahead, write
from index.encoder import TokenStates

TEXTS = ["The fence has towers.", "Торговля остановилась.", "A truce was agreed in Doha."]


def read(text):
    count = len(text.split()) + 2
    states = np.outer(np.arange(1, count + 1), np.ones(4, np.float32)) * len(text)
    return TokenStates(np.arange(count), states.astype(np.float32), np.array([(i, i + 1) for i in range(count)]))


def embed(text):
    return np.full(4, len(text), np.float32)


@pytest.fixture
def cache(tmp_path):
    write(tmp_path, "model", TEXTS, ["what stands at the border"], read, embed)
    return tmp_path


def test_what_was_read_comes_back(cache):
    ahead = Ahead.open(cache, "model")
    for text in TEXTS:
        kept, fresh = ahead.states(text), read(text)
        assert kept.ids.tolist() == fresh.ids.tolist()
        assert kept.slices.tolist() == fresh.slices.tolist()
        assert np.array_equal(kept.states, fresh.states.astype(np.float16))
    assert np.array_equal(ahead.vector("what stands at the border"), embed("what stands at the border"))
    assert (ahead.states("Nobody wrote this."), ahead.vector("nor this")) == (None, None)
    assert ahead.lacks([*TEXTS, "Nobody wrote this."]) == 1
    assert ahead.lacks(TEXTS, ["what stands at the border", "what is this", "and that"]) == 2


def test_another_model_and_an_empty_home_have_nothing(cache, tmp_path):
    assert Ahead.open(cache, "another") is None
    assert Ahead.open(tmp_path / "elsewhere", "model") is None


@pytest.mark.parametrize("name", ["states.f16", "tokens.npy", "texts.npy", "wordings.npy", "vectors.npy", "about.json"])
@pytest.mark.parametrize("how", ["flip", "truncate", "delete", "zeros"])
def test_damage_is_never_read(cache, name, how):
    path = cache / SUMMARIES / name
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[-3] ^= 0x10
        path.write_bytes(data)
    elif how == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif how == "zeros":
        path.write_bytes(bytes(len(data)))
    else:
        path.unlink()
    ahead = Ahead.open(cache, "model")
    if ahead is not None:
        for text in TEXTS:
            kept = ahead.states(text)
            assert kept is None or np.array_equal(kept.states, read(text).states.astype(np.float16))
            assert kept is None or kept.slices.tolist() == read(text).slices.tolist()
        vector = ahead.vector("what stands at the border")
        assert vector is None or np.array_equal(vector, embed("what stands at the border"))


def test_two_caches_stand_beside_each_other(cache):
    write(cache, "model 1", ["Who built the fence?"], [], read, embed, QUESTIONS)
    kept = Ahead.open(cache, "model 1", QUESTIONS)
    assert kept.states("Who built the fence?").ids.tolist() == read("Who built the fence?").ids.tolist()
    assert kept.states(TEXTS[0]) is None
    assert Ahead.open(cache, "model 2", QUESTIONS) is None
    assert len(Ahead.open(cache, "model")) == len(TEXTS)


def test_what_a_killed_process_left_is_removed(cache):
    (cache / f".{SUMMARIES}-killed").mkdir()
    (cache / f".{SUMMARIES}-killed" / "states.f16").write_bytes(b"half")
    write(cache, "model", TEXTS, [], read, embed)
    assert [path.name for path in cache.iterdir()] == [SUMMARIES]


def test_what_fails_halfway_leaves_what_was_there(cache):
    def broken(text):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write(cache, "model", ["Something new."], [], broken, embed)
    assert len(Ahead.open(cache, "model")) == len(TEXTS)
    assert [path.name for path in cache.iterdir()] == [SUMMARIES]
