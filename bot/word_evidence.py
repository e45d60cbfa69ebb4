"""How much of a question's words each of some candidate texts has. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

# BM25 over the candidates, as a search engine would over documents (Robertson and Zaragoza, 2009).
K1, B = 1.2, 0.75


def word_evidence(rarities: Mapping[str, float], texts: Sequence[Sequence[str]]) -> list[float]:
    """For each text (its analysed words, repeats kept) 0..1: half coverage, half BM25, each against the best candidate.

    `rarities` are the question's words with how rare each is in the whole library. What all candidates have tells none of
    them from the others: a word counts by its rarity among the candidates, and in the coverage by the library's, too.
    """
    counts = [Counter(words) for words in texts]
    local = {term: _rarity(sum(term in held for held in counts), len(counts)) for term in rarities}
    length = sum(map(len, texts)) / max(1, len(texts)) or 1.0
    coverage = [sum(local[term] * rarities[term] for term in local if term in held) for held in counts]
    bm25 = [
        sum(local[term] * _saturated(held[term], len(words) / length) for term in local)
        for held, words in zip(counts, texts, strict=True)
    ]
    return [(one + other) / 2 for one, other in zip(_against_best(coverage), _against_best(bm25), strict=True)]


def _rarity(frequency: int, total: int) -> float:
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))


def _saturated(frequency: int, relative_length: float) -> float:
    return frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * relative_length))


def _against_best(scores: Sequence[float]) -> list[float]:
    best = max(scores, default=0.0)
    return [score / best if best else 0.0 for score in scores]
