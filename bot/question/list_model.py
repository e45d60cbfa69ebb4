"""Tells whether a question wants a list, a count or the newest event, and of what: logistic regressions over its words and its vector.

Fitted by `python -m evals.fitting.questions.list_questions` on questions in five languages. Names stand for their kind, so that what is
learned of one place holds for all; without an index, or with another encoder, the words tell alone.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bot.nlp.names.gazetteer import Mention
from index.encoder import Encoder, Vectors
from index.normalise import normalise

WEIGHTS = Path(__file__).with_name("list_questions.json")
FORMS = ("list", "count", "last")  # what a question may want of events
NONE = "none"  # the type of what is no event
KINDS = frozenset({"country", "group", "place", "person", "month"})  # kinds of names that stand for all of them
MIN_MISSPELT_LIKENESS = 0.82  # likeness from which an unknown word is a known one misspelt
MAX_UNCORRECTED_LETTERS = 5  # letters of the longest word that is not put right
STEM_LETTERS = 5  # letters by which forms of a word are one
Floats = npt.NDArray[np.float32]


class Library(Protocol):
    """What is asked of an index: its encoder, the vector of a text (which it keeps), and whether it has a word."""

    @property
    def encoder(self) -> Encoder:
        """The encoder of its vectors."""
        ...

    def embed(self, question: str) -> Vectors:
        """The vector of a text."""
        ...

    def knows(self, word: str) -> bool:
        """Whether any passage has a normalised word."""
        ...


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether a question wants a list, and then whether a count; the likeliest type of what it is about, and how likely.

    `last`: it wants the newest event alone. `likely` and `newest` are the probabilities of a list and of the newest, of events of
    which the model knows the types.
    """

    listed: bool
    count: bool
    last: bool
    type: str
    sure: float
    likely: float
    newest: float = 0.0


@dataclass(frozen=True)
class Regression:
    """Weights (classes, vocabulary), intercepts, and weights (classes, dimension).

    `least` are the least probabilities of a list and of the newest.
    """

    weights: Floats
    intercepts: Floats
    least: tuple[float, float]
    vectors: Floats | None = None


@dataclass(frozen=True)
class ListModel:
    """The fitted regressions; `classes` are FORMS and the types."""

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    words: Regression
    """On the words alone."""
    both: Regression
    """On the vector and the words."""
    encoder: str

    def __call__(
        self, question: str, mentions: Sequence[Mention], index: Library | None = None, lookup: str = ""
    ) -> Wish:
        """What a question wants; its vector in `index` is that of `lookup`, or of itself."""
        said = features(question, mentions, lambda text: self.respelt(text, mentions, index))
        places = [self.vocabulary[each] for each in said if each in self.vocabulary]
        has_vector = index is not None and index.encoder.fingerprint == self.encoder
        model = self.both if has_vector else self.words
        logits = model.weights[:, places].sum(1) / max(1.0, len(places)) ** 0.5 + model.intercepts
        if index is not None and model.vectors is not None:
            logits = logits + model.vectors @ index.embed(lookup or question).reshape(-1)
        forms, types = np.split(logits, [len(FORMS)])
        types = np.exp(types - types.max())
        types /= types.sum()
        names = self.classes[len(FORMS) :]
        best, event = int(types.argmax()), float(1 - types[names.index(NONE)])
        listed, count, last = (1 / (1 + np.exp(-np.clip(forms, -50, 50)))).tolist()
        tells = names[best] != NONE
        newest = tells and last * event >= model.least[1] and last > listed
        return Wish(
            tells and listed * event >= model.least[0] and not newest,
            count >= 0.5,
            newest,
            names[best],
            float(types[best]),
            listed * event,
            last * event,
        )

    def respelt(self, text: str, mentions: Sequence[Mention], index: Library | None) -> str:
        """A normalised text with the misspelt words put right that neither the index nor the model knows."""
        if index is None:
            return text
        named = {word for mention in mentions for word in normalise(mention.surface).split()}
        for word in re.findall(r"[^\W_]{2,}", text):
            if (
                len(word) > MAX_UNCORRECTED_LETTERS
                and word not in self.vocabulary
                and word not in named
                and not index.knows(word)
            ):
                near = difflib.get_close_matches(word, (*self._words, *sorted(named)), 1, MIN_MISSPELT_LIKENESS)
                # “volume” is no misspelt “volumes”
                form = near and (near[0].startswith(word) or word.startswith(near[0]))
                text = text.replace(word, near[0]) if near and not form else text
        return text

    @cached_property
    def _words(self) -> tuple[str, ...]:
        return tuple(word for word in self.vocabulary if len(word) > MAX_UNCORRECTED_LETTERS and word.isalpha())


def features(
    question: str, mentions: Sequence[Mention], respelt: Callable[[str], str] = lambda text: text
) -> frozenset[str]:
    """The words, stems and neighbouring words of a question in which a name is its kind and a number any number."""
    masked, end = "", 0
    for each in sorted(mentions, key=lambda mention: mention.start):
        if each.kind in KINDS and each.start >= end:
            masked += f"{question[end : each.start]} {each.kind}name "
            end = each.end
    words = re.findall(r"[^\W_]+", re.sub(r"\d+", " 0 ", respelt(normalise(masked + question[end:]))))
    row = ["^", *words, "$"]
    pairs = [f"{one} {other}" for one, other in pairwise(row)]
    return frozenset([*words, *(f"{word[:STEM_LETTERS]}*" for word in words if len(word) >= STEM_LETTERS), *pairs])


@cache
def fitted() -> ListModel:
    """The shipped model: its words in WEIGHTS, its numbers beside it, which as JSON would take long to read."""
    raw = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    with np.load(WEIGHTS.with_suffix(".npz"), allow_pickle=False) as stored:
        numbers = dict(stored)
    return ListModel(
        tuple(raw["classes"]),
        {term: place for place, term in enumerate(raw["vocabulary"])},
        _regression("words", raw, numbers),
        _regression("both", raw, numbers),
        raw["encoder"],
    )


def _regression(part: str, raw: dict[str, Any], numbers: dict[str, Floats]) -> Regression:
    weights, intercepts = numbers[f"{part}_weights"], numbers[f"{part}_intercepts"]
    return Regression(weights, intercepts, tuple(raw["least"][part]), numbers.get(f"{part}_vectors"))
