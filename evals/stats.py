"""Rates with their uncertainty: bootstrap intervals, percentiles, McNemar's test. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

RESAMPLES = 1000
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Rate:
    """`right` of `total`, with the 95 % interval of a bootstrap over questions; without questions, value and interval are None."""

    right: int
    total: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """The share, 0..1."""
        return self.right / self.total if self.total else None

    @classmethod
    def of(cls, outcomes: Iterable[bool | None]) -> Rate:
        """The rate of the outcomes that there are; None is left out."""
        known = [bool(outcome) for outcome in outcomes if outcome is not None]
        if not known:
            return cls(0, 0)
        return cls(sum(known), len(known), *interval(known))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 2.5th and the 97.5th percentile of the mean over 1,000 resamples with a fixed seed (Efron, 1979).

    Outcomes that are all the same give an interval of no width: it says nothing of what was never seen.
    """
    data = np.asarray(values, np.float64)
    picks = np.random.default_rng(SEED).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.quantile(data[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share lies, between neighbours by proportion; 0 without values."""
    return float(np.quantile(np.asarray(values, np.float64), share)) if len(values) else 0.0


def mcnemar(gained: int, lost: int) -> float:
    """The two-sided exact p-value of McNemar's test: a coin thrown for each question that only one of two runs got right."""
    changed = gained + lost
    tail = sum(comb(changed, count) for count in range(min(gained, lost) + 1))
    return min(1.0, 2.0 * tail / float(2**changed))
