"""Unit rows, cleaning, and the tokens of a question from a vocabulary that is not loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.embedding import fill
from index.encoder import unit
from index.files.vector_cache import VectorCache
from index.model.reference import ReferenceEncoder
from index.model.tokenizer import Tokens, clean
from index.model.vocabulary import Found, open_pieces, write_pieces

VOCABULARY = [
    ["<unk>", 0.0],
    ["▁", -3.0],
    ["▁a", -1.0],
    ["a", -2.0],
    ["b", -2.0],
    ["ab", -2.5],
    ["▁ab", -2.75],
    ["abab", -3.0],
    ["zz", -9.0],
]
TOKENIZER: dict[str, Any] = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": {"type": "NFKC"},
    "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    "post_processor": None,
    "decoder": None,
    "model": {"type": "Unigram", "unk_id": 0, "vocab": VOCABULARY, "byte_fallback": False},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tokenizer")
    (made / "tokenizer.json").write_text(json.dumps(TOKENIZER), encoding="utf-8")
    assert write_pieces(TOKENIZER, made)
    return made


def test_unit_rows() -> None:
    rows = unit([[3, 4], [0, 0], [0, -2]])
    assert rows.dtype == np.float32
    assert rows.tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0], [0, -1]]


def test_unit_of_one_vector() -> None:
    assert unit([3.0, 4.0]).tolist() == [np.float32(0.6), np.float32(0.8)]


def test_clean_keeps_everything_a_tokenizer_accepts() -> None:
    assert clean("a\0b\ud800c \u200cد") == "a b\ufffdc \u200cد"


def test_pieces_within_words(folder: Path) -> None:
    pieces = open_pieces(folder)
    assert pieces is not None
    found = pieces.within({"▁ab"})
    assert sorted(piece.text for piece in found) == ["a", "ab", "b", "▁", "▁a", "▁ab"]
    assert next(piece for piece in found if piece.text == "▁ab") == Found("▁ab", -2.75, 6)
    assert pieces.within(set()) == []


def test_tokens_without_the_vocabulary(folder: Path) -> None:
    tokens = Tokens(folder)
    assert tokens.ids(["ab abab", "", "aé"]) == [[6, 6, 5], [], [2, 0]]
    assert tokens._loaded is None


@given(st.text(alphabet="abz ▁é１\0\ud800<>unk", max_size=40))
def test_the_same_tokens_as_with_the_whole_vocabulary(folder: Path, text: str) -> None:
    (quick,) = Tokens(folder)._quickly([clean(text)])
    whole = Tokens(folder).whole.encode(clean(text))
    assert quick == (whole.ids, whole.offsets)


def test_other_tokenizers_have_no_pieces(tmp_path: Path) -> None:
    assert not write_pieces({**TOKENIZER, "model": {"type": "WordPiece", "vocab": {"a": 0}}}, tmp_path)
    assert open_pieces(tmp_path) is None


class Device:
    """The device of a loaded model."""

    def __init__(self, kind: str) -> None:
        self.type = kind


class Lengths:
    """A loaded model that maps any text to (its length, 0)."""

    def __init__(self, kind: str = "cpu") -> None:
        self.device = Device(kind)
        self.at_once: list[int] = []

    def encode(self, texts: list[str], *, prompt: str, batch_size: int, show_progress_bar: bool) -> list[list[float]]:
        assert not show_progress_bar
        self.at_once.append(batch_size)
        return [[len(prompt + text), 0.0] for text in texts]

    def tokenizer(self, texts: list[str], *, add_special_tokens: bool) -> dict[str, list[list[int]]]:
        assert not add_special_tokens
        return {"input_ids": [[1] * len(text.split()) for text in texts]}


DESCRIBED = {"fingerprint": "f", "dimension": 2, "window": 8, "prompts": {"query": "q: ", "passage": ""}}


def test_the_slow_encoder() -> None:
    encoder = ReferenceEncoder(Lengths(), DESCRIBED)
    done: list[int] = []
    assert encoder.encode_passages(["ab", "c"], progress=done.append).tolist() == [[1, 0], [1, 0]]
    assert encoder.encode_queries([""]).tolist() == [[1, 0]]
    assert encoder.encode_queries([]).shape == (0, 2)
    assert encoder.count_tokens(["a b c", ""]) == [3, 0]
    assert done == [2]


@pytest.mark.parametrize(("kind", "at_once"), [("cpu", 32), ("cuda", 128), ("mps", 128)])
def test_a_gpu_gets_larger_batches_of_similar_length(kind: str, at_once: int, tmp_path: Path) -> None:
    loaded = Lengths(kind)
    encoder = ReferenceEncoder(loaded, {**DESCRIBED, "name": "n"})
    assert encoder.device == kind
    seen: list[list[int]] = []
    inner = loaded.encode

    def watched(texts: list[str], **options: Any) -> list[list[float]]:
        seen.append([len(text) for text in texts])
        return inner(texts, **options)

    loaded.encode = watched  # type: ignore[method-assign]
    cache = VectorCache(tmp_path / "vectors.sqlite")
    fill(cache, encoder, ["x" * (1 + number * 7 % 300) for number in range(300)])
    assert loaded.at_once == [at_once] * 3
    assert [length for lengths in seen for length in lengths] == list(range(1, 301))
    assert max(map(len, seen)) <= 128
    cache.close()
