"""Fitting what tells whether a question leans on the one before it.

python -m evals.fitting.follow_ups FILE… --out bot/question/leaning.json

The files hold judged questions. Those with a history lean on it; each of the others is given another question of its group and
language as history, and does not.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import FEATURES, figures
from evals.fitting.reader_data import Question, judged
from evals.fitting.regression import plain, regression

KEPT = 0.93  # share of the follow-ups that are to be completed
ALONE = 0.6  # share of the other questions that are given a history


def pairs(questions: Sequence[Question], seed: int = 3) -> list[tuple[str, str, bool]]:
    """Question, the question before it, and whether the one leans on the other."""
    chance = random.Random(seed)
    alone: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in questions:
        if not each.history:
            alone[each.group, each.lang].append(each.text)
    made = [(each.text, each.history[-1], True) for each in questions if each.history]
    for each in questions:
        if not each.history and chance.random() < ALONE:
            before = chance.choice(alone[each.group, each.lang])
            if before != each.text:
                made.append((each.text, before, False))
    return made


def main() -> None:
    """Fit, measure by leaving out a tenth in turn, write."""
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    gazetteer = Gazetteer.load()
    made = pairs([question for path in chosen.data for question in judged(path)])
    table = np.array([figures(question, before, gazetteer) for question, before, _ in made])
    right = np.array([leaning for *_, leaning in made])
    model = regression(class_weight="balanced")
    held = cross_val_predict(model, table, right, cv=10, method="predict_proba")[:, 1]
    least = float(np.quantile(held[right], 1 - KEPT))
    alone = float((held[~right] >= least).mean())
    print(f"{len(made)} pairs, {right.sum()} lean; area {roc_auc_score(right, held):.3f}")
    print(f"from {least:.3f} on {KEPT} of them are completed, and {alone:.3f} of the others")
    model.fit(table, right)
    fitted = {
        **plain(model, FEATURES),
        "least": round(least, 4),
        "fitted": date.today().isoformat(),
        "questions": len(made),
    }
    chosen.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
