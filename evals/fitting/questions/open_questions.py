"""Fitting what tells whether the reference of a question is open (“tell me about the attack”).

python -m evals.fitting.questions.open_questions --home HOME --out bot/answering/weights/open_questions.json

The data are evals/fitting/data/open_questions.jsonl, the half `fit` of evals/answers/questions_open.jsonl and the ordinary
questions of evals/answers/questions_fit.jsonl; the held halves are never looked at. Prints figures by leaving out a tenth in turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.answering.events.ask_back import narrowed
from evals.fitting.home import opened, understood
from evals.fitting.reader_data import rows

OPEN = Path(__file__).parents[1] / "data" / "open_questions.jsonl"
ANSWERS = Path(__file__).parents[2] / "answers"
STRENGTH = 0.03  # inverse regularisation, the best area by leaving out a tenth in turn
LEAST = 0.5


def labelled() -> Iterator[tuple[str, bool]]:
    """Every question without a history, and whether its reference is open."""
    for row in rows(OPEN):
        yield row["question"], row["open"]
    for row in rows(ANSWERS / "questions_open.jsonl"):
        if row["split"] == "fit":
            yield row["question"], row["open"]
    for row in rows(ANSWERS / "questions_fit.jsonl"):
        if not row["history"]:
            yield row["question"], False


def main() -> None:
    """Fit, measure, write."""
    home = opened(__doc__)
    vectors, right, closed = [], [], []
    for text, is_open in labelled():
        question = understood(text, home.index, home.gazetteer)
        vectors.append(home.index.embed(question.asked.normal))
        right.append(is_open)
        closed.append(narrowed(question))
    table, wanted, never = np.array(vectors), np.array(right), np.array(closed)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=2000))
    held = cross_val_predict(model, table, wanted, cv=10, method="predict_proba")[:, 1]
    told = (held >= LEAST) & ~never
    print(f"{len(wanted)} questions, {wanted.sum()} open; area {roc_auc_score(wanted, held):.3f}")
    print(f"open ones told {told[wanted].mean():.3f}, others taken for open {told[~wanted].mean():.3f}")
    model.fit(table, wanted)
    scaler, regression = model[0], model[1]
    weights = regression.coef_ / scaler.scale_
    fitted = {
        "encoder": home.encoder.fingerprint,
        "classes": ["open"],
        "weights": weights.round(4).tolist(),
        "intercepts": (regression.intercept_ - weights @ scaler.mean_).round(4).tolist(),
        "least": [LEAST],
        "fitted": date.today().isoformat(),
        "questions": len(wanted),
    }
    home.out.write_text(json.dumps(fitted) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
