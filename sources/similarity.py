"""How much of one text is in another: resemblance of their three-word shingles, estimated from small sketches. Pure."""

from __future__ import annotations

import heapq
import re
from hashlib import blake2b
from itertools import islice

SHINGLE = 3  # words
SKETCH = 128  # hashes; the estimate's standard error is at most 1/(2·√128) = 0.044
NEARLY = 0.8  # about one word in thirty changed; evals/ingest.py shows how the measure falls with changed words


def sketch(text: str) -> tuple[int, ...]:
    """The smallest 128 hashes (63 bits) of a text's shingles, in order; of a text of fewer words, of itself.

    Bottom-k sketch: Broder, “On the resemblance and containment of documents”, 1997.
    """
    words = re.findall(r"\w+", text.casefold())
    starts = range(max(1, len(words) - SHINGLE + 1))
    shingles = {" ".join(islice(words, start, start + SHINGLE)) for start in starts} if len(words) < 10 else _all(words)
    return tuple(heapq.nsmallest(SKETCH, {_hash(shingle) for shingle in shingles}))


def resemblance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The share of shingles that two texts have in common, 0 to 1."""
    if not one or not other:
        return 0.0
    smallest = heapq.nsmallest(SKETCH, {*one, *other})
    both = set(one) & set(other)
    return sum(value in both for value in smallest) / len(smallest)


def _all(words: list[str]) -> set[str]:
    return {" ".join(shingle) for shingle in zip(*(words[at:] for at in range(SHINGLE)), strict=False)}


def _hash(shingle: str) -> int:
    return int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "big") >> 1
