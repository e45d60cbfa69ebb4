"""How well passages support a sentence: semantic similarity with a bound per language pair, and a logistic regression.

Bounds and weights are in support.json, with their provenance; `python -m evals.gate.run` writes the file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answering.reading.support import Support
from bot.gate import WORD_FILES
from bot.gate.negation import negated, opposite
from bot.nlp.quantities import numbers
from bot.nlp.word_lists import word_table
from index.normalise import normalise

MODEL = Path(__file__).with_name("support.json")
MAX_TOKENS = 112  # read of a sentence or a passage; covers nearly all of the longest statement
Embed = Callable[[str], npt.NDArray[np.float32]]
_CAPITAL = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")
_STOP = frozenset(word_table("en", "entailment", WORD_FILES).words("stop"))


@dataclass(frozen=True, slots=True)
class Reading:
    """The text functions of the gate: analysed terms, their rarity, embeddings, and the support model."""

    terms: Callable[[str], list[str]]
    rarity: Callable[[str], float]
    embed: Embed
    support: Support | None = None


@lru_cache(maxsize=2)
def support_of(encoder: Any) -> Support | None:
    """The support model for an encoder, loaded once; None if it has none."""
    return Support.open(encoder, most=MAX_TOKENS)


def likeness(sentence: str, passages: Sequence[str], embed: Embed) -> float:
    """Cosine similarity of a sentence to the nearest of its passages, or to all of them joined if that is higher."""
    vector = embed(sentence)
    texts = [*passages, " ".join(passages)] if len(passages) > 1 else list(passages)
    return max(float(vector @ embed(text)) for text in texts)


def bound(language: str, other: str) -> float:
    """The minimum similarity between a sentence in one language and a passage in another (or the same)."""
    bounds: Mapping[str, float] = _model()["likeness"]
    return bounds.get(f"{language}-{other}", bounds["same" if language == other else "other"])


def support(features: Mapping[str, float]) -> float:
    """The fitted probability (0..1) that a sentence is supported, from `features`."""
    model = _model()
    total = model["intercept"] + sum(
        weight * (features[name] - model["means"][name]) / model["scales"][name]
        for name, weight in model["weights"].items()
    )
    return 1 / (1 + math.exp(-total))


def least_support() -> float:
    """The probability below which a sentence is deleted."""
    return float(_model()["threshold"])


def support_features(
    sentence: str, passages: Sequence[str], reading: Reading, near: Sequence[str] | None = None
) -> dict[str, float]:
    """The features of `support`, for a sentence and passages in one language; `near`: the passages to embed, if not all.

    Shares and cosines are 0..1. covered: share of content words that the passages have, weighted by rarity; nearest: the same
    for the best single passage; pairs: share of neighbouring content words that one passage has together; missing: number of
    words that no passage has, at most 10; rarest: rarity of the rarest of these; run: summed rarity of their longest run;
    figures and names: number of numbers and capitalised words that no passage has; meaning: `likeness`; length: logarithm of
    the number of content words; denied: a negation on one side only; contrary: an antonym.
    """
    evidence = " ".join(passages)
    words = [term for term in reading.terms(sentence) if term not in _STOP]
    content = list(dict.fromkeys(words))
    sets = [set(reading.terms(passage)) for passage in passages]
    held = set().union(*sets)
    weights = {term: reading.rarity(term) for term in content}
    total = sum(weights.values()) or 1.0
    gone = [term for term in content if term not in held]
    pairs = list(pairwise(words))
    together = sum(any(one in each and other in each for each in sets) for one, other in pairs)
    return {
        "covered": sum(weights[term] for term in content if term in held) / total,
        "nearest": max(sum(weights[term] for term in content if term in each) / total for each in sets),
        "pairs": together / len(pairs) if pairs else 1.0,
        "missing": float(min(len(gone), 10)),
        "rarest": max((weights[term] for term in gone), default=0.0),
        "run": _longest_run(words, held, weights),
        "figures": float(_figures_gone(sentence, evidence)),
        "names": float(_names_gone(sentence, held, reading.terms)),
        "meaning": likeness(sentence, near or passages, reading.embed),
        "length": math.log(1 + len(content)),
        "denied": float(bool(negated(sentence, reading.terms, "en")) != bool(negated(evidence, reading.terms, "en"))),
        "contrary": float(opposite(sentence, evidence, reading.terms)),
    }


def stretch(sentence: str, passages: Sequence[str], terms: Callable[[str], list[str]]) -> int:
    """Length of the longest run of content words that no passage has: a sign of added content."""
    held = {term for passage in passages for term in terms(passage)}
    longest = here = 0
    for term in terms(sentence):
        if term not in _STOP:
            here = 0 if term in held else here + 1
            longest = max(longest, here)
    return longest


def _longest_run(words: Sequence[str], held: set[str], weights: Mapping[str, float]) -> float:
    longest = here = 0.0
    for word in words:
        here = 0.0 if word in held else here + weights[word]
        longest = max(longest, here)
    return longest


def _figures_gone(sentence: str, evidence: str) -> int:
    held = {value for number in numbers(normalise(evidence)) for value in number.readings}
    return sum(not number.readings & held for number in numbers(normalise(sentence)))


def _names_gone(sentence: str, held: set[str], terms: Callable[[str], list[str]]) -> int:
    named = [terms(match.group()) for match in _CAPITAL.finditer(sentence)]
    return sum(bool(each) and not any(term in held for term in each) for each in named)


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    return model
