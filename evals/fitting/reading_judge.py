"""Fitting the trees that weigh a reading: `python -m evals.fitting.reading_judge --home HOME --data FILE… --out FILE --reader FILE`.

Two forests: `quick` sees only what question and statement have in common, and chooses what is read; `judge` sees that, the
first one's word and the reader's logits. Both are fitted on questions that the reader was not trained on, and measured by
leaving out a tenth of the questions in turn.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from bot.answering.candidates import Candidate, of_passage
from bot.answering.reading.ahead import Ahead
from bot.answering.reading.answerable import Evidence, evidence
from bot.answering.reading.features import NAMES, Question, Table
from bot.answering.reading.known import NAMES as KNOWN
from bot.answering.reading.reader import LOGITS, Reader, most_read
from bot.answering.reading.trees import Trees
from bot.nlp.names.gazetteer import Gazetteer
from evals.fitting.home import TODAY, of_half, readers, understood
from evals.fitting.reader_data import ANSWERS, CORRECTS, judged
from evals.fitting.reader_data import Question as Judged
from evals.fitting.regression import plain, regression
from index.model.prepare import open_encoder
from index.search import Index
from index.types import Passage
from sources.files import sha256

FOLDS, INNER = 5, 5
STRENGTH = 0.05  # of the regression that says whether a question is answerable


@dataclass(frozen=True)
class Rows:
    """The judged candidates of one question: figures, labels, and the reader's logits, with the question that was written
    for each and without it (`alone`)."""

    question: Judged
    figures: Table
    logits: npt.NDArray[np.float32]
    alone: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]

    @property
    def answerable(self) -> bool:
        """Whether any of them answers or corrects."""
        return bool(np.isin(self.labels, (ANSWERS, CORRECTS)).any())


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


def rows_of(compared: Question, reader: Reader, places: Places, question: Judged, *, read: bool = True) -> Rows | None:
    """What the trees are given of a judged question; statements that the index no longer has are left out."""
    asked = compared.asked
    found: list[Candidate] = []
    labels = []
    for each in question.candidates:
        passage = places.passage(each.document, each.text)
        inside = of_passage(compared.index, asked, passage) if passage else []
        row = next(
            (row for row in inside if row.document.text[row.sentence.start : row.sentence.end] == each.text), None
        )
        if row is not None:
            found.append(row)
            labels.append(each.label)
    if not found:
        return None
    figures = reader.figures(compared, found, TODAY)
    logits = alone = np.zeros((len(found), len(LOGITS)), np.float32)
    if read and reader.reads:
        pages = reader.pages(compared, found)
        logits = reader.read(asked.normal, pages)[0]
        alone = reader.read(asked.normal, [page._replace(written=None) for page in pages])[0]
    return Rows(question, figures, logits, alone, np.array(labels))


def forest(figures: Table, labels: npt.NDArray[np.int64], names: Sequence[str]) -> dict[str, Any]:
    """Boosted trees (scikit-learn's histogram gradient boosting) as plain arrays."""
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
        "asked",
        "asked_lead",
        "asked_gap",
        "asked_words",
    }
    falling = {"rarest_gone", "weak", "asked_lost", "asked_swapped"}
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
    return as_arrays(model, names)


def as_arrays(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """Fitted boosted trees as Trees.read takes them."""
    trees = [each[0].nodes for each in model._predictors]
    size = max(map(len, trees))
    plain: dict[str, Any] = {
        "names": list(names),
        "start": float(np.ravel(model._baseline_prediction)[0]),
        "depth": max(int(t["depth"].max()) for t in trees),
    }
    columns = {
        name: np.zeros((len(trees), size)) for name in ("feature", "threshold", "left", "right", "value", "missing")
    }
    for at, tree in enumerate(trees):
        own = np.arange(len(tree))
        leaf = tree["is_leaf"] > 0
        columns["feature"][at, own] = np.where(leaf, 0, tree["feature_idx"])
        columns["threshold"][at, own] = np.where(leaf, 0, tree["num_threshold"])
        columns["left"][at, own] = np.where(leaf, own, tree["left"])
        columns["right"][at, own] = np.where(leaf, own, tree["right"])
        columns["value"][at, own] = np.where(leaf, tree["value"], 0)
        columns["missing"][at, own] = np.where(leaf, 0, tree["missing_go_to_left"])
    for name, values in columns.items():
        whole = name in ("feature", "left", "right", "missing")
        plain[name] = (
            values.astype(int).tolist() if whole else [[float(f"{x:.6g}") for x in row] for row in values.tolist()]
        )
    return plain


def joined(rows: Rows, quick: npt.NDArray[np.float32]) -> Table:
    """The table of the second forest."""
    return np.hstack([rows.figures, quick[:, None], rows.logits]).astype(np.float32)


def fitted(rows: Sequence[Rows], more: Sequence[Rows] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both forests; the first is fitted on `more` as well, questions that the reader was trained on.

    The second is given the first's word as it is on questions that the first was not fitted on.
    """
    tables, labels = [], []
    for fold in range(INNER):
        trees = Trees.read(_first([*(each for at, each in enumerate(rows) if at % INNER != fold), *more]))
        for each in rows[fold::INNER]:
            for either in (each, unasked(each)):
                tables.append(joined(either, trees(either.figures)))
                labels.append(either.labels)
    judge = forest(np.vstack(tables), np.concatenate(labels), [*NAMES, *KNOWN, "quick", *LOGITS])
    return _first([*rows, *more]), judge


def _first(rows: Sequence[Rows]) -> dict[str, Any]:
    both = [*rows, *map(unasked, rows)]
    figures = np.vstack([each.figures for each in both])
    return forest(figures, np.concatenate([each.labels for each in both]), [*NAMES, *KNOWN])


def unasked(rows: Rows) -> Rows:
    """The same as if nobody had written questions for the statements: so that the forests judge such statements, too."""
    figures = rows.figures.copy()
    figures[:, len(NAMES) :] = np.nan
    return replace(rows, figures=figures, logits=rows.alone)


def scored(rows: Rows, quick: Trees, judge: Trees) -> tuple[npt.NDArray[np.float32], Evidence]:
    """P(answers) of each candidate, and the evidence of those that would be read."""
    first = quick(rows.figures)
    answers = judge(joined(rows, first))
    read = np.argsort(-first, kind="stable")[: most_read(rows.figures)]
    return answers, evidence(rows.figures[read], first[read], rows.logits[read], answers[read])


def report(
    rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]], tops: npt.NDArray[np.floating]
) -> dict[str, Any]:
    """What the issue asks, from scores by question: first right, refusals, claims beside the point, calibration."""
    held = np.array([each.answerable for each in rows])
    answered = np.array([(each.labels == ANSWERS).any() for each in rows])
    first = np.array([each.labels[int(s.argmax())] == ANSWERS for each, s in zip(rows, scores, strict=True)])
    flat = np.concatenate(scores)
    right = np.concatenate([each.labels == ANSWERS for each in rows])
    out: dict[str, Any] = {
        "questions": len(rows),
        "P@1": first[answered].mean(),
        "AUC pairs": roc_auc_score(right, flat),
    }
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


@dataclass(frozen=True)
class Crossed:
    """What forests say that were fitted without a question's fold: by either forest, and the evidence with questions written
    for the statements and without."""

    quick: list[npt.NDArray[np.float32]]
    judge: list[npt.NDArray[np.float32]]
    evidence: npt.NDArray[np.float64]
    alone: npt.NDArray[np.float64]


def cross(rows: Sequence[Rows], more: Sequence[Rows]) -> Crossed:
    """Fit both forests without each fold in turn."""
    first: dict[int, npt.NDArray[np.float32]] = {}
    read: dict[int, tuple[npt.NDArray[np.float32], Evidence]] = {}
    alone: dict[int, Evidence] = {}
    for fold in range(FOLDS):
        quick, judge = map(Trees.read, fitted([each for at, each in enumerate(rows) if at % FOLDS != fold], more))
        for at in range(fold, len(rows), FOLDS):
            first[at] = quick(rows[at].figures)
            read[at] = scored(rows[at], quick, judge)
            alone[at] = scored(unasked(rows[at]), quick, judge)[1]
    order = range(len(rows))
    return Crossed(
        [first[at] for at in order],
        [read[at][0] for at in order],
        np.array([read[at][1] for at in order]),
        np.array([alone[at] for at in order]),
    )


def answerable(rows: Sequence[Rows], crossed: Crossed) -> tuple[dict[str, Any], npt.NDArray[np.float64]]:
    """The regression that says whether a question is answerable, and its word on each question from the others."""
    right = np.array([each.answerable for each in rows])
    both, twice = np.vstack([crossed.evidence, crossed.alone]), np.concatenate([right, right])
    groups = np.concatenate([np.arange(len(rows)) % FOLDS] * 2)
    folds = [(np.flatnonzero(groups != fold), np.flatnonzero(groups == fold)) for fold in range(FOLDS)]
    said = cross_val_predict(regression(STRENGTH), both, twice, cv=folds, method="predict_proba")[: len(rows), 1]
    return plain(regression(STRENGTH).fit(both, twice), Evidence._fields), said


REFUSED = {"strict": 0.10, "balanced": 0.05, "generous": 0.03}  # share of answerable questions that may be refused
BESIDE_THE_POINT = {"strict": 0.13, "balanced": 0.14, "generous": 0.22}  # share of the claims shown


def bounds_of(
    rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]], tops: npt.NDArray[np.floating]
) -> dict[str, dict[str, float]]:
    """For each way of answering the bounds that keep to REFUSED and BESIDE_THE_POINT on these questions.

    `tops` says of each question how sure it is that it is answered.
    """
    held = np.array([each.answerable for each in rows])
    found = {}
    for how, share in REFUSED.items():
        answer = float(np.quantile(tops[held], share))
        grid = np.arange(0.1, 0.9, 0.01)
        fitting = [show for show in grid if beside(rows, scores, tops >= answer, float(show)) <= BESIDE_THE_POINT[how]]
        show = float(min(fitting, default=0.9))
        found[how] = {"answer": round(answer, 4), "show": round(show, 4), "correct": 0.4, "bearing": 0.4}
    return found


def beside(
    rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]], sure: npt.NDArray[np.bool_], show: float
) -> float:
    """The share of the claims shown that have nothing to do with the question: label 0."""
    labels: list[int] = []
    for each, own, answered in zip(rows, scores, sure, strict=True):
        if not (each.labels == ANSWERS).any() or not answered:
            continue
        order = np.argsort(-own)[: 2 if each.question.kind in ("fact", "time") else 6]
        labels += [int(each.labels[i]) for at, i in enumerate(order) if at == 0 or own[i] >= show]
    return sum(label == 0 for label in labels) / max(1, len(labels))


def main() -> None:
    """Fit, measure by leaving out, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument(
        "--data", nargs="+", required=True, help="FILE, or FILE:GROUP for one group; what is marked `held` stays out"
    )
    parser.add_argument(
        "--more", type=Path, nargs="*", default=[], help="questions that only the first forest is fitted on"
    )
    parser.add_argument(
        "--marked",
        nargs="*",
        default=[],
        help="the same of questions whose labels are marks (reader_written.py): no thresholds",
    )
    parser.add_argument("--reader", type=Path, help="the one that is shipped")
    parser.add_argument(
        "--halves", type=Path, nargs=2, help="readers trained on one half of the questions each (home.py)"
    )
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    encoder = open_encoder("multilingual-e5-small", chosen.home, report=print)
    index = Index.open(chosen.home, encoder)
    compared = partial(understood, index=index, gazetteer=Gazetteer.load())
    given = readers(encoder, chosen.halves or [chosen.reader]) if chosen.reader else [Reader.open(encoder, off=True)]
    for reader in given:
        reader.ahead = Ahead.open(chosen.home / "index" / "cache", encoder.fingerprint)
    places = Places(index)
    whole = {question.id: question for name in chosen.data for question in _questions(name)}
    marked = {question.id: question for name in chosen.marked for question in _questions(name)}
    questions = list((marked | whole).values())
    asked = ((q, compared(q.text, history=q.history)) for q in questions)
    rows = [each for q, own in asked if (each := rows_of(own, of_half(q.id, given), places, q))]
    known = {q.id for q in questions}
    others = [q for path in chosen.more for q in judged(path) if q.id not in known]
    asked = ((q, compared(q.text, history=q.history)) for q in others)
    more = [each for q, own in asked if (each := rows_of(own, given[0], places, q, read=False))]
    print(f"{len(more)} more questions for the first forest")
    print(f"{len(rows)} questions, {sum(len(each.labels) for each in rows)} candidates", flush=True)
    crossed = cross(rows, more)
    model, sure = answerable(rows, crossed)
    highest = np.array([each.max() for each in crossed.quick])
    # What bears on a question is not among the marks, so that more would seem to be beside the point.
    own = [at for at, each in enumerate(rows) if each.question.id in whole]
    bounds = {
        name: bounds_of([rows[at] for at in own], [scores[at] for at in own], tops[own])
        for name, scores, tops in (("quick_bounds", crossed.quick, highest), ("bounds", crossed.judge, sure))
    }
    print(bounds)
    for name, scores, tops in (("quick", crossed.quick, highest), ("judge", crossed.judge, sure)):
        _print(name, rows, scores, tops)
        for lang in sorted({each.question.lang for each in rows}):
            of_it = [at for at, each in enumerate(rows) if each.question.lang == lang]
            _print(f"  {lang}", [rows[at] for at in of_it], [scores[at] for at in of_it], tops[of_it])
    if chosen.out:
        quick, judge = fitted(rows, more)
        about = {
            "encoder": encoder.fingerprint,
            "digest": sha256(chosen.reader) if chosen.reader else "",
            "fitted": TODAY.isoformat(),
            "questions": len(rows),
            "contradicted": 0.5,
            **bounds,
            "answerable": model,
            "with": "python -m evals.fitting.reading_judge (scikit-learn, histogram gradient boosting)",
        }
        chosen.out.write_text(json.dumps({"about": about, "quick": quick, "judge": judge}), encoding="utf-8")


def _print(
    name: str, rows: Sequence[Rows], scores: Sequence[npt.NDArray[np.float32]], tops: npt.NDArray[np.floating]
) -> None:
    print(name, {key: np.round(value, 3).tolist() for key, value in report(rows, scores, tops).items()}, flush=True)


def _questions(name: str) -> list[Judged]:
    """The questions of FILE or FILE:GROUP that are not kept for measuring."""
    path, _, group = name.partition(":")
    return [question for question in judged(Path(path)) if not question.held and group in ("", question.group)]


if __name__ == "__main__":
    main()
