"""Fitting the trees that weigh a reading: `python -m evals.fitting.judge --home HOME --data FILE… --out judge.json [--reader FILE]`.

Two forests: `quick` sees only what question and statement have in common, and chooses what is read; `judge` sees that, the
first one's word and the reader's logits. Both are fitted on questions that the reader was not trained on, and measured by
leaving out a tenth of the questions in turn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.answering.candidates import Candidate, of_passage
from bot.answering.reading.features import NAMES, Question, Table, table
from bot.answering.reading.reader import LOGITS, Reader
from bot.answering.reading.trees import Trees
from bot.nlp.names.gazetteer import Gazetteer
from bot.question.query import understand
from evals.fitting.reader_data import ANSWERS, held_out, judged
from evals.fitting.reader_data import Question as Judged
from index.model.prepare import open_encoder
from index.search import Index
from index.types import Passage
from sources.files import sha256

TODAY = date(2026, 11, 28)
FOLDS = 10


@dataclass(frozen=True)
class Rows:
    """The judged candidates of one question: figures, labels, and the reader's logits."""

    question: Judged
    figures: Table
    logits: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


class Places:
    """Where judged statements stand in an index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._passages: dict[str, list[Passage]] = {}

    def passage(self, document: str, text: str) -> Passage | None:
        """The passage that holds the statement, by its text."""
        if document not in self._passages:
            self._passages[document] = self._index.passages_of(document)
        return next((passage for passage in self._passages[document] if text in passage.text), None)


def rows_of(index: Index, gazetteer: Gazetteer, reader: Reader | None, places: Places, question: Judged) -> Rows | None:
    """What the trees are given of a judged question; statements that the index no longer has are left out."""
    asked = understand(
        question.text,
        gazetteer=gazetteer,
        known=index.knows,
        languages=index.languages(),
        today=TODAY,
        history=question.history,
    )
    found: list[Candidate] = []
    labels = []
    for each in question.candidates:
        passage = places.passage(each.document, each.text)
        inside = of_passage(index, asked, passage) if passage else []
        row = next(
            (row for row in inside if row.document.text[row.sentence.start : row.sentence.end] == each.text), None
        )
        if row is not None:
            found.append(row)
            labels.append(each.label)
    if not found:
        return None
    figures = table(Question(asked, index, gazetteer), found, TODAY)
    logits = (
        reader.read(asked.normal, [row.text for row in found])[0]
        if reader and reader.reads
        else np.zeros((len(found), 3), np.float32)
    )
    return Rows(question, figures, logits, np.array(labels))


def forest(figures: Table, labels: npt.NDArray[np.int64], names: Sequence[str]) -> dict[str, Any]:
    """Boosted trees (scikit-learn's histogram gradient boosting) as plain arrays."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    rising = {
        "share",
        "share_context",
        "names",
        "names_context",
        "numbers",
        "answers",
        "quick",
        "cosine",
        "fits",
        "defines",
        "pairs",
    }
    falling = {"rarest_gone", "weak"}
    signs = [1 if name in rising else -1 if name in falling else 0 for name in names]
    model = HistGradientBoostingClassifier(
        max_iter=160,
        learning_rate=0.06,
        max_leaf_nodes=10,
        min_samples_leaf=25,
        l2_regularization=3.0,
        monotonic_cst=signs,
        random_state=1,
    )
    model.fit(figures, labels == ANSWERS)
    return _plain(model, names)


def _plain(model: Any, names: Sequence[str]) -> dict[str, Any]:
    trees = [each[0].nodes for each in model._predictors]
    size = max(map(len, trees))
    plain: dict[str, Any] = {
        "names": list(names),
        "start": float(np.ravel(model._baseline_prediction)[0]),
        "depth": max(int(t["depth"].max()) for t in trees),
    }
    columns = {name: np.zeros((len(trees), size)) for name in ("feature", "threshold", "left", "right", "value")}
    for at, tree in enumerate(trees):
        own = np.arange(len(tree))
        leaf = tree["is_leaf"] > 0
        columns["feature"][at, own] = np.where(leaf, 0, tree["feature_idx"])
        columns["threshold"][at, own] = np.where(leaf, 0, tree["num_threshold"])
        columns["left"][at, own] = np.where(leaf, own, tree["left"])
        columns["right"][at, own] = np.where(leaf, own, tree["right"])
        columns["value"][at, own] = np.where(leaf, tree["value"], 0)
    for name, values in columns.items():
        whole = name in ("feature", "left", "right")
        plain[name] = (
            values.astype(int).tolist() if whole else [[float(f"{x:.6g}") for x in row] for row in values.tolist()]
        )
    return plain


def joined(rows: Sequence[Rows], quick: Trees | None) -> Table:
    """The table of the second forest."""
    figures = np.vstack([each.figures for each in rows])
    first = quick(figures)[:, None] if quick else np.zeros((len(figures), 1), np.float32)
    return np.hstack([figures, first, np.vstack([each.logits for each in rows])]).astype(np.float32)


def fitted(rows: Sequence[Rows], more: Sequence[Rows] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both forests; the first is fitted on `more` as well, questions that the reader was trained on.

    The second is given the first's word as it is on questions that the first was not fitted on.
    """
    held = []
    for fold in range(5):
        trees = Trees.read(_first([*(each for at, each in enumerate(rows) if at % 5 != fold), *more]))
        held.append({at: trees(each.figures) for at, each in enumerate(rows) if at % 5 == fold})
    word = np.concatenate([next(h[at] for h in held if at in h) for at in range(len(rows))])[:, None]
    logits = np.vstack([each.logits for each in rows])
    table_ = np.hstack([np.vstack([each.figures for each in rows]), word, logits]).astype(np.float32)
    labels = np.concatenate([each.labels for each in rows])
    return _first([*rows, *more]), forest(table_, labels, [*NAMES, "quick", *LOGITS])


def _first(rows: Sequence[Rows]) -> dict[str, Any]:
    return forest(np.vstack([each.figures for each in rows]), np.concatenate([each.labels for each in rows]), NAMES)


def report(rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]]) -> dict[str, Any]:
    """What the issue asks, from scores by question: first right, refusals, claims beside the point, calibration."""
    from sklearn.metrics import roc_auc_score

    held = np.array([bool((each.labels == ANSWERS).any()) for each in rows])
    tops = np.array([float(each.max()) for each in scores])
    first = np.array([each.labels[int(s.argmax())] == ANSWERS for each, s in zip(rows, scores, strict=True)])
    flat = np.concatenate(scores)
    right = np.concatenate([each.labels == ANSWERS for each in rows])
    out: dict[str, Any] = {"questions": len(rows), "P@1": first[held].mean(), "AUC pairs": roc_auc_score(right, flat)}
    if not held.all():
        out["AUC answerable"] = roc_auc_score(held, tops)
        for share in (0.05, 0.10):
            bound = np.quantile(tops[held], share)
            out[f"refused of unanswerable at {share}"] = (tops[~held] < bound).mean()
    edges = np.clip((flat * 10).astype(int), 0, 9)
    out["ECE"] = sum(
        abs(flat[edges == b].mean() - right[edges == b].mean()) * (edges == b).mean()
        for b in range(10)
        if (edges == b).any()
    )
    for bound in (0.3, 0.4, 0.5):
        shown = flat >= bound
        out[f"precision, recall at {bound}"] = (
            round(float(right[shown].mean()), 3),
            round(float(shown[right].mean()), 3),
        )
    return out


def cross(rows: Sequence[Rows], more: Sequence[Rows], *, read: bool) -> list[npt.NDArray[np.float32]]:
    """The score of every question from forests fitted without its fold."""
    scores: list[npt.NDArray[np.float32]] = [np.empty(0, np.float32)] * len(rows)
    for fold in range(FOLDS):
        quick, judge = fitted([each for at, each in enumerate(rows) if at % FOLDS != fold], more)
        first = Trees.read(quick)
        second = Trees.read(judge)
        for at, each in enumerate(rows):
            if at % FOLDS == fold:
                scores[at] = second(joined([each], first)) if read else first(each.figures)
    return scores


REFUSED = {"strict": 0.12, "balanced": 0.08, "generous": 0.04}  # share of answerable questions that may be refused
BESIDE_THE_POINT = {"strict": 0.17, "balanced": 0.20, "generous": 0.24}  # share of the claims shown


def bounds_of(rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]]) -> dict[str, dict[str, float]]:
    """For each way of answering the bounds that keep to REFUSED and BESIDE_THE_POINT on these questions."""
    held = np.array([bool((each.labels == ANSWERS).any()) for each in rows])
    tops = np.array([float(each.max()) for each in scores])
    found = {}
    for how, share in REFUSED.items():
        answer = float(np.quantile(tops[held], share))
        grid = np.arange(0.1, 0.9, 0.01)
        fitting = [show for show in grid if beside(rows, scores, answer, float(show)) <= BESIDE_THE_POINT[how]]
        show = float(min(fitting, default=0.9))
        found[how] = {"answer": round(answer, 4), "show": round(show, 4), "correct": 0.4, "bearing": 0.4}
    return found


def beside(rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]], answer: float, show: float) -> float:
    """The share of the claims shown that have nothing to do with the question: label 0."""
    labels: list[int] = []
    for each, own in zip(rows, scores, strict=True):
        if not (each.labels == ANSWERS).any() or own.max() < answer:
            continue
        order = np.argsort(-own)[: 2 if each.question.kind in ("fact", "time") else 6]
        labels += [int(each.labels[i]) for at, i in enumerate(order) if at == 0 or own[i] >= show]
    return sum(label == 0 for label in labels) / max(1, len(labels))


def main() -> None:
    """Fit, measure by leaving out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--groups", nargs="*", help="only these groups of questions")
    parser.add_argument(
        "--more", type=Path, nargs="*", default=[], help="questions that only the first forest is fitted on"
    )
    parser.add_argument("--reader", type=Path)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    index, gazetteer = Index.open(chosen.home, encoder), Gazetteer.load()
    reader = None
    if chosen.reader:
        from index.model.onnx import open_session

        # Only `read` is used of it, which asks no trees.
        reader = Reader(encoder, open_session(chosen.reader), Trees.read(_nothing()), None, {})  # type: ignore[arg-type]
    places = Places(index)
    questions = [q for path in chosen.data for q in held_out(path) if not chosen.groups or q.group in chosen.groups]
    rows = [each for q in questions if (each := rows_of(index, gazetteer, reader, places, q))]
    known = {q.id for q in questions}
    others = [q for path in chosen.more for q in judged(path) if q.id not in known]
    more = [each for q in others if (each := rows_of(index, gazetteer, None, places, q))]
    print(f"{len(more)} more questions for the first forest")
    print(f"{len(rows)} questions, {sum(len(each.labels) for each in rows)} candidates", flush=True)
    bounds: dict[str, Any] = {}
    for name, read in (("quick", False), ("judge", True)):
        if read and reader is None:
            continue
        scores = cross(rows, more, read=read)
        bounds["bounds" if read else "quick_bounds"] = bounds_of(rows, scores)
        print(bounds)
        print(name, {k: np.round(v, 3) for k, v in report(rows, scores).items()}, flush=True)
        for lang in sorted({each.question.lang for each in rows}):
            own = [at for at, each in enumerate(rows) if each.question.lang == lang]
            print(
                "  ",
                lang,
                {k: np.round(v, 3) for k, v in report([rows[i] for i in own], [scores[i] for i in own]).items()},
                flush=True,
            )
    if chosen.out:
        quick, judge = fitted(rows, more)
        about = {
            "encoder": encoder.fingerprint,
            "digest": sha256(chosen.reader) if chosen.reader else "",
            "fitted": TODAY.isoformat(),
            "questions": len(rows),
            "contradicted": 0.5,
            **bounds,
            "with": "python -m evals.fitting.judge (scikit-learn, histogram gradient boosting)",
        }
        chosen.out.write_text(json.dumps({"about": about, "quick": quick, "judge": judge}), encoding="utf-8")


def _nothing() -> dict[str, Any]:
    return {
        "names": [],
        "feature": [[0]],
        "threshold": [[0]],
        "left": [[0]],
        "right": [[0]],
        "value": [[0]],
        "start": 0,
        "depth": 0,
    }


if __name__ == "__main__":
    main()
