"""Fitting what tells where a question asks several things: `python -m evals.fitting.questions.parts --out FILE`.

A line of ../data/question_parts.jsonl is `{"lang": …, "text": …}`, in which ` || ` stands where another part begins. The other
questions are judged ones that ask one thing (of a kind other than `two`); nobody marked them, so that those which a first fit on
the marked ones alone would divide are left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.nlp.names.gazetteer import Gazetteer
from bot.nlp.sparse import Sparse
from bot.question.input import normal_form
from bot.question.parts import PartsModel, Token, features, gaps, tokens
from evals.fitting.reader_data import rows
from evals.fitting.regression import of_sets, sparse

FOLDER = Path(__file__).parents[1]
MARKED = FOLDER / "data" / "question_parts.jsonl"
SINGLE = tuple(FOLDER / f"judged_{name}.jsonl" for name in ("everyday", "reader"))
MARK = "||"
FOLDS = 4
STRENGTHS = (1.0, 3.0)
SEVERAL = ("two", "disputed", "broad")  # kinds of judged questions that may ask several things


@dataclass(frozen=True)
class Example:
    """A question, and the places in its tokens where another part begins."""

    lang: str
    text: str
    row: list[Token]
    cuts: frozenset[int]


def example(lang: str, marked: str, gazetteer: Gazetteer) -> Example:
    """A marked question as it is read."""
    pieces = [piece.strip() for piece in marked.split(MARK)]
    text = normal_form(" ".join(pieces))
    row = tokens(text, gazetteer.find(text))
    # Counted from the end, since politeness is cut off at the beginning.
    rests = [normal_form("x " + " ".join(pieces[at:]))[2:] for at in range(1, len(pieces))]
    cuts = {next(at for at, token in enumerate(row) if token.start >= len(text) - len(rest)) for rest in rests}
    return Example(lang, text, row, frozenset(cuts & set(gaps(row))))


def fit(examples: Sequence[Example], strength: float) -> dict[str, Any]:
    """The regression on every gap of the questions."""
    places = [(each, at) for each in examples for at in gaps(each.row)]
    return sparse([features(each.row, at) for each, at in places], [at in each.cuts for each, at in places], strength)


def measured(examples: Sequence[Example], models: Sequence[PartsModel]) -> dict[str, float]:
    """Precision and recall of the gaps of each question by its own model, and the share of questions with all of them right."""
    found = [
        frozenset(at for at in gaps(each.row) if model.likely(each.row, at) >= model.gap.least)
        for each, model in zip(examples, models, strict=True)
    ]
    several = [own == each.cuts for own, each in zip(found, examples, strict=True) if each.cuts]
    one = [not own for own, each in zip(found, examples, strict=True) if not each.cuts]
    return {
        **of_sets(found, [each.cuts for each in examples]),
        "several right": float(np.mean(several)),
        "one right": float(np.mean(one)),
    }


def main() -> None:
    """Fit, measure by leaving out a quarter in turn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=float, default=0.3)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    gazetteer = Gazetteer.load()
    marked = [example(raw["lang"], raw["text"], gazetteer) for raw in rows(MARKED)]
    first = fit(marked, max(STRENGTHS))
    doubtful = PartsModel(Sparse(first["weights"], first["intercept"], 0.5))
    judged = (raw for path in SINGLE for raw in rows(path) if raw["kind"] not in SEVERAL)
    others = [
        each
        for each in (example(raw["lang"], raw["question"], gazetteer) for raw in judged)
        if all(doubtful.likely(each.row, at) < doubtful.gap.least for at in gaps(each.row))
    ]
    print(f"{len(marked)} marked questions, {len(others)} others that ask one thing")
    examples = [*marked, *others]
    order = np.random.default_rng(1).permutation(len(examples))
    examples = [examples[at] for at in order]
    best: tuple[float, float] = (0.0, 1.0)
    for strength in STRENGTHS:
        models = []
        for fold in range(FOLDS):
            raw = fit([each for at, each in enumerate(examples) if at % FOLDS != fold], strength)
            models.append(PartsModel(Sparse(raw["weights"], raw["intercept"], chosen.least)))
        own = [models[at % FOLDS] for at in range(len(examples))]
        figures = measured(examples, own)
        print(strength, {name: round(value, 3) for name, value in figures.items()}, flush=True)
        for lang in sorted({each.lang for each in examples}):
            held = [at for at, each in enumerate(examples) if each.lang == lang]
            inside = measured([examples[at] for at in held], [own[at] for at in held])
            print("  ", lang, len(held), {name: round(value, 3) for name, value in inside.items()})
        best = max(best, (figures["several right"] + figures["one right"], strength))
    about = {"questions": len(examples), "with": "python -m evals.fitting.questions.parts"}
    raw = {**about, "least": chosen.least, **fit(examples, best[1])}
    chosen.out.write_text(json.dumps(raw, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
