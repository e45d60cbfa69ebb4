"""Fitting what tells which words narrow a list: `python -m evals.fitting.questions.narrowing --out bot/question/narrowing.json`.

A line of ../data/narrowing_words.jsonl is an English request for a list, with the words that narrow it; names, times and the word
of the event itself are never marked. The English requests of list_questions.jsonl are read, too (`narrow`, see list_questions.py).
Measured by leaving out a fifth of the requests in turn, on those of the first file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sparse import Sparse
from bot.question.input import normal_form
from bot.question.narrowing import features, row_of, words
from bot.question.parts import Token
from evals.fitting.reader_data import rows
from evals.fitting.regression import of_sets, sparse
from index.normalise import normalise

DATA = Path(__file__).parents[1] / "data"
MARKED = DATA / "narrowing_words.jsonl"
REQUESTS = DATA / "list_questions.jsonl"
FOLDS = 5
STRENGTH = 3.0
LEAST = 0.5


@dataclass(frozen=True)
class Example:
    """A request as it is read, and the words that narrow it."""

    row: list[Token]
    narrow: frozenset[str]


def read(found: Iterable[dict[str, Any]], gazetteer: Gazetteer) -> list[Example]:
    """Marked requests."""
    examples = []
    for raw in found:
        text = normal_form(raw["question"])
        narrow = frozenset(map(normalise, raw.get("narrow", ())))
        examples.append(Example(row_of(text, gazetteer.find(text)), narrow))
    return examples


def requests() -> Iterator[dict[str, Any]]:
    """The English requests of REQUESTS whose words were marked."""
    for raw in rows(REQUESTS):
        listed = raw["wants"] != "none" and raw["type"]
        if listed and raw["language"] == "en" and raw.get("narrow", ()) is not None:
            yield raw


def fit(examples: Sequence[Example], strength: float = STRENGTH) -> dict[str, Any]:
    """The regression on every word of the requests."""
    places = [(each, at) for each in examples for at in words(each.row)]
    right = [each.row[at].text in each.narrow for each, at in places]
    return sparse([features(each.row, at) for each, at in places], right, strength)


def measured(examples: Sequence[Example], models: Sequence[Sparse]) -> dict[str, float]:
    """Precision and recall of the words by a model each, and the share of requests with all of them right."""
    said = [frozenset(each.row[at].text for at in words(each.row)) for each in examples]
    wanted = [own & each.narrow for own, each in zip(said, examples, strict=True)]
    found = [
        frozenset(each.row[at].text for at in words(each.row) if model(features(each.row, at)) >= model.least)
        for each, model in zip(examples, models, strict=True)
    ]
    exact = [own == other for own, other in zip(found, wanted, strict=True)]
    return {**of_sets(found, wanted), "exact": float(np.mean(exact))}


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    gazetteer = Gazetteer.load()
    examples, others = read(rows(MARKED), gazetteer), read(requests(), gazetteer)
    examples = [examples[at] for at in np.random.default_rng(1).permutation(len(examples))]
    models = []
    for fold in range(FOLDS):
        raw = fit([*others, *(each for at, each in enumerate(examples) if at % FOLDS != fold)])
        models.append(Sparse(raw["weights"], raw["intercept"], LEAST))
    own = [models[at % FOLDS] for at in range(len(examples))]
    figures = {name: round(value, 3) for name, value in measured(examples, own).items()}
    print(f"{len(examples)} requests, {sum(len(each.narrow) for each in examples)} words that narrow: {figures}")
    if chosen.out:
        about = {
            "requests": len(examples) + len(others),
            "with": "python -m evals.fitting.questions.narrowing",
            "least": LEAST,
        }
        chosen.out.write_text(
            json.dumps({**about, **fit([*examples, *others])}, ensure_ascii=False) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
