"""Fitting the judge of whole answers.

python -m evals.fitting.whole_answers --home HOME --data FILE… [--halves READER READER] [--out answers.json]

A line of FILE is a question with answers that an editor rated as a whole, from 0 (wrong or misleading) to 4 (printed as it is).
They are found among those that the program proposes today; the others are left out, as are the questions whose statements the
reader is trained on (`taught`). What is fitted is how much of a good
answer each one is worth; measured by leaving out a sixth of the questions in turn.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from bot.answering.answerer import Answerer
from bot.answering.reading.reader import FOLDER
from bot.answering.reading.trees import Trees
from bot.answering.ways.figures import NAMES, figures
from bot.answering.ways.judge import sorts_for
from bot.answering.ways.proposals import Proposal
from bot.nlp.names.gazetteer import Gazetteer
from evals.fitting.home import TODAY, of_half, readers
from evals.fitting.reader_data import rows
from evals.fitting.reading_judge import as_arrays
from index.model.prepare import open_encoder
from index.model.reference import DEFAULT_MODEL
from index.search import Index
from sources.events import digest

WORTH = (0.0, 0.1, 0.4, 0.9, 1.0)  # of each rating
GOOD = 3  # the least rating of a good answer
FOLDS = 6
REFUSED = {"strict": 0.06, "balanced": 0.015, "generous": 0.01}  # share of the questions with a good answer
Key = tuple[tuple[str, str], ...]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rated:
    """A question with the ratings of some answers, and whether the library holds one."""

    id: str
    lang: str
    question: str
    history: tuple[str, ...]
    held: bool
    ratings: dict[Key, int] = field(repr=False)


@dataclass(frozen=True)
class Rows:
    """The figures of the proposals of a question that were rated, with their ratings and their ways."""

    rated: Rated
    figures: npt.NDArray[np.float32]
    ratings: list[int]
    ways: list[str]


def read(paths: Sequence[Path]) -> list[Rated]:
    """The rated questions of files that the reader was not taught."""
    return [
        Rated(
            raw["id"],
            raw["lang"],
            raw["question"],
            tuple(raw["history"]),
            raw["held"],
            {tuple((one, other) for one, other in each["statements"]): each["rating"] for each in raw["answers"]},
        )
        for path in paths
        for raw in rows(path)
        if not raw.get("taught")
    ]


def key(proposal: Proposal) -> Key:
    """The statements of a proposal, by document and digest."""
    shown = [each.candidate for each in proposal.choice.shown]
    return tuple((row.document.id, digest(row.document.text[row.sentence.start : row.sentence.end])) for row in shown)


def rows_of(home: Path, halves: Sequence[Path], questions: Sequence[Rated]) -> list[Rows]:
    """The proposals of some questions that were rated, by the shipped reader, or by the one of `halves` that does not know them."""
    encoder = open_encoder(DEFAULT_MODEL, home, report=print)
    index, gazetteer = Index.open(home, encoder), Gazetteer.load(home)
    answerers = [
        Answerer(index, gazetteer, reader=each) for each in readers(encoder, halves or [FOLDER / "reader.onnx"])
    ]
    for answerer in answerers:
        answerer.look_ahead(home / "index" / "cache")
    sorts = sorts_for(encoder)
    found = []
    for each in questions:
        found_for = of_half(each.id, answerers).offers(each.question, history=each.history, today=TODAY)
        if found_for is None:
            continue
        asking, offers = found_for
        keys = [key(proposal) for proposal in offers.proposals]
        known = [at for at, own in enumerate(keys) if own in each.ratings]
        if known:
            table = figures(asking, offers, sorts)[known]
            ways = [offers.proposals[at].way for at in known]
            found.append(Rows(each, table, [each.ratings[keys[at]] for at in known], ways))
    return found


def computed(home: Path, halves: Sequence[Path], questions: Sequence[Rated], jobs: int) -> list[Rows]:
    """The same, by several processes."""
    pieces = [questions[at::jobs] for at in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        return [row for rows in pool.map(partial(rows_of, home, halves), pieces) for row in rows]


def fitted(rows: Iterable[Rows]) -> dict[str, Any]:
    """Boosted trees for the worth of an answer: each counts as good by its worth, and as bad by what is missing from 1."""
    kept = list(rows)
    table = np.vstack([each.figures for each in kept])
    worth = np.concatenate([[WORTH[rating] for rating in each.ratings] for each in kept])
    model = HistGradientBoostingClassifier(
        max_iter=400,
        learning_rate=0.03,
        max_features=0.4,
        max_leaf_nodes=16,
        min_samples_leaf=20,
        l2_regularization=3.0,
        random_state=1,
    )
    weights = np.concatenate([worth, 1 - worth])
    there = weights > 0
    model.fit(np.vstack([table, table])[there], np.repeat([1, 0], len(worth))[there], sample_weight=weights[there])
    return as_arrays(model, NAMES)


def crossed(rows: Sequence[Rows]) -> list[Floats]:
    """The worth of the answers to each question, by trees that were fitted without its fold."""
    found: dict[int, Floats] = {}
    for fold in range(FOLDS):
        trees = Trees.read(fitted(row for at, row in enumerate(rows) if at % FOLDS != fold))
        found |= {at: trees(rows[at].figures).astype(np.float64) for at in range(fold, len(rows), FOLDS)}
    return [found[at] for at in range(len(rows))]


def least_worth(rows: Sequence[Rows], worth: Sequence[Floats]) -> dict[str, float]:
    """For each way of answering the worth below which REFUSED of the questions with a good answer are refused."""
    good = [own.max() for row, own in zip(rows, worth, strict=True) if max(row.ratings) >= GOOD]
    return {how: round(float(np.quantile(good, share)), 4) for how, share in REFUSED.items()}


def grades(rows: Sequence[Rows], worth: Sequence[Floats], least: float) -> Counter[str]:
    """How the best answer to each question is graded."""
    return Counter(_grade(row, own, least) for row, own in zip(rows, worth, strict=True))


def _grade(row: Rows, worth: Floats, least: float) -> str:
    held, best = row.rated.held, int(worth.argmax())
    if worth[best] < least:
        return "refused though held" if held else "rightly refused"
    rating = row.ratings[best]
    if not held:
        return "good" if rating >= GOOD else "answered though not held"
    return "good" if rating >= GOOD else "poor" if rating == GOOD - 1 else "wrong"


def main() -> None:
    """Fit, measure by leaving out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--halves", type=Path, nargs=2, default=(), help="readers trained on one half each (home.py)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    questions = read(chosen.data)
    found = computed(chosen.home, chosen.halves, questions, chosen.jobs)
    rated = sum(len(each.rated.ratings) for each in found)
    print(
        f"{len(questions)} questions, {len(found)} with rated proposals: {sum(len(each.ratings) for each in found)} of {rated}"
    )
    worth = crossed(found)
    least = least_worth(found, worth)
    for how, bound in least.items():
        print(how, bound, dict(grades(found, worth, bound)), flush=True)
    for lang in sorted({each.rated.lang for each in found}):
        own = [at for at, each in enumerate(found) if each.rated.lang == lang]
        print(" ", lang, dict(grades([found[at] for at in own], [worth[at] for at in own], least["balanced"])))
    if chosen.out:
        about = {
            "fitted": TODAY.isoformat(),
            "questions": len(found),
            "least": least,
            "with": "python -m evals.fitting.whole_answers (scikit-learn, histogram gradient boosting)",
        }
        chosen.out.write_text(json.dumps({"about": about, "trees": fitted(found)}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
