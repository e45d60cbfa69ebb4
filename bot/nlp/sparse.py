"""A logistic regression over named features, read from a file: what it knows nothing of counts nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Sparse:
    """The weight of each feature, and the probability from which what is asked holds."""

    weights: Mapping[str, float]
    intercept: float
    least: float

    @classmethod
    def open(cls, path: Path) -> Sparse:
        """The regression of a file."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(raw["weights"], float(raw["intercept"]), float(raw["least"]))

    def __call__(self, features: Iterable[str]) -> float:
        """The probability for what has these features."""
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.logit(features)))))

    def logit(self, features: Iterable[str]) -> float:
        """The log-odds for what has these features."""
        return self.intercept + sum(self.weights.get(each, 0.0) for each in features)
