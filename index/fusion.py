"""Fuses two rankings into one. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
VECTOR_WEIGHT = 0.75


def min_max(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Min-max scaling to 0..1; equal scores all become 1."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    if high == low:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - low) / (high - low) for key, score in scores.items()}


def fuse(
    vector: Mapping[Key, float],
    lexical: Mapping[Key, float],
    *,
    weight: float = VECTOR_WEIGHT,
    trust: float = 1.0,
) -> list[tuple[Key, float]]:
    """Convex combination of both lists after min-max (Bruch et al., 2023), best first; ties keep the vector order.

    The lexical list has the weight `(1 - weight) * trust`: little for a question in another script that shares only a
    number with the passages. An empty list yields its weight to the other.
    """
    weight = 1.0 - (1.0 - weight) * trust
    if not lexical:
        weight = 1.0
    elif not vector:
        weight = 0.0
    left, right = min_max(vector), min_max(lexical)
    keys = list(dict.fromkeys([*vector, *lexical]))
    fused = {key: weight * left.get(key, 0.0) + (1 - weight) * right.get(key, 0.0) for key in keys}
    return sorted(fused.items(), key=lambda item: -item[1])


def spread(
    ranked: Sequence[Key],
    score: Callable[[Key], float],
    group: Callable[[Key], Hashable],
    *,
    first: int = 5,
    most: int = 2,
    near: float = 0.9,
) -> list[Key]:
    """Diversify: at most `most` results per group in the first `first` places, as long as the alternative scores at
    least `near` times as much.
    """
    head: list[Key] = []
    rest = list(ranked)
    while rest and len(head) < first:
        head.append(rest.pop(_next(head, rest, score, group, most, near)))
    return [*head, *rest]


def _next(
    head: Sequence[Key],
    rest: Sequence[Key],
    score: Callable[[Key], float],
    group: Callable[[Key], Hashable],
    most: int,
    near: float,
) -> int:
    taken = [group(key) for key in head]
    if taken.count(group(rest[0])) < most:
        return 0
    for position, key in enumerate(rest):
        if score(key) < near * score(rest[0]):
            break
        if taken.count(group(key)) < most:
            return position
    return 0
