"""Fitting what tells whether a question is an explainer's.

python -m evals.fitting.explainers --home HOME --weights judge.json [--data FILE…]

A FILE (explainer_pairs.jsonl beside this module, if none is given) holds {question, language, right} lines: `right` lists
document and heading of every explainer with which a reader would be content. The weighing and the least probabilities are
written into judge.json.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, precision_recall_curve

from bot.answering.answerer import Answerer
from bot.answering.explainers import Figures, Match
from evals.fitting.home import TODAY, understood
from evals.fitting.reader_data import rows
from evals.fitting.regression import plain, regression
from index.model.prepare import open_encoder
from index.search import Index

PAIRS = Path(__file__).with_name("explainer_pairs.jsonl")
FOLDS = 10
PRECISION = (0.9, 0.85)  # at which the recall is told
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """The explainers that may be meant by one question: their figures, and whether each is right."""

    figures: Floats
    right: npt.NDArray[np.bool_]
    held: bool  # whether any explainer is right
    fold: int


def figures(answerer: Answerer, paths: Sequence[Path]) -> Iterator[Row]:
    """The rows of every question; all questions of one explainer fall into one fold."""
    for row in (row for path in paths for row in rows(path)):
        question = understood(row["question"], answerer.index, answerer.gazetteer, history=row.get("history", ()))
        judge = partial(answerer.reader.weighed, question, today=TODAY)
        matches = answerer.explainers.matches(question.asked, answerer.search(question.asked), judge)
        wanted = sorted((document, heading) for document, heading in row["right"])
        if matches:
            group = repr(wanted[0] if wanted else _key(matches[0])).encode()
            yield Row(
                np.array([match.figures for match in matches]),
                np.array([_key(match) in wanted for match in matches]),
                bool(wanted),
                zlib.crc32(group) % FOLDS,
            )


def _key(match: Match) -> tuple[str, str]:
    return match.document.id, match.explainer.question


def fit(questions: Sequence[Row]) -> dict[str, Any]:
    """The weights, with what they find on explainers left out."""
    best, right = np.zeros(len(questions)), np.zeros(len(questions), bool)
    for fold in range(FOLDS):
        model = _fitted([each for each in questions if each.fold != fold])
        for at, each in enumerate(questions):
            if each.fold == fold:
                scores = model.predict_proba(each.figures)[:, 1]
                best[at], right[at] = scores.max(), each.right[scores.argmax()]
    held = np.array([each.held for each in questions])
    precision, found, bounds = precision_recall_curve(right, best)
    recall = found * right.sum() / held.sum()
    print(f"{len(questions)} questions, {held.sum()} with an explainer: right first {right[held].mean():.3f}")
    print(f"average precision {average_precision_score(right, best):.3f}")
    for wanted in PRECISION:
        fitting = np.flatnonzero(precision[:-1] >= wanted)
        at = int(fitting[0]) if len(fitting) else len(bounds) - 1
        print(f"left out: precision {precision[at]:.3f}, recall {recall[at]:.3f} from {bounds[at]:.3f} on")
    model = _fitted(questions)
    return {
        **plain(model, Figures._fields),
        "fitted": date.today().isoformat(),
        "questions": len(questions),
    }


def _fitted(questions: Sequence[Row]) -> Any:
    table = np.vstack([each.figures for each in questions])
    return regression(0.3).fit(table, np.concatenate([each.right for each in questions]))


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="*", default=[PAIRS])
    parser.add_argument("--weights", type=Path, required=True)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    answerer = Answerer(Index.open(chosen.home, encoder))
    answerer.look_ahead(chosen.home / "index" / "cache")
    made = fit(list(figures(answerer, chosen.data)))
    described = json.loads(chosen.weights.read_text(encoding="utf-8"))
    described["about"]["explainers"] = made
    chosen.weights.write_text(json.dumps(described), encoding="utf-8")


if __name__ == "__main__":
    main()
