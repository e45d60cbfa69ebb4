"""Entailment: whether one text supports or contradicts another, or neither, by a small model of our own.

`support.onnx` has the architecture of the reader's layers (reader.py) and was trained on entailment; see docs/reader.md. Its
SHA-256 is stored beside it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bot.answering.reading.reader import FOLDER, SAID_TOKENS, Floats, Stateful, pair
from index.encoder import TokenStates
from sources.files import sha256

FILE = "support.onnx"


class Verdict(NamedTuple):
    """Probabilities that sum to 1."""

    supported: float
    contradicted: float
    not_said: float


class Support:
    """Reads a premise and a hypothesis together. Thread-safe."""

    def __init__(self, encoder: Stateful, session: Any, most: int = SAID_TOKENS) -> None:
        self._encoder, self._session, self._most = encoder, session, most
        self._states = lru_cache(maxsize=4096)(self._read)
        self._verdict = lru_cache(maxsize=256)(self._judged)

    @classmethod
    def open(cls, encoder: Any, *, folder: Path = FOLDER, most: int = SAID_TOKENS) -> Support | None:
        """Load the shipped model for an encoder; None if there is none for it, or it is damaged. `most`: tokens read of a text."""
        from index.model.onnx import open_session

        if damage(folder) or not getattr(encoder, "has_states", False):
            return None
        return cls(encoder, open_session(folder / FILE), most)

    def __call__(self, hypothesis: str, premise: str) -> Verdict:
        """The relation of a premise to a hypothesis."""
        return self._verdict(hypothesis, premise)

    def alike(self, one: str, other: str) -> tuple[Floats, Floats]:
        """For each token of a text the best cosine with a token of the other, both ways; special tokens left out."""
        left, right = self._states(one), self._states(other)
        near = pair(left, right)["near"][0]
        length = len(left.ids)
        return near[:length][left.slices[:, 1] > left.slices[:, 0]], near[length:][
            right.slices[:, 1] > right.slices[:, 0]
        ]

    def _judged(self, hypothesis: str, premise: str) -> Verdict:
        (logits, _) = self._session.run(None, pair(self._states(hypothesis), self._states(premise)))
        scores = np.exp(logits[0] - logits[0].max())
        return Verdict(*(scores / scores.sum()).tolist())

    def _read(self, text: str) -> TokenStates:
        return self._encoder.states([text], prompt="passage", most=self._most)[0]


def damage(folder: Path = FOLDER) -> str | None:
    """What is wrong with the files of the shipped model; None if they are intact."""
    path, written = folder / FILE, folder / f"{FILE}.sha256"
    for each in (path, written):
        if not each.exists():
            return f"{each} is missing: install Torkham again"
    try:
        sound = written.read_text(encoding="ascii").split()[:1] == [sha256(path)]
    except (OSError, ValueError):
        sound = False
    return None if sound else f"{path} is damaged: install Torkham again"
