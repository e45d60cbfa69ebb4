"""Logistic regressions in the forms that bot.nlp.weighing and bot.nlp.sparse read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bot.nlp.sparse import Sparse

Floats = npt.NDArray[np.float64]
FOLDS = 6
LEAST_WEIGHT = 0.05  # of a named feature that is kept


def regression(strength: float) -> Any:
    """A pipeline that standardises its columns; `strength` is scikit-learn's C."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def plain(model: Any, names: Sequence[str]) -> dict[str, Any]:
    """The weights of a fitted pipeline; prints them by name."""
    scaler, fitted = model[0], model[1]
    print(dict(zip(names, fitted.coef_[0].round(2).tolist(), strict=True)))
    return {
        "weights": _rounded(fitted.coef_[0]),
        "means": _rounded(scaler.mean_),
        "scales": _rounded(scaler.scale_),
        "intercept": round(float(fitted.intercept_[0]), 5),
    }


def sparse(given: Iterable[Iterable[str]], right: Sequence[bool], strength: float) -> dict[str, Any]:
    """The weights and the intercept of a regression over named features; `strength` is scikit-learn's C."""
    vocabulary = DictVectorizer()
    table = vocabulary.fit_transform([dict.fromkeys(each, 1.0) for each in given])
    model = LogisticRegression(C=strength, max_iter=2000).fit(table, right)
    named = zip(vocabulary.get_feature_names_out().tolist(), model.coef_[0].tolist(), strict=True)
    weights = {name: round(weight, 2) for name, weight in named if abs(weight) >= LEAST_WEIGHT}
    return {"weights": weights, "intercept": round(float(model.intercept_[0]), 3)}


@dataclass(frozen=True)
class WithVectors:
    """The named features and the vectors (rows, dimension) of some questions, and of which of them something holds.

    `strength` and `vector_strength` are scikit-learn's C of the regressions on the features and on the vectors.
    """

    given: Sequence[Iterable[str]]
    vectors: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    strength: float
    vector_strength: float

    def crossed(self) -> tuple[Floats, Floats]:
        """The log-odds of every row by the features, and by both regressions, fitted without its fold."""
        every = range(len(self.given))
        said, meant = np.zeros(len(self.given)), np.zeros(len(self.given))
        for fold in range(FOLDS):
            words, vector = self._fitted([at for at in every if at % FOLDS != fold])
            model = Sparse(words["weights"], words["intercept"], 0.0)
            said[fold::FOLDS] = [model.logit(each) for each in self.given[fold::FOLDS]]
            meant[fold::FOLDS] = vector.decision_function(self.vectors[fold::FOLDS])
        return said, said + meant

    def fitted(self, encoder: str, least: Callable[[str, Floats, npt.NDArray[np.bool_]], float]) -> dict[str, Any]:
        """What bot.nlp.sparse.WithVector reads. `least` finds the log-odds from which it holds, by rows left out."""
        said, both = self.crossed()
        words, vector = self._fitted(range(len(self.given)))
        return words | {
            "least": round(float(1 / (1 + np.exp(-least("by words", said, self.right)))), 4),
            "vector": {
                "encoder": encoder,
                "weights": np.round(vector.coef_[0].astype(float), 3).tolist(),
                "intercept": round(float(vector.intercept_[0]), 4),
                "least": round(least("with the vector", both, self.right), 4),
            },
            "fitted": date.today().isoformat(),
            "questions": len(self.given),
        }

    def _fitted(self, rows: Sequence[int]) -> tuple[dict[str, Any], Any]:
        right = self.right[list(rows)]
        words = sparse([self.given[at] for at in rows], right.tolist(), self.strength)
        model = LogisticRegression(C=self.vector_strength, max_iter=3000)
        return words, model.fit(self.vectors[list(rows)], right)


def of_sets(found: Sequence[frozenset[Any]], wanted: Sequence[frozenset[Any]]) -> dict[str, float]:
    """Precision and recall of what was found in each of some texts, where other things were wanted."""
    right = sum(len(own & other) for own, other in zip(found, wanted, strict=True))
    return {
        "precision": right / max(1, sum(map(len, found))),
        "recall": right / max(1, sum(map(len, wanted))),
    }


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    rounded: list[float] = values.round(5).tolist()
    return rounded
