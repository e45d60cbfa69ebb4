"""Fitting what tells the sort of answer that a question wants.

python -m evals.fitting.questions.sorts --home HOME --out bot/answering/weights/question_sorts.json

By the vector of the question, on the judged questions of evals/fitting, whose writers said what they ask for; those that are kept
for measuring stay out, and so do those that the judge of whole answers is fitted on: it is measured on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.multiclass import OneVsRestClassifier

from bot.answering.ways.figures import SORTS
from evals.fitting.home import Home, opened, understood
from evals.fitting.reader_data import rows

FOLDER = Path(__file__).parents[1]
FITTED = ("judged_everyday.jsonl", "judged_more.jsonl", "judged_reader.jsonl")
MEASURED = "whole_answers.jsonl"
STRENGTH = 3.0  # scikit-learn's C
OF = {
    "near": "none",
    "trap": "none",
    "present": "fact",
    "count": "list",
    "says": "what",
    "search": "what",
    "compare": "disputed",
}


def table(home: Home, questions: Iterable[Any]) -> tuple[Any, Any]:
    """The vectors of some questions, and the place of each one's sort among SORTS."""
    vectors, sorts = [], []
    for row in questions:
        sort = OF.get(row["kind"], row["kind"])
        if sort in SORTS:
            asked = understood(row["question"], home.index, home.gazetteer, history=row["history"]).asked
            vectors.append(home.index.embed(asked.lookup).reshape(-1).copy())
            sorts.append(SORTS.index(sort))
    return np.array(vectors), np.array(sorts)


def main() -> None:
    """Fit, measure, write."""
    home = opened(__doc__)
    measured = {row["id"]: row for row in rows(FOLDER / MEASURED) if not row.get("taught")}
    told = [row for name in FITTED for row in rows(FOLDER / name) if not row.get("held") and row["id"] not in measured]
    vectors, sorts = table(home, told)
    others, right = table(home, measured.values())
    model = OneVsRestClassifier(LogisticRegression(C=STRENGTH, max_iter=1000)).fit(vectors, sorts)
    said = model.predict_proba(others)
    print(f"{len(sorts)} questions, measured on {len(right)}")
    print({sort: round(float(roc_auc_score(right == at, said[:, at])), 3) for at, sort in enumerate(SORTS)})
    fitted = {
        "encoder": home.encoder.fingerprint,
        "classes": list(SORTS),
        "weights": [each.coef_[0].round(4).tolist() for each in model.estimators_],
        "intercepts": [round(float(each.intercept_[0]), 4) for each in model.estimators_],
        "least": [0.5] * len(SORTS),
        "fitted": date.today().isoformat(),
        "questions": len(sorts),
    }
    home.out.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
