"""Is the evidence enough to answer? A logistic regression over a dozen features, fitted by `python -m evals.calibrate`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.asked import Asked
from bot.evidence import Evidence, names_time
from bot.gazetteer import Gazetteer
from bot.kinds import FACTS, fits
from bot.specifics import missing
from index.passages import Hit
from index.search import Index
from index.text import normalise

MODEL = Path(__file__).with_name("sufficiency.json")
# How much lower the cosine of a translation is than that of the English original (FLORES, 120 sentences a language).
ACROSS = {"fa": 0.045, "ps": 0.048, "ur": 0.038, "ru": 0.066}
FLOOR = 0.80  # cosine below which no sentence answered any question that was looked at
CLOSE = 0.87  # cosine beyond which a sentence is close whatever its words
MANY = 4  # shared things of the gazetteer beyond which more say nothing
FIFTH = 5  # piece of evidence that the best is compared with
TOP = 3  # pieces of evidence that are looked at together
_STOP = frozenset(
    "a an the of in on at to for from by with and or but is are was were be been being do does did has have had it its"
    " this that these those he she they them his her their who whom whose what which when where why how many much there"
    " than then as about into over after before during between against under if not no can could would should will shall"
    " may might must any some all most more s t i you we me my your our us so such also just only very exactly"
    " really".split()
)
_PROPER = re.compile(r"(?<![.?!:“\"] )(?<!^)\b[A-ZА-Я][\w’'-]+")
_COUNTED = re.compile(r"\bhow (?:many|much) ((?:\w+ ?){1,4})")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,.]*\d|\b\d\b")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the evidence is enough: `probability` against `threshold`, the features it was read off, and what specific
    things of the question are `missing` from the evidence."""

    enough: bool
    probability: float
    threshold: float
    features: Mapping[str, float]
    missing: tuple[str, ...] = ()


def judge(index: Index, gazetteer: Gazetteer, asked: Asked, hits: Sequence[Hit], ranked: Sequence[Evidence]) -> Verdict:
    """The calibrated decision for one question.

    Whatever the figures are, a definition answers the question for it, and any statement of its days one that asks what
    happened; evidence far from a question in meaning never does, and evidence without the very things that it names does not.
    """
    values = features(index, gazetteer, asked, hits, ranked)
    model = _model()
    weights: Mapping[str, float] = model["weights"]
    means: Mapping[str, float] = model["means"]
    scales: Mapping[str, float] = model["scales"]
    total = model["intercept"] + sum(
        weight * (values[name] - means[name]) / scales[name] for name, weight in weights.items()
    )
    probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))
    lacking = tuple(missing(index, gazetteer, asked, ranked))
    enough = (
        (values["cosine"] >= FLOOR and probability >= model["threshold"]) or values["defines"] == 1.0 or asked.overview
    )
    return Verdict(bool(ranked) and enough and not lacking, probability, model["threshold"], values, lacking)


def features(
    index: Index, gazetteer: Gazetteer, asked: Asked, hits: Sequence[Hit], ranked: Sequence[Evidence]
) -> dict[str, float]:
    """What the decision is made of; every figure is about 0 to 1.

    `score` is that of the best evidence (high where vectors, words and passage agree on one sentence); the cosines are
    those of the best evidence and passage, `close` what the former has beyond `CLOSE`, `gap` how far the best evidence lies
    above the fifth, since an answer stands out where a mere subject does not; `share` and `share_first` the part
    of the question's content words, weighted by rarity, that the first three pieces of evidence have, and the first
    alone; `unknown` the part that the whole index lacks; `names` and `proper` the part of the names, by the gazetteer and
    by their capital letters; `numbers` that of the numbers; `on_subject` whether the question
    has anything of the gazetteer at all; `fact` whether it asks for one fact, where the evidence stands out more than it does
    for a why; `completed` whether it was completed from the conversation; `counted` that of the words after “how many”. Across scripts
    words do not meet, so the shares of words are 0 and `foreign` says so. `defines`: the best evidence says what the thing
    asked about is.
    """
    best = ranked[:TOP]
    text = " ".join(row.in_context for row in best)
    things = {mention.entry_id for row in best for mention in gazetteer.find(row.in_context)}
    content = {term: index.rarity(term) for term in _content(index, asked.words)}
    total = sum(content.values()) or 1.0
    held = {term for row in best for term in index.terms(row.in_context)}
    held_first = set(index.terms(best[0].in_context)) if best else set()
    foreign = asked.language not in {row.document.language for row in best}
    shares = {
        "share": sum(weight for term, weight in content.items() if term in held) / total,
        "share_first": sum(weight for term, weight in content.items() if term in held_first) / total,
        "unknown": sum(weight >= index.rarity("\0") for weight in content.values()) / (len(content) or 1),
    }
    across = ACROSS.get(asked.language, 0.05) if foreign else 0.0
    cosine = max((row.vector for row in best), default=0.0) + across
    return {
        "score": best[0].score if best else 0.0,
        "cosine": cosine,
        "close": max(0.0, cosine - CLOSE),
        "gap": _gap(ranked),
        "cosine_passage": max((hit.vector for hit in hits if hit.vector is not None), default=0.0) + across,
        **{name: 0.0 if foreign else value for name, value in shares.items()},
        "foreign": float(foreign),
        "names": _names_share(asked, things),
        "shared": _shared(gazetteer, asked, things),
        "on_subject": float(bool(gazetteer.find(asked.text))),
        "fact": float(asked.kind in FACTS),
        "completed": float(asked.text != asked.question),
        "proper": _share(index, _proper(asked.question), held),
        "numbers": _numbers_share(asked, text),
        "counted": _share(index, _counted(asked.question), held_first),
        "kind": float(any(fits(asked.kind, row.text) for row in best)),
        "defines": float(bool(best) and best[0].defines),
    }


def _gap(ranked: Sequence[Evidence]) -> float:
    cosines = sorted((row.vector for row in ranked), reverse=True)[:FIFTH]
    return cosines[0] - cosines[-1] if cosines else 0.0


def _share(index: Index, words: Sequence[str], held: set[str]) -> float:
    """The part of some words that stand among the terms held; 1 where there are none."""
    terms = set(index.terms(" ".join(words)))
    return len(terms & held) / len(terms) if terms else 1.0


def _proper(question: str) -> list[str]:
    """The words with a capital letter that do not begin a sentence, in Latin and Cyrillic."""
    return [match.group() for match in _PROPER.finditer(question)]


def _counted(question: str) -> list[str]:
    """The two content words after “how many” or “how much”."""
    match = _COUNTED.search(normalise(question))
    words = match.group(1).split() if match else []
    return [word for word in words if word not in _STOP][:2]


def _content(index: Index, text: str) -> list[str]:
    words = [word for word in re.findall(r"\w+", normalise(text)) if word not in _STOP]
    return list(dict.fromkeys(index.terms(" ".join(words))))


def _names_share(asked: Asked, things: set[str]) -> float:
    """The share of the specific names of the question that the evidence has."""
    if not asked.names:
        return 1.0
    return len(asked.names & things) / len(asked.names)


def _shared(gazetteer: Gazetteer, asked: Asked, things: set[str]) -> float:
    """How many things of the gazetteer, common words of the subject too, question and evidence share, up to `MANY`; a
    half where the question has none, since then it says nothing."""
    wanted = {mention.entry_id for mention in gazetteer.find(asked.text)}
    held = wanted & things
    return min(len(held), MANY) / MANY if wanted else 0.5


def _numbers_share(asked: Asked, text: str) -> float:
    """The share of the numbers of the question, years among them, that the evidence has."""
    numbers = {number.strip(".,") for number in _NUMBER.findall(normalise(asked.question))}
    if not numbers:
        return 1.0
    scope = asked.time_scope
    held = sum(number in normalise(text) for number in numbers)
    if held < len(numbers) and scope and names_time(text, scope):
        return 1.0
    return held / len(numbers)


@lru_cache(maxsize=1)
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(MODEL.read_text(encoding="utf-8"))
    return model
