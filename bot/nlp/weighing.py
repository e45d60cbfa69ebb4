"""A logistic regression read from a file: the probability of one row of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Weighing:
    """Weights on standardised figures; fitted by `python -m evals.fitting.explainers`."""

    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    intercept: float

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Weighing:
        """From what the fitting wrote; KeyError, ValueError for anything else."""
        return cls(tuple(raw["weights"]), tuple(raw["means"]), tuple(raw["scales"]), float(raw["intercept"]))

    def __call__(self, figures: Sequence[float]) -> float:
        """The probability (0..1)."""
        parts = zip(self.weights, figures, self.means, self.scales, strict=True)
        total = self.intercept + sum(weight * (value - mean) / scale for weight, value, mean, scale in parts)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
