"""Fitting what tells the types of a statement: strike, attack, agreement, closure, talks and others.

python -m evals.fitting.statement_types --home HOME --out bot/answering/weights/statement_types.json

The data are evals/fitting/data/statement_types.jsonl, read and labelled by a person; each statement may have several types, or
none. Prints precision and recall of each type on the half `held`, which is not fitted on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from bot.answering.events.statement_types import statements_of
from bot.nlp.linear import presence
from evals.fitting.home import opened
from index.search import Index

DATA = Path(__file__).with_name("data") / "statement_types.jsonl"
# The types of events that the classifier tells of statements which nobody marked.
TYPES = ("agreement", "strike", "attack", "closure", "talks", "statement", "appointment", "returns", "trade", "tally")
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # inverse regularisation, chosen by leaving out a tenth in turn
FEWEST = 3  # statements that a word must be in


def main() -> None:
    """Fit each type for itself, measure, write."""
    home = opened(__doc__)
    data = labelled(home.index)
    held = data.held
    fits = [fit(data, np.array([name in each for each in data.types])) for name in TYPES]
    for name, each in zip(TYPES, fits, strict=True):
        right = np.array([name in types for types in data.types])[held]
        logits = data.vectors[held] @ each.weights + data.words[held] @ each.word_weights + each.intercept
        told = 1 / (1 + np.exp(-logits)) >= each.least
        true = int((told & right).sum())
        print(f"{name}: precision {true}/{told.sum()}, recall {true}/{right.sum()} (least {each.least:.2f})")
    fitted: dict[str, Any] = {
        "encoder": home.encoder.fingerprint,
        "classes": list(TYPES),
        "weights": [each.weights.round(4).tolist() for each in fits],
        "intercepts": [round(each.intercept, 4) for each in fits],
        "least": [round(each.least, 3) for each in fits],
        "vocabulary": data.vocabulary,
        "word_weights": [each.word_weights.round(3).tolist() for each in fits],
        "fitted": date.today().isoformat(),
        "statements": int((~held).sum()),
    }
    home.out.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Labelled:
    """The labelled statements: vectors (rows, dimension), words (rows, vocabulary), types, and which rows are held out."""

    vectors: Any
    words: Any
    types: list[Sequence[str]]
    held: Any
    vocabulary: list[str]


@dataclass(frozen=True)
class Fit:
    """One type: the mean of two regressions, on the vectors and on the words."""

    weights: Any
    word_weights: Any
    intercept: float
    least: float


def labelled(index: Index) -> Labelled:
    """Every labelled statement that the index still has in those words."""
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    places = {(row.document.id, row.text): row.sentence for row in statements_of(index)}
    known = [row for row in rows if (row["document"], row["text"]) in places]
    held = np.array([row["split"] == "held" for row in known])
    terms = [frozenset(index.terms(row["text"])) for row in known]
    counts = Counter(term for words, out in zip(terms, held, strict=True) if not out for term in words)
    vocabulary = sorted(term for term, count in counts.items() if count >= FEWEST and not term.isdigit())
    vectors = index.vectors([places[row["document"], row["text"]] for row in known])
    return Labelled(vectors, presence(terms, vocabulary), [row["types"] for row in known], held, vocabulary)


def fit(data: Labelled, right: Any) -> Fit:
    """Weights, and the probability from which precision and recall balance best on rows left out (F1)."""
    inside = ~data.held
    scale = data.vectors[inside].std(0)
    vectors = data.vectors[inside] / scale / np.sqrt(data.vectors.shape[1])
    wanted = right[inside]
    one, of_vectors = _best(vectors, wanted)
    other, of_words = _best(data.words[inside], wanted)
    told = 1 / (1 + np.exp(-(one + other) / 2))
    least = max(np.unique(told), key=lambda least: _f1(told >= least, wanted))
    return Fit(
        of_vectors.coef_[0] / scale / np.sqrt(data.vectors.shape[1]) / 2,
        of_words.coef_[0] / 2,
        float(of_vectors.intercept_[0] + of_words.intercept_[0]) / 2,
        float(least),
    )


def _best(table: Any, right: Any) -> tuple[Any, Any]:
    """The logits on rows left out under the best strength, and the regression of it on all rows."""

    def model(strength: float) -> Any:
        return LogisticRegression(C=strength, max_iter=3000, class_weight="balanced")

    tried = [
        (cross_val_predict(model(strength), table, right, cv=10, method="decision_function"), strength)
        for strength in STRENGTHS
    ]
    logits, strength = max(tried, key=lambda each: average_precision_score(right, each[0]))
    return logits, model(strength).fit(table, right)


def _f1(told: Any, right: Any) -> float:
    return float(2 * (told & right).sum() / max(1, told.sum() + right.sum()))


if __name__ == "__main__":
    main()
