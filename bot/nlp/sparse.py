"""Logistic regressions over named features, alone or beside one on vectors: what they know nothing of counts nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Sparse:
    """The weight of each feature, and the probability from which what is asked holds."""

    weights: Mapping[str, float]
    intercept: float
    least: float

    @classmethod
    def open(cls, path: Path) -> Sparse:
        """The regression of a file."""
        return cls.read(json.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Sparse:
        """The regression that a file describes."""
        return cls(raw["weights"], float(raw["intercept"]), float(raw["least"]))

    def __call__(self, features: Iterable[str]) -> float:
        """The probability for what has these features."""
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.logit(features)))))

    def logit(self, features: Iterable[str]) -> float:
        """The log-odds for what has these features."""
        return self.intercept + sum(self.weights.get(each, 0.0) for each in features)


@dataclass(frozen=True)
class WithVector:
    """A regression on named features and one on the vectors of an encoder, whose log-odds are added.

    `least` are the log-odds from which what is asked holds; `words.least` is the probability where there is no vector.
    """

    words: Sparse
    encoder: str
    weights: npt.NDArray[np.float32]
    intercept: float
    least: float

    @classmethod
    def open(cls, path: Path) -> WithVector:
        """The regressions of a file."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        meant = raw["vector"]
        weights = np.array(meant["weights"], np.float32)
        return cls(Sparse.read(raw), meant["encoder"], weights, float(meant["intercept"]), float(meant["least"]))

    def holds(self, features: Iterable[str], vector: npt.NDArray[np.float32] | None = None) -> bool:
        """Whether what is asked holds of what has these features and, if it is given, this vector."""
        odds = self.words.logit(features)
        if vector is None:
            return odds >= math.log(self.words.least / (1 - self.words.least))
        return odds + float(self.weights @ vector.reshape(-1)) + self.intercept >= self.least
