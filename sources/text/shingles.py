"""Similarity of texts: resemblance and containment of their three-word shingles, estimated from small sketches. Pure."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from functools import cache
from hashlib import blake2b
from itertools import islice

from sources.text.written_dates import month_names

SHINGLE_WORDS = 3  # words per shingle
SKETCH_HASHES = 128  # hashes; the standard error of the estimate is at most 1/(2·√128) = 0.044
NEAR_DUPLICATE_RESEMBLANCE = (
    0.8  # about one word in thirty changed; evals/bench/ingest.py shows how the measure falls as words change
)
_FIGURE = re.compile(r"(?<!\w)\w*\d[\w.,/:-]*")
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday понедельник вторник среда среду четверг пятница пятницу"
    " суббота субботу воскресенье پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه شنبه یکشنبه"
    " دوشنبې سه‌شنبې چارشنبې پنجشنبې جمعې شنبې یکشنبې".split()
)


def sketch(text: str) -> tuple[int, ...]:
    """The smallest 128 hashes (63 bits) of a text's shingles, in order; a shorter text is one shingle.

    Bottom-k sketch: Broder, “On the resemblance and containment of documents”, 1997.
    """
    words = re.findall(r"\w+", text.casefold())
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1))
    shingles = (
        {" ".join(islice(words, start, start + SHINGLE_WORDS)) for start in starts} if len(words) < 10 else _all(words)
    )
    return tuple(heapq.nsmallest(SKETCH_HASHES, {_hash(shingle) for shingle in shingles}))


def figures(text: str) -> bytes:
    """A digest of all numbers, months and weekdays in a text, with their counts.

    Two texts that differ in one of these differ in content, however similar they are: the bulletins of two days.
    """
    found = Counter(match[0].casefold().strip(".,:/-") for match in _FIGURE.finditer(text))
    for word in re.findall(r"[^\W\d_]+", text.casefold()):
        if word in _dated_words():
            found[word] += 1
    return blake2b(
        "\n".join(f"{word} {count}" for word, count in sorted(found.items())).encode(), digest_size=16
    ).digest()


@cache
def _dated_words() -> frozenset[str]:
    return month_names() | _DAYS


def resemblance(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The share of common shingles of two texts, 0 to 1."""
    if not one or not other:
        return 0.0
    smallest = heapq.nsmallest(SKETCH_HASHES, {*one, *other})
    both = set(one) & set(other)
    return sum(value in both for value in smallest) / len(smallest)


def _all(words: list[str]) -> set[str]:
    return {" ".join(shingle) for shingle in zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False)}


def _hash(shingle: str) -> int:
    return int.from_bytes(blake2b(shingle.encode(), digest_size=8).digest(), "big") >> 1
