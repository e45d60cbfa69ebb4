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
        """The classifier of a file; None if the file is missing or damaged, or was fitted on another encoder."""
        found = _read(path)
        return found[1] if found and found[0] == encoder.fingerprint else None

    @staticmethod
    def is_sound(path: Path) -> bool:
        """Whether a file holds a classifier, of whatever encoder."""
        return _read(path) is not None

    def __call__(self, vectors: Floats, words: Sequence[frozenset[str]] | None = None) -> Floats:
        """The probabilities (rows, classes) of unit vectors (rows, dimension) and the analysed words of each row."""
        logits = np.atleast_2d(vectors).astype(np.float32) @ self.weights.T + self.intercepts
        if self.word_weights is not None and words is not None:
            logits = logits + presence(words, self.vocabulary) @ self.word_weights.T
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)


def presence(words: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> Floats:
    """1 where a row has a word of the vocabulary, else 0: (rows, words of the vocabulary)."""
    return np.array([[term in row for term in vocabulary] for row in words], np.float32).reshape(len(words), -1)


def _read(path: Path) -> tuple[str, Linear] | None:
    """The fingerprint of the encoder that a classifier was fitted on, and the classifier."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return raw["encoder"], Linear(
            tuple(raw["classes"]),
            np.array(raw["weights"], np.float32),
            np.array(raw["intercepts"], np.float32),
            tuple(raw["least"]),
            tuple(raw.get("vocabulary", ())),
            np.array(raw["word_weights"], np.float32) if "word_weights" in raw else None,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
