"""Is the evidence enough to answer? A threshold for now; its figure is measured in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evidence import Evidence

VECTOR = 0.845  # the cosine from which the best sentence alone is enough
WORDS = 0.35  # or this share of the question's words, with at least
VECTOR_WITH_WORDS = 0.82


def is_enough(ranked: Sequence[Evidence]) -> bool:
    """Whether the best evidence answers the question."""
    best = max((item.vector for item in ranked[:3]), default=0.0)
    words = max((item.words for item in ranked[:3]), default=0.0)
    return best >= VECTOR or (best >= VECTOR_WITH_WORDS and words >= WORDS)
