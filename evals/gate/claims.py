"""Claims with the sentences of the page that they cite, labelled supported or not: what the gate is fitted and tested on."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.gate.entailment import Reading, stretch, support_features
from evals.retrieval.beir import read_lines
from index.encoder import Encoder
from index.lexical.bm25 import LexicalIndex
from index.types import Passage

NEAR = 8  # sentences of a page that a claim is compared with in meaning
LOOKED_AT = 14  # sentences with the most of its words, of which these are chosen


@dataclass(frozen=True, slots=True)
class Example:
    """A claim's features; `label` is supported, partially_supported or not_supported; `fitted` where it may be learnt from."""

    features: dict[str, float]
    label: str
    fitted: bool
    stretch: int = 0

    @property
    def unsupported(self) -> bool:
        """Whether the gate should delete it: anything in it is not borne out."""
        return self.label != "supported"


def read_claims(folder: Path, encoder: Encoder, report: Callable[[str], None] = print) -> list[Example]:
    """The claims of `verify.jsonl` ({claim, label, sentences, split}): those of `test` are for testing, all others for fitting."""
    rows = list(read_lines(folder / "verify.jsonl"))
    with tempfile.TemporaryDirectory() as place:
        reading = reading_of([" ".join(row["sentences"]) for row in rows], encoder, Path(place))
        examples = []
        for number, row in enumerate(rows, 1):
            near = nearest(row["claim"], row["sentences"], reading)
            features = support_features(row["claim"], row["sentences"], reading, near)
            new = stretch(row["claim"], row["sentences"], reading.terms)
            examples.append(Example(features, row["label"], row["split"] != "test", new))
            if number % 100 == 0:
                report(f"{number} of {len(rows)} claims read")
    return examples


def reading_of(texts: Sequence[str], encoder: Encoder, folder: Path) -> Reading:
    """Words with their rarity in some texts, and vectors."""
    lexical = LexicalIndex(folder / "words")
    lexical.write(
        (number, Passage(str(number), str(number), "", "", text, 0, len(text), "en"))
        for number, text in enumerate(texts)
    )

    @lru_cache(maxsize=4000)
    def embed(text: str) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = encoder.encode_queries([text])[0]
        return vector

    return Reading(lexical.terms, lru_cache(maxsize=None)(lexical.rarity), embed)


def nearest(claim: str, sentences: Sequence[str], reading: Reading) -> list[str]:
    """The sentences of a page nearest to a claim in words and meaning, in their order; the first, its title, always."""
    wanted = set(reading.terms(claim))
    whole = sum(map(reading.rarity, wanted)) or 1.0
    share = [sum(reading.rarity(term) for term in wanted & set(reading.terms(each))) / whole for each in sentences]
    near = sorted(range(len(sentences)), key=lambda at: -share[at])[:LOOKED_AT]
    vector = reading.embed(claim)
    score = {at: share[at] + 4 * float(vector @ reading.embed(sentences[at])) for at in near}
    best = sorted(score, key=lambda at: -score[at])[:NEAR]
    return [sentences[at] for at in sorted({0, *best})]


@dataclass(frozen=True, slots=True)
class Rates:
    """At a threshold: unsupported claims caught, supported ones deleted, and how many of those deleted were unsupported."""

    caught: float
    deleted: float
    precision: float

    def __str__(self) -> str:
        return f"caught {self.caught:.3f}, supported deleted {self.deleted:.3f}, precision {self.precision:.3f}"


def rates(doubts: npt.NDArray[np.float64], wrong: npt.NDArray[np.bool_], threshold: float) -> Rates:
    """The rates where everything doubted more than `threshold` is deleted."""
    gone = doubts > threshold
    return Rates(
        float(gone[wrong].mean()), float(gone[~wrong].mean()), float(wrong[gone].mean()) if gone.any() else 1.0
    )


def threshold_for(doubts: npt.NDArray[np.float64], wrong: npt.NDArray[np.bool_], deleted: float) -> float:
    """The threshold at which at most the share `deleted` of the supported claims is deleted."""
    supported = np.sort(doubts[~wrong])[::-1]
    return float(supported[math.floor(len(supported) * deleted)])


def area(doubts: npt.NDArray[np.float64], wrong: npt.NDArray[np.bool_]) -> float:
    """The chance that an unsupported claim is doubted more than a supported one (area under the ROC curve)."""
    above = [(doubts[wrong] > each).mean() + 0.5 * (doubts[wrong] == each).mean() for each in doubts[~wrong]]
    return float(np.mean(above))


def table(examples: Sequence[Example], names: Sequence[str]) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Features as rows, and which rows are unsupported."""
    return np.array([[each.features[name] for name in names] for each in examples]), np.array(
        [each.unsupported for each in examples]
    )


def halves(examples: Sequence[Example]) -> Iterator[tuple[str, list[Example]]]:
    """(name, claims) of the two splits: those to fit on, and those only for testing."""
    yield "fitted", [each for each in examples if each.fitted]
    yield "test", [each for each in examples if not each.fitted]
