"""A Unigram vocabulary on disk that is looked up, not loaded.

Loading 250,000 pieces takes half a second, most of it building the search tree, and a question uses a few dozen. Only a
piece that is a substring of the text can become one of its tokens, so a tokenizer of just those pieces, with the same
scores, gives the same tokens. The pieces are found in a sorted array of 64-bit digests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

DIGESTS, IDS, SCORES, FRAME = "piece_digests.npy", "piece_ids.npy", "piece_scores.npy", "pieces.json"


@dataclass(frozen=True)
class Found:
    """A piece of a small vocabulary: its text, its score, its id in the whole vocabulary."""

    text: str
    score: float
    id: int


@dataclass(frozen=True)
class Pieces:
    """The vocabulary on disk. `frame` is the tokenizer's JSON without its vocabulary."""

    digests: npt.NDArray[np.uint64]
    ids: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float64]
    frame: dict[str, Any]
    always: list[
        Found
    ]  # the unknown piece, and the piece with the lowest score, which sets the cost of an unknown character
    longest: int

    def has_added_token(self, text: str) -> bool:
        """Whether the text spells out a special token, as in "what is </s>?"."""
        return any(token["content"] in text for token in self.frame["added_tokens"])

    def within(self, words: Iterable[str]) -> list[Found]:
        """The pieces that are substrings of a word."""
        parts = sorted(
            {
                word[i:j]
                for word in words
                for i in range(len(word))
                for j in range(i + 1, min(i + self.longest, len(word)) + 1)
            }
        )
        wanted = np.array([_digest(part) for part in parts], dtype=np.uint64)
        at = np.minimum(np.searchsorted(self.digests, wanted), len(self.digests) - 1)
        return [
            Found(parts[i], float(self.scores[at[i]]), int(self.ids[at[i]]))
            for i in np.flatnonzero(self.digests[at] == wanted)
        ]

    def tokenizer(self, found: list[Found]) -> dict[str, Any]:
        """The JSON of a tokenizer of these pieces."""
        vocabulary = [[piece.text, piece.score] for piece in [*self.always, *found]]
        return {**self.frame, "added_tokens": [], "model": {**self.frame["model"], "vocab": vocabulary, "unk_id": 0}}

    def global_id(self, found: list[Found], index: int) -> int:
        """The id in the whole vocabulary of token `index` of `tokenizer(found)`."""
        return self.always[index].id if index < len(self.always) else found[index - len(self.always)].id


def write_pieces(tokenizer: dict[str, Any], folder: Path) -> bool:
    """Write the vocabulary of a tokenizer's JSON; False, writing nothing, when it is not a plain Unigram."""
    model = tokenizer["model"]
    if model.get("type") != "Unigram" or model.get("unk_id") is None or model.get("byte_fallback"):
        return False
    vocabulary: list[tuple[str, float]] = model["vocab"]
    digests = np.array([_digest(piece) for piece, _ in vocabulary], dtype=np.uint64)
    if len(np.unique(digests)) < len(digests):
        return False
    order = np.argsort(digests)
    np.save(folder / DIGESTS, digests[order])
    np.save(folder / IDS, order.astype(np.int32))
    np.save(folder / SCORES, np.array([score for _, score in vocabulary], dtype=np.float64)[order])
    lowest = min(range(len(vocabulary)), key=lambda index: vocabulary[index][1])
    frame = {
        "tokenizer": {
            **tokenizer,
            "model": {**model, "vocab": []},
            "truncation": None,
            "padding": None,
            "post_processor": None,
        },
        "always": [[*vocabulary[index], index] for index in (model["unk_id"], lowest)],
        "longest": max(len(piece) for piece, _ in vocabulary),
    }
    (folder / FRAME).write_text(json.dumps(frame), encoding="utf-8")
    return True


def open_pieces(folder: Path) -> Pieces | None:
    """The vocabulary written by `write_pieces`; None if it wrote nothing."""
    if not (folder / FRAME).exists():
        return None
    frame = json.loads((folder / FRAME).read_text(encoding="utf-8"))
    digests, ids, scores = (np.load(folder / name, mmap_mode="r") for name in (DIGESTS, IDS, SCORES))
    return Pieces(
        digests, ids, scores, frame["tokenizer"], [Found(*piece) for piece in frame["always"]], frame["longest"]
    )


def _digest(piece: str) -> int:
    return int.from_bytes(blake2b(piece.encode(), digest_size=8).digest(), "little")
