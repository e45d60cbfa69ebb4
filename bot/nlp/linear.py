"""A linear classifier over the encoder's vectors and, where it has a vocabulary, words; read from a file: one regression a class."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """Weights of `classes` on the vectors of one encoder, and on whether each word of `vocabulary` is there.

    `least` is the probability from which each class holds.
    """

    classes: tuple[str, ...]
    weights: Floats
    intercepts: Floats
    least: tuple[float, ...]
    vocabulary: tuple[str, ...] = ()
    word_weights: Floats | None = None

    @classmethod
    def open(cls, path: Path, encoder: Any) -> Linear | None:
        """The classifier of a file; None where the encoder is another than the one that it was fitted on."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        if raw["encoder"] != encoder.fingerprint:
            return None
        return cls(
            tuple(raw["classes"]),
            np.array(raw["weights"], np.float32),
            np.array(raw["intercepts"], np.float32),
            tuple(raw["least"]),
            tuple(raw.get("vocabulary", ())),
            np.array(raw["word_weights"], np.float32) if "word_weights" in raw else None,
        )

    def __call__(self, vectors: Floats, words: Sequence[frozenset[str]] | None = None) -> Floats:
        """The probabilities (rows, classes) of unit vectors (rows, dimension) and the analysed words of each row."""
        logits = np.atleast_2d(vectors).astype(np.float32) @ self.weights.T + self.intercepts
        if self.word_weights is not None and words is not None:
            logits = logits + presence(words, self.vocabulary) @ self.word_weights.T
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)


def presence(words: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> Floats:
    """1 where a row has a word of the vocabulary, else 0: (rows, words of the vocabulary)."""
    return np.array([[term in row for term in vocabulary] for row in words], np.float32).reshape(len(words), -1)
