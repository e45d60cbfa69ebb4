"""Fitting what tells whether a question leans on the one before it.

python -m evals.fitting.follow_ups FILE… --home HOME --out bot/question/leaning.json

The files hold questions, judged, with rated answers, or written for this (data/follow_ups.jsonl). Those with a history lean on
it, unless their kind is `alone`; each of the others is given another question of its group and language as history, and does
not. Neither do questions for lists (data/list_questions.jsonl) after another one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from bot.nlp.names.gazetteer import Gazetteer
from bot.question.follow_up import Leaning
from bot.question.input import normal_form
from evals.fitting.reader_data import CONTRAST, NEAR, rows
from evals.fitting.regression import Floats, WithVectors
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL

LISTS = Path(__file__).parent / "data" / "list_questions.jsonl"
KEPT = 0.93  # share of the follow-ups that are to be completed
STRENGTH, VECTOR_STRENGTH = 1.0, 30.0  # of the regressions
ALONE = 0.6  # share of the other questions that are given a history


@dataclass(frozen=True)
class Pair:
    """A question, the one before it, and whether it leans on that."""

    question: str
    before: str
    leaning: bool


def pairs(questions: Sequence[dict[str, Any]], seed: int = 3) -> list[Pair]:
    """Those that lean, and others, each after one of the same group and language."""
    chance = random.Random(seed)
    alone: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in questions:
        if not each["history"]:
            alone[_group(each)].append(each["question"])
    made = [
        Pair(each["question"], each["history"][-1], each["kind"] != "alone") for each in questions if each["history"]
    ]
    for each in questions:
        if not each["history"] and chance.random() < ALONE:
            before = chance.choice(alone[_group(each)])
            if before != each["question"]:
                made.append(Pair(each["question"], before, False))
    return made


def lists(seed: int = 4) -> Iterator[Pair]:
    """Questions for lists, each after one for a list of another type: they stand alone."""
    chance = random.Random(seed)
    wanted = [row for row in rows(LISTS) if row["wants"] in ("list", "count")]
    for row in wanted:
        others = [each for each in wanted if each["language"] == row["language"] and each["type"] != row["type"]]
        yield Pair(row["question"], chance.choice(others)["question"], False)


def _group(question: dict[str, Any]) -> tuple[str, str]:
    return question["id"].split("-")[0], question["lang"]


def least(name: str, odds: Floats, right: npt.NDArray[np.bool_]) -> float:
    """The log-odds from which KEPT of what leans is completed; prints what else is."""
    bound = float(np.quantile(odds[right], 1 - KEPT))
    print(
        f"{name}: area {roc_auc_score(right, odds):.3f}; {KEPT} are completed, and {(odds[~right] >= bound).mean():.3f} of the others"
    )
    return bound


def main() -> None:
    """Fit, measure by leaving out a sixth in turn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    leaning, encoder = Leaning(Gazetteer.load()), open_encoder(DEFAULT_MODEL, chosen.home, report=print)
    every = [row for path in chosen.data for row in rows(path) if row.get("kind") not in (NEAR, CONTRAST)]
    made = [*pairs(list({row["id"]: row for row in every}.values())), *lists()]
    random.Random(1).shuffle(made)
    table = WithVectors(
        [leaning.features(pair.question, pair.before) for pair in made],
        np.asarray(encoder.encode_queries([normal_form(pair.question) for pair in made])),
        np.array([pair.leaning for pair in made]),
        STRENGTH,
        VECTOR_STRENGTH,
    )
    print(f"{len(made)} pairs, {table.right.sum()} lean")
    fitted = table.fitted(encoder.fingerprint, least)
    chosen.out.write_text(json.dumps(fitted, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
