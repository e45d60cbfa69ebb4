"""Fitting what tells whether a question asks how things stand now.

python -m evals.fitting.questions.present --home HOME --out bot/question/present.json

The data are evals/fitting/data/present_questions.jsonl: everyday questions in five languages, labelled by readers: would an answer
of some years ago miss what is asked? Prints figures by leaving out a sixth in turn.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from bot.question.list_model import features
from evals.fitting.home import opened, understood
from evals.fitting.reader_data import rows
from evals.fitting.regression import Floats, WithVectors

DATA = Path(__file__).parents[1] / "data" / "present_questions.jsonl"
STRENGTH, VECTOR_STRENGTH = 0.3, 30.0  # scikit-learn's C, the best area by leaving out a sixth
RECALL = 0.75  # where precision is about the same


def main() -> None:
    """Fit, measure, write."""
    home = opened(__doc__)
    given, vectors, right = [], [], []
    for row in rows(DATA):
        asked = understood(row["question"], home.index, home.gazetteer, single=True).asked
        given.append(features(asked.normal, asked.mentions))
        vectors.append(home.index.embed(asked.lookup).reshape(-1))
        right.append(row["present"])
    table = WithVectors(given, np.array(vectors), np.array(right), STRENGTH, VECTOR_STRENGTH)
    fitted = table.fitted(home.encoder.fingerprint, _least)
    home.out.write_text(json.dumps(fitted, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def _least(name: str, odds: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The log-odds from which RECALL of those that ask for now are told; prints the precision there."""
    bound = float(np.quantile(odds[right], 1 - RECALL))
    precision = right[odds >= bound].mean()
    print(f"{name}: area {roc_auc_score(right, odds):.3f}, precision {precision:.3f} where {RECALL} are told")
    return bound


if __name__ == "__main__":
    main()
