"""Fitting what tells whether a question wants a list, a count or the newest event, and of what (“every time Torkham was shut”).

python -m evals.fitting.questions.list_questions --home HOME --out bot/question/list_questions.json

The data are evals/fitting/data/list_questions.jsonl, written and labelled for this; a quarter, chosen by chance, is held out
(`split`). Of a list whose `type` is null nothing is marked; `narrow` are the words that narrow a list, null where nobody marked them.
The ordinary questions of other fittings (ANSWERED) want no list; whether they want the newest event nobody said. What their
“list” questions want nobody said either.
Prints figures of the held quarter, by vector and words and by the words alone, then fits on everything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bot.question.list_model import FORMS, NONE, features
from evals.fitting.home import opened, understood
from evals.fitting.reader_data import rows as rows_of

FOLDER = Path(__file__).parents[1]
DATA = FOLDER / "data" / "list_questions.jsonl"
ANSWERED = (
    FOLDER.parent / "answers" / "questions_fit.jsonl",
    FOLDER / "judged_more.jsonl",
    FOLDER / "judged_everyday.jsonl",
)
ORDINARY = {"wants": "none", "type": "unknown", "split": "fit"}
FEWEST = 3  # questions that a feature must be in
STRENGTH = 0.3  # inverse regularisation, the best area by leaving out an eighth in turn
VECTOR = 10.0  # how much the vector weighs, and the words, each of length 1: how a question asks is in its words,
WORDS = (10.0, 3.0, 3.0, 3.0)  # what it asks about more in its vector (FORMS, types)
ALONE = 3.0  # how much more the words weigh alone
# Of what is taken for a list, and for the newest, on rows left out: no ordinary question must be one.
PRECISION = {"both": (0.95, 0.85), "words": (0.9, 0.85)}


def main() -> None:
    """Fit, measure, write."""
    home = opened(__doc__)
    rows = _labelled()
    said, vectors = [], []
    for row in rows:
        asked = understood(row["question"], home.index, home.gazetteer, single=True).asked
        said.append(features(asked.normal, asked.mentions))
        vectors.append(home.index.embed(asked.lookup).reshape(-1))
    held = np.array([row["split"] == "held" for row in rows])
    wants = np.array([row["wants"] for row in rows])
    types = np.array([row["type"] or NONE for row in rows])
    names = (*FORMS, *sorted({*types} - {"unknown"}))
    counts = Counter(term for words, out in zip(said, held, strict=True) if not out for term in words)
    vocabulary = sorted(term for term, count in counts.items() if count >= FEWEST)
    table = np.array(vectors, float)
    words = _words(said, vocabulary)
    mean, scale = table[~held].mean(0), table[~held].std(0) * np.sqrt(table.shape[1]) / VECTOR
    both = sparse.hstack([words, sparse.csr_array((table - mean) / scale)]).tocsr()
    numbers: dict[str, Any] = {}
    bounds: dict[str, list[float]] = {}
    right = (np.isin(wants, ("list", "count")), wants == "count", wants == "last", types)
    for part, columns in (("both", both), ("words", words * ALONE)):
        weights, intercepts = _fit(columns, *right, inside=~held, words=len(vocabulary))
        least = [
            _least(columns, right[at], types, WORDS[at], inside=some, words=len(vocabulary), precision=precision)
            for at, some, precision in zip((0, 2), (~held, ~held & (types != "unknown")), PRECISION[part], strict=True)
        ]
        _report(part, columns[held] @ weights.T + intercepts, least, names, [r for r in rows if r["split"] == "held"])
        weights, intercepts = _fit(columns, *right, inside=held | ~held, words=len(vocabulary))
        of_words, of_vector = weights[:, : len(vocabulary)], weights[:, len(vocabulary) :]
        of_words = of_words * (1.0 if of_vector.size else ALONE)
        numbers[f"{part}_weights"], bounds[part] = of_words.round(2), [round(each, 3) for each in least]
        if of_vector.size:
            numbers[f"{part}_vectors"] = (of_vector / scale).round(2)
            intercepts = intercepts - of_vector @ (mean / scale)
        numbers[f"{part}_intercepts"] = intercepts.round(3)
    fitted = {
        "encoder": home.encoder.fingerprint,
        "classes": list(names),
        "least": bounds,
        "vocabulary": vocabulary,
        "fitted": date.today().isoformat(),
        "questions": len(rows),
    }
    home.out.write_text(json.dumps(fitted, ensure_ascii=False) + "\n", encoding="utf-8")
    np.savez(home.out.with_suffix(".npz"), **{name: each.astype(np.float32) for name, each in numbers.items()})


def _labelled() -> list[dict[str, Any]]:
    """The labelled questions, and the ordinary ones that other fittings have; those that want a list are among the labelled."""
    rows = list(rows_of(DATA))
    known = {row["question"] for row in rows}
    others = (row for path in ANSWERED for row in rows_of(path) if _is_ordinary(row))
    return [*rows, *({"question": row["question"]} | ORDINARY for row in others if row["question"] not in known)]


def _is_ordinary(row: Mapping[str, Any]) -> bool:
    return not (row["history"] or row.get("held") or row.get("kind") == "list")


def _words(said: Sequence[Collection[str]], vocabulary: Sequence[str]) -> Any:
    """Which words of the vocabulary each question has, (questions, vocabulary), rows of length 1."""
    at = {term: column for column, term in enumerate(vocabulary)}
    columns = [sorted(at[term] for term in row if term in at) for row in said]
    ends = np.cumsum([0, *map(len, columns)])
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in columns if row])
    return sparse.csr_array((values, np.concatenate(columns).astype(int), ends), shape=(len(said), len(vocabulary)))


def _fit(table: Any, listed: Any, counts: Any, newest: Any, types: Any, *, inside: Any, words: int) -> tuple[Any, Any]:
    """Weights and intercepts of “list”, of “count” among the lists, of “last” and of the types."""
    weights, intercepts = [], []
    labelled = inside & (types != "unknown")
    heads = ((listed, inside), (counts, inside & listed), (newest, labelled), (types, labelled))
    for (wanted, some), weight in zip(heads, WORDS, strict=True):
        heavier = _heavier(table, weight, words)
        model = _model().fit(heavier[some], wanted[some])
        weights.append(model.coef_ * _factors(table, weight, words))
        intercepts.append(model.intercept_)
    return np.vstack(weights), np.concatenate(intercepts)


def _least(table: Any, wanted: Any, types: Any, weight: float, *, inside: Any, words: int, precision: float) -> float:
    """The lowest probability from which the precision of a form is `precision` on rows left out an eighth in turn."""
    folds = StratifiedKFold(8, shuffle=True, random_state=1)  # the rows are in the order of their types
    events, told = np.where(types == "unknown", NONE, types), np.ones(inside.sum())
    for told_of, heaviness in ((wanted, weight), (events != NONE, WORDS[-1])):
        heavier = _heavier(table, heaviness, words)[inside]
        told = told * cross_val_predict(_model(), heavier, told_of[inside], cv=folds, method="predict_proba")[:, 1]
    right = (wanted & (events != NONE))[inside]
    enough = [least for least in np.arange(0.1, 0.95, 0.01) if right[told >= least].mean() >= precision]
    return float(min(enough, default=0.95))


def _heavier(table: Any, weight: float, words: int) -> Any:
    """The columns of the words times a weight."""
    return (table @ sparse.diags_array(_factors(table, weight, words))).tocsr()


def _factors(table: Any, weight: float, words: int) -> Any:
    return np.r_[np.full(words, weight), np.ones(table.shape[1] - words)]


def _model() -> Any:
    return LogisticRegression(C=STRENGTH, max_iter=2000)


def _report(part: str, logits: Any, least: Sequence[float], names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Print the figures of held questions, and each that is taken for something else."""
    counts = np.array([row["wants"] == "count" for row in rows])
    shares = np.exp(logits[:, len(FORMS) :])
    shares /= shares.sum(1, keepdims=True)
    of_type = np.array(names[len(FORMS) :])[shares.argmax(1)]
    event = 1 - shares[:, names.index(NONE) - len(FORMS)]
    types = of_type == np.array([row["type"] or NONE for row in rows])
    forms = zip((("list", "count"), ("last",)), (0, FORMS.index("last")), least, strict=True)
    for form, column, bound in forms:
        wanted = np.array([row["wants"] in form and row["type"] is not None for row in rows])
        told = (event / (1 + np.exp(-logits[:, column])) >= bound) & (of_type != NONE)
        found = (told & wanted).sum()
        print(f"{part}, {form[0]} from {bound:.2f}: precision {found}/{told.sum()}, recall {found}/{wanted.sum()}")
        print(
            f"  type {types[wanted].sum()}/{wanted.sum()}, count {((logits[:, 1] > 0) == counts)[wanted].sum()}/{wanted.sum()}"
        )
        for row, took, right, of, same in zip(rows, told, wanted, of_type, types, strict=True):
            if took != right or (took and not same):
                print(f"    {'+' if took else '-'} {row['wants']}:{row['type']} told {of}: {row['question']}")


if __name__ == "__main__":
    main()
